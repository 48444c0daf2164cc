package dev.sparkling.console;

/** What the user asked for by {@code --color}. */
public enum ColorMode {
    /** The environment and the terminal decide. */
    AUTO,
    ALWAYS,
    NEVER
}
