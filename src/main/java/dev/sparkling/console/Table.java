package dev.sparkling.console;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows under a header in aligned columns, each row on one line whatever the width. */
public final class Table {
    private static final int GAP = 2;

    /** Below this a column says nothing any more. */
    private static final int NARROWEST = 6;

    private final List<Column> columns;
    private final List<List<Cell>> rows = new ArrayList<>();

    public Table(Column... columns) {
        this.columns = List.of(columns);
    }

    /**
     * A column.
     *
     * @param right whether to align on the right, as numbers are
     */
    public record Column(String header, boolean right) {
        public static Column left(String header) {
            return new Column(header, false);
        }

        public static Column right(String header) {
            return new Column(header, true);
        }
    }

    /** A text and, if any, its style. Control characters in the text are taken out. */
    public record Cell(String text, @Nullable Style style) {
        public Cell {
            text = Text.clean(text);
        }

        public static Cell of(String text) {
            return new Cell(text, null);
        }

        public static Cell of(String text, Style style) {
            return new Cell(text, style);
        }
    }

    /** Adds a row of plain texts, one for each column. */
    public Table row(String... texts) {
        return row(Arrays.stream(texts).map(Cell::of).toArray(Cell[]::new));
    }

    /** Adds a row, one cell for each column. */
    public Table row(Cell... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells));
        return this;
    }

    /** Whether there are no rows. */
    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /**
     * The table's lines, each with its line break. Where they would be wider than the terminal the widest columns are
     * shortened, then the first, which says what a row is about, and then the last ones are left out.
     *
     * @param width of the terminal, or Integer.MAX_VALUE where nothing is to be cut
     */
    public String render(Theme theme, int width) {
        int[] widths = fit(width);
        StringBuilder result = new StringBuilder();
        List<Cell> header = columns.stream()
                .map(column -> Cell.of(column.header(), Style.BOLD))
                .toList();
        appendRow(result, header, widths, theme);
        for (List<Cell> row : rows) {
            appendRow(result, row, widths, theme);
        }
        return result.toString();
    }

    /** The columns' widths; 0 for one that finds no room at all. */
    private int[] fit(int width) {
        int[] widths = new int[columns.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = Text.width(columns.get(column).header());
            for (List<Cell> row : rows) {
                widths[column] =
                        Math.max(widths[column], Text.width(row.get(column).text()));
            }
        }
        int[] fitting = shortened(widths, width);
        for (int last = widths.length - 1; last > 0 && total(fitting) > width; last--) {
            widths[last] = 0;
            fitting = shortened(widths, width);
        }
        fitting[0] = Math.min(fitting[0], width);
        return fitting;
    }

    /** Takes from the widest column, from the last one of these; from the first column only what is beyond the half. */
    private static int[] shortened(int[] natural, int width) {
        int[] widths = natural.clone();
        while (total(widths) > width) {
            int widest = widths.length - 1;
            for (int column = widest - 1; column > 0; column--) {
                widest = widths[column] > widths[widest] ? column : widest;
            }
            widest = widths[widest] > NARROWEST ? widest : 0;
            if (widest == 0 && widths[0] <= width / 2) {
                break;
            }
            widths[widest]--;
        }
        return widths;
    }

    private static int total(int[] widths) {
        int total = 0;
        for (int width : widths) {
            total += width == 0 ? 0 : width + (total == 0 ? 0 : GAP);
        }
        return total;
    }

    private void appendRow(StringBuilder result, List<Cell> cells, int[] widths, Theme theme) {
        StringBuilder row = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            if (widths[column] == 0) {
                continue;
            }
            if (!row.isEmpty()) {
                row.append(" ".repeat(GAP));
            }
            Cell cell = cells.get(column);
            String text = Text.shorten(cell.text(), widths[column], theme.ellipsis());
            String padding = " ".repeat(widths[column] - Text.width(text));
            String painted = cell.style() == null ? text : theme.paint(cell.style(), text);
            row.append(columns.get(column).right() ? padding + painted : painted + padding);
        }
        result.append(row.toString().stripTrailing()).append('\n');
    }
}
