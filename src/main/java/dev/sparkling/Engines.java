package dev.sparkling;

import dev.sparkling.cli.Invocation.EngineFactory;
import dev.sparkling.cli.Invocation.EngineRequest;
import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.cluster.EngineChoice;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Notice;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.engine.docker.DockerEngine;
import dev.sparkling.engine.docker.DockerEngine.Search;
import dev.sparkling.engine.local.LocalEngine;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the engine of a command. Where the user leaves it open, a cluster that exists decides; for a new one Docker is
 * taken if it answers and has, or can pull, the base image.
 */
final class Engines implements EngineFactory {
    private @Nullable Search search;

    @Override
    public void prepare(Map<String, String> environment, Path home) {
        search = DockerEngine.search(environment, home);
    }

    @Override
    public Engine connect(EngineRequest request, Consumer<EngineEvent> events) {
        LocalEngine local = new LocalEngine(request.environment(), request.home(), events);
        List<ServiceState> here = local.observer().services(request.project());
        tellFormer(request, local.formerNames(request.project()), events);
        return switch (request.choice()) {
            case DOCKER -> {
                tell(request, here, EngineChoice.LOCAL, events);
                yield docker(request, events);
            }
            case LOCAL -> local(request, local, events);
            case AUTO -> running(here) ? local(request, local, events) : automatic(request, local, here, events);
        };
    }

    private Engine automatic(
            EngineRequest request, LocalEngine local, List<ServiceState> here, Consumer<EngineEvent> events) {
        boolean creates = request.purpose() == Purpose.CREATE;
        DockerEngine docker;
        try {
            docker = docker(request, events);
        } catch (SparklingException absent) {
            if (absent.category() != Category.ENGINE_UNAVAILABLE) {
                throw absent;
            }
            if (creates && here.isEmpty()) {
                events.accept(new Notice("the cluster runs as processes of this machine: " + absent.text()));
            }
            return local;
        }
        boolean there = !docker.observer().services(request.project()).isEmpty();
        if (there) {
            tell(request, here, EngineChoice.LOCAL, events);
            return docker;
        }
        if (!here.isEmpty()) {
            docker.close();
            return local;
        }
        Optional<String> obstacle = creates ? docker.obstacle(request.project()) : Optional.empty();
        if (obstacle.isPresent()) {
            events.accept(new Notice("the cluster runs as processes of this machine: " + obstacle.get()));
            docker.close();
            return local;
        }
        if (creates) {
            events.accept(new Notice(
                    "the cluster runs on " + docker.description() + ": it answers, and its image can be had"));
        }
        return docker;
    }

    /** This machine's engine, after a look at what Docker has of the project. */
    private Engine local(EngineRequest request, LocalEngine local, Consumer<EngineEvent> events) {
        if (request.purpose() == Purpose.USE) {
            return local;
        }
        List<ServiceState> there = List.of();
        try (DockerEngine docker = docker(request, event -> {})) {
            there = docker.observer().services(request.project());
        } catch (SparklingException absent) {
            // without Docker there is nothing of it
        }
        tell(request, there, EngineChoice.DOCKER, events);
        return local;
    }

    /** Names a cluster whose folder was renamed: its processes still write to where the folder was. */
    private static void tellFormer(EngineRequest request, List<String> names, Consumer<EngineEvent> events) {
        for (String name : names) {
            String problem = "the cluster of this folder still runs under the folder's former name, " + name;
            String removal = "`sparkling -p " + name + " down` ends it";
            if (starts(request)) {
                throw SparklingException.usage(problem, removal + "; the tables stay. Then repeat the command.");
            }
            events.accept(new Notice(problem + ": " + removal));
        }
    }

    private static boolean starts(EngineRequest request) {
        return request.purpose() == Purpose.CREATE || request.purpose() == Purpose.START;
    }

    /** Names what another engine has of the project; two clusters at one catalog would damage it. */
    private static void tell(
            EngineRequest request, List<ServiceState> others, EngineChoice other, Consumer<EngineEvent> events) {
        if (others.isEmpty()) {
            return;
        }
        String place = other == EngineChoice.LOCAL ? "as processes of this machine" : "on Docker";
        String removal = "`sparkling --engine " + other.text() + " down`";
        if (running(others) && starts(request)) {
            throw SparklingException.usage(
                    "the cluster of " + request.project().name() + " runs " + place + " already",
                    removal + " ends that one; without `--engine` it goes on being used.");
        }
        if (request.purpose() != Purpose.USE) {
            events.accept(new Notice("this project also has services " + place + ": " + removal + " removes them"));
        }
    }

    private static boolean running(List<ServiceState> services) {
        return services.stream().anyMatch(service -> service.running() && !service.oneOff());
    }

    private DockerEngine docker(EngineRequest request, Consumer<EngineEvent> events) {
        Search begun = search == null ? DockerEngine.search(request.environment(), request.home()) : search;
        search = null;
        return begun.engine(events);
    }
}
