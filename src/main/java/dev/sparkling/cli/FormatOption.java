package dev.sparkling.cli;

import picocli.CommandLine.Option;

/** The choice between a table and machine output. */
final class FormatOption {
    /** The forms of a list. */
    enum Format {
        TEXT,
        JSON
    }

    @Option(names = "--format", paramLabel = "FORM", defaultValue = "text", description = "text or json.")
    Format format = Format.TEXT;

    boolean json() {
        return format == Format.JSON;
    }
}
