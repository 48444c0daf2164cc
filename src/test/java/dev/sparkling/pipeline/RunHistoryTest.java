package dev.sparkling.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {
    @TempDir
    Path project;

    private void record(String time, String... events) throws IOException {
        Path folder = Files.createDirectories(RunRecord.folder(project).resolve(time));
        Files.writeString(folder.resolve(RunRecord.EVENTS), String.join("\n", events));
    }

    private static String verdict(String command, String spec, String state, double seconds) {
        return """
                {"v":1,"type":"verdict","command":"%s","spec":"%s","state":"%s","seconds":{"run":%s,"total":99}}\
                """.formatted(command, spec, state, seconds);
    }

    @Test
    void theLastCompletedRunOfThisPipelineCounts() throws IOException {
        record("20260101-000001-000", verdict("run", "shop.yml", "COMPLETED", 3));
        record("20260101-000002-000", "{\"v\":1,\"type\":\"hello\"}", verdict("run", "shop.yml", "COMPLETED", 12.5));
        record("20260101-000003-000", verdict("run", "other.yml", "COMPLETED", 4));
        record("20260101-000004-000", verdict("run", "shop.yml", "FAILED", 5));
        record("20260101-000005-000", verdict("check", "shop.yml", "COMPLETED", 6));
        record("20260101-000006-000", "{\"v\":1,\"type\":\"hello\"}");
        record("20260101-000007-000", "{\"v\":1,\"ty");
        Files.createDirectories(RunRecord.folder(project).resolve("20260101-000008-000"));

        assertThat(RunHistory.lastSeconds(project, "shop.yml")).isEqualTo(OptionalDouble.of(12.5));
        assertThat(RunHistory.lastSeconds(project, "new.yml")).isEmpty();
    }

    @Test
    void aProjectWithoutRecordsTellsNothing() {
        assertThat(RunHistory.lastSeconds(project, "shop.yml")).isEmpty();
    }
}
