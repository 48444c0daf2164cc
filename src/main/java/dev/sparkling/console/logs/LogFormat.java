package dev.sparkling.console.logs;

/** How records are written. */
public enum LogFormat {
    /** For people: prefix, short time, level, logger, message. */
    TEXT,
    /** One JSON object for each record; see {@link LogPrinter}. */
    JSON,
    /** The bytes as they came. */
    RAW
}
