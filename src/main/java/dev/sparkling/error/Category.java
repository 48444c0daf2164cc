package dev.sparkling.error;

/** The kinds of failure that a caller can tell apart by the exit code of the program. */
public enum Category {
    /** The cluster, a service or a pipeline failed. */
    FAILED(1),
    /** A flag or a file that the user wrote is wrong. */
    USAGE(2),
    /** No engine answers, it cannot serve this project, or this machine lacks what it needs. */
    ENGINE_UNAVAILABLE(3),
    /** A fault of the program itself. */
    BUG(4),
    /** The user pressed Ctrl-C. */
    INTERRUPTED(130);

    private final int exitCode;

    Category(int exitCode) {
        this.exitCode = exitCode;
    }

    /** The exit code of the process, 1 to 130. */
    public int exitCode() {
        return exitCode;
    }
}
