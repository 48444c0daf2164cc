package dev.sparkling.console;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A region at the end of the terminal that is drawn again up to ten times a second. */
final class LiveStatusBoard implements StatusBoard {
    private static final long FRAME_MILLISECONDS = 100;
    private static final int STATE_WIDTH = 9;
    private static final int TIME_WIDTH = 7;
    private static final String HIDE_CURSOR = "\u001b[?25l";
    private static final String SHOW_CURSOR = "\u001b[?25h";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final List<String> SPINNER = List.of("⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏");
    private static final List<String> ASCII_SPINNER = List.of("|", "/", "-", "\\");

    private final Terminal terminal;
    private final PrintStream err;
    private final Theme theme;
    private final LongSupplier clock;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private @Nullable Thread restoreCursor;
    private int drawnLines;
    private int frame;
    private boolean closed;

    private static final class Entry {
        private long since;
        private long changed;
        private Row row;

        private Entry(Row row, long now) {
            this.row = row;
            this.since = now;
            this.changed = now;
        }
    }

    LiveStatusBoard(Terminal terminal, PrintStream err, Theme theme, LongSupplier clock) {
        this.terminal = terminal;
        this.err = err;
        this.theme = theme;
        this.clock = clock;
    }

    /** A board with a thread that draws it. */
    static LiveStatusBoard start(Terminal terminal, PrintStream err, Theme theme) {
        LiveStatusBoard board = new LiveStatusBoard(terminal, err, theme, System::nanoTime);
        Thread drawing = new Thread(board::drawUntilClosed, "status-board");
        drawing.setDaemon(true);
        Thread restoreCursor = new Thread(board::close, "status-board-restore");
        board.restoreCursor = restoreCursor;
        Runtime.getRuntime().addShutdownHook(restoreCursor);
        drawing.start();
        return board;
    }

    private void drawUntilClosed() {
        try {
            while (true) {
                synchronized (this) {
                    if (closed) {
                        return;
                    }
                    draw();
                }
                TimeUnit.MILLISECONDS.sleep(FRAME_MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized void update(Row row) {
        if (closed) {
            return;
        }
        long now = clock.getAsLong();
        Entry entry = entries.get(row.key());
        if (entry == null) {
            entries.put(row.key(), new Entry(row, now));
        } else {
            if (!entry.row.state().equals(row.state()) || entry.row.mark() != row.mark()) {
                entry.changed = now;
                if (entry.row.mark() == Mark.IDLE) {
                    entry.since = now;
                }
            }
            entry.row = row;
        }
    }

    @Override
    public synchronized void note(String text) {
        if (!closed) {
            notes.add(theme.paint(Style.WARNING, "note:") + " " + Text.clean(text));
        }
    }

    @Override
    public synchronized void line(String text) {
        if (!closed) {
            notes.add(text);
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            List<String> lines = new ArrayList<>();
            for (Entry entry : entries.values()) {
                if (entry.row.parent() == null) {
                    lines.add(line(entry));
                }
            }
            print(lines, true);
        }
        removeHook();
    }

    private void removeHook() {
        Thread hook = restoreCursor;
        if (hook != null && hook != Thread.currentThread()) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The process is going down already; the hook will find the board closed.
            }
        }
    }

    /** Draws the region as it is now. */
    synchronized void draw() {
        if (entries.isEmpty() && notes.isEmpty()) {
            return;
        }
        frame++;
        List<Entry> visible = new ArrayList<>();
        for (Entry entry : entries.values()) {
            if (entry.row.parent() == null || entry.row.mark() == Mark.ACTIVE) {
                visible.add(entry);
            }
        }
        int room = Math.max(1, terminal.rows() - 1);
        int hidden = hide(visible, room);
        List<String> lines = new ArrayList<>();
        for (Entry entry : visible) {
            lines.add(line(entry));
        }
        if (hidden > 0 && room > 1) {
            lines.add(theme.paint(Style.DIM, "   and " + hidden + " more"));
        }
        print(lines, false);
    }

    /** Takes out what does not fit: first parts, then what is done, then the last ones. */
    private static int hide(List<Entry> visible, int room) {
        int before = visible.size();
        if (before <= room) {
            return 0;
        }
        int target = Math.max(1, room - 1);
        for (int index = before - 1; index >= 0 && visible.size() > target; index--) {
            if (visible.get(index).row.parent() != null) {
                visible.remove(index);
            }
        }
        for (int index = 0; index < visible.size() && visible.size() > target; ) {
            if (visible.get(index).row.mark() == Mark.DONE) {
                visible.remove(index);
            } else {
                index++;
            }
        }
        while (visible.size() > target) {
            visible.remove(visible.size() - 1);
        }
        return before - visible.size();
    }

    /** Sends a frame in one piece, so that the terminal does not flicker. */
    private void print(List<String> lines, boolean last) {
        StringBuilder text = new StringBuilder();
        if (drawnLines == 0 && !last) {
            text.append(HIDE_CURSOR);
        }
        if (drawnLines > 0) {
            text.append("\u001b[").append(drawnLines).append('A');
        }
        text.append('\r');
        for (String note : notes) {
            text.append(note).append(CLEAR_LINE).append('\n');
        }
        notes.clear();
        for (String line : lines) {
            text.append(line).append(CLEAR_LINE).append('\n');
        }
        text.append(CLEAR_BELOW);
        if (last) {
            text.append(SHOW_CURSOR);
        }
        drawnLines = lines.size();
        err.print(text);
        err.flush();
    }

    private String line(Entry entry) {
        Row row = entry.row;
        // The last column stays empty: some terminals wrap as soon as it is written.
        int room = terminal.columns() - 1;
        boolean part = row.parent() != null;
        boolean active = row.mark() == Mark.ACTIVE;
        long taken = (active ? clock.getAsLong() : entry.changed) - entry.since;
        StringBuilder line = new StringBuilder();
        room = append(line, room, null, part ? "     " : " ");
        room = append(line, room, style(row.mark()), sign(row.mark()) + " ");
        int fixed = part ? 0 : 2 + STATE_WIDTH + 1 + TIME_WIDTH;
        int labels = Math.min(labelWidth(part), Math.max(8, room - fixed));
        String label = Text.shorten(Text.clean(row.label()), labels, theme.ellipsis());
        room = append(line, room, part ? Style.DIM : null, Text.padRight(label, labels) + "  ");
        room = append(
                line, room, part ? Style.DIM : style(row.mark()), Text.padRight(Text.clean(row.state()), STATE_WIDTH));
        if (!part) {
            room = append(line, room, Style.DIM, " " + Text.padLeft(StatusBoard.seconds(taken), TIME_WIDTH));
        }
        if (!row.detail().isEmpty()) {
            room = append(line, room, null, "  " + Text.clean(row.detail()));
        }
        if (!row.live().isEmpty()) {
            append(line, room, Style.DIM, "  " + Text.clean(row.live()));
        }
        return line.toString();
    }

    /** Appends what fits and returns the columns that are left. */
    private int append(StringBuilder line, int room, @Nullable Style style, String text) {
        String fitting = Text.shorten(text, room, theme.ellipsis());
        line.append(style == null ? fitting : theme.paint(style, fitting));
        return room - Text.width(fitting);
    }

    private int labelWidth(boolean parts) {
        int width = parts ? 12 : 16;
        for (Entry entry : entries.values()) {
            if ((entry.row.parent() != null) == parts) {
                width = Math.max(width, Text.width(Text.clean(entry.row.label())));
            }
        }
        return width;
    }

    private String sign(Mark mark) {
        boolean unicode = theme.unicode();
        List<String> spinner = unicode ? SPINNER : ASCII_SPINNER;
        return switch (mark) {
            case IDLE -> unicode ? "·" : ".";
            case ACTIVE -> spinner.get(frame % spinner.size());
            case DONE -> unicode ? "✔" : "+";
            case FAILED -> unicode ? "✖" : "x";
        };
    }

    private static Style style(Mark mark) {
        return switch (mark) {
            case IDLE -> Style.DIM;
            case ACTIVE -> Style.ACTIVE;
            case DONE -> Style.SUCCESS;
            case FAILED -> Style.ERROR;
        };
    }
}
