package dev.sparkling.engine.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/**
 * What each Python package says of its own files: `RECORD` in its `.dist-info` folder, by the specification "Recording
 * installed projects" of Python packaging.
 */
final class WheelRecords {
    /** A path, quoted if it has a comma; a hash; a size, which the list itself and compiled files lack. */
    private static final Pattern LINE = Pattern.compile("\"?(.+?)\"?,[^,]*,([0-9]+)");

    private WheelRecords() {}

    /**
     * The first file of any package that is missing, has another size than it should, or is a jar that cannot be opened;
     * takes a tenth of a second for Spark's 6000.
     *
     * @param environment in which the file is named
     * @param site its folder site-packages
     */
    static Optional<String> damage(Path environment, Path site) {
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(site, "*.dist-info")) {
            for (Path information : packages) {
                for (String line : Files.readAllLines(information.resolve("RECORD"))) {
                    Matcher matcher = LINE.matcher(line);
                    // Python writes its compiled files anew as it likes.
                    if (matcher.matches() && !matcher.group(1).contains("__pycache__")) {
                        Path file = site.resolve(matcher.group(1)).normalize();
                        if (!Files.exists(file)) {
                            return Optional.of(environment.relativize(file) + " is missing");
                        }
                        if (Files.size(file) != Long.parseLong(matcher.group(2)) || !opens(file)) {
                            return Optional.of(environment.relativize(file) + " was changed");
                        }
                    }
                }
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of(unreadable.getMessage() + " cannot be read");
        }
    }

    /** A jar has its list of contents at its end, which is lost first when a disk loses something. */
    private static boolean opens(Path file) {
        if (!file.toString().endsWith(".jar")) {
            return true;
        }
        try (ZipFile archive = new ZipFile(file.toFile())) {
            return archive.size() > 0;
        } catch (IOException broken) {
            return false;
        }
    }
}
