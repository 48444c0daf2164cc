package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The packed program, unpacked once into a folder that every user may read. */
final class Program {
    private static final Path FOLDER = unpack();

    private Program() {}

    /** The launcher's path. */
    static String path() {
        return FOLDER.resolve("bin/sparkling").toString();
    }

    /** A folder for what the program keeps between its calls, so that the caller's own stays as it is. */
    static String cache() {
        return FOLDER.resolve("cache").toString();
    }

    private static Path unpack() {
        Path target = Path.of("target").toAbsolutePath();
        try (Stream<Path> files = Files.list(target)) {
            List<Path> archives = files.filter(
                            file -> file.getFileName().toString().matches("sparkling-.*\\.tar\\.gz"))
                    .toList();
            assertThat(archives)
                    .as("the packed program in " + target + "; `mvn package` makes it")
                    .hasSize(1);
            Path folder = Files.createTempDirectory(
                    "sparkling-program",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            RunningProcess.start(
                            List.of(
                                    "tar",
                                    "-xzf",
                                    archives.get(0).toString(),
                                    "--strip-components=1",
                                    "--no-same-owner"),
                            folder,
                            Map.of())
                    .await(Duration.ofMinutes(1))
                    .succeeds();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(folder)));
            return folder;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void deleteQuietly(Path folder) {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException ignored) {
            // a temporary folder
        }
    }
}
