package dev.sparkling.console.logs;

import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What to print of a log, and how.
 *
 * @param level the least grave level to print, or null for all; records without a level are always printed
 * @param grep records without a line in which this is found are left out; null for none
 * @param prefix whether the service's name stands before each line of text
 * @param timestamps whether text shows times in full rather than the time of day
 * @param engineTimestamps whether the engine was asked to put the time of arrival (RFC 3339 with nanoseconds and a
 *     space) before each line; they are taken out again, and used where a record has no time of its own
 * @param since records that came to the engine earlier are left out; null for none
 * @param until records that came to the engine later are left out; null for none
 */
public record LogOptions(
        LogFormat format,
        @Nullable LogLevel level,
        @Nullable Pattern grep,
        boolean prefix,
        boolean timestamps,
        boolean engineTimestamps,
        @Nullable Instant since,
        @Nullable Instant until) {
    /** Records of any time. */
    public LogOptions(
            LogFormat format,
            @Nullable LogLevel level,
            @Nullable Pattern grep,
            boolean prefix,
            boolean timestamps,
            boolean engineTimestamps) {
        this(format, level, grep, prefix, timestamps, engineTimestamps, null, null);
    }

    /** Everything, as text, with prefixes. */
    public static LogOptions text() {
        return new LogOptions(LogFormat.TEXT, null, null, true, false, false);
    }
}
