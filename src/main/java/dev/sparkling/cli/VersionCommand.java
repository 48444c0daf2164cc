package dev.sparkling.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Prints the version. */
@Command(description = "Prints the program's version.")
final class VersionCommand implements Callable<Integer> {
    @ParentCommand
    @Nullable
    Sparkling parent;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    boolean help;

    @Override
    public Integer call() {
        Sparkling sparkling = java.util.Objects.requireNonNull(parent);
        sparkling.console().out().println("sparkling " + sparkling.invocation().version());
        sparkling.console().out().flush();
        return 0;
    }
}
