package dev.sparkling.console.logs;

import dev.sparkling.engine.LogChunk;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One record of a log while it is put together and written: the bytes of its lines and where the parts of the first one
 * lie. Mutable and used again, since there are millions.
 */
final class LogRecord {
    private static final int FIRST_CAPACITY = 512;

    /** Records that have grown beyond this are not worth keeping. */
    private static final int KEPT_CAPACITY = 1 << 14;

    /** The stream that it came from. */
    StreamState origin;

    byte[] bytes = new byte[FIRST_CAPACITY];
    int length;

    int[] lineStarts = new int[8];
    int[] lineEnds = new int[8];
    int lines;

    /** When its first line came, by {@link System#nanoTime}. */
    long begun;

    /** Whether no more lines come. */
    boolean finished;

    /** Whether it goes on where an earlier record of the stream was cut. */
    boolean continued;

    @Nullable
    LogLevel level;

    /** Nanoseconds since 1970; meaningful if {@link #timed}. */
    long time;

    boolean timed;

    /** Whether the engine gave {@link #time}. */
    boolean engineTimed;

    /** Whether time and level begin the first line, as in log4j2's and Python's patterns. */
    boolean structured;

    int timeStart;
    int timeEnd;
    int levelStart;
    int levelEnd;
    int markerStart;
    int markerEnd;
    int loggerStart;
    int loggerEnd;
    int messageStart;

    LogRecord(StreamState origin) {
        this.origin = origin;
    }

    /** Makes it fit for another record, unless it has grown too large. */
    boolean clear() {
        length = 0;
        lines = 0;
        finished = false;
        continued = false;
        level = null;
        time = 0;
        timed = false;
        engineTimed = false;
        structured = false;
        timeStart = 0;
        timeEnd = 0;
        levelStart = 0;
        levelEnd = 0;
        markerStart = 0;
        markerEnd = 0;
        loggerStart = 0;
        loggerEnd = 0;
        messageStart = 0;
        return bytes.length <= KEPT_CAPACITY;
    }

    /** Adds a line; its break is kept among the bytes if it had one. */
    void addLine(byte[] source, int from, int to, boolean terminated) {
        int size = to - from;
        if (length + size + 1 > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + size + 1));
        }
        if (lines == lineEnds.length) {
            lineStarts = Arrays.copyOf(lineStarts, 2 * lines);
            lineEnds = Arrays.copyOf(lineEnds, 2 * lines);
        }
        System.arraycopy(source, from, bytes, length, size);
        lineStarts[lines] = length;
        length += size;
        lineEnds[lines] = length;
        lines++;
        if (terminated) {
            bytes[length++] = '\n';
        }
    }

    LogChunk.Stream stream() {
        return origin.stream();
    }
}
