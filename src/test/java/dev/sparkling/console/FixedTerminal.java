package dev.sparkling.console;

/** A terminal of a given size behind both streams. */
record FixedTerminal(int columns, int rows) implements Terminal {
    @Override
    public boolean isTerminal(Stream stream) {
        return true;
    }
}
