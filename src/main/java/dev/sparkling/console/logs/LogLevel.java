package dev.sparkling.console.logs;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How grave a record is, least first. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR,
    FATAL;

    /** A level's word as other programs write it. */
    private static final class Word {
        private final byte[] upperCase;
        private final LogLevel level;

        private Word(byte[] upperCase, LogLevel level) {
            this.upperCase = upperCase;
            this.level = level;
        }
    }

    private static final List<Word> WORDS = words();

    private static List<Word> words() {
        List<Word> words = new ArrayList<>();
        for (LogLevel level : values()) {
            words.add(word(level.name(), level));
        }
        // Python, PostgreSQL, the Go world and syslog have words of their own.
        words.add(word("WARNING", WARN));
        words.add(word("CRITICAL", FATAL));
        words.add(word("PANIC", FATAL));
        words.add(word("SEVERE", ERROR));
        words.add(word("ERR", ERROR));
        words.add(word("NOTICE", INFO));
        words.add(word("LOG", INFO));
        return List.copyOf(words);
    }

    private static Word word(String text, LogLevel level) {
        return new Word(text.getBytes(StandardCharsets.US_ASCII), level);
    }

    /** The level whose word, in capitals, is exactly these bytes; null if there is none. */
    static @Nullable LogLevel ofUpperCase(byte[] bytes, int from, int to) {
        return find(bytes, from, to, 0xFF);
    }

    /** The same in any case. */
    static @Nullable LogLevel ofAnyCase(byte[] bytes, int from, int to) {
        return find(bytes, from, to, 0xDF);
    }

    /** @param mask 0xDF drops the bit that makes an ASCII letter small */
    private static @Nullable LogLevel find(byte[] bytes, int from, int to, int mask) {
        int length = to - from;
        if (length < 3 || length > 8) {
            return null;
        }
        for (Word word : WORDS) {
            byte[] expected = word.upperCase;
            if (expected.length == length && matches(bytes, from, expected, mask)) {
                return word.level;
            }
        }
        return null;
    }

    private static boolean matches(byte[] bytes, int from, byte[] expected, int mask) {
        for (int index = 0; index < expected.length; index++) {
            if ((bytes[from + index] & mask) != expected[index]) {
                return false;
            }
        }
        return true;
    }
}
