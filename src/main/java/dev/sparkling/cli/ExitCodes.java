package dev.sparkling.cli;

/** The exit codes, as `--help` lists them. */
final class ExitCodes {
    /** For picocli's `exitCodeList`. */
    static final String OK = "0:done";

    static final String FAILED = "1:a service, a build or the pipeline failed";
    static final String USAGE = "2:a flag or a file is wrong";
    static final String ENGINE = "3:no engine answers, or this machine lacks what it needs";
    static final String BUG = "4:a fault of Sparkling itself; please report it";
    static final String INTERRUPTED = "130:interrupted by Ctrl-C";

    private ExitCodes() {}
}
