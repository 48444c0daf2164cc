package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Lifecycle.UpRequest;
import dev.sparkling.engine.Lifecycle.UpResult;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.engine.StartTimings;
import dev.sparkling.engine.StartTimings.Span;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts the cluster. */
@Command(
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
            names = "--timings",
            description = "Also prints the phases of the last start and their seconds; send them with a report.")
    boolean timings;

    @Mixin
    WaitOption wait = new WaitOption();

    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().clusterWorkspace().prepare(settings, force);
        List<ServiceState> services;
        UpResult result;
        long start = System.nanoTime();
        try (ProjectLock lock = lock(project)) {
            record Outcome(UpResult result, List<ServiceState> services) {}
            Outcome outcome = withEngine(project, Purpose.CREATE, engine -> {
                UpResult up = engine.lifecycle().up(project, new UpRequest(build, pull, wait.timeout()));
                if (!up.changed().isEmpty()) {
                    warmUp(engine, project);
                }
                return new Outcome(up, engine.observer().services(project));
            });
            result = outcome.result();
            services = outcome.services();
        }
        sparkling()
                .say(
                        result.changed().isEmpty()
                                ? "Nothing to do: the cluster is up."
                                : "The cluster is ready, after " + Seconds.since(start) + ".");
        Urls.print(sparkling(), services);
        if (timings) {
            printTimings(project);
        }
        return 0;
    }

    private void printTimings(ComposeProject project) {
        List<Span> spans = StartTimings.load(project.directory()).orElse(List.of());
        if (spans.isEmpty()) {
            sparkling().say("No start is on record here; the next one will be.");
            return;
        }
        try (Engine engine = sparkling().engine(project, Purpose.USE, event -> {})) {
            TimingsPrinter.print(sparkling().console(), TimingsPrinter.withJvms(spans, engine, project));
        }
    }
}
