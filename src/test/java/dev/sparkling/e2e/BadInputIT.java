package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before a container is made: one clear error, the exit code, and nothing left behind. */
class BadInputIT {
    /** No engine: whoever is refused with another reason was refused before the engine was asked. */
    private static final Map<String, String> NO_ENGINE = Map.of("DOCKER_HOST", "unix:///nonexistent/docker.sock");

    private static final String SPEC = """
            name: bad
            storage: file:///app/checkpoints
            libraries:
              - glob:
                  include: src/pipelines/**
            """;

    private Project project;

    @BeforeEach
    void makeFolder() {
        project = Project.empty("bad");
    }

    @AfterEach
    void remove() {
        assertThat(Docker.containers(project.name())).isEmpty();
        project.close();
    }

    /** One error, said once, with a remedy, and no trace. */
    private static Outcome refused(Outcome outcome, int code, String... parts) {
        outcome.exits(code);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains(parts).contains("hint: ").doesNotContain("\tat ");
        assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
                .hasSize(1);
        return outcome;
    }

    @ParameterizedTest
    @CsvSource({"up", "ps", "logs", "stop", "start", "down", "clean", "restart"})
    void noEngine(String command) {
        refused(
                project.run(NO_ENGINE, command),
                3,
                "no Docker engine answers",
                "unix:///nonexistent/docker.sock",
                "DOCKER_HOST",
                "no such socket");
    }

    @Test
    void aRemoteEngineIsRefused() {
        refused(project.run(Map.of("DOCKER_HOST", "tcp://192.0.2.1:2375"), "up"), 3, "another machine", "192.0.2.1");
        refused(project.run(Map.of("DOCKER_HOST", "ssh://somewhere"), "up"), 3, "ssh");
    }

    @Test
    void noPermissionOnTheSocket() throws IOException {
        Path socket = project.folder().getParent().resolve("denied.sock");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("---------"));
            OrdinaryUser.visit(project);
            refused(
                    project.run(Map.of("DOCKER_HOST", "unix://" + socket), "ps"),
                    3,
                    "no permission",
                    socket.toString(),
                    "usermod -aG docker");
        }
    }

    @Test
    void aFolderThatCannotBeWritten() throws IOException {
        Files.setPosixFilePermissions(project.folder(), PosixFilePermissions.fromString("r-xr-xr-x"));
        OrdinaryUser.visit(project);
        refused(project.run("up"), 2, "cannot be written", "writable");
        refused(project.run("render"), 2, "cannot be written", "writable");
        Files.setPosixFilePermissions(project.folder(), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aPortThatAContainerHolds() {
        String holder = project.name() + "-holder";
        Docker.run(
                "run",
                "-d",
                "--rm",
                "--name",
                holder,
                "-p",
                "127.0.0.1:" + project.connectPort() + ":80",
                "--entrypoint",
                "sleep",
                Project.BASE_IMAGE,
                "300");
        try {
            refused(project.run("up"), 1, "is taken by container " + holder);
        } finally {
            Docker.run("rm", "-f", holder);
        }
    }

    @Test
    void ctrlCEndsTheWaitForAnotherCommand() throws IOException {
        project.write(".sparkling/lock", "");
        try (FileChannel other =
                        FileChannel.open(project.folder().resolve(".sparkling/lock"), StandardOpenOption.WRITE);
                FileLock held = other.lock();
                RunningProcess up = project.start("up")) {
            up.awaitErr("waiting for it", Duration.ofSeconds(30));
            up.interrupt();
            Outcome outcome = up.await(Duration.ofSeconds(10)).exits(130);
            assertThat(held.isValid()).isTrue();
            assertThat(outcome.err())
                    .contains("interrupted while waiting for another sparkling: the cluster was not touched")
                    .doesNotContain("\tat ");
        }
    }

    @Test
    void tooLittleMemory() {
        refused(project.run("up", "--worker-memory", "900g"), 1, "900g", "GB", "worker_memory");
    }

    @Test
    void anImageThatCannotBePulled() {
        project.run("render").succeeds();
        project.edit("compose.yml", "  workers: 1 ", "  base_image: sparkling-e2e.invalid/spark:1\n  workers: 1 ");
        refused(project.run("up"), 1, "sparkling-e2e.invalid/spark:1 cannot be pulled", "docker/base/build");
    }

    @Test
    void aBuildStepThatFails() {
        Outcome up = refused(
                project.run("up", "--requirement", "sparkling-no-such-package==99.9"),
                1,
                "building the image",
                "sparkling-no-such-package",
                "--engine local");
        assertThat(up.err()).as("what the step printed").containsPattern("(?i)no solution|not found|unsatisfiable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workers: 1        | workers: 0        | compose.yml:4:12: | workers",
                "workers: 1        | workres: 1        | compose.yml:4:3:  | workers",
                "workers: 1        | workers: [1]      | compose.yml:4:12: | workers",
                "worker_memory: 1g | worker_memory: 2 gb | compose.yml:6:18: | 2g",
                "connect: 15002    | connect: 99999    | compose.yml:10:14: | 65535",
                "ports:            | ports             | compose.yml:      | :",
            })
    void aSettingThatCannotBe(String right, String wrong, String place, String remedy) {
        project.run("render").succeeds();
        project.edit("compose.yml", right, wrong);
        refused(project.run(NO_ENGINE, "up"), 2, place, remedy);
        refused(project.run(NO_ENGINE, "ps"), 2, place);
    }

    @Test
    void aFlagOrVariableThatCannotBe() {
        refused(project.run(NO_ENGINE, "up", "--workers", "0"), 2, "0");
        assertThat(project.folder().resolve("compose.yml"))
                .as("nothing is written")
                .doesNotExist();
        refused(project.run(NO_ENGINE, "up", "--wrokers", "1"), 2, "--wrokers", "--workers");
        refused(project.run(NO_ENGINE, "pss"), 2, "pss", "ps");
        refused(project.run(Map.of("SPARKLING_WORKERS", "many"), "up"), 2, "SPARKLING_WORKERS", "many");
        refused(project.run(NO_ENGINE, "logs", "--since", "yesterday"), 2, "yesterday");
        refused(project.run(NO_ENGINE, "logs", "--grep", "("), 2, "(");
        refused(project.run(NO_ENGINE, "-C", "no-such-folder", "ps"), 2, "no-such-folder");
        refused(project.run(NO_ENGINE, "-f", "no-such.yml", "ps"), 2, "no-such.yml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'services:\\n  kafka:\\n    imaeg: x\\n'               | compose.override.yml:3:5: | image",
                "'services:\\n  kafka:\\n    image: [x]\\n'             | compose.override.yml:3:12: | image",
                "'services:\\n  kafka:\\n   image: x\\n  - y\\n'        | compose.override.yml:4:3: | ",
                "'services:\\n  kafka:\\n    image: x\\n    cgroup: y\\n' | compose.override.yml:4:5: | cgroup",
                "'- a\\n'                                               | compose.override.yml:1:1: | mapping",
            })
    void anOverrideThatCannotBeRead(String text, String place, String part) {
        project.write("compose.override.yml", text.replace("\\n", "\n"));
        refused(project.run(NO_ENGINE, "up"), 2, place, part == null ? "" : part);
        refused(project.run(NO_ENGINE, "config"), 2, place);
    }

    @Test
    void aSpecThatIsMissingOrEmpty() {
        refused(project.run(NO_ENGINE, "run"), 2, "no pipeline here", "spark-pipeline.yml");
        refused(project.run(NO_ENGINE, "run", "other.yml"), 2, "other.yml", "does not exist");
        project.write("spark-pipeline.yml", "# nothing\n");
        refused(project.run(NO_ENGINE, "run"), 2, "spark-pipeline.yml", "is empty");
        assertThat(project.folder().resolve("compose.yml")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "storage: file:///app/checkpoints | storage: checkpoints   | spark-pipeline.yml:2:10: | file:///app/checkpoints",
                "name: bad                        | nmae: bad              | spark-pipeline.yml:1:1:  | name",
                "libraries:                       | configuration: {a: 1}\\nlibraries: | spark-pipeline.yml:3:20: | string",
                "include: src/pipelines/**        | include: src/*.py      | spark-pipeline.yml:5:16: | **",
                "include: src/pipelines/**        | include: nowhere/**    | spark-pipeline.yml:5:16: | nowhere",
                "name: bad                        | name: 'bad             | spark-pipeline.yml:     | ",
            })
    void aSpecThatCannotBeRun(String right, String wrong, String place, String part) {
        project.write("src/pipelines/a.sql", "CREATE MATERIALIZED VIEW a AS SELECT 1;\n");
        project.write("spark-pipeline.yml", SPEC).edit("spark-pipeline.yml", right, wrong.replace("\\n", "\n"));
        refused(project.run(NO_ENGINE, "run"), 2, place, part == null ? "" : part);
    }

    @Test
    void aGlobWithoutCode() {
        project.write("spark-pipeline.yml", SPEC)
                .write("src/pipelines/a.sql", "CREATE MATERIALIZED VIEW a AS SELECT 1;\n");
        project.write("src/pipelines/README.md", "# No code\n");
        refused(project.run(NO_ENGINE, "run"), 2, "README.md", "spark-pipeline.yml:5:16:");
    }

    @Test
    void aProgramThatIsMissingOrElsewhere() {
        refused(project.run(NO_ENGINE, "run", "src/apps/none.py"), 2, "src/apps/none.py", "does not exist");
        refused(project.run(NO_ENGINE, "run", "/tmp/elsewhere.py"), 2, "/tmp/elsewhere.py", "outside the project");
    }

    @Test
    void editsOfBothSidesAreAConflict() {
        project.run("render").succeeds();
        project.edit("compose.yml", "working_dir: /app", "working_dir: /app/src");
        project.run(NO_ENGINE, "render").succeeds();
        assertThat(project.read("compose.yml")).as("an edit by hand stays").contains("working_dir: /app/src");
        Outcome check = project.run("render", "--check").exits(1);
        assertThat(check.err()).contains("working_dir: /app/src", "error: ");

        project.edit("compose.yml", "  worker_cores: 2", "  worker_cores: 1");
        String file = project.read("compose.yml");
        Outcome conflict = refused(project.run(NO_ENGINE, "up"), 2, "compose.yml", "--force");
        assertThat(conflict.err())
                .containsPattern("-\\s+working_dir: /app/src")
                .containsPattern("\\+\\s+working_dir: /app\\b");
        assertThat(project.read("compose.yml")).isEqualTo(file);
        project.run("render", "--force").succeeds();
        assertThat(project.read("compose.yml")).doesNotContain("/app/src").contains("- \"1\"");
        project.run("render", "--check").succeeds();
    }

    @Test
    void helpVersionAndCompletionNeedNothing() {
        assertThat(project.run(NO_ENGINE, "--version").succeeds().out()).startsWith("sparkling ");
        assertThat(project.run(NO_ENGINE).succeeds().out()).contains("Examples", "Exit codes");
        assertThat(project.run(NO_ENGINE, "help", "run").succeeds().out()).contains("--full-refresh");
        assertThat(project.shell("\"$SPARKLING\" completion | bash -n")
                        .succeeds()
                        .err())
                .isEmpty();
        assertThat(project.folder()).isEmptyDirectory();
    }

    @Test
    void theLauncherNeedsNoHome() {
        assertThat(project.run(Map.of("HOME", "", "XDG_CACHE_HOME", ""), "version")
                        .succeeds()
                        .out())
                .startsWith("sparkling ");
        Outcome noJava = project.run(Map.of("HOME", "", "JAVA_HOME", "/nonexistent"), "version");
        assertThat(noJava.exitCode()).as("another Java is found").isZero();
    }

    @Test
    void aMachineWithoutAJavaThatFits() throws IOException {
        Path old = project.folder().resolveSibling("old");
        Files.createDirectories(old.resolve("bin"));
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Files.copy(Path.of("/bin/true"), old.resolve("bin/java"));
        project.prefix(OwnMounts.after(
                "for folder in /usr/lib/jvm /opt/java; do" + " [ ! -d $folder ] || mount -t tmpfs none $folder; done"));
        Map<String, String> machine = Map.of("PATH", "/usr/bin:/bin", "HOME", "", "JAVA_HOME", old.toString());
        refused(project.run(machine, "ps"), 3, "Java 17 or later, and found only " + old + " (Java 11)", "JAVA_HOME");
        refused(
                project.run(Map.of("PATH", "/usr/bin:/bin", "HOME", "", "JAVA_HOME", ""), "ps"),
                3,
                "Java 17 or later, and found none",
                "/usr/lib/jvm");
    }

    @Test
    void aNarrowTerminalShowsAnError() {
        Outcome narrow = project.shell("script -qec 'stty cols 40; exec \"$SPARKLING\" run' /dev/null");
        assertThat(narrow.exitCode()).isEqualTo(2);
        assertThat(narrow.out()).contains("no pipeline here");
    }
}
