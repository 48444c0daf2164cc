package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Lifecycle.DownRequest;
import java.util.List;
import picocli.CommandLine.Command;

/** Removes containers and network. */
@Command(
        description = "Stops the cluster and removes its containers and networks.",
        footer = {"", "Images, volumes, spark-warehouse/ and checkpoints/ stay; `clean` removes more."})
final class DownCommand extends ProjectCommand {
    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().clusterWorkspace().read();
        List<String> removed;
        try (ProjectLock lock = lock(project)) {
            removed = withEngine(
                    project, Purpose.REMOVE, engine -> engine.lifecycle().down(project, new DownRequest(false, false)));
        }
        sparkling().say(removed.isEmpty() ? "Nothing to remove." : "Removed the cluster of " + project.name() + ".");
        return 0;
    }
}
