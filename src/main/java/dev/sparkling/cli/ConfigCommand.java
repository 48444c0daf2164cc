package dev.sparkling.cli;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ConfigPrinter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the merged model. */
@Command(description = "Prints the project as Sparkling reads it: merged, interpolated, every short form written out.")
final class ConfigCommand extends ProjectCommand {
    @Mixin
    FormatOption format = new FormatOption();

    @Override
    public Integer call() {
        ComposeProject project = sparkling().workspace().read();
        var out = sparkling().console().out();
        out.print(format.json() ? ConfigPrinter.json(project) : ConfigPrinter.yaml(project));
        out.flush();
        return 0;
    }
}
