package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops and starts services. */
@Command(
        description = "Stops and starts services, and waits until they can work.",
        footer = {"", "A restarted master forgets Spark Connect's application, so Connect restarts with it."})
final class RestartCommand extends ProjectCommand {
    @Mixin
    ServicesParameter wanted = new ServicesParameter();

    @Mixin
    WaitOption wait = new WaitOption();

    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().clusterWorkspace().read();
        Duration timeout = wait.timeout();
        long start = System.nanoTime();
        List<String> started;
        try (ProjectLock lock = lock(project)) {
            started = withEngine(project, Purpose.START, engine -> {
                Set<String> services = known(project, Existing.services(engine, project), wanted.services);
                if (services.contains(Role.MASTER.service())) {
                    services.add(Role.CONNECT.service());
                }
                engine.lifecycle().stop(project, services, Optional.empty());
                return engine.lifecycle().start(project, services, timeout);
            });
        }
        sparkling()
                .say(
                        started.isEmpty()
                                ? "Nothing to restart: the cluster was never brought up. `sparkling up` does that."
                                : "Restarted " + names(started) + ", ready after " + Seconds.since(start) + ".");
        return 0;
    }
}
