package dev.sparkling.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer.LogRequest;
import dev.sparkling.engine.Observer.LogSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogsTest {
    @TempDir
    Path project;

    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Test
    void showsWhatEarlierRunsPrinted() {
        record(1, "first\nsec", "önd\n");
        record(2, "third without an end");

        read(request(Set.of(), false, OptionalInt.empty(), false));

        assertThat(lines).containsExactly("first\n", "secönd\n", "third without an end\n");
    }

    @Test
    void putsTheTimeOfArrivalBeforeLinesThatAreToBeSorted() {
        record(1, "first\n");

        read(request(Set.of("spark-app"), false, OptionalInt.empty(), true));

        assertThat(lines).singleElement().asString().matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z first\n");
    }

    @Test
    void takesTheLastLinesOnly() {
        record(1, "a\nb\n");
        record(2, "c\n");

        read(request(Set.of(), false, OptionalInt.of(2), false));

        assertThat(lines).containsExactly("b\n", "c\n");
    }

    @Test
    void isLeftOutWhereOtherServicesAreWanted() {
        record(1, "first\n");

        assertThat(RunLogs.of(project, request(Set.of("spark-master"), false, OptionalInt.empty(), false)))
                .isEmpty();
    }

    @Test
    void followsTheNewestRunAndThoseThatCome() {
        record(1, "before\n");
        Thread follower = new Thread(() -> read(request(Set.of(), true, OptionalInt.empty(), false)));
        follower.start();
        await().until(() -> lines.contains("before\n"));

        record(2, "after\n");

        await().until(() -> lines.contains("after\n"));
        follower.interrupt();
        await().until(() -> !follower.isAlive());
        assertThat(lines).containsExactly("before\n", "after\n");
    }

    private void record(int run, String... chunks) {
        try (RunRecord record = RunRecord.create(project, Instant.ofEpochSecond(run))) {
            for (String chunk : chunks) {
                record.output(chunk.getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private void read(LogRequest request) {
        for (LogSource source : RunLogs.of(project, request)) {
            source.read(chunk -> lines.add(text(chunk)));
        }
    }

    private static String text(LogChunk chunk) {
        return new String(chunk.bytes(), StandardCharsets.UTF_8);
    }

    private static LogRequest request(Set<String> services, boolean follow, OptionalInt tail, boolean timestamps) {
        return new LogRequest(services, follow, Optional.empty(), Optional.empty(), tail, timestamps);
    }
}
