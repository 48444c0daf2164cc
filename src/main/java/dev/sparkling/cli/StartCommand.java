package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Observer.ServiceState;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts stopped services. */
@Command(description = "Starts stopped services and waits until they can work.")
final class StartCommand extends ProjectCommand {
    @Mixin
    ServicesParameter wanted = new ServicesParameter();

    @Mixin
    WaitOption wait = new WaitOption();

    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().clusterWorkspace().read();
        long start = System.nanoTime();
        record Outcome(List<String> started, List<ServiceState> services) {}
        Outcome outcome;
        try (ProjectLock lock = lock(project)) {
            outcome = withEngine(project, Purpose.START, engine -> {
                Set<String> services = known(project, Existing.services(engine, project), wanted.services);
                List<String> started = engine.lifecycle().start(project, services, wait.timeout());
                if (started.contains(Role.CONNECT.service())) {
                    warmUp(engine, project);
                }
                return new Outcome(started, engine.observer().services(project));
            });
        }
        if (outcome.services().isEmpty()) {
            sparkling().say("Nothing to start: the cluster was never brought up. `sparkling up` does that.");
            return 0;
        }
        sparkling()
                .say(
                        outcome.started().isEmpty()
                                ? "Nothing to start: everything runs."
                                : "Started " + names(outcome.started()) + ", ready after " + Seconds.since(start)
                                        + ".");
        if (!outcome.started().isEmpty()) {
            Urls.print(sparkling(), outcome.services());
        }
        return 0;
    }
}
