package dev.sparkling.cli;

import dev.sparkling.error.SparklingException;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long services may take to be ready. */
final class WaitOption {
    @Option(
            names = "--wait-timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long the services may take to be ready; ${DEFAULT-VALUE} s if not given.")
    int seconds;

    /** @throws SparklingException if it is no time at all */
    Duration timeout() {
        if (seconds < 1) {
            throw SparklingException.usage(
                    "--wait-timeout " + seconds + " is no time to wait", "Write whole seconds, 1 or more.");
        }
        return Duration.ofSeconds(seconds);
    }
}
