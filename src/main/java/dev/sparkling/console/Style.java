package dev.sparkling.console;

/**
 * The roles that text plays. The codes are SGR parameters: one for terminals of 16 colours, which follow the user's own
 * palette, and one for 256 colours, chosen in the middle of the scale so that they can be read on dark and on light
 * backgrounds.
 */
public enum Style {
    ERROR("1;31", "1;38;5;167"),
    /** The text that belongs to an error, such as its message in a log. */
    ERROR_TEXT("31", "38;5;167"),
    /** The lines below an error, such as its stack trace. */
    ERROR_TRACE("2;31", "38;5;131"),
    WARNING("33", "38;5;172"),
    SUCCESS("32", "38;5;71"),
    /** Something that is under way. */
    ACTIVE("36", "38;5;67"),
    HINT("36", "38;5;67"),
    BOLD("1", "1"),
    DIM("2", "38;5;245"),
    /** A match of a search. */
    MATCH("30;43", "38;5;16;48;5;179");

    private final String basic;
    private final String extended;

    Style(String basic, String extended) {
        this.basic = basic;
        this.extended = extended;
    }

    String basic() {
        return basic;
    }

    String extended() {
        return extended;
    }
}
