package dev.sparkling.console.logs;

import java.nio.charset.StandardCharsets;

/**
 * Finds the parts of a record's first line: {@code 2026-01-02T03:04:05.678Z INFO  [executor 0] Master: message}, the
 * pattern of the image's log4j2.properties and of Python's logging. Of other programs' lines it recognises the time at
 * the start and a level's word among the first ones.
 */
final class LineParser {
    /** How many words are looked at for a level. */
    private static final int WORDS = 4;

    /** How far to look for {@code level=}. */
    private static final int KEY_DISTANCE = 200;

    private static final byte[] LEVEL_KEY = "level".getBytes(StandardCharsets.US_ASCII);

    private LineParser() {}

    /** Parses the first line of a record, whose content begins at {@code from}. */
    static void parse(LogRecord record, int from, boolean needsTime) {
        byte[] bytes = record.bytes;
        int to = record.lineEnds[0];
        int index = from;
        boolean bracket = index < to && bytes[index] == '[';
        int timeStart = bracket ? index + 1 : index;
        int timeEnd = Times.end(bytes, timeStart, to);
        boolean timed = timeEnd != Times.NONE && (!bracket || (timeEnd < to && bytes[timeEnd] == ']'));
        if (timed) {
            if (needsTime && !record.engineTimed) {
                record.time = Times.epochNanoseconds(bytes, timeStart, timeEnd);
                record.timed = true;
            }
            record.timeStart = timeStart;
            record.timeEnd = timeEnd;
            index = skipSpaces(bytes, bracket ? timeEnd + 1 : timeEnd, to);
        }
        record.messageStart = index;
        int wordEnd = wordEnd(bytes, index, to);
        LogLevel level = LogLevel.ofUpperCase(bytes, index, wordEnd);
        if (timed && level != null && wordEnd < to && bytes[wordEnd] == ' ') {
            record.structured = true;
            setLevel(record, level, index, wordEnd);
            parseLogger(record, skipSpaces(bytes, wordEnd, to), to);
        } else {
            findLevel(record, index, to);
        }
    }

    /** What follows the level: perhaps a marker in brackets, and a logger that ends with a colon. */
    private static void parseLogger(LogRecord record, int from, int to) {
        byte[] bytes = record.bytes;
        record.messageStart = from;
        int index = from;
        int markerEnd = 0;
        if (index < to && bytes[index] == '[') {
            markerEnd = indexOf(bytes, (byte) ']', index, to) + 1;
            if (markerEnd == 0) {
                return;
            }
            index = skipSpaces(bytes, markerEnd, to);
        }
        int loggerEnd = index;
        while (loggerEnd < to && isLoggerCharacter(bytes[loggerEnd])) {
            loggerEnd++;
        }
        boolean logger = loggerEnd > index
                && loggerEnd < to
                && bytes[loggerEnd] == ':'
                && (loggerEnd + 1 == to || bytes[loggerEnd + 1] == ' ');
        if (logger) {
            if (markerEnd > 0) {
                record.markerStart = from;
                record.markerEnd = markerEnd;
            }
            record.loggerStart = index;
            record.loggerEnd = loggerEnd;
            record.messageStart = Math.min(to, loggerEnd + 2);
        }
    }

    /** Looks for a level in the usual places of other programs' lines. */
    private static void findLevel(LogRecord record, int from, int to) {
        byte[] bytes = record.bytes;
        int index = from;
        for (int word = 0; word < WORDS && index < to; word++) {
            int start = index;
            boolean bracket = bytes[start] == '[' || bytes[start] == '(' || bytes[start] == '<';
            if (bracket) {
                start++;
            }
            int end = wordEnd(bytes, start, to);
            byte next = end < to ? bytes[end] : 0;
            LogLevel level = null;
            if (bracket && (next == ']' || next == ')' || next == '>')) {
                level = LogLevel.ofAnyCase(bytes, start, end);
            } else if (next == ':') {
                level = word == 0 ? LogLevel.ofAnyCase(bytes, start, end) : LogLevel.ofUpperCase(bytes, start, end);
            } else if (next == ' ' || next == '\t' || next == '|') {
                level = LogLevel.ofUpperCase(bytes, start, end);
            }
            if (level != null) {
                setLevel(record, level, start, end);
                return;
            }
            index = skipSpaces(bytes, spaceAfter(bytes, start, to), to);
        }
        findLevelKey(record, from, Math.min(to, from + KEY_DISTANCE));
    }

    /** {@code level=info} as Go programs write it, or {@code "level":"info"} in JSON. */
    private static void findLevelKey(LogRecord record, int from, int to) {
        byte[] bytes = record.bytes;
        for (int index = from; index + LEVEL_KEY.length < to; index++) {
            if (bytes[index] == 'l' && startsWith(bytes, index, to, LEVEL_KEY)) {
                int start = index + LEVEL_KEY.length;
                while (start < to && isKeySeparator(bytes[start])) {
                    start++;
                }
                int end = wordEnd(bytes, start, to);
                LogLevel level = start > index + LEVEL_KEY.length ? LogLevel.ofAnyCase(bytes, start, end) : null;
                if (level != null) {
                    setLevel(record, level, start, end);
                    return;
                }
            }
        }
    }

    private static void setLevel(LogRecord record, LogLevel level, int start, int end) {
        record.level = level;
        record.levelStart = start;
        record.levelEnd = end;
    }

    private static boolean isKeySeparator(byte value) {
        return value == '=' || value == '"' || value == ':' || value == ' ';
    }

    static boolean startsWith(byte[] bytes, int from, int to, byte[] start) {
        if (to - from < start.length) {
            return false;
        }
        for (int index = 0; index < start.length; index++) {
            if (bytes[from + index] != start[index]) {
                return false;
            }
        }
        return true;
    }

    static int indexOf(byte[] bytes, byte wanted, int from, int to) {
        for (int index = from; index < to; index++) {
            if (bytes[index] == wanted) {
                return index;
            }
        }
        return -1;
    }

    private static int wordEnd(byte[] bytes, int from, int to) {
        int index = from;
        while (index < to && (bytes[index] & 0xDF) >= 'A' && (bytes[index] & 0xDF) <= 'Z') {
            index++;
        }
        return index;
    }

    private static int spaceAfter(byte[] bytes, int from, int to) {
        int index = from;
        while (index < to && bytes[index] != ' ') {
            index++;
        }
        return index;
    }

    private static int skipSpaces(byte[] bytes, int from, int to) {
        int index = from;
        while (index < to && bytes[index] == ' ') {
            index++;
        }
        return index;
    }

    private static boolean isLoggerCharacter(byte value) {
        return (value >= 'a' && value <= 'z')
                || (value >= 'A' && value <= 'Z')
                || (value >= '0' && value <= '9')
                || value == '.'
                || value == '_'
                || value == '$'
                || value == '-'
                || value == '/';
    }
}
