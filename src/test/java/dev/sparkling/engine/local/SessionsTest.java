package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes: a shell that starts a child stands for a worker with its executor. */
class SessionsTest {
    @TempDir
    Path folder;

    private Sessions sessions;
    private Identity leader = Identity.of(ProcessHandle.current());

    @BeforeEach
    void python() {
        sessions = new Sessions(Pythons.onPath(System.getenv(), "python3").orElseThrow());
    }

    @AfterEach
    void killAll() {
        if (leader.number() != ProcessHandle.current().pid()) {
            sessions.stop(leader, Duration.ZERO);
        }
    }

    /** Starts a shell script that writes its child's number to the file `child`. */
    private ProcessHandle start(String script) throws IOException {
        Process process = sessions.start(
                new Command(List.of("/bin/sh", "-c", script), Map.of("GREETING", "hello")),
                Map.of("PATH", System.getenv("PATH")),
                folder,
                folder.resolve("output"));
        leader = Identity.of(process.toHandle());
        Path file = folder.resolve("child");
        Awaitility.await()
                .until(() -> Files.exists(file) && !Files.readString(file).isBlank());
        return ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();
    }

    @Test
    void givesAProcessItsFolderVariablesAndOutput() throws IOException {
        start("echo $GREETING from $PWD; echo oops >&2; echo $$ > child; exec sleep 60");
        assertThat(folder.resolve("output")).content().contains("hello from " + folder, "oops");
    }

    @Test
    void stopsGentlyAndTakesTheChildrenAlong() throws IOException {
        ProcessHandle child = start("trap 'echo bye; exit 0' TERM; sleep 60 & echo $! > child; wait");
        assertThat(sessions.stop(leader, Duration.ofSeconds(10))).as("killed").isFalse();
        assertThat(folder.resolve("output")).content().contains("bye");
        Awaitility.await().until(() -> !child.isAlive());
    }

    @Test
    void killsWhatDoesNotListen() throws IOException {
        ProcessHandle child = start("trap '' TERM; sleep 60 & echo $! > child; wait; wait");
        assertThat(sessions.stop(leader, Duration.ofMillis(300))).as("killed").isTrue();
        assertThat(leader.running()).isEmpty();
        Awaitility.await().until(() -> !child.isAlive());
    }

    @Test
    void killsWhatACrashedLeaderLeft() throws IOException {
        ProcessHandle child = start("sleep 60 & echo $! > child; wait");
        ProcessHandle.of(leader.number()).orElseThrow().destroyForcibly();
        Awaitility.await().until(() -> leader.running().isEmpty());
        assertThat(child.isAlive()).isTrue();
        sessions.killLeftovers(List.of(leader));
        Awaitility.await().until(() -> !child.isAlive());
    }

    @Test
    void sparesTheSessionOfAStranger() throws IOException {
        ProcessHandle child = start("sleep 60 & echo $! > child; wait");
        Identity earlier = new Identity(leader.number(), leader.started().minusSeconds(5), leader.boot());
        sessions.stop(earlier, Duration.ZERO);
        sessions.killLeftovers(List.of(earlier));
        assertThat(leader.running()).isPresent();
        staysAlive(child);
    }

    /** A session's number stays in use while a member lives: the number may have gone round before. */
    @Test
    void sparesTheSessionOfAStrangerWhoseLeaderIsGone() throws IOException {
        ProcessHandle child = start("sleep 60 & echo $! > child; wait");
        ProcessHandle.of(leader.number()).orElseThrow().destroyForcibly();
        Awaitility.await().until(() -> ProcessHandle.of(leader.number()).isEmpty());
        sessions.killLeftovers(
                List.of(new Identity(leader.number(), leader.started().minusSeconds(60), leader.boot())));
        staysAlive(child);
    }

    @Test
    void eachProcessLeadsASessionOfItsOwn() throws Exception {
        ProcessHandle child = start("sleep 60 & echo $! > child; wait");
        String own = session(ProcessHandle.current());
        assertThat(own).isNotEmpty();
        assertThat(session(ProcessHandle.of(leader.number()).orElseThrow()))
                .isEqualTo("" + leader.number())
                .isNotEqualTo(own);
        assertThat(session(child)).isEqualTo("" + leader.number());
    }

    /** A kill takes a moment, and one that ended counts as alive until it is fetched, but has no program any more. */
    private static void staysAlive(ProcessHandle process) {
        Awaitility.await()
                .during(Duration.ofMillis(500))
                .until(() -> process.info().command().isPresent());
    }

    /** Asked of Python, which is there; `ps` is not on every machine. */
    private static String session(ProcessHandle process) throws IOException {
        String program = "import os, sys; print(os.getsid(int(sys.argv[1])))";
        Process python = new ProcessBuilder("python3", "-c", program, "" + process.pid()).start();
        return new String(python.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
    }
}
