package dev.sparkling.error;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.regex.Pattern;

/** Why a file or folder could not be written, in words: Java's own exceptions often tell no more than the path. */
public final class Unwritable {
    private static final Pattern NO_SPACE = Pattern.compile("No space left on device|Disk quota exceeded");

    private Unwritable() {}

    /**
     * @param what could not be written, as the subject of a sentence
     * @param remedy for all but a full disk, as a sentence
     */
    public static SparklingException of(String what, IOException problem, String remedy) {
        String text = what + " cannot be written: " + reason(problem);
        return (isFull(problem)
                        ? SparklingException.failed(text, "Make room there (`df -h` shows the disks), and try again.")
                        : SparklingException.usage(text, remedy))
                .causedBy(problem);
    }

    private static boolean isFull(IOException problem) {
        return NO_SPACE.matcher(String.valueOf(problem.getMessage())).find();
    }

    private static String reason(IOException problem) {
        if (isFull(problem)) {
            return "no space is left on its disk";
        }
        if (problem instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        if (problem instanceof FileAlreadyExistsException taken) {
            return taken.getFile() + " is in the way";
        }
        return problem instanceof FileSystemException failure && failure.getReason() != null
                ? failure.getFile() + ": " + failure.getReason()
                : String.valueOf(problem.getMessage());
    }
}
