package dev.sparkling.console.logs;

/** Reads the times that log lines begin with, without regular expressions. */
final class Times {
    static final int NONE = -1;

    private static final int ISO_DATE = 10;
    private static final int ISO_SECONDS = 19;
    private static final int SHORT_SECONDS = 17;
    private static final long NANOSECONDS = 1_000_000_000L;
    private static final byte[] UTC = {'U', 'T', 'C'};
    private static final byte[] GMT = {'G', 'M', 'T'};

    private Times() {}

    /**
     * The index after a time, or {@link #NONE}. Known are ISO 8601 with T or a space, an optional fraction after a
     * point or comma, and an optional zone (Z, UTC, GMT, +hh:mm); and Spark's own {@code yy/MM/dd HH:mm:ss}.
     */
    static int end(byte[] bytes, int from, int to) {
        int secondsEnd = secondsEnd(bytes, from, to);
        return secondsEnd == NONE ? NONE : zoneEnd(bytes, fractionEnd(bytes, secondsEnd, to), to);
    }

    /** The index after the seconds, or {@link #NONE}. */
    static int secondsEnd(byte[] bytes, int from, int to) {
        if (to - from < SHORT_SECONDS || !isDigit(bytes[from])) {
            return NONE;
        }
        if (bytes[from + 2] == '/') {
            return twos(bytes, from, (byte) '/', 3) && bytes[from + 8] == ' ' && twos(bytes, from + 9, (byte) ':', 3)
                    ? from + SHORT_SECONDS
                    : NONE;
        }
        if (to - from < ISO_SECONDS || bytes[from + 4] != '-') {
            return NONE;
        }
        boolean iso = areDigits(bytes, from, 2)
                && twos(bytes, from + 2, (byte) '-', 3)
                && (bytes[from + ISO_DATE] == 'T' || bytes[from + ISO_DATE] == ' ')
                && twos(bytes, from + ISO_DATE + 1, (byte) ':', 3);
        return iso ? from + ISO_SECONDS : NONE;
    }

    /** The index after the digits of a fraction; the same index where there is none. */
    static int fractionEnd(byte[] bytes, int secondsEnd, int to) {
        int index = secondsEnd;
        if (index + 1 < to && (bytes[index] == '.' || bytes[index] == ',') && isDigit(bytes[index + 1])) {
            index++;
            while (index < to && isDigit(bytes[index])) {
                index++;
            }
        }
        return index;
    }

    private static int zoneEnd(byte[] bytes, int fractionEnd, int to) {
        int index = fractionEnd;
        if (index < to && bytes[index] == 'Z') {
            return index + 1;
        }
        if (index < to && bytes[index] == ' ') {
            index++;
        }
        if (LineParser.startsWith(bytes, index, to, UTC) || LineParser.startsWith(bytes, index, to, GMT)) {
            return index + 3;
        }
        if (index + 5 <= to && (bytes[index] == '+' || bytes[index] == '-')) {
            if (index + 6 <= to && twos(bytes, index + 1, (byte) ':', 2)) {
                return index + 6;
            }
            if (areDigits(bytes, index + 1, 4)) {
                return index + 5;
            }
        }
        return fractionEnd;
    }

    /**
     * Nanoseconds since 1970 of a time that {@link #end} has found. Without a zone it counts as UTC.
     *
     * @param end as {@link #end} gave it
     */
    static long epochNanoseconds(byte[] bytes, int from, int end) {
        boolean iso = bytes[from + 4] == '-';
        int date = iso ? from : from - 2;
        int year = iso ? 100 * two(bytes, from) + two(bytes, from + 2) : 2000 + two(bytes, from);
        long day = epochDay(year, two(bytes, date + 5), two(bytes, date + 8));
        int clock = date + ISO_DATE + 1;
        long seconds = ((day * 24 + two(bytes, clock)) * 60 + two(bytes, clock + 3)) * 60 + two(bytes, clock + 6);
        int fractionEnd = fractionEnd(bytes, clock + 8, end);
        long fraction = 0;
        int digits = 0;
        for (int index = clock + 9; index < fractionEnd && digits < 9; index++, digits++) {
            fraction = fraction * 10 + (bytes[index] - '0');
        }
        for (; digits < 9; digits++) {
            fraction *= 10;
        }
        return (seconds - offsetSeconds(bytes, fractionEnd, end)) * NANOSECONDS + fraction;
    }

    /** Whether the zone is UTC or not given. */
    static boolean isUtc(byte[] bytes, int from, int end) {
        return offsetSeconds(bytes, fractionEnd(bytes, secondsEnd(bytes, from, end), end), end) == 0;
    }

    private static long offsetSeconds(byte[] bytes, int fractionEnd, int end) {
        if (end - fractionEnd < 5) {
            return 0;
        }
        int minutes = two(bytes, end - 2);
        boolean colon = bytes[end - 3] == ':';
        int hours = two(bytes, end - (colon ? 5 : 4));
        int sign = bytes[end - (colon ? 6 : 5)] == '-' ? -1 : 1;
        return sign * (hours * 3600L + minutes * 60L);
    }

    /** Days since 1970-01-01 in the proleptic Gregorian calendar; a month past the end counts on. */
    private static long epochDay(int year, int month, int day) {
        // Years that begin in March put the leap day last.
        long shifted = month <= 2 ? year - 1L : year;
        long monthFromMarch = (month + 9L) % 12;
        long dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1;
        return 365 * shifted + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719468;
    }

    private static int two(byte[] bytes, int index) {
        return 10 * (bytes[index] - '0') + (bytes[index + 1] - '0');
    }

    /** Whether there are so many numbers of two digits with a separator between them. */
    private static boolean twos(byte[] bytes, int from, byte separator, int count) {
        for (int number = 0; number < count; number++) {
            int index = from + 3 * number;
            if (!areDigits(bytes, index, 2) || (number > 0 && bytes[index - 1] != separator)) {
                return false;
            }
        }
        return true;
    }

    private static boolean areDigits(byte[] bytes, int from, int count) {
        for (int index = from; index < from + count; index++) {
            if (!isDigit(bytes[index])) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }
}
