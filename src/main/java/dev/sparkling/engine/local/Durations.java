package dev.sparkling.engine.local;

import java.time.Duration;

/** Spans of time in Docker's words, so that `ps` reads alike on both engines. */
final class Durations {
    private Durations() {}

    /** Such as `About a minute` or `3 hours`. */
    static String words(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        long minutes = seconds / 60;
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        long hours = Math.round(seconds / 3600.0);
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        if (hours < 24 * 7 * 2) {
            return hours / 24 + " days";
        }
        return hours < 24 * 30 * 2 ? hours / 24 / 7 + " weeks" : hours / 24 / 30 + " months";
    }
}
