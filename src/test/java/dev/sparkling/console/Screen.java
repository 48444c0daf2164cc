package dev.sparkling.console;

import java.util.ArrayList;
import java.util.List;

/** What a terminal shows after it has read some text: just the controls that the live region uses, and no others. */
final class Screen {
    private final int columns;
    private final List<StringBuilder> lines = new ArrayList<>();
    private int row;
    private int column;
    private boolean cursorVisible = true;

    Screen(int columns) {
        this.columns = columns;
        lines.add(new StringBuilder());
    }

    List<String> lines() {
        List<String> result = new ArrayList<>();
        for (StringBuilder line : lines) {
            result.add(line.toString().stripTrailing());
        }
        while (!result.isEmpty() && result.get(result.size() - 1).isEmpty()) {
            result.remove(result.size() - 1);
        }
        return result;
    }

    boolean cursorVisible() {
        return cursorVisible;
    }

    void write(String text) {
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            switch (character) {
                case '\r' -> column = 0;
                case '\n' -> {
                    column = 0;
                    down();
                }
                case '\u001b' -> index = escape(text, index);
                default -> put(character);
            }
        }
    }

    private int escape(String text, int start) {
        int end = start + 2;
        while (text.charAt(end) < '@') {
            end++;
        }
        String parameters = text.substring(start + 2, end);
        switch (text.charAt(end)) {
            case 'm' -> {
                // Colours are of no interest here.
            }
            case 'A' -> row -= Integer.parseInt(parameters);
            case 'K' -> lines.get(row).setLength(Math.min(column, lines.get(row).length()));
            case 'J' -> {
                lines.get(row).setLength(Math.min(column, lines.get(row).length()));
                lines.subList(row + 1, lines.size()).clear();
            }
            case 'h', 'l' -> {
                if (!parameters.equals("?25")) {
                    throw new IllegalArgumentException("unknown mode " + parameters);
                }
                cursorVisible = text.charAt(end) == 'h';
            }
            default -> throw new IllegalArgumentException("unknown control " + text.substring(start + 1, end + 1));
        }
        if (row < 0) {
            throw new IllegalStateException("the cursor left the screen");
        }
        return end;
    }

    private void put(char character) {
        if (column == columns) {
            column = 0;
            down();
        }
        StringBuilder line = lines.get(row);
        while (line.length() <= column) {
            line.append(' ');
        }
        line.setCharAt(column++, character);
    }

    private void down() {
        row++;
        if (row == lines.size()) {
            lines.add(new StringBuilder());
        }
    }
}
