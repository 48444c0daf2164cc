package dev.sparkling.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/** What a project's earlier runs took, from their records. */
final class RunHistory {
    private static final ObjectMapper JSON = new ObjectMapper();

    private RunHistory() {}

    /**
     * The seconds that the server worked on this pipeline when it was last completed; empty where no record tells. A
     * record that cannot be read is passed over: it only makes the next run quicker.
     *
     * @param spec as the client was given it
     */
    static OptionalDouble lastSeconds(Path project, String spec) {
        List<Path> records;
        try (Stream<Path> folders = Files.list(RunRecord.folder(project))) {
            records = folders.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException none) {
            return OptionalDouble.empty();
        }
        return records.stream()
                .map(RunHistory::verdict)
                .filter(verdict -> verdict.path("command").asText().equals("run")
                        && verdict.path("spec").asText().equals(spec)
                        && verdict.path("state").asText().equals("COMPLETED"))
                .mapToDouble(verdict -> verdict.path("seconds").path("run").asDouble())
                .findFirst();
    }

    /** The last event of a record, which is the verdict if the run came to one. */
    private static JsonNode verdict(Path record) {
        try (Stream<String> lines = Files.lines(record.resolve(RunRecord.EVENTS))) {
            return JSON.readTree(lines.reduce((earlier, later) -> later).orElse("{}"));
        } catch (IOException | java.io.UncheckedIOException unreadable) {
            return JSON.missingNode();
        }
    }
}
