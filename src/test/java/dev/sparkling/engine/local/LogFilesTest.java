package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer.LogRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {
    private static final String SERVICE = "spark-worker";

    @TempDir
    Path root;

    private StateFolder folder;
    private LogFiles logs;
    private final StringBuffer read = new StringBuffer();

    @BeforeEach
    void makeFiles() throws IOException {
        folder = new StateFolder(root);
        Files.createDirectories(folder.logs(SERVICE));
        logs = new LogFiles("shop-spark-worker-1", SERVICE, folder, Instant.parse("2026-01-31T11:59:00Z"));
    }

    private static String at(int second, String text) {
        return String.format("2026-01-31T12:00:%02d.000Z INFO  %s%n", second, text);
    }

    private void read(LogRequest request) {
        logs.read(request, () -> false, this::note);
    }

    private void note(LogChunk chunk) {
        read.append(new String(chunk.bytes(), StandardCharsets.UTF_8));
    }

    private static LogRequest request(boolean follow, OptionalInt tail, boolean timestamps) {
        return new LogRequest(Set.of(), follow, Optional.empty(), Optional.empty(), tail, timestamps);
    }

    @Test
    void mergesByTimeAndKeepsRecordsWhole() throws IOException {
        Files.writeString(folder.output(SERVICE), "WARNING: early\n");
        Files.writeString(folder.log(SERVICE).resolveSibling("role.log.1"), at(1, "first"));
        Files.writeString(folder.log(SERVICE), at(3, "third") + "\tat a frame\n" + at(5, "fifth"));
        Files.writeString(folder.executorLog(SERVICE), at(2, "second") + at(4, "fourth"));
        read(request(false, OptionalInt.empty(), false));
        assertThat(read.toString())
                .isEqualTo("WARNING: early\n" + at(1, "first") + at(2, "second") + at(3, "third") + "\tat a frame\n"
                        + at(4, "fourth") + at(5, "fifth"));
        assertThat(logs.lastLines(2))
                .containsExactly(at(4, "fourth").strip(), at(5, "fifth").strip());
    }

    @Test
    void cutsByTimeAndNumber() throws IOException {
        Files.writeString(folder.log(SERVICE), at(1, "one") + at(2, "two") + at(3, "three") + at(4, "four"));
        logs.read(
                new LogRequest(
                        Set.of(),
                        false,
                        Optional.of(Instant.parse("2026-01-31T12:00:02Z")),
                        Optional.of(Instant.parse("2026-01-31T12:00:03Z")),
                        OptionalInt.of(1),
                        false),
                () -> false,
                this::note);
        assertThat(read.toString()).isEqualTo(at(3, "three"));
    }

    @Test
    void putsItsOwnTimeBeforeEachLineWhereAskedTo() throws IOException {
        Files.writeString(folder.log(SERVICE), at(1, "one") + "\tat a frame\n");
        Files.writeString(folder.output(SERVICE), "bare");
        read(request(false, OptionalInt.empty(), true));
        assertThat(read.toString())
                .isEqualTo("2026-01-31T11:59:00Z bare2026-01-31T12:00:01Z " + at(1, "one")
                        + "2026-01-31T12:00:01Z \tat a frame\n");
    }

    @Test
    void isEmptyBeforeAnythingWasWritten() {
        read(request(false, OptionalInt.empty(), false));
        assertThat(read.toString()).isEmpty();
        assertThat(logs.lastLines(5)).isEmpty();
    }

    @Test
    void followsOverARotationToTheEnd() throws Exception {
        Files.writeString(folder.log(SERVICE), at(1, "old") + at(2, "present"));
        AtomicBoolean runs = new AtomicBoolean(true);
        Thread reader =
                new Thread(() -> logs.read(request(true, OptionalInt.of(1), false), runs::get, this::note), "reader");
        reader.start();
        Awaitility.await().until(() -> read.toString().contains("present"));
        assertThat(read.toString()).doesNotContain("old");
        append(folder.log(SERVICE), at(3, "before the rotation"));
        Files.move(folder.log(SERVICE), folder.log(SERVICE).resolveSibling("role.log.1"));
        Files.writeString(folder.log(SERVICE), at(4, "after it") + "2026-01-31T12:00:05.000Z INFO  half a li");
        Files.writeString(folder.executorLog(SERVICE), at(6, "new file"));
        Awaitility.await().until(() -> read.toString().contains("new file"));
        append(folder.log(SERVICE), "ne\n");
        Awaitility.await().until(() -> read.toString().contains("half a line"));
        append(folder.log(SERVICE), at(7, "last words"));
        runs.set(false);
        reader.join(10_000);
        assertThat(reader.isAlive()).isFalse();
        assertThat(read.toString().lines())
                .hasSize(6)
                .contains(
                        at(3, "before the rotation").strip(), at(4, "after it").strip());
        assertThat(read.toString()).endsWith(at(7, "last words"));
    }

    private static void append(Path file, String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.APPEND);
    }
}
