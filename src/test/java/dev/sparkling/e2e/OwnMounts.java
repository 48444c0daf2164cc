package dev.sparkling.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Processes with mounts of their own, so that they see folders otherwise than the rest of the machine does. */
final class OwnMounts {
    private OwnMounts() {}

    /** The beginning of a command that runs behind a shell's script, which may mount what it likes. */
    static List<String> after(String script) {
        return List.of(
                "unshare",
                root() ? "--mount" : "--map-root-user",
                "--mount",
                "sh",
                "-c",
                script + " && exec \"$@\"",
                "sh");
    }

    private static boolean root() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
