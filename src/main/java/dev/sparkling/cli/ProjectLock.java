package dev.sparkling.cli;

import dev.sparkling.error.SparklingException;
import dev.sparkling.error.Unwritable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets one command at a time change a project's cluster; a second one waits and says so. */
final class ProjectLock implements AutoCloseable {
    private final FileChannel channel;

    private ProjectLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Waits for the lock, which the operating system gives back even if the holder is killed.
     *
     * @throws SparklingException if the project's folder cannot be written
     */
    static ProjectLock take(Path project, Consumer<String> notice) throws InterruptedException {
        Path file = project.resolve(".sparkling/lock");
        try {
            Files.createDirectories(file.getParent());
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean told = false;
            while (tryLock(channel) == null) {
                if (!told) {
                    notice.accept("Another sparkling changes this project's cluster; waiting for it.");
                    told = true;
                }
                Thread.sleep(100);
            }
            return new ProjectLock(channel);
        } catch (IOException unwritable) {
            throw Unwritable.of(
                    "the project's folder " + project,
                    unwritable,
                    "Make it writable, or work in a copy: Spark writes spark-warehouse/ and checkpoints/ there.");
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // the lock ends with the process at the latest
        }
    }
}
