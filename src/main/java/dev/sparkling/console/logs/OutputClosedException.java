package dev.sparkling.console.logs;

import java.io.IOException;

/** Whoever read the output has gone, as {@code head} does: no failure, the program just ends with exit code 0. */
public final class OutputClosedException extends RuntimeException {
    OutputClosedException(IOException cause) {
        super("the output was closed by its reader", cause);
    }

    OutputClosedException() {
        super("the output was closed by its reader");
    }
}
