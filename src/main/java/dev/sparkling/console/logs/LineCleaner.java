package dev.sparkling.console.logs;

import java.util.Arrays;

/**
 * Takes out of a line whatever could steer a terminal: escape sequences vanish, of a line that was overwritten by
 * carriage returns the last state stays, other control characters become visible ({@code ^G}), and bytes that are not
 * UTF-8 become U+FFFD.
 */
final class LineCleaner {
    private static final byte ESCAPE = 0x1B;

    private byte[] result = new byte[512];
    private int size;

    /** The cleaned line, valid until the next call. */
    byte[] result() {
        return result;
    }

    /** Cleans a line and returns its new length. */
    int clean(byte[] bytes, int from, int to) {
        size = 0;
        if (result.length < 3 * (to - from)) {
            result = new byte[3 * (to - from)];
        }
        int index = lastState(bytes, from, to);
        while (index < to) {
            byte value = bytes[index];
            if (value == ESCAPE) {
                index = escapeEnd(bytes, index, to);
            } else if (value < 0) {
                index = copyCharacter(bytes, index, to);
            } else {
                copyAscii(value);
                index++;
            }
        }
        return size;
    }

    /** Replaces what is not UTF-8 and leaves everything else; returns the new length. */
    int repair(byte[] bytes, int from, int to) {
        size = 0;
        if (result.length < 3 * (to - from)) {
            result = new byte[3 * (to - from)];
        }
        int index = from;
        while (index < to) {
            if (bytes[index] < 0) {
                index = copyCharacter(bytes, index, to);
            } else {
                result[size++] = bytes[index++];
            }
        }
        return size;
    }

    /** Gives a large buffer back. */
    void release() {
        if (result.length > 1 << 16) {
            result = Arrays.copyOf(result, 512);
        }
    }

    private void copyAscii(byte value) {
        if (value == 0x7F) {
            result[size++] = '^';
            result[size++] = '?';
        } else if (value < ' ' && value != '\t') {
            result[size++] = '^';
            result[size++] = (byte) (value + '@');
        } else {
            result[size++] = value;
        }
    }

    /** Where the text after the last carriage return begins; spaces alone do not count as a text. */
    private static int lastState(byte[] bytes, int from, int to) {
        boolean text = false;
        for (int index = to - 1; index >= from; index--) {
            if (bytes[index] == '\r' && text) {
                return index + 1;
            }
            text |= bytes[index] > ' ' || bytes[index] < 0;
        }
        return from;
    }

    /** The index after an escape sequence (ECMA-48, 5.4 and 5.6). */
    private static int escapeEnd(byte[] bytes, int start, int to) {
        int index = start + 1;
        if (index == to) {
            return to;
        }
        switch (bytes[index]) {
            case '[' -> {
                index++;
                while (index < to && bytes[index] >= ' ' && bytes[index] < '@') {
                    index++;
                }
                return Math.min(to, index + 1);
            }
            case ']', 'P', 'X', '^', '_' -> {
                index++;
                while (index < to && bytes[index] != 0x07 && bytes[index] != ESCAPE) {
                    index++;
                }
                boolean terminator = index + 1 < to && bytes[index] == ESCAPE && bytes[index + 1] == '\\';
                return Math.min(to, index + (terminator ? 2 : 1));
            }
            default -> {
                while (index < to && bytes[index] >= ' ' && bytes[index] < '0') {
                    index++;
                }
                return Math.min(to, index + 1);
            }
        }
    }

    /** Copies a character of several bytes, or U+FFFD for a byte that begins none; C1 controls steer terminals too. */
    private int copyCharacter(byte[] bytes, int index, int to) {
        int length = characterLength(bytes, index, to);
        boolean control = length == 2 && bytes[index] == (byte) 0xC2 && bytes[index + 1] < (byte) 0xA0;
        if (length == 0 || control) {
            result[size++] = (byte) 0xEF;
            result[size++] = (byte) 0xBF;
            result[size++] = (byte) 0xBD;
            return index + Math.max(1, length);
        }
        for (int offset = 0; offset < length; offset++) {
            result[size++] = bytes[index + offset];
        }
        return index + length;
    }

    /** How many bytes a well-formed character takes, or 0 (Unicode 16, table 3-7). */
    private static int characterLength(byte[] bytes, int index, int to) {
        int first = bytes[index] & 0xFF;
        int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
        if (length == 0 || index + length > to) {
            return 0;
        }
        int second = bytes[index + 1] & 0xFF;
        int lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
        int highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
        if (second < lowest || second > highest) {
            return 0;
        }
        for (int offset = 2; offset < length; offset++) {
            if ((bytes[index + offset] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
}
