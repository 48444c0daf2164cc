package dev.sparkling.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A user who is not root. Where the tests run as root, it is a number without an account, which is the harder case; else
 * it is whoever runs them.
 */
final class OrdinaryUser {
    private static final int NUMBER = 4711;

    private OrdinaryUser() {}

    /** Makes the user the project's owner, and runs its commands as that user, who may use the engine. */
    static void own(Project project) {
        if (root()) {
            shell("chown -R " + NUMBER + ":" + NUMBER + " " + project.folder().getParent());
            be(project, engineGroup());
        }
    }

    /** Runs the project's commands as the user, who may not use the engine and does not own the folder. */
    static void visit(Project project) {
        if (root()) {
            shell("chmod 755 " + project.folder().getParent());
            be(project, NUMBER);
        }
    }

    /** The number of the user whom files must belong to. */
    static int number() {
        return root() ? NUMBER : Integer.parseInt(attribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static void be(Project project, int furtherGroup) {
        String home = project.folder().getParent().toString();
        project.environment().put("HOME", home);
        project.environment().put("XDG_CACHE_HOME", home + "/cache");
        project.prefix(List.of("setpriv", "--reuid=" + NUMBER, "--regid=" + NUMBER, "--groups=" + furtherGroup, "--"));
    }

    private static boolean root() {
        return attribute(Path.of("/proc/self"), "unix:uid").equals("0");
    }

    private static int engineGroup() {
        String host = System.getenv().getOrDefault("DOCKER_HOST", "");
        Path socket = Path.of(host.startsWith("unix://") ? host.substring("unix://".length()) : "/var/run/docker.sock");
        return Integer.parseInt(attribute(socket, "unix:gid"));
    }

    private static String attribute(Path path, String name) {
        try {
            return Files.getAttribute(path, name).toString();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void shell(String command) {
        RunningProcess.start(List.of("sh", "-c", command), Path.of("/"), Map.of())
                .await(java.time.Duration.ofMinutes(1))
                .succeeds();
    }
}
