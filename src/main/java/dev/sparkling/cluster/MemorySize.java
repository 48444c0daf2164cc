package dev.sparkling.cluster;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of memory as the JVM and Spark write it: a whole number and `m` or `g`.
 *
 * @param mebibytes 1 or more
 */
public record MemorySize(long mebibytes) {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,7})([mMgG])");

    /**
     * Reads `512m` or `2g`.
     *
     * @throws IllegalArgumentException if the text is of another form or means nothing at all
     */
    public static MemorySize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no amount of memory");
        }
        long number = Long.parseLong(matcher.group(1));
        long mebibytes = matcher.group(2).equalsIgnoreCase("g") ? number * 1024 : number;
        if (mebibytes == 0) {
            throw new IllegalArgumentException("'" + text + "' is no memory at all");
        }
        return new MemorySize(mebibytes);
    }

    /** In bytes. */
    public long bytes() {
        return mebibytes * 1024 * 1024;
    }

    @Override
    public String toString() {
        return mebibytes % 1024 == 0 ? mebibytes / 1024 + "g" : mebibytes + "m";
    }
}
