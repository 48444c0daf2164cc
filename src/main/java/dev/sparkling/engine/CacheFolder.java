package dev.sparkling.engine;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Sparkling keeps for all of a user's projects, by the XDG base directory specification: Spark and Python packages
 * of the local engine. Everything in it can be made again.
 *
 * @param root absolute
 */
public record CacheFolder(Path root) {
    /** The user's folder: `$XDG_CACHE_HOME/sparkling`, or `~/.cache/sparkling`. */
    public static CacheFolder of(Map<String, String> environment, Path home) {
        return new CacheFolder(base(environment)
                .orElse(home.resolve(".cache"))
                .resolve("sparkling")
                .toAbsolutePath());
    }

    /** A relative path counts as none, as the specification says. */
    private static Optional<Path> base(Map<String, String> environment) {
        return Optional.ofNullable(environment.get("XDG_CACHE_HOME"))
                .filter(text -> !text.isEmpty())
                .map(Path::of)
                .filter(Path::isAbsolute);
    }

    /**
     * Deletes it.
     *
     * @return whether there was one
     * @throws SparklingException if processes of some cluster still run from it
     */
    public boolean remove() {
        if (!Files.exists(root, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        List<Long> users = users();
        if (!users.isEmpty()) {
            throw SparklingException.failed(
                    "the cache " + root + " is in use by the processes "
                            + String.join(
                                    ", ", users.stream().map(String::valueOf).toList()),
                    "Stop the clusters that run without Docker first: `sparkling down` in their projects.");
        }
        try {
            delete(root);
            return true;
        } catch (IOException | UncheckedIOException failure) {
            throw SparklingException.failed(
                    "the cache " + root + " cannot be deleted: " + failure.getMessage(),
                    "Check who owns it, and delete it by hand.");
        }
    }

    private List<Long> users() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(root + "/spark-") || line.contains(root + "/python-"))
                        .isPresent())
                .map(ProcessHandle::pid)
                .sorted()
                .toList();
    }

    /** Deletes a folder with all that is in it; links are removed, not followed. */
    public static void delete(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(
                    Path visited, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
