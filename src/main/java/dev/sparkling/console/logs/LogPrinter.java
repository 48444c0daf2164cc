package dev.sparkling.console.logs;

import dev.sparkling.console.Theme;
import dev.sparkling.engine.LogChunk;
import java.io.OutputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Prints the output of many containers as one stream of whole records. Stack traces and other further lines stay with
 * their record; every byte is UTF-8. Either {@link #accept} takes the chunks as they come, or {@link #merge} pulls them
 * in the order of time; not both on one printer.
 *
 * <p>{@link LogFormat#JSON} writes one object for each record, always with these keys in this order: {@code time} (ISO
 * 8601, UTC, milliseconds; the engine's if it was asked for, else the record's own, else null), {@code service}, {@code container},
 * {@code stream} ({@code stdout} or {@code stderr}), {@code level} (TRACE, DEBUG, INFO, WARN, ERROR, FATAL or null),
 * {@code marker} (such as {@code executor 0}, or null), {@code logger} (or null), {@code message} (the first line
 * without the parts before; the whole line where the pattern is unknown) and {@code lines} (the further lines).
 *
 * <p>Memory is bounded: a line is cut at 128 KiB, a record at 256 KiB.
 *
 * @see OutputClosedException what every method throws when the reader of the output has gone
 */
public final class LogPrinter implements AutoCloseable {
    /** How long a record waits for further lines. */
    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long TICK_MILLISECONDS = 50;

    private final LogOptions options;
    private final ByteOutput out;
    private final RecordWriter writer;
    private final Matches matches;
    private final Map<String, ContainerState> containers = new LinkedHashMap<>();
    private @Nullable Thread ticker;
    private Runnable whenOutputClosed = () -> {};
    private boolean pending;
    private boolean closed;

    /**
     * @param services all services of the project, in its order, from which the prefixes' width and colours follow; not
     *     only those to print, so that a service keeps its colour
     * @param columns of the terminal; under 60 the prefixes are narrower
     * @param output written to from several threads, one at a time; not closed
     */
    public LogPrinter(LogOptions options, Theme theme, int columns, List<String> services, OutputStream output) {
        this(options, theme, columns, services, output, LocalDate.now(ZoneOffset.UTC));
    }

    LogPrinter(
            LogOptions options, Theme theme, int columns, List<String> services, OutputStream output, LocalDate today) {
        this.options = options;
        this.out = new ByteOutput(output);
        this.matches = new Matches(options.grep());
        this.writer = switch (options.format()) {
            case TEXT -> new TextWriter(out, theme, new Prefixes(theme, services, columns), options, today);
            case JSON -> new JsonWriter(out);
            case RAW -> new RawWriter(out);
        };
    }

    /**
     * Names what to do, once, when a write from the printer's own thread finds that the output cannot be written any
     * more. The caller's next call throws the reason too, but it may never come.
     */
    public synchronized void whenOutputClosed(Runnable action) {
        whenOutputClosed = action;
    }

    /**
     * Takes a chunk; any thread may call. Records are written when they are whole, or after 200 ms without a line.
     *
     * @throws OutputClosedException when no more is wanted
     */
    public synchronized void accept(LogChunk chunk) {
        accept(chunk, System.nanoTime());
        if (!pending) {
            pending = true;
            startTicker();
            notifyAll();
        }
    }

    /** Takes a chunk at a moment of {@link System#nanoTime}. */
    synchronized void accept(LogChunk chunk, long now) {
        if (closed) {
            // A reader of its own thread may come with its chunk when the following has already ended.
            throw new OutputClosedException();
        }
        out.check();
        if (passesThrough()) {
            out.write(chunk.bytes());
            return;
        }
        ContainerState container = containers.get(chunk.container());
        if (container == null) {
            container = new ContainerState(chunk.container(), chunk.service(), options, false, this::print);
            containers.put(chunk.container(), container);
        }
        container.feed(chunk, now);
    }

    /** Without anything to take out or to choose, raw bytes need not wait for their record. */
    private boolean passesThrough() {
        return options.format() == LogFormat.RAW
                && options.level() == null
                && options.grep() == null
                && !options.engineTimestamps();
    }

    /** Lets records go that have waited long enough, and writes what is buffered. */
    synchronized void tick(long now) {
        boolean open = false;
        for (ContainerState container : inOrderOfArrival()) {
            container.closeIdle(now - PATIENCE);
            open |= container.isOpen();
        }
        out.flush();
        pending = open;
    }

    private List<ContainerState> inOrderOfArrival() {
        return containers.values().stream()
                .sorted(Comparator.comparingLong(ContainerState::waitingSince))
                .toList();
    }

    private void startTicker() {
        if (ticker == null) {
            Thread thread = new Thread(this::tickUntilClosed, "log-printer");
            thread.setDaemon(true);
            thread.start();
            ticker = thread;
        }
    }

    private void tickUntilClosed() {
        try {
            while (waitForWork()) {
                TimeUnit.MILLISECONDS.sleep(TICK_MILLISECONDS);
                tick(System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            // Whoever calls next gets the reason; here it only has to be noticed.
            outputClosedAction().run();
        }
    }

    private synchronized boolean waitForWork() throws InterruptedException {
        while (!pending && !closed) {
            wait();
        }
        return !closed;
    }

    private synchronized Runnable outputClosedAction() {
        return whenOutputClosed;
    }

    /**
     * Prints what several containers have written, in the order of time, until all sources end. A record without a time
     * keeps its place behind the one before it in its container. The sources are closed in any case.
     */
    public void merge(List<? extends LogSource> sources) throws InterruptedException {
        PriorityQueue<Lane> lanes =
                new PriorityQueue<>(Comparator.comparingLong(Lane::time).thenComparingInt(Lane::index));
        try {
            for (int index = 0; index < sources.size(); index++) {
                Lane lane = new Lane(sources.get(index), index);
                if (lane.advance()) {
                    lanes.add(lane);
                }
            }
            while (!lanes.isEmpty()) {
                Lane lane = lanes.remove();
                Lane next = lanes.peek();
                boolean more;
                do {
                    lane.printFirst();
                    more = lane.advance();
                } while (more && (next == null || lane.isBefore(next)));
                if (more) {
                    lanes.add(lane);
                }
            }
        } finally {
            sources.forEach(LogSource::close);
        }
        synchronized (this) {
            out.flush();
        }
    }

    /** A source and its whole records that are still to be printed. */
    private final class Lane {
        private final LogSource source;
        private final int index;
        private final Deque<LogRecord> ready = new ArrayDeque<>();
        private @Nullable ContainerState container;
        private long time = Long.MIN_VALUE;
        private boolean ended;

        private Lane(LogSource source, int index) {
            this.source = source;
            this.index = index;
        }

        private long time() {
            return time;
        }

        private int index() {
            return index;
        }

        private boolean isBefore(Lane other) {
            return time < other.time || (time == other.time && index < other.index);
        }

        /** Waits for a whole record; whether there is one. */
        private boolean advance() throws InterruptedException {
            while (ready.isEmpty() && !ended) {
                LogChunk chunk = source.next();
                if (chunk == null) {
                    ended = true;
                    if (container != null) {
                        container.finish();
                    }
                } else {
                    feed(chunk);
                }
            }
            LogRecord first = ready.peekFirst();
            if (first == null) {
                return false;
            }
            if (first.timed) {
                time = Math.max(time, first.time);
            }
            return true;
        }

        private void feed(LogChunk chunk) {
            if (container == null) {
                container = new ContainerState(chunk.container(), chunk.service(), options, true, ready::addLast);
            }
            container.feed(chunk, 0);
        }

        private void printFirst() {
            print(ready.removeFirst());
        }
    }

    /** Prints a record if the filters let it pass. */
    private synchronized void print(LogRecord record) {
        boolean rest = record.continued && record.origin.lastPrinted();
        boolean wanted = rest || (isGraveEnough(record) && isInTime(record));
        // A rest is printed in any case, and searched for what to highlight.
        wanted = wanted && (matches.find(record) || rest);
        if (wanted) {
            writer.write(record, matches);
        }
        record.origin.lastPrinted(wanted);
        record.origin.container().recycle(record);
    }

    /** An engine may know whole seconds only when it is asked for a span of time. */
    private boolean isInTime(LogRecord record) {
        if (!record.engineTimed || (options.since() == null && options.until() == null)) {
            return true;
        }
        Instant time = Instant.ofEpochSecond(0, record.time);
        return (options.since() == null || !time.isBefore(options.since()))
                && (options.until() == null || !time.isAfter(options.until()));
    }

    private boolean isGraveEnough(LogRecord record) {
        LogLevel least = options.level();
        LogLevel level = record.level;
        return least == null || level == null || level.compareTo(least) >= 0;
    }

    /** Writes what is left, last lines without a line break included. Does nothing the second time. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        notifyAll();
        if (out.isBroken()) {
            return;
        }
        inOrderOfArrival().forEach(ContainerState::finish);
        out.flush();
    }
}
