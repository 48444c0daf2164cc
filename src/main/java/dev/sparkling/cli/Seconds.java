package dev.sparkling.cli;

import dev.sparkling.console.StatusBoard;

/** Spans of time for people. */
final class Seconds {
    private Seconds() {}

    /**
     * The time since a moment, such as `4.9 s`.
     *
     * @param start of System.nanoTime
     */
    static String since(long start) {
        return StatusBoard.seconds(System.nanoTime() - start);
    }
}
