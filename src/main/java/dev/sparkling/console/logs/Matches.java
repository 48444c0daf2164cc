package dev.sparkling.console.logs;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a search finds something in a record, as offsets into its bytes. */
final class Matches {
    private final @Nullable Matcher matcher;
    private int[] offsets = new int[16];
    private int size;

    Matches(@Nullable Pattern pattern) {
        this.matcher = pattern == null ? null : pattern.matcher("");
    }

    boolean searching() {
        return matcher != null;
    }

    /** Number of offsets: a start and an end for each match, in order. */
    int size() {
        return size;
    }

    int offset(int index) {
        return offsets[index];
    }

    /** Searches the lines of a record; whether anything was found. */
    boolean find(LogRecord record) {
        size = 0;
        Matcher search = matcher;
        if (search == null) {
            return true;
        }
        boolean found = false;
        for (int line = 0; line < record.lines; line++) {
            int from = record.lineStarts[line];
            int length = record.lineEnds[line] - from;
            String text = new String(record.bytes, from, length, StandardCharsets.UTF_8);
            search.reset(text);
            while (search.find()) {
                found = true;
                if (search.end() > search.start()) {
                    add(from, length, text, search.start(), search.end());
                }
            }
        }
        return found;
    }

    private void add(int from, int length, String text, int start, int end) {
        if (size + 2 > offsets.length) {
            offsets = Arrays.copyOf(offsets, 2 * size);
        }
        boolean ascii = text.length() == length;
        offsets[size++] = from + (ascii ? start : bytes(text, start));
        offsets[size++] = from + (ascii ? end : bytes(text, end));
    }

    /** How many bytes of UTF-8 the first characters take. */
    private static int bytes(String text, int characters) {
        int bytes = 0;
        for (int index = 0; index < characters; index++) {
            char character = text.charAt(index);
            // Each half of a surrogate pair stands for two of its four bytes.
            bytes += character < 0x80 ? 1 : character < 0x800 || Character.isSurrogate(character) ? 2 : 3;
        }
        return bytes;
    }
}
