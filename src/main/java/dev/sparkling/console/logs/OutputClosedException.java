package dev.sparkling.console.logs;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.util.Locale;

/** Whoever read the output has gone, as {@code head} does: no failure, the program just ends with exit code 0. */
public final class OutputClosedException extends RuntimeException {
    private OutputClosedException(IOException cause) {
        super("the output was closed by its reader", cause);
    }

    OutputClosedException() {
        super("the output was closed by its reader");
    }

    /** What a failed write to an output comes to: this, or the error of another kind, such as a full disk. */
    public static RuntimeException of(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        String small = message.toLowerCase(Locale.ROOT);
        // "Broken pipe" in English, and named so in brackets elsewhere.
        if (small.contains("pipe") || small.contains("closed")) {
            return new OutputClosedException(cause);
        }
        return SparklingException.failed("the output cannot be written: " + message, null)
                .causedBy(cause);
    }
}
