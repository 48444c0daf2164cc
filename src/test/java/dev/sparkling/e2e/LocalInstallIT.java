package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The first command on a machine that lacks what the engine without Docker needs, or that is cut off while it installs
 * it. The uv is a script in place of the real one where it must fail or take its time.
 */
class LocalInstallIT {
    /** Notes that it works; is at work for a minute if the file `slow` is there, else fails. */
    private static final String UV = """
            #!/bin/sh
            [ "$1" != --version ] || exit 0
            if [ -e "%1$s/slow" ]; then
                echo $$ >"%1$s/at-work.new"
                mv "%1$s/at-work.new" "%1$s/at-work"
                sleep 60 &
                wait
            fi
            echo "the second uv was here" >&2
            exit 2
            """;

    private Project project;
    private Path programs;
    private Path cache;

    @BeforeEach
    void makeFolder() throws IOException {
        project = Project.withoutDocker("install");
        cache = Files.createDirectory(project.folder().getParent().resolve("cache"));
        project.environment().put("XDG_CACHE_HOME", cache.toString());
        programs = Files.createDirectory(project.folder().getParent().resolve("programs"));
        // What the launcher and the scripts use, and no Python, pip or uv beside.
        for (String name :
                List.of("sh", "find", "head", "basename", "mkdir", "mv", "sed", "readlink", "sleep", "env")) {
            Files.createSymbolicLink(programs.resolve(name), onPath(name));
        }
        project.environment().put("JAVA_HOME", System.getProperty("java.home"));
    }

    @AfterEach
    void remove() {
        assertThat(LocalProcesses.leftovers(project)).isEmpty();
        project.close();
    }

    private static Path onPath(String name) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    private void program(String name, String script) throws IOException {
        assertThat(Files.writeString(programs.resolve(name), script).toFile().setExecutable(true))
                .isTrue();
    }

    private Map<String, String> poor() {
        return Map.of("PATH", programs.toString());
    }

    /** One error, said once, with a remedy, and no trace. */
    private static void refused(Outcome outcome, int code, String... parts) {
        outcome.exits(code);
        assertThat(outcome.err()).contains(parts).contains("hint: ").doesNotContain("\tat ");
        assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
                .hasSize(1);
    }

    @Test
    void noPython() {
        refused(
                project.run(poor(), "up"),
                3,
                "Spark needs Python 3.10 or later, and there is none on the PATH",
                "Debian's python3");
    }

    @Test
    void aPythonThatIsTooOld() throws IOException {
        program("python3", "#!/bin/sh\necho 3.9.2\n");
        refused(
                project.run(poor(), "up"),
                3,
                "Spark needs Python 3.10 or later, and the PATH has only " + programs.resolve("python3") + " (3.9.2)");
    }

    @Test
    void neitherUvNorPip() throws IOException {
        program(
                "python3",
                "#!/bin/sh\ncase \"$*\" in *platform*) echo 3.11.2 ;; *) echo No module named pip; exit 1 ;; esac\n");
        refused(
                project.run(poor(), "up"),
                3,
                "Spark comes as a Python package, and there is neither uv nor pip to fetch it",
                "Install pip for " + programs.resolve("python3"),
                "No module named pip");
    }

    @Test
    void noJavaThatFits() throws IOException {
        Path release = Files.writeString(programs.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        // In a view of the file system, which ends with the command, every Java says that it is one of 25.
        project.environment().put("HOME", project.folder().getParent().toString());
        project.prefix(List.of(
                "unshare",
                "-rm",
                "sh",
                "-c",
                "for java in \"$JAVA_HOME\" /usr/lib/jvm/* /opt/java/*; do"
                        + " [ ! -f \"$java/release\" ] || mount --bind \"$0\" \"$java/release\"; done; exec \"$@\"",
                release.toString()));
        refused(
                project.run("up"),
                3,
                "Spark needs Java 17 or 21, and found only ",
                System.getProperty("java.home") + " (Java 25)",
                "point JAVA_HOME at it");
        project.prefix(List.of());
    }

    @Test
    void noSpace() {
        // A file system of its own, which ends with the command.
        project.prefix(List.of(
                "unshare",
                "-rm",
                "sh",
                "-c",
                "mount -t tmpfs -o size=50m tmpfs \"$0\" && exec \"$@\"",
                cache.toString()));
        refused(
                project.run("up"),
                1,
                "installing Spark needs about 3.0 GB in " + cache.resolve("sparkling") + ", and 0.1 GB are free there",
                "XDG_CACHE_HOME");
        project.prefix(List.of());
    }

    @Test
    void anInstallationThatIsInterruptedEndsItsUv() throws IOException {
        Optional<ProcessHandle> uv;
        try (RunningProcess up = startAndAwaitUv()) {
            uv = uv();
            assertThat(uv).isPresent();
            up.interrupt();
            up.await(Duration.ofSeconds(20)).exits(130);
        }
        assertThat(works(uv)).isFalse();
        Files.delete(programs.resolve("slow"));
        refused(project.run(path(), "up"), 1, "installing Spark 4.1.1 failed", "the second uv was here");
    }

    /** Nobody tells uv that its sparkling was killed; it must not write into what the next one makes. */
    @Test
    void anInstallationThatIsKilledIsTakenOver() throws IOException {
        Optional<ProcessHandle> uv;
        try (RunningProcess up = startAndAwaitUv()) {
            uv = uv();
            Awaitility.await().until(() -> isNoted(cache.resolve("sparkling/installing")));
            up.kill();
        }
        assertThat(works(uv)).as("uv outlives its sparkling").isTrue();
        Files.delete(programs.resolve("slow"));
        Outcome next = project.run(path(), "up");
        refused(next, 1, "installing Spark 4.1.1 failed", "the second uv was here");
        assertThat(next.err())
                .contains("an installation that was cut off is still at work as process "
                        + uv.orElseThrow().pid());
        assertThat(works(uv)).isFalse();
    }

    /** The real Python, and a uv that is a script. */
    private Map<String, String> path() {
        return Map.of("PATH", programs + ":" + System.getenv("PATH"));
    }

    private RunningProcess startAndAwaitUv() throws IOException {
        program("uv", UV.formatted(programs));
        Files.createFile(programs.resolve("slow"));
        project.environment().putAll(path());
        RunningProcess up = project.start("up");
        Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(programs.resolve("at-work")));
        return up;
    }

    private Optional<ProcessHandle> uv() throws IOException {
        return ProcessHandle.of(
                Long.parseLong(Files.readString(programs.resolve("at-work")).strip()));
    }

    /** The program starts before its sparkling can note its number. */
    private static boolean isNoted(Path notes) throws IOException {
        try (Stream<Path> files = Files.list(notes)) {
            return files.findAny().isPresent();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** One that ended and that nobody has fetched yet has no program any more. */
    private static boolean works(Optional<ProcessHandle> process) {
        return process.flatMap(handle -> handle.info().command()).isPresent();
    }
}
