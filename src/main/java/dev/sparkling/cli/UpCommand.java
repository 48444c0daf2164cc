package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.JsonPrinter;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Lifecycle.UpRequest;
import dev.sparkling.engine.Lifecycle.UpResult;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.engine.StartTimings;
import dev.sparkling.engine.StartTimings.Span;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    FormatOption format = new FormatOption();

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
        if (format.json()) {
            printJson(project, result, services);
            return 0;
        }
        Urls.print(sparkling(), services);
        if (timings) {
            List<Span> spans = lastStart(project);
            if (spans.isEmpty()) {
                sparkling().say("No start is on record here; the next one will be.");
            } else {
                TimingsPrinter.print(sparkling().console(), spans);
            }
        }
        return 0;
    }

    private void printJson(ComposeProject project, UpResult result, List<ServiceState> services) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("changed", result.changed());
        document.put("addresses", Urls.json(services));
        if (timings) {
            document.put("timings", TimingsPrinter.json(lastStart(project)));
        }
        new JsonPrinter(sparkling().console().out()).document(document);
        sparkling().console().out().flush();
    }

    /** The phases of the last start; none if none is on record. */
    private List<Span> lastStart(ComposeProject project) {
        List<Span> spans = StartTimings.load(project.directory()).orElse(List.of());
        if (spans.isEmpty()) {
            return spans;
        }
        try (Engine engine = sparkling().engine(project, Purpose.USE, event -> {})) {
            return TimingsPrinter.withJvms(spans, engine, project);
        }
    }
}
