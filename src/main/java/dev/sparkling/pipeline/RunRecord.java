package dev.sparkling.pipeline;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run's files under `.sparkling/runs/TIME/`: `events.jsonl`, the client's events as they came, and `output.log`, what
 * the user's code and the libraries printed.
 */
final class RunRecord implements AutoCloseable {
    private static final int KEPT_RUNS = 20;
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final OutputStream events;
    private final OutputStream output;

    private RunRecord(Path folder) throws IOException {
        this.folder = folder;
        this.events = Files.newOutputStream(folder.resolve("events.jsonl"));
        this.output = Files.newOutputStream(folder.resolve("output.log"));
    }

    /** Begins a record and removes the oldest beyond twenty. */
    static RunRecord create(Path project, Instant now) {
        Path runs = project.resolve(".sparkling/runs");
        try {
            Path folder = Files.createDirectories(runs.resolve(NAME.format(now)));
            removeOldest(runs);
            return new RunRecord(folder);
        } catch (IOException unwritable) {
            throw SparklingException.usage(
                            "the run's record cannot be written below " + runs + ": " + unwritable.getMessage(),
                            "Make the project's folder writable.")
                    .causedBy(unwritable);
        }
    }

    Path folder() {
        return folder;
    }

    /** Where the user's and the libraries' own output is kept. */
    Path outputFile() {
        return folder.resolve("output.log");
    }

    void event(String line) {
        write(events, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    void output(byte[] bytes) {
        write(output, bytes);
    }

    private static void write(OutputStream stream, byte[] bytes) {
        try {
            stream.write(bytes);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }

    private static void removeOldest(Path runs) throws IOException {
        List<Path> old;
        try (Stream<Path> entries = Files.list(runs)) {
            old = entries.sorted(Comparator.reverseOrder()).skip(KEPT_RUNS).toList();
        }
        for (Path run : old) {
            try (Stream<Path> files = Files.walk(run)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public void close() {
        try (events;
                output) {
            output.flush();
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }
}
