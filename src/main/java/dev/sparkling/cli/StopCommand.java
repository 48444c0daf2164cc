package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Stops services. */
@Command(description = "Stops services and keeps their containers; `start` brings them back.")
final class StopCommand extends ProjectCommand {
    @Mixin
    ServicesParameter wanted = new ServicesParameter();

    @Option(
            names = {"-t", "--timeout"},
            paramLabel = "SECONDS",
            description = "How long a service may take before it is killed; otherwise its own grace period, or 10 s.")
    @Nullable
    Integer timeout;

    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().clusterWorkspace().read();
        List<String> stopped;
        try (ProjectLock lock = lock(project)) {
            stopped = withEngine(
                    project,
                    Purpose.USE,
                    engine -> engine.lifecycle()
                            .stop(
                                    project,
                                    known(project, Existing.services(engine, project), wanted.services),
                                    Optional.ofNullable(timeout).map(Duration::ofSeconds)));
        }
        sparkling().say(stopped.isEmpty() ? "Nothing to stop: nothing runs." : "Stopped " + names(stopped) + ".");
        return 0;
    }
}
