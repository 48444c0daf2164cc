package dev.sparkling.console.logs;

import dev.sparkling.engine.LogChunk;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts the chunks of one stream of one container together: bytes to lines, lines to records. */
final class StreamState {
    /** A longer line is cut. */
    static final int LINE_LIMIT = 1 << 17;

    /** A longer record is cut. */
    static final int RECORD_LIMIT = 1 << 18;

    /** Docker splits lines at this many bytes and puts the time of arrival before each piece. */
    private static final int ENGINE_PIECE = 1 << 14;

    private static final byte[] TRACEBACK = ascii("Traceback (most recent call last):");
    private static final byte[] DURING = ascii("During handling of the above exception");
    private static final byte[] DIRECT_CAUSE = ascii("The above exception was the direct cause");
    private static final byte[] CAUSED_BY = ascii("Caused by: ");
    private static final byte[] SUPPRESSED = ascii("Suppressed: ");
    private static final byte[] JVM_TRACE = ascii("JVM stacktrace:");
    private static final byte[] ELLIPSIS = ascii("... ");
    private static final byte[] UNCAUGHT = ascii("Exception in thread ");
    private static final byte[] PLAN_HEADING = ascii("== ");
    private static final byte[] EXCEPTION = ascii("Exception");
    private static final byte[] ERROR = ascii("Error");
    private static final byte[] THROWABLE = ascii("Throwable");

    /** Where in one of Python's tracebacks the stream is. */
    private enum Traceback {
        NONE,
        FRAMES,
        /** The exception's own line was read. */
        ENDED,
        /** A sentence announced another one. */
        CHAINED
    }

    private final ContainerState container;
    private final LogChunk.Stream stream;
    private final boolean textual;
    private final boolean repairs;
    private final boolean engineTimestamps;
    private final boolean keepsEngineTimestamps;
    private final boolean needsTime;
    private final LineCleaner cleaner;

    private byte[] partial = new byte[256];
    private int partialLength;
    private boolean suspicious;
    private boolean cut;

    /** The engine's time before the current line, in nanoseconds since 1970, if it gave one. */
    private long engineTime;

    private boolean engineTimed;

    private @Nullable LogRecord open;
    private long touched;

    /** What is known of the last record, for lines that still belong to it when it has been written. */
    private boolean anyRecord;

    private @Nullable LogLevel lastLevel;
    private boolean lastStructured;
    private Traceback traceback = Traceback.NONE;

    /** Whether the filters let the last record pass; set by whoever writes it. */
    private boolean lastPrinted;

    StreamState(ContainerState container, LogChunk.Stream stream, LogOptions options, boolean needsTime) {
        this.container = container;
        this.stream = stream;
        this.textual = options.format() == LogFormat.TEXT;
        this.repairs = options.format() == LogFormat.JSON;
        this.engineTimestamps = options.engineTimestamps();
        this.keepsEngineTimestamps = options.format() == LogFormat.RAW && options.timestamps();
        this.needsTime = needsTime || options.format() == LogFormat.JSON;
        this.cleaner = container.cleaner();
    }

    ContainerState container() {
        return container;
    }

    LogChunk.Stream stream() {
        return stream;
    }

    boolean lastPrinted() {
        return lastPrinted;
    }

    void lastPrinted(boolean printed) {
        lastPrinted = printed;
    }

    /** Takes the next bytes of the stream. */
    void feed(byte[] bytes, long now) {
        touched = now;
        int from = 0;
        boolean odd = suspicious;
        for (int index = 0; index < bytes.length; index++) {
            byte value = bytes[index];
            if (value >= ' ' && value != 0x7F) {
                continue;
            }
            if (value == '\n') {
                if (partialLength == 0) {
                    line(bytes, from, index, true, odd);
                } else {
                    appendPartial(bytes, from, index);
                    int length = partialLength;
                    partialLength = 0;
                    line(partial, 0, length, true, odd);
                }
                from = index + 1;
                odd = false;
            } else {
                // Control characters and whatever is not ASCII; tabs are innocent.
                odd |= value != '\t';
            }
        }
        suspicious = odd;
        appendPartial(bytes, from, bytes.length);
        cutLongLine();
    }

    private void appendPartial(byte[] bytes, int from, int to) {
        int needed = partialLength + to - from;
        if (needed > partial.length) {
            partial = Arrays.copyOf(partial, Math.max(2 * partial.length, needed));
        }
        System.arraycopy(bytes, from, partial, partialLength, to - from);
        partialLength = needed;
    }

    private void cutLongLine() {
        while (partialLength > LINE_LIMIT) {
            int end = engineTimestamps ? pieceStart() : 0;
            end = end > 0 ? end : characterStart(partial, LINE_LIMIT);
            line(partial, 0, end, false, suspicious);
            cut = true;
            System.arraycopy(partial, end, partial, 0, partialLength - end);
            partialLength -= end;
        }
        if (partialLength == 0 && partial.length > 1 << 16) {
            partial = new byte[256];
        }
    }

    /** Where the last piece with a time of the engine's begins, or 0 if the line is not split by the engine. */
    private int pieceStart() {
        int start = 0;
        int next = 0;
        while (next < partialLength) {
            int timeEnd = engineTimeEnd(partial, next, partialLength);
            if (timeEnd == Times.NONE) {
                break;
            }
            start = next;
            next = timeEnd + 1 + ENGINE_PIECE;
        }
        return start;
    }

    /** The index after a time that is followed by a space, or {@link Times#NONE}. */
    private static int engineTimeEnd(byte[] bytes, int from, int to) {
        int end = Times.end(bytes, from, to);
        return end != Times.NONE && end < to && bytes[end] == ' ' ? end : Times.NONE;
    }

    /** The start of the character that reaches over an index. */
    private static int characterStart(byte[] bytes, int index) {
        int start = index;
        while (start > index - 4 && (bytes[start] & 0xC0) == 0x80) {
            start--;
        }
        return start;
    }

    /** Whether a record waits for more lines since before a moment. */
    boolean isOpenSince(long moment) {
        return open != null && touched - moment <= 0;
    }

    boolean isOpen() {
        return open != null;
    }

    /** Ends the stream; a last line without a line break counts. */
    void finish() {
        if (partialLength > 0) {
            int length = partialLength;
            partialLength = 0;
            line(partial, 0, length, false, suspicious);
        }
        closeRecord();
    }

    /** Lets the open record go. */
    void closeRecord() {
        LogRecord record = open;
        if (record != null) {
            open = null;
            record.finished = true;
            container.finished();
        }
    }

    /** Takes a line, without its break. */
    private void line(byte[] bytes, int from, int to, boolean terminated, boolean odd) {
        byte[] source = bytes;
        int content = from;
        int end = to;
        engineTimed = false;
        int timeEnd = engineTimestamps ? engineTimeEnd(bytes, from, to) : Times.NONE;
        if (timeEnd != Times.NONE) {
            engineTime = Times.epochNanoseconds(bytes, from, timeEnd);
            engineTimed = true;
            content = timeEnd + 1;
            end = joinPieces(bytes, content, to);
        }
        int start = engineTimed && keepsEngineTimestamps ? from : content;
        if (textual) {
            while (end > start && source[end - 1] == '\r') {
                end--;
            }
        }
        if (odd && (textual || repairs)) {
            end = textual ? cleaner.clean(source, start, end) : cleaner.repair(source, start, end);
            source = cleaner.result();
            start = 0;
            content = 0;
        }
        if (cut || (anyRecord && continues(source, content, end))) {
            cut = false;
            continueRecord(source, start, end, terminated);
        } else {
            beginRecord(source, start, content, end, terminated);
        }
        if (odd) {
            cleaner.release();
        }
    }

    /** @param content where the engine's time, if it is kept, has ended */
    private void beginRecord(byte[] source, int start, int content, int end, boolean terminated) {
        closeRecord();
        LogRecord record = open();
        record.addLine(source, start, end, terminated);
        LineParser.parse(record, content - start, needsTime);
        traceback = Traceback.NONE;
        startTraceback(source, content, end);
        boolean uncaught = traceback == Traceback.FRAMES || LineParser.startsWith(source, content, end, UNCAUGHT);
        if (record.level == null && uncaught) {
            record.level = LogLevel.ERROR;
        }
        lastLevel = record.level;
        lastStructured = record.structured || uncaught;
    }

    private void continueRecord(byte[] source, int start, int end, boolean terminated) {
        LogRecord record = open;
        if (record == null || record.length + end - start > RECORD_LIMIT) {
            closeRecord();
            record = open();
            record.continued = true;
            record.level = lastLevel;
        }
        record.addLine(source, start, end, terminated);
    }

    private LogRecord open() {
        LogRecord record = container.begin(this);
        record.begun = touched;
        record.time = engineTime;
        record.timed = engineTimed;
        record.engineTimed = engineTimed;
        open = record;
        anyRecord = true;
        return record;
    }

    /** Takes the engine's times out of the middle of a line that it had split; returns the line's new end. */
    private static int joinPieces(byte[] bytes, int from, int to) {
        int end = to;
        int piece = from + ENGINE_PIECE;
        while (piece < end) {
            int timeEnd = engineTimeEnd(bytes, piece, end);
            if (timeEnd != Times.NONE) {
                System.arraycopy(bytes, timeEnd + 1, bytes, piece, end - timeEnd - 1);
                end -= timeEnd + 1 - piece;
            }
            piece += ENGINE_PIECE;
        }
        return end;
    }

    /** Whether a line belongs to the record before it. */
    private boolean continues(byte[] bytes, int from, int to) {
        if (from == to) {
            return true;
        }
        switch (bytes[from]) {
            case ' ', '\t' -> {
                startTraceback(bytes, from, to);
                return true;
            }
            case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> {
                if (Times.secondsEnd(bytes, from, to) != Times.NONE) {
                    return false;
                }
            }
            default -> {
                // Only digits can begin a time.
            }
        }
        if (traceback == Traceback.FRAMES) {
            traceback = Traceback.ENDED;
            return true;
        }
        boolean result = continuesByWord(bytes, from, to);
        if (result) {
            startTraceback(bytes, from, to);
        }
        return result;
    }

    private boolean continuesByWord(byte[] bytes, int from, int to) {
        return switch (bytes[from]) {
            case 'C' -> LineParser.startsWith(bytes, from, to, CAUSED_BY) || isExceptionHead(bytes, from, to);
            case 'S' -> LineParser.startsWith(bytes, from, to, SUPPRESSED) || isExceptionHead(bytes, from, to);
            case '.' -> LineParser.startsWith(bytes, from, to, ELLIPSIS);
            case 'T' -> continuesTraceback(bytes, from, to) || isExceptionHead(bytes, from, to);
            case 'D' -> {
                if (traceback == Traceback.ENDED && LineParser.startsWith(bytes, from, to, DURING)) {
                    traceback = Traceback.CHAINED;
                    yield true;
                }
                yield isExceptionHead(bytes, from, to);
            }
            case 'J' ->
                (lastStructured && LineParser.startsWith(bytes, from, to, JVM_TRACE))
                        || isExceptionHead(bytes, from, to);
            // Spark's plans and pretty-printed values.
            case '=' -> lastStructured && LineParser.startsWith(bytes, from, to, PLAN_HEADING);
            case '+', ':', '\'' -> lastStructured;
            case ')', ']', '}' -> true;
            default -> isExceptionHead(bytes, from, to);
        };
    }

    private boolean continuesTraceback(byte[] bytes, int from, int to) {
        if (traceback == Traceback.ENDED && LineParser.startsWith(bytes, from, to, DIRECT_CAUSE)) {
            traceback = Traceback.CHAINED;
            return true;
        }
        // A traceback after an innocent record is a failure of its own.
        boolean grave = lastStructured && lastLevel != null && lastLevel.compareTo(LogLevel.WARN) >= 0;
        return (traceback == Traceback.CHAINED || (traceback == Traceback.NONE && grave))
                && LineParser.startsWith(bytes, from, to, TRACEBACK);
    }

    /** {@code org.apache.spark.SparkException: text}, as log4j2 puts it below its record. */
    private boolean isExceptionHead(byte[] bytes, int from, int to) {
        if (!lastStructured) {
            return false;
        }
        int end = from;
        boolean qualified = false;
        while (end < to && (Character.isJavaIdentifierPart(bytes[end] & 0x7F) || bytes[end] == '.')) {
            qualified |= bytes[end] == '.';
            end++;
        }
        boolean ends = end == to || (bytes[end] == ':' && (end + 1 == to || bytes[end + 1] == ' '));
        return qualified
                && ends
                && (endsWith(bytes, from, end, EXCEPTION)
                        || endsWith(bytes, from, end, ERROR)
                        || endsWith(bytes, from, end, THROWABLE));
    }

    /** Notes that Python's frames follow, also where the line that says so ends with it. */
    private void startTraceback(byte[] bytes, int from, int to) {
        if (to > from && bytes[to - 1] == ':' && endsWith(bytes, from, to, TRACEBACK)) {
            traceback = Traceback.FRAMES;
        }
    }

    private static boolean endsWith(byte[] bytes, int from, int to, byte[] end) {
        return to - from >= end.length && LineParser.startsWith(bytes, to - end.length, to, end);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
