package dev.sparkling.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes compose.yml. */
@Command(
        description = "Writes the services of compose.yml from its x-sparkling block; starts nothing.",
        footer = {"", "In a folder without compose.yml it writes one from the defaults."})
final class RenderCommand extends ProjectCommand {
    @Mixin
    SettingsOptions settings = new SettingsOptions();

    @Option(names = "--check", description = "Writes nothing; fails if compose.yml is not what `render` would give.")
    boolean check;

    @Option(names = "--force", description = "Renders anew even if the services were edited by hand.")
    boolean force;

    @Override
    public Integer call() {
        Workspace workspace = sparkling().workspace();
        if (check) {
            workspace.check();
            sparkling().say(workspace.label() + " is up to date.");
            return 0;
        }
        sparkling()
                .say(
                        workspace.render(settings, force)
                                ? "Wrote " + workspace.label() + "."
                                : workspace.label() + " is up to date.");
        return 0;
    }
}
