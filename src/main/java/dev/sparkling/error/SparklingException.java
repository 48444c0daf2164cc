package dev.sparkling.error;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A failure that the user can understand: what is wrong and where (the message), how to mend it (the remedy), and the
 * output that shows it (the evidence, such as the last lines of a service's log).
 */
public final class SparklingException extends RuntimeException {
    private final Category category;
    private final @Nullable String remedy;
    private final transient List<String> evidence;

    /**
     * @param message what is wrong and where, without a final full stop
     * @param remedy how to mend it, as a sentence; null where nothing is known
     * @param evidence output lines of another program, oldest first
     */
    public SparklingException(
            Category category,
            String message,
            @Nullable String remedy,
            List<String> evidence,
            @Nullable Throwable cause) {
        super(message, cause);
        this.category = category;
        this.remedy = remedy;
        this.evidence = List.copyOf(evidence);
    }

    /** A wrong flag or file. */
    public static SparklingException usage(String message, String remedy) {
        return new SparklingException(Category.USAGE, message, remedy, List.of(), null);
    }

    /** A failed service, container, image or pipeline. */
    public static SparklingException failed(String message, @Nullable String remedy) {
        return new SparklingException(Category.FAILED, message, remedy, List.of(), null);
    }

    /** No engine that could serve the command. */
    public static SparklingException engineUnavailable(String message, String remedy) {
        return new SparklingException(Category.ENGINE_UNAVAILABLE, message, remedy, List.of(), null);
    }

    /** The same failure with the output that shows it. */
    public SparklingException withEvidence(List<String> lines) {
        return new SparklingException(category, text(), remedy, lines, getCause());
    }

    /** The same failure with the exception that led to it. */
    public SparklingException causedBy(Throwable cause) {
        return new SparklingException(category, text(), remedy, evidence, cause);
    }

    public Category category() {
        return category;
    }

    /** What is wrong and where. */
    public String text() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** How to mend it, or null. */
    public @Nullable String remedy() {
        return remedy;
    }

    /** Output lines of another program that show the failure, oldest first; may be empty. */
    public List<String> evidence() {
        return evidence;
    }
}
