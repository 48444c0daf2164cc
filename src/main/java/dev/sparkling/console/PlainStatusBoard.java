package dev.sparkling.console;

import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** A line for each change of a state, for logs and pipes. */
final class PlainStatusBoard implements StatusBoard {
    private static final int LABEL_WIDTH = 16;
    private static final int STATE_WIDTH = 9;

    private final PrintStream err;
    private final Theme theme;
    private final LongSupplier clock;
    private final Map<String, Shown> shown = new HashMap<>();
    private boolean closed;

    /** @param since when the row came up, in the clock's nanoseconds */
    private record Shown(Row row, long since) {}

    PlainStatusBoard(PrintStream err, Theme theme, LongSupplier clock) {
        this.err = err;
        this.theme = theme;
        this.clock = clock;
    }

    @Override
    public synchronized void update(Row row) {
        long now = clock.getAsLong();
        Shown before = shown.get(row.key());
        long since = before == null || before.row().mark() == Mark.IDLE ? now : before.since();
        shown.put(row.key(), new Shown(row, since));
        boolean part = row.parent() != null;
        boolean same = before != null
                && before.row().state().equals(row.state())
                && before.row().detail().equals(row.detail());
        if (closed
                || same
                || row.mark() == Mark.IDLE
                || (part && row.mark() != Mark.DONE && row.mark() != Mark.FAILED)) {
            return;
        }
        String label = Text.clean(row.label());
        if (part) {
            Shown parent = shown.get(row.parent());
            label = (parent == null ? row.parent() : parent.row().label()) + " " + label;
        }
        Style style = switch (row.mark()) {
            case IDLE, ACTIVE -> Style.ACTIVE;
            case DONE -> Style.SUCCESS;
            case FAILED -> Style.ERROR;
        };
        String line = Text.padRight(label, LABEL_WIDTH) + "  " + theme.paint(style, row.state())
                + " ".repeat(Math.max(0, STATE_WIDTH - Text.width(row.state()))) + "  "
                + Text.padLeft(StatusBoard.seconds(now - since), 7);
        if (!row.detail().isEmpty()) {
            line += "  " + Text.clean(row.detail());
        }
        err.println(line);
        err.flush();
    }

    @Override
    public synchronized void note(String text) {
        if (!closed) {
            err.println(theme.paint(Style.WARNING, "note:") + " " + Text.clean(text));
            err.flush();
        }
    }

    @Override
    public synchronized void line(String text) {
        if (!closed) {
            err.println(text);
            err.flush();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
