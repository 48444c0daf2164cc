package dev.sparkling.console;

import java.util.ArrayList;
import java.util.List;

/** Measures and cuts text by the columns it takes on a terminal. */
public final class Text {
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    /**
     * First and last code point of the ranges that take two columns: East Asian wide and emoji that are shown as
     * pictures (Unicode 16, EastAsianWidth.txt, rounded to whole blocks).
     */
    private static final int[] WIDE = {
        0x1100, 0x115F, 0x231A, 0x231B, 0x23E9, 0x23EC, 0x23F0, 0x23F0, 0x23F3, 0x23F3, 0x25FD, 0x25FE, 0x2614, 0x2615,
        0x2648, 0x2653, 0x267F, 0x267F, 0x2693, 0x2693, 0x26A1, 0x26A1, 0x26AA, 0x26AB, 0x26BD, 0x26BE, 0x26C4, 0x26C5,
        0x26CE, 0x26CE, 0x26D4, 0x26D4, 0x26EA, 0x26EA, 0x26F2, 0x26F3, 0x26F5, 0x26F5, 0x26FA, 0x26FA, 0x26FD, 0x26FD,
        0x2705, 0x2705, 0x270A, 0x270B, 0x2728, 0x2728, 0x274C, 0x274C, 0x274E, 0x274E, 0x2753, 0x2755, 0x2757, 0x2757,
        0x2795, 0x2797, 0x27B0, 0x27B0, 0x27BF, 0x27BF, 0x2B1B, 0x2B1C, 0x2B50, 0x2B50, 0x2B55, 0x2B55, 0x2E80, 0x303E,
        0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4E00, 0x9FFF, 0xA000, 0xA4CF, 0xA960, 0xA97F, 0xAC00, 0xD7A3, 0xF900, 0xFAFF,
        0xFE30, 0xFE6F, 0xFF00, 0xFF60, 0xFFE0, 0xFFE6, 0x16FE0, 0x18AFF, 0x1B000, 0x1B2FF, 0x1F004, 0x1F004, 0x1F0CF,
        0x1F0CF, 0x1F18E, 0x1F18E, 0x1F191, 0x1F19A, 0x1F200, 0x1F265, 0x1F300, 0x1F64F, 0x1F680, 0x1F6FF, 0x1F7E0,
        0x1F7EB, 0x1F900, 0x1F9FF, 0x1FA70, 0x1FAFF, 0x20000, 0x3FFFD
    };

    private Text() {}

    /** The columns that a text without control characters takes. */
    public static int width(String text) {
        int width = 0;
        int previous = 0;
        for (int index = 0; index < text.length(); ) {
            int codePoint = text.codePointAt(index);
            if (previous != ZERO_WIDTH_JOINER) {
                width += width(codePoint);
            }
            previous = codePoint;
            index += Character.charCount(codePoint);
        }
        return width;
    }

    /** Cuts a text to at most so many columns; what was cut is marked by the ellipsis. */
    public static String shorten(String text, int columns, String ellipsis) {
        if (width(text) <= columns) {
            return text;
        }
        int room = columns - width(ellipsis);
        if (room < 0) {
            return "";
        }
        return text.substring(0, fit(text, room)) + ellipsis;
    }

    /** Fills up with spaces on the right. */
    public static String padRight(String text, int columns) {
        return text + " ".repeat(Math.max(0, columns - width(text)));
    }

    /** Fills up with spaces on the left. */
    public static String padLeft(String text, int columns) {
        return " ".repeat(Math.max(0, columns - width(text))) + text;
    }

    /**
     * Breaks a text between words. A word that is longer than the line stays whole, so that paths and commands can be
     * copied.
     */
    public static List<String> wrap(String text, int columns) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n", -1)) {
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.split(" ", -1)) {
                if (!line.isEmpty() && width(line.toString()) + 1 + width(word) > columns) {
                    lines.add(line.toString());
                    line.setLength(0);
                } else if (!line.isEmpty()) {
                    line.append(' ');
                }
                line.append(word);
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /**
     * One line without escape sequences and control characters, for text of unknown origin; tabs and line breaks become
     * spaces.
     */
    public static String clean(String text) {
        boolean clean = text.chars().noneMatch(Character::isISOControl);
        if (clean) {
            return text;
        }
        StringBuilder result = new StringBuilder(text.length());
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character == '\u001b') {
                index = endOfEscape(text, index);
            } else if (character == '\t' || character == '\n') {
                result.append(' ');
            } else if (!Character.isISOControl(character)) {
                result.append(character);
            }
        }
        return result.toString();
    }

    /** The index of the last character of the escape sequence that begins at {@code start} (ECMA-48). */
    private static int endOfEscape(String text, int start) {
        int index = start + 1;
        if (index >= text.length()) {
            return start;
        }
        char kind = text.charAt(index);
        if (kind == '[') {
            do {
                index++;
            } while (index < text.length() && text.charAt(index) < '@');
        } else if (kind == ']') {
            do {
                index++;
            } while (index < text.length() && text.charAt(index) != '\u0007' && text.charAt(index) != '\u001b');
            boolean terminator = index + 1 < text.length() && text.charAt(index) == '\u001b';
            index += terminator ? 1 : 0;
        } else {
            while (index < text.length() && text.charAt(index) >= ' ' && text.charAt(index) < '0') {
                index++;
            }
        }
        return Math.min(index, text.length() - 1);
    }

    /** How many characters fit into the columns. */
    private static int fit(String text, int columns) {
        int width = 0;
        int index = 0;
        while (index < text.length()) {
            int codePoint = text.codePointAt(index);
            width += width(codePoint);
            if (width > columns) {
                return index;
            }
            index += Character.charCount(codePoint);
        }
        return index;
    }

    private static int width(int codePoint) {
        if (codePoint < 0x300) {
            return 1;
        }
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        for (int range = 0; range < WIDE.length && WIDE[range] <= codePoint; range += 2) {
            if (codePoint <= WIDE[range + 1]) {
                return 2;
            }
        }
        return 1;
    }
}
