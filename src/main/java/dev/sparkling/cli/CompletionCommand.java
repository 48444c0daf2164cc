package dev.sparkling.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Prints the completion script. */
@Command(
        description = "Prints the completion script for bash and zsh.",
        footer = {"", "Install it: `sparkling completion > ~/.local/share/bash-completion/completions/sparkling`."})
final class CompletionCommand implements Callable<Integer> {
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
        CommandLine root =
                java.util.Objects.requireNonNull(sparkling.commandSpec).commandLine();
        sparkling.console().out().print(AutoComplete.bash("sparkling", root));
        sparkling.console().out().flush();
        return 0;
    }
}
