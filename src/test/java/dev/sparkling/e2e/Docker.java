package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The docker command of this machine, as an independent witness. */
final class Docker {
    private Docker() {}

    /** Runs `docker` with the arguments; it must succeed. */
    static String run(String... arguments) {
        return attempt(arguments).succeeds().out().strip();
    }

    static Outcome attempt(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        return RunningProcess.start(command, Path.of("/"), Map.of()).await(Duration.ofMinutes(5));
    }

    /** The names of a project's containers, one-offs and stopped ones too, sorted. */
    static List<String> containers(String project) {
        return run("ps", "-a", "--filter", "label=com.docker.compose.project=" + project, "--format", "{{.Names}}")
                .lines()
                .sorted()
                .toList();
    }

    /** The names of a project's running containers, sorted. */
    static List<String> running(String project) {
        return run("ps", "--filter", "label=com.docker.compose.project=" + project, "--format", "{{.Names}}")
                .lines()
                .sorted()
                .toList();
    }

    /** The numbers of a project's networks. */
    static List<String> networks(String project) {
        return run("network", "ls", "-q", "--filter", "label=com.docker.compose.project=" + project)
                .lines()
                .toList();
    }

    static String id(String container) {
        return run("inspect", "--format", "{{.Id}}", container);
    }

    static boolean hasImage(String reference) {
        return attempt("image", "inspect", reference).exitCode() == 0;
    }

    /** Removes everything that carries the project's name; a test that failed must leave nothing either. */
    static void removeProject(String project) {
        String label = "label=com.docker.compose.project=" + project;
        run("ps", "-aq", "--filter", label).lines().forEach(id -> attempt("rm", "-f", "-v", id));
        run("network", "ls", "-q", "--filter", label).lines().forEach(id -> attempt("network", "rm", id));
        run("volume", "ls", "-q", "--filter", label).lines().forEach(id -> attempt("volume", "rm", id));
    }

    /** Fails, and does not skip, where no engine answers. */
    static void mustAnswer() {
        Outcome version = attempt("version", "--format", "{{.Server.Version}}");
        assertThat(version.exitCode())
                .as("end-to-end tests need a Docker engine: " + version)
                .isZero();
    }
}
