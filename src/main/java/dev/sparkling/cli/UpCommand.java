package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Lifecycle.UpRequest;
import dev.sparkling.engine.Lifecycle.UpResult;
import dev.sparkling.engine.Observer.ServiceState;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the cluster. */
@Command(
        name = "up",
        description = "Creates and starts the cluster, and waits until it can run a task.",
        footer = {
            "",
            "Flags of settings are written into compose.yml and last. `up` again does nothing, or recreates what changed.",
            "Next: `sparkling run`."
        })
final class UpCommand extends ProjectCommand {
    @Mixin
    SettingsOptions settings = new SettingsOptions();

    @Option(names = "--build", description = "Builds the image even if it is there.")
    boolean build;

    @Option(names = "--pull", description = "Pulls images even if they are there.")
    boolean pull;

    @Option(names = "--force", description = "Renders compose.yml anew even if its services were edited by hand.")
    boolean force;

    @Option(
            names = "--wait-timeout",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long the services may take to be ready; ${DEFAULT-VALUE} s if not given.")
    int waitTimeout;

    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().workspace().prepare(settings, force);
        List<ServiceState> services;
        UpResult result;
        long start = System.nanoTime();
        try (ProjectLock lock = ProjectLock.take(project.directory(), sparkling()::say)) {
            record Outcome(UpResult result, List<ServiceState> services) {}
            Outcome outcome = withEngine(
                    project,
                    Purpose.CREATE,
                    engine -> new Outcome(
                            engine.lifecycle().up(project, new UpRequest(build, pull, Duration.ofSeconds(waitTimeout))),
                            engine.observer().services(project)));
            result = outcome.result();
            services = outcome.services();
        }
        sparkling()
                .say(
                        result.changed().isEmpty()
                                ? "Nothing to do: the cluster is up."
                                : "The cluster is ready, after " + Seconds.since(start) + ".");
        Urls.print(sparkling(), services);
        return 0;
    }
}
