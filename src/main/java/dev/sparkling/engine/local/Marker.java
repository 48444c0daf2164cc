package dev.sparkling.engine.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Marks a folder of the cache as complete, and tells what belongs in it: without the mark an installation was
 * interrupted, and with another content somebody has damaged it.
 */
final class Marker {
    private static final String NAME = ".complete";

    private Marker() {}

    /**
     * Marks a folder; the last step of its installation.
     *
     * @param listed the folders in it whose files are noted, with their sizes
     */
    static void write(Path folder, List<Path> listed) throws IOException {
        Path fresh = folder.resolve(NAME + ".new");
        Files.write(fresh, contents(folder, listed));
        Files.move(fresh, folder.resolve(NAME), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }

    /** Whether the folder was marked. */
    static boolean exists(Path folder) {
        return Files.exists(folder.resolve(NAME));
    }

    /** A file that is missing or was changed since the folder was marked. */
    static Optional<String> damage(Path folder, List<Path> listed) {
        try {
            List<String> expected = Files.readAllLines(folder.resolve(NAME));
            TreeSet<String> missing = new TreeSet<>(expected);
            contents(folder, listed).forEach(missing::remove);
            return missing.stream().findFirst().map(line -> line.substring(line.indexOf(' ') + 1));
        } catch (IOException | UncheckedIOException unreadable) {
            return Optional.of(String.valueOf(unreadable.getMessage()));
        }
    }

    private static List<String> contents(Path folder, List<Path> listed) throws IOException {
        TreeSet<String> lines = new TreeSet<>();
        for (Path list : listed) {
            try (Stream<Path> files = Files.list(list)) {
                for (Path file : files.toList()) {
                    // Python adds to its folders as it runs; a file of ours keeps its size.
                    long size = Files.isRegularFile(file) ? Files.size(file) : 0;
                    if (!file.getFileName().toString().equals("__pycache__")) {
                        lines.add(size + " " + folder.relativize(file));
                    }
                }
            }
        }
        return List.copyOf(lines);
    }
}
