package dev.sparkling.console;

/** What is known of the terminal behind the standard streams. */
public interface Terminal {
    /** Width where neither COLUMNS nor the terminal tells. */
    int DEFAULT_COLUMNS = 80;

    /** Height where the terminal does not tell. */
    int DEFAULT_ROWS = 24;

    /** A standard output stream. */
    enum Stream {
        OUT,
        ERR
    }

    /** Whether the stream leads to a terminal. */
    boolean isTerminal(Stream stream);

    /** Whether somebody can answer a question on standard input. */
    default boolean isInputTerminal() {
        return false;
    }

    /** The width now, in columns: COLUMNS, else the terminal's, else 80. */
    int columns();

    /** The height now, in rows. */
    int rows();
}
