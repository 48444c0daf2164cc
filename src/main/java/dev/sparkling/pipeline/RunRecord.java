package dev.sparkling.pipeline;

import dev.sparkling.error.Unwritable;
import java.io.ByteArrayOutputStream;
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
 * the user's code and the libraries printed, each line after the time of its arrival (RFC 3339, UTC) and a space, as
 * container engines keep theirs.
 */
final class RunRecord implements AutoCloseable {
    /** Of every run, below its folder. */
    static final String OUTPUT = "output.log";

    static final String EVENTS = "events.jsonl";

    private static final int KEPT_RUNS = 20;
    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    private final Path folder;
    private final OutputStream events;
    private final OutputStream output;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    private RunRecord(Path folder) throws IOException {
        this.folder = folder;
        this.events = Files.newOutputStream(folder.resolve(EVENTS));
        this.output = Files.newOutputStream(folder.resolve(OUTPUT));
    }

    /** Where a project keeps its records; their names sort by time. */
    static Path folder(Path project) {
        return project.resolve(".sparkling/runs");
    }

    /** Begins a record and removes the oldest beyond twenty. */
    static RunRecord create(Path project, Instant now) {
        Path runs = folder(project);
        try {
            Path folder = Files.createDirectories(runs.resolve(NAME.format(now)));
            removeOldest(runs);
            return new RunRecord(folder);
        } catch (IOException unwritable) {
            throw Unwritable.of("the run's record in " + runs, unwritable, "Make the project's folder writable.");
        }
    }

    /** Where the user's and the libraries' own output is kept. */
    Path outputFile() {
        return folder.resolve(OUTPUT);
    }

    /** Where the client's events are kept. */
    Path eventsFile() {
        return folder.resolve(EVENTS);
    }

    void event(String line) {
        write(events, (line + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Takes bytes that are cut anywhere. */
    synchronized void output(byte[] bytes) {
        for (byte value : bytes) {
            if (line.size() == 0) {
                line.writeBytes((Instant.now() + " ").getBytes(StandardCharsets.US_ASCII));
            }
            line.write(value);
            if (value == '\n') {
                write(output, line.toByteArray());
                line.reset();
            }
        }
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
            output.write(line.toByteArray());
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
    }
}
