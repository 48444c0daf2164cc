package dev.sparkling.console.logs;

import dev.sparkling.console.Style;
import dev.sparkling.console.Theme;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records for people: prefix, time of day, level, logger, message; further lines in the colour of the level. */
final class TextWriter implements RecordWriter {
    private static final int LEVEL_WIDTH = 5;
    private static final int DATE_LENGTH = 10;
    private static final int SHORT_DATE_LENGTH = 8;
    private static final int MONTH_AND_DAY_LENGTH = 5;
    private static final int MILLISECONDS_LENGTH = 4;
    private static final byte[] NONE = new byte[0];
    private static final byte[] SPACES = bytes(" ".repeat(LEVEL_WIDTH + 1));
    private static final DateTimeFormatter ENGINE_TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z' ", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final ByteOutput out;
    private final Prefixes prefixes;
    private final boolean prefixed;
    private final boolean fullTimes;
    private final byte[] today;
    private final byte[] end;
    private final byte[] dim;
    private final byte[] marker;
    private final byte[] match;
    private final byte[] errorText;
    private final byte[] errorTrace;
    private final Map<LogLevel, byte[]> levels = new EnumMap<>(LogLevel.class);
    private Matches matches = new Matches(null);
    private int nextMatch;

    /** @param today in UTC; times of other days are shown with their date */
    TextWriter(ByteOutput out, Theme theme, Prefixes prefixes, LogOptions options, LocalDate today) {
        this.out = out;
        this.prefixes = prefixes;
        this.prefixed = options.prefix();
        this.fullTimes = options.timestamps();
        this.today = bytes(today.toString());
        this.end = bytes(theme.end());
        this.dim = bytes(theme.start(Style.DIM));
        this.marker = bytes(theme.start(Style.ACTIVE));
        this.match = bytes(theme.start(Style.MATCH));
        this.errorText = bytes(theme.start(Style.ERROR_TEXT));
        this.errorTrace = bytes(theme.start(Style.ERROR_TRACE));
        for (LogLevel level : LogLevel.values()) {
            levels.put(
                    level,
                    bytes(theme.start(
                            switch (level) {
                                case TRACE, DEBUG -> Style.DIM;
                                case INFO -> Style.SUCCESS;
                                case WARN -> Style.WARNING;
                                case ERROR, FATAL -> Style.ERROR;
                            })));
        }
    }

    @Override
    public void write(LogRecord record, Matches found) {
        matches = found;
        nextMatch = 0;
        byte[] prefix = prefixed ? prefixes.of(record.origin.container().service()) : NONE;
        byte[] further = furtherStyle(record.level);
        for (int line = 0; line < record.lines; line++) {
            out.write(prefix);
            if (line == 0 && !record.continued) {
                writeFirstLine(record);
            } else {
                write(record, record.lineStarts[line], record.lineEnds[line], further);
            }
            out.write('\n');
        }
    }

    private byte[] furtherStyle(@Nullable LogLevel level) {
        return level != null && level.compareTo(LogLevel.ERROR) >= 0 ? errorTrace : dim;
    }

    private void writeFirstLine(LogRecord record) {
        int lineEnd = record.lineEnds[0];
        LogLevel level = record.level;
        byte[] levelStyle = level == null ? NONE : levels.getOrDefault(level, NONE);
        if (record.timeEnd > 0) {
            writeTime(record);
        } else if (fullTimes && record.engineTimed) {
            out.write(dim);
            out.write(bytes(ENGINE_TIME.format(Instant.ofEpochSecond(0, record.time))));
            out.write(end);
        }
        if (record.structured) {
            writeStructured(record, levelStyle);
        } else if (record.levelEnd > 0) {
            write(record, record.messageStart, record.levelStart, NONE);
            write(record, record.levelStart, record.levelEnd, levelStyle);
            write(record, record.levelEnd, lineEnd, NONE);
        } else {
            boolean grave = level != null && level.compareTo(LogLevel.ERROR) >= 0;
            write(record, record.messageStart, lineEnd, grave ? errorText : NONE);
        }
    }

    private void writeStructured(LogRecord record, byte[] levelStyle) {
        write(record, record.levelStart, record.levelEnd, levelStyle);
        out.write(SPACES, 0, Math.max(1, LEVEL_WIDTH + 1 - (record.levelEnd - record.levelStart)));
        if (record.markerEnd > 0) {
            write(record, record.markerStart, record.markerEnd, marker);
            out.write(' ');
        }
        if (record.loggerEnd > 0) {
            write(record, record.loggerStart, record.loggerEnd + 1, dim);
            out.write(' ');
        }
        byte[] style = NONE;
        if (record.level == LogLevel.ERROR || record.level == LogLevel.FATAL) {
            style = errorText;
        } else if (record.level == LogLevel.DEBUG || record.level == LogLevel.TRACE) {
            style = dim;
        }
        write(record, record.messageStart, record.lineEnds[0], style);
    }

    /** The time of day where the date is today's and the zone UTC, which is everybody's here. */
    private void writeTime(LogRecord record) {
        byte[] bytes = record.bytes;
        int from = record.timeStart;
        int to = record.timeEnd;
        out.write(dim);
        if (fullTimes || !Times.isUtc(bytes, from, to)) {
            out.write(bytes, from, to - from);
        } else {
            int dateEnd = from + (bytes[from + 4] == '-' ? DATE_LENGTH : SHORT_DATE_LENGTH);
            if (!isToday(bytes, from, dateEnd)) {
                // Without the year.
                out.write(bytes, dateEnd - MONTH_AND_DAY_LENGTH, MONTH_AND_DAY_LENGTH);
                out.write(' ');
            }
            int clock = dateEnd + 1;
            int secondsEnd = Times.secondsEnd(bytes, from, to);
            out.write(bytes, clock, secondsEnd - clock);
            int fraction = Math.min(MILLISECONDS_LENGTH, Times.fractionEnd(bytes, secondsEnd, to) - secondsEnd);
            if (fraction > 0) {
                // Python's and Kafka's comma reads like log4j2's point.
                out.write('.');
                out.write(bytes, secondsEnd + 1, fraction - 1);
            }
        }
        out.write(end);
        out.write(' ');
    }

    /** Compares from the end, since a year may have two digits; separators do not count. */
    private boolean isToday(byte[] bytes, int from, int dateEnd) {
        for (int index = 1; index <= dateEnd - from; index++) {
            byte expected = today[DATE_LENGTH - index];
            if (expected != '-' && bytes[dateEnd - index] != expected) {
                return false;
            }
        }
        return true;
    }

    private void skipMatches(int offset) {
        while (nextMatch < matches.size() && matches.offset(nextMatch + 1) <= offset) {
            nextMatch += 2;
        }
    }

    /** Writes bytes of a record in a style, matches apart. */
    private void write(LogRecord record, int from, int to, byte[] style) {
        int start = from;
        while (nextMatch < matches.size() && start < to) {
            skipMatches(start);
            if (nextMatch >= matches.size() || matches.offset(nextMatch) >= to) {
                break;
            }
            int matchStart = Math.max(start, matches.offset(nextMatch));
            int matchEnd = Math.min(to, matches.offset(nextMatch + 1));
            paint(record, start, matchStart, style);
            paint(record, matchStart, matchEnd, match);
            start = matchEnd;
        }
        paint(record, start, to, style);
    }

    private void paint(LogRecord record, int from, int to, byte[] style) {
        if (from < to) {
            boolean styled = style.length > 0;
            if (styled) {
                out.write(style);
            }
            out.write(record.bytes, from, to - from);
            if (styled) {
                out.write(end);
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
