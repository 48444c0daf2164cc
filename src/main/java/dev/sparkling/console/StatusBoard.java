package dev.sparkling.console;

import java.io.PrintStream;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Shows how several things come along: a live region on a terminal, otherwise a line for each change. Safe to use from
 * several threads.
 */
public interface StatusBoard extends AutoCloseable {
    /** What the sign before a row says. */
    enum Mark {
        /** Nothing has happened yet. */
        IDLE,
        ACTIVE,
        DONE,
        FAILED
    }

    /**
     * One thing on the board. The time it takes is counted from its first row that is not idle to its last
     * change.
     *
     * @param key tells the rows apart
     * @param parent key of the row it belongs to, or null; such a row is shown while it is active only
     * @param label the thing's name
     * @param state in a word or two
     * @param detail what else is worth a line of its own in a plain log, or an empty string
     * @param live what changes too often for a plain log, such as bytes or the last line of output, or an empty string
     */
    record Row(String key, @Nullable String parent, String label, Mark mark, String state, String detail, String live) {
        public Row(String key, String label, Mark mark, String state, String detail) {
            this(key, null, label, mark, state, detail, "");
        }
    }

    /** Adds a row, or changes the one with the same key. */
    void update(Row row);

    /** Shows something that the user should know, apart from the rows. */
    void note(String text);

    /** Prints a finished line, colours and all, apart from the rows. */
    void line(String text);

    /** Shows the last state of every row and gives the terminal back. Further calls do nothing. */
    @Override
    void close();

    /** The board for a mode. */
    static StatusBoard create(ProgressMode mode, Terminal terminal, PrintStream err, Theme theme) {
        boolean live = terminal.isTerminal(Terminal.Stream.ERR);
        return switch (mode) {
            case AUTO ->
                live ? LiveStatusBoard.start(terminal, err, theme) : new PlainStatusBoard(err, theme, System::nanoTime);
            case TTY -> LiveStatusBoard.start(terminal, err, theme);
            case PLAIN -> new PlainStatusBoard(err, theme, System::nanoTime);
            case QUIET -> new QuietStatusBoard();
        };
    }

    /** Seconds with one decimal, such as {@code 0.4 s}; minutes from one hundred seconds on, such as {@code 2m05s}. */
    static String seconds(long nanoseconds) {
        long tenths = Math.round(nanoseconds / 1e8);
        if (tenths < 1000) {
            return String.format(Locale.ROOT, "%d.%d s", tenths / 10, tenths % 10);
        }
        return String.format(Locale.ROOT, "%dm%02ds", tenths / 600, tenths / 10 % 60);
    }
}
