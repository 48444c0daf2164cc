package dev.sparkling.console.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.console.Theme;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.LogChunk.Stream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
class LogMergeTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private LogPrinter printer(boolean engineTimestamps) {
        return new LogPrinter(
                new LogOptions(LogFormat.TEXT, null, null, true, false, engineTimestamps),
                Theme.plain(),
                80,
                List.of("a", "b"),
                bytes,
                LocalDate.of(2026, 1, 2));
    }

    private static LogChunk chunk(String service, Stream stream, String text) {
        return new LogChunk(service + "-1", service, stream, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ChunkQueue queue(LogChunk... chunks) throws InterruptedException {
        ChunkQueue queue = new ChunkQueue();
        for (LogChunk chunk : chunks) {
            queue.put(chunk);
        }
        queue.end();
        return queue;
    }

    private List<String> printed() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void sortsByTimeAcrossContainers() throws InterruptedException {
        ChunkQueue a = queue(
                chunk("a", Stream.STDOUT, "2026-01-02T00:00:01.000Z INFO  A: 1\nafter 1\n2026-01-02T00:00:04.000Z "),
                chunk("a", Stream.STDOUT, "ERROR A: 4\n\tat x\n2026-01-02T00:00:03.000Z INFO  A: late\n"));
        ChunkQueue b = queue(
                chunk("b", Stream.STDERR, "before all\n2026-01-02T00:00:02.000Z INFO  B: 2\n"),
                chunk("b", Stream.STDERR, "2026-01-02T00:00:05.000Z INFO  B: 5"));
        try (LogPrinter printer = printer(false)) {
            printer.merge(List.of(a, b));
        }

        assertThat(printed())
                .containsExactly(
                        "b | before all",
                        "a | 00:00:01.000 INFO  A: 1",
                        "a | after 1",
                        "b | 00:00:02.000 INFO  B: 2",
                        "a | 00:00:04.000 ERROR A: 4",
                        "a | \tat x",
                        "a | 00:00:03.000 INFO  A: late",
                        "b | 00:00:05.000 INFO  B: 5");
    }

    @Test
    void sortsByTheEnginesTimesWhereItGivesThem() throws InterruptedException {
        ChunkQueue a = queue(
                chunk("a", Stream.STDOUT, "2026-01-02T00:00:01.000000001Z 1\n2026-01-02T00:00:01.000000003Z 3\n"));
        ChunkQueue b = queue(
                chunk("b", Stream.STDOUT, "2026-01-02T00:00:01.000000002Z 2\n2026-01-02T00:00:01.000000004Z 4\n"));
        try (LogPrinter printer = printer(true)) {
            printer.merge(List.of(a, b));
        }

        assertThat(printed()).containsExactly("a | 1", "b | 2", "a | 3", "b | 4");
    }

    @Test
    void doesNotHoldARecordBackForTheOtherStream() throws InterruptedException {
        StringBuilder text = new StringBuilder();
        for (int line = 0; line < 1_000; line++) {
            text.append("out ").append(line).append('\n');
        }
        ChunkQueue a = queue(
                chunk("a", Stream.STDERR, "err first\n"),
                chunk("a", Stream.STDOUT, text.toString()),
                chunk("a", Stream.STDERR, "err last\n"));
        try (LogPrinter printer = printer(false)) {
            printer.merge(List.of(a));
        }

        assertThat(printed())
                .hasSize(1_002)
                .startsWith("a | err first", "a | out 0")
                .endsWith("a | err last");
    }

    @Test
    void boundsWhatWaits() throws InterruptedException {
        ChunkQueue a = new ChunkQueue();
        ChunkQueue b = new ChunkQueue();
        LogChunk large = chunk("a", Stream.STDOUT, "2026-01-02T00:00:01.000Z INFO  A: " + "x".repeat(1_000) + "\n");
        Thread reader = new Thread(() -> {
            try {
                for (int count = 0; count < 10_000; count++) {
                    a.put(large);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            a.end();
        });
        reader.start();
        // The other container says nothing yet, so that nothing can be printed and the reader has to wait.
        while (reader.getState() != Thread.State.WAITING) {
            Thread.sleep(1);
        }
        b.end();
        try (LogPrinter printer = printer(false)) {
            printer.merge(List.of(a, b));
        }
        reader.join();

        assertThat(printed()).hasSize(10_000);
    }

    @Test
    void passesAFailureOnAndReleasesTheOthers() {
        ChunkQueue a = new ChunkQueue();
        ChunkQueue b = new ChunkQueue();
        b.fail(new IllegalStateException("the daemon has gone"));
        a.end();
        try (LogPrinter printer = printer(false)) {
            assertThatThrownBy(() -> printer.merge(List.of(a, b)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the daemon has gone");
        }
        assertThatThrownBy(() -> a.put(chunk("a", Stream.STDOUT, "x\n"))).isInstanceOf(OutputClosedException.class);
    }
}
