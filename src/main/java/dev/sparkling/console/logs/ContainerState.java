package dev.sparkling.console.logs;

import dev.sparkling.engine.LogChunk;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The two streams of a container, and its records in the order in which they began. */
final class ContainerState {
    /** A record is not waited for longer than this many younger ones of the other stream. */
    private static final int WAITING_LIMIT = 64;

    /** Nor when those hold more bytes than this. */
    private static final int WAITING_BYTES = 1 << 19;

    private static final int POOL_LIMIT = 128;

    private final String container;
    private final String service;
    private final LineCleaner cleaner = new LineCleaner();
    private final StreamState out;
    private final StreamState err;
    private final Consumer<LogRecord> sink;
    private final Deque<LogRecord> started = new ArrayDeque<>();
    private final Deque<LogRecord> pool = new ArrayDeque<>();

    /**
     * @param sink takes each record when it is whole, and gives it back by {@link #recycle}
     */
    ContainerState(String container, String service, LogOptions options, boolean needsTime, Consumer<LogRecord> sink) {
        this.container = container;
        this.service = service;
        this.sink = sink;
        this.out = new StreamState(this, LogChunk.Stream.STDOUT, options, needsTime);
        this.err = new StreamState(this, LogChunk.Stream.STDERR, options, needsTime);
    }

    String container() {
        return container;
    }

    String service() {
        return service;
    }

    LineCleaner cleaner() {
        return cleaner;
    }

    void feed(LogChunk chunk, long now) {
        (chunk.stream() == LogChunk.Stream.STDOUT ? out : err).feed(chunk.bytes(), now);
    }

    void finish() {
        out.finish();
        err.finish();
    }

    /** Lets records go that no line was added to since a moment. */
    void closeIdle(long moment) {
        if (out.isOpenSince(moment)) {
            out.closeRecord();
        }
        if (err.isOpenSince(moment)) {
            err.closeRecord();
        }
    }

    boolean isOpen() {
        return out.isOpen() || err.isOpen();
    }

    /** When the oldest record that is not whole yet began, or Long.MAX_VALUE. */
    long waitingSince() {
        LogRecord first = started.peekFirst();
        return first == null ? Long.MAX_VALUE : first.begun;
    }

    /** A new record at the end of the queue. */
    LogRecord begin(StreamState origin) {
        LogRecord first = started.peekFirst();
        if (first != null && (started.size() >= WAITING_LIMIT || waitingBytes() > WAITING_BYTES)) {
            first.origin.closeRecord();
        }
        LogRecord pooled = pool.pollFirst();
        LogRecord record = pooled == null ? new LogRecord(origin) : pooled;
        record.origin = origin;
        started.addLast(record);
        return record;
    }

    private long waitingBytes() {
        if (started.size() < 2) {
            return 0;
        }
        long bytes = 0;
        for (LogRecord record : started) {
            bytes += record.length;
        }
        return bytes;
    }

    /** Hands on what is whole. */
    void finished() {
        for (@Nullable LogRecord first = started.peekFirst();
                first != null && first.finished;
                first = started.peekFirst()) {
            started.removeFirst();
            sink.accept(first);
        }
    }

    /** Takes a record back that has been written. */
    void recycle(LogRecord record) {
        if (record.clear() && pool.size() < POOL_LIMIT) {
            pool.addFirst(record);
        }
    }
}
