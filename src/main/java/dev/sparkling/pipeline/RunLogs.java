package dev.sparkling.pipeline;

import dev.sparkling.cluster.Role;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer.LogRequest;
import dev.sparkling.engine.Observer.LogSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the programs and pipelines of a project have printed, as one more log beside those of the services: the clients
 * that ran them are gone, their records are not.
 */
public final class RunLogs implements LogSource {
    private static final long POLL_MILLISECONDS = 200;
    private static final int BUFFER = 1 << 16;

    private final Path runs;
    private final LogRequest request;

    private RunLogs(Path runs, LogRequest request) {
        this.runs = runs;
        this.request = request;
    }

    /** The log of the application, if it is wanted and there is, or can still be, one. */
    public static List<LogSource> of(Path project, LogRequest request) {
        boolean wanted = request.services().isEmpty() || request.services().contains(Role.APP.service());
        Path runs = RunRecord.folder(project);
        return wanted && (request.follow() || Files.isDirectory(runs))
                ? List.of(new RunLogs(runs, request))
                : List.of();
    }

    @Override
    public String container() {
        return service();
    }

    @Override
    public String service() {
        return Role.APP.service();
    }

    @Override
    public void read(Consumer<LogChunk> consumer) {
        try {
            past(consumer);
            if (request.follow()) {
                follow(consumer);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private void past(Consumer<LogChunk> consumer) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files()) {
            try (Stream<String> all = Files.lines(file, StandardCharsets.ISO_8859_1)) {
                all.filter(this::inTime).forEach(lines::add);
            }
        }
        int first = request.tail().isPresent()
                ? Math.max(0, lines.size() - request.tail().getAsInt())
                : 0;
        lines.subList(first, lines.size()).forEach(line -> emit(consumer, line));
    }

    /** Goes on with the newest record, and with those that come. */
    private void follow(Consumer<LogChunk> consumer) throws IOException, InterruptedException {
        List<Path> files = files();
        Path current = files.isEmpty() ? null : files.get(files.size() - 1);
        long position = current == null ? 0 : Files.size(current);
        StringBuilder line = new StringBuilder();
        byte[] buffer = new byte[BUFFER];
        while (!Thread.currentThread().isInterrupted()) {
            if (current != null && Files.exists(current)) {
                try (InputStream input = Files.newInputStream(current)) {
                    input.skipNBytes(position);
                    for (int count; (count = input.read(buffer)) > 0; position += count) {
                        line.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                    }
                }
                for (int end; (end = line.indexOf("\n")) >= 0; line.delete(0, end + 1)) {
                    emit(consumer, line.substring(0, end));
                }
            }
            Path newest = files().stream().reduce((earlier, later) -> later).orElse(null);
            if (newest != null && !newest.equals(current)) {
                current = newest;
                position = 0;
                line.setLength(0);
            } else {
                Thread.sleep(POLL_MILLISECONDS);
            }
        }
    }

    private List<Path> files() throws IOException {
        if (!Files.isDirectory(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.sorted()
                    .map(folder -> folder.resolve(RunRecord.OUTPUT))
                    .filter(Files::isRegularFile)
                    .toList();
        }
    }

    private boolean inTime(String line) {
        if (request.since().isEmpty() && request.until().isEmpty()) {
            return true;
        }
        try {
            Instant time = Instant.parse(line.substring(0, Math.max(0, line.indexOf(' '))));
            return request.since().filter(time::isBefore).isEmpty()
                    && request.until().filter(time::isAfter).isEmpty();
        } catch (DateTimeParseException foreign) {
            return true;
        }
    }

    /** Lines are bytes in disguise: every character is one, so nothing is decoded twice. */
    private void emit(Consumer<LogChunk> consumer, String line) {
        String text = request.timestamps() ? line : line.substring(line.indexOf(' ') + 1);
        consumer.accept(new LogChunk(
                container(), service(), LogChunk.Stream.STDERR, (text + "\n").getBytes(StandardCharsets.ISO_8859_1)));
    }
}
