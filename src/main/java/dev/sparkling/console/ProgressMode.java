package dev.sparkling.console;

/** What the user asked for by {@code --progress}. */
public enum ProgressMode {
    /** A live region on a terminal, plain lines elsewhere. */
    AUTO,
    TTY,
    PLAIN,
    QUIET
}
