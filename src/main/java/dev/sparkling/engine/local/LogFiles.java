package dev.sparkling.engine.local;

import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer.LogRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the logs of one service as one: its own, its executors', and what its JVM printed beside. Lines are put in the
 * order of their times; a line without a time belongs to the one before it.
 */
final class LogFiles {
    private static final long PAUSE_MILLISECONDS = 100;
    private static final int POLLS_PER_LOOK = 5;

    private final String container;
    private final String service;
    private final List<Source> sources;

    /**
     * A file of the service.
     *
     * @param untimed the time of lines that come before any time
     */
    private record Source(Path path, LogChunk.Stream stream, Instant untimed) {}

    /** A line with its break, and the time that it or the line before it has. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Line(Source source, Instant time, byte[] bytes) {}

    /** @param started when the service was, for lines without a time */
    LogFiles(String container, String service, StateFolder folder, Instant started) {
        this.container = container;
        this.service = service;
        this.sources = List.of(
                new Source(folder.output(service), LogChunk.Stream.STDOUT, started),
                new Source(folder.log(service), LogChunk.Stream.STDERR, started),
                new Source(folder.executorLog(service), LogChunk.Stream.STDERR, started));
    }

    /** The last lines, for an error. */
    List<String> lastLines(int lines) {
        List<Line> all = new ArrayList<>();
        for (Source source : sources) {
            try {
                all.addAll(lines(source, everything(source.path(), null)));
            } catch (IOException unreadable) {
                all.add(new Line(
                        source,
                        Instant.MAX,
                        String.valueOf(unreadable.getMessage()).getBytes(StandardCharsets.UTF_8)));
            }
        }
        List<Line> sorted = sorted(all);
        return sorted.subList(Math.max(0, sorted.size() - lines), sorted.size()).stream()
                .map(line -> new String(line.bytes(), StandardCharsets.UTF_8).stripTrailing())
                .toList();
    }

    /**
     * Reads what is there, and what comes if the request asks for it.
     *
     * @param runs whether the service still runs; following ends when it does not
     */
    void read(LogRequest request, BooleanSupplier runs, Consumer<LogChunk> consumer) {
        List<Tail> tails = new ArrayList<>();
        try {
            List<Line> backlog = new ArrayList<>();
            for (Source source : sources) {
                Tail tail = new Tail(source);
                tails.add(tail);
                backlog.addAll(lines(source, everything(source.path(), request.follow() ? tail : null)));
            }
            emit(selected(sorted(backlog), request), request, consumer);
            if (request.follow()) {
                follow(tails, request, runs, consumer);
            }
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } finally {
            tails.forEach(Tail::close);
        }
    }

    private void follow(List<Tail> tails, LogRequest request, BooleanSupplier runs, Consumer<LogChunk> consumer)
            throws IOException, InterruptedException {
        boolean running = true;
        for (int poll = 1; running; poll++) {
            // Looked at before the files: what was written before the end is still read.
            running = poll % POLLS_PER_LOOK != 0 || runs.getAsBoolean();
            List<Line> fresh = new ArrayList<>();
            for (Tail tail : tails) {
                fresh.addAll(lines(tail.source, tail.fresh()));
            }
            emit(sorted(fresh), request, consumer);
            if (request.until().filter(until -> until.isBefore(Instant.now())).isPresent()) {
                return;
            }
            if (running) {
                Thread.sleep(PAUSE_MILLISECONDS);
            }
        }
    }

    private void emit(List<Line> lines, LogRequest request, Consumer<LogChunk> consumer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LogChunk.@Nullable Stream stream = null;
        for (Line line : lines) {
            if (stream != null && (stream != line.source().stream() || bytes.size() > 1 << 16)) {
                consumer.accept(new LogChunk(container, service, stream, bytes.toByteArray()));
                bytes.reset();
            }
            stream = line.source().stream();
            if (request.timestamps()) {
                bytes.writeBytes((line.time() + " ").getBytes(StandardCharsets.US_ASCII));
            }
            bytes.writeBytes(line.bytes());
        }
        if (stream != null && bytes.size() > 0) {
            consumer.accept(new LogChunk(container, service, stream, bytes.toByteArray()));
        }
    }

    private static List<Line> selected(List<Line> lines, LogRequest request) {
        List<Line> selected = lines.stream()
                .filter(line -> request.since()
                        .filter(since -> line.time().isBefore(since))
                        .isEmpty())
                .filter(line -> request.until()
                        .filter(until -> line.time().isAfter(until))
                        .isEmpty())
                .toList();
        return request.tail().isPresent()
                ? selected.subList(Math.max(0, selected.size() - request.tail().getAsInt()), selected.size())
                : selected;
    }

    /** Merges the sources by time; lines of one source keep their order, and a record's lines stay together. */
    private List<Line> sorted(List<Line> lines) {
        List<Deque<Line>> queues = new ArrayList<>();
        for (Source source : sources) {
            ArrayDeque<Line> queue = new ArrayDeque<>();
            lines.stream().filter(line -> line.source() == source).forEach(queue::add);
            queues.add(queue);
        }
        List<Line> sorted = new ArrayList<>(lines.size());
        Deque<Line> last = queues.get(0);
        while (sorted.size() < lines.size()) {
            Deque<Line> next = last.isEmpty() ? null : last;
            for (Deque<Line> queue : queues) {
                if (!queue.isEmpty()
                        && (next == null
                                || queue.element()
                                        .time()
                                        .isBefore(next.element().time()))) {
                    next = queue;
                }
            }
            last = Objects.requireNonNull(next);
            sorted.add(last.remove());
        }
        return sorted;
    }

    private static List<Line> lines(Source source, byte[] bytes) {
        List<Line> lines = new ArrayList<>();
        Instant time = source.untimed();
        int from = 0;
        while (from < bytes.length) {
            int to = from;
            while (to < bytes.length && bytes[to] != '\n') {
                to++;
            }
            to = Math.min(bytes.length, to + 1);
            Optional<Instant> own = time(bytes, from, to);
            time = own.orElse(time);
            lines.add(new Line(source, time, Arrays.copyOfRange(bytes, from, to)));
            from = to;
        }
        return lines;
    }

    /** The time of the image's pattern, `2026-01-31T12:00:00.000Z `. */
    private static Optional<Instant> time(byte[] bytes, int from, int to) {
        if (to - from < 25 || bytes[from + 4] != '-' || bytes[from + 10] != 'T' || bytes[from + 23] != 'Z') {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.parse(new String(bytes, from, 24, StandardCharsets.US_ASCII)));
        } catch (DateTimeException other) {
            return Optional.empty();
        }
    }

    /** The rotated file and the present one, as far as it goes now; the tail continues there. */
    private static byte[] everything(Path path, @Nullable Tail tail) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        // Opened before the older file is read: a rotation in between then loses nothing.
        byte[] present = tail == null ? content(path) : tail.fresh();
        bytes.writeBytes(content(path.resolveSibling(path.getFileName() + ".1")));
        bytes.writeBytes(present);
        return bytes.toByteArray();
    }

    private static byte[] content(Path path) throws IOException {
        try {
            return Files.readAllBytes(path);
        } catch (NoSuchFileException absent) {
            return new byte[0];
        }
    }

    /** Reads what is added to a file; a rotated file is read to its end, then its successor from its start. */
    private static final class Tail implements AutoCloseable {
        private final Source source;
        private @Nullable FileChannel channel;
        private @Nullable Object key;
        private byte[] partial = new byte[0];

        Tail(Source source) {
            this.source = source;
        }

        /** Whole lines that are new. */
        byte[] fresh() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(partial);
            readOn(bytes);
            if (!Objects.equals(key, currentKey())) {
                readOn(bytes);
                close();
                readOn(bytes);
            }
            byte[] all = bytes.toByteArray();
            int end = all.length;
            while (end > 0 && all[end - 1] != '\n') {
                end--;
            }
            partial = Arrays.copyOfRange(all, end, all.length);
            return Arrays.copyOf(all, end);
        }

        private void readOn(ByteArrayOutputStream bytes) throws IOException {
            if (channel == null) {
                try {
                    channel = FileChannel.open(source.path(), StandardOpenOption.READ);
                    key = currentKey();
                } catch (NoSuchFileException notYet) {
                    return;
                }
            }
            if (channel.size() < channel.position()) {
                channel.position(0); // emptied at a new start
            }
            ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
            while (channel.read(buffer) > 0) {
                bytes.write(buffer.array(), 0, buffer.position());
                buffer.clear();
            }
        }

        private @Nullable Object currentKey() throws IOException {
            try {
                return Files.readAttributes(source.path(), BasicFileAttributes.class)
                        .fileKey();
            } catch (NoSuchFileException absent) {
                return null;
            }
        }

        @Override
        public void close() {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException ignored) {
                // only read from
            }
            channel = null;
            key = null;
        }
    }
}
