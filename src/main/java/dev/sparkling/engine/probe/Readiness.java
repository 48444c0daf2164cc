package dev.sparkling.engine.probe;

import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.error.SparklingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Waits until the cluster can run a task: all workers are registered, Connect's application is at the master and holds
 * an executor, Connect answers a gRPC call, and services with a health check are healthy.
 */
public final class Readiness {
    private static final Duration POLL = Duration.ofMillis(50);

    /** A cluster that is not ready by then has a reason, and each poll is a line in its log. */
    private static final int QUICK_POLLS = 400;

    private static final Duration SLOW_POLL = Duration.ofMillis(500);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(2);

    /** The engine is asked for dead containers less often than Spark for its state: that costs the engine more. */
    private static final int POLLS_PER_LOOK = 6;

    private static final Pattern STACK_FRAME = Pattern.compile("(^|: )\\s*at \\S+\\(.*\\)$");

    private final Watch watch;
    private final BiConsumer<ComposeProject, ServiceState> restart;
    private final Consumer<EngineEvent> events;
    private static final Duration LOST_AFTER = Duration.ofSeconds(2);

    private long lostSince;
    private boolean restarted;
    private final Set<String> finished = new LinkedHashSet<>();

    /** What each service lacked when it was last looked at; one that lacked nothing is not news when it is ready. */
    private final Map<String, Lack> lacks = new HashMap<>();

    /**
     * What a service that runs lacks.
     *
     * @param phase what it does meanwhile
     * @param reason in words, after the service's name
     */
    private record Lack(String phase, String reason) {
        private static final Lack CONTAINER = new Lack("container", "does not run");
        private static final Lack MASTER = new Lack("answer", "does not answer at its port yet");
        private static final Lack REGISTRATION = new Lack("registration", "is not registered at the master yet");
        private static final Lack APPLICATION = new Lack("application", "has no application at the master yet");
        private static final Lack EXECUTOR = new Lack("executor", "holds no executor yet");
        private static final Lack CALL = new Lack("answer", "does not answer a gRPC call yet");
    }

    /** What an engine tells of the services that are waited for. */
    public interface Watch {
        /** The containers or processes as they are now, without one-off ones. */
        List<ServiceState> services(ComposeProject project);

        /** Whether a worker of the master's list is a service of the project. */
        boolean isService(MasterProbe.Worker worker, ServiceState service);

        /** The last lines of a service's output, for an error. */
        List<String> lastLines(ComposeProject project, ServiceState service, int lines);
    }

    /** @param restart stops and starts a service that will not come right by itself */
    public Readiness(Watch watch, BiConsumer<ComposeProject, ServiceState> restart, Consumer<EngineEvent> events) {
        this.watch = watch;
        this.restart = restart;
        this.events = events;
    }

    /**
     * Waits.
     *
     * @throws SparklingException if a service dies, with its last lines, or if time runs out, with what is missing
     */
    public void await(ComposeProject project, Set<String> services, Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        List<Service> waited = project.services().values().stream()
                .filter(service -> services.contains(service.name()))
                .toList();
        Map<String, ServiceState> containers = new HashMap<>();
        for (int poll = 0; ; poll++) {
            if (poll % POLLS_PER_LOOK == 0) {
                containers = look(project);
                failOnDead(project, waited, containers);
            }
            Set<String> missing = missing(waited, containers);
            if (missing.isEmpty()) {
                return;
            }
            restartLostConnect(project, missing, containers);
            if (System.nanoTime() > end) {
                throw timeout(project, waited, containers, missing, timeout);
            }
            sleep(poll < QUICK_POLLS ? POLL : SLOW_POLL);
        }
    }

    /**
     * A master that was restarted has forgotten Connect's application, and Connect goes on without executors for ever.
     * It registers before it answers its first call, so one that answers and is not at the master has been lost.
     */
    private void restartLostConnect(ComposeProject project, Set<String> missing, Map<String, ServiceState> containers) {
        ServiceState connect = containers.get(Role.CONNECT.service());
        boolean lost = connect != null
                && missing.equals(Set.of(connect.service() + " " + Lack.APPLICATION.reason()))
                && published(connect, Role.CONNECT.port())
                        .filter(port -> ConnectProbe.answers(address(port), port.hostPort(), PROBE_TIMEOUT))
                        .isPresent();
        if (!lost) {
            lostSince = 0;
        } else if (lostSince == 0) {
            lostSince = System.nanoTime();
        } else if (connect != null && System.nanoTime() - lostSince > LOST_AFTER.toNanos() && !restarted) {
            restarted = true;
            events.accept(new EngineEvent.Notice(
                    connect.service() + " has lost its place at the master, so it is restarted"));
            restart.accept(project, connect);
        }
    }

    /** What is not ready yet, in words; empty when all is. */
    private Set<String> missing(List<Service> services, Map<String, ServiceState> containers) {
        Set<String> missing = new LinkedHashSet<>();
        Optional<MasterProbe.Answer> master = published(containers.get(Role.MASTER.service()), Role.MASTER.port())
                .flatMap(port -> MasterProbe.ask(address(port), port.hostPort(), PROBE_TIMEOUT));
        for (Service service : services) {
            ServiceState container = containers.get(service.name());
            if (finished.contains(service.name())) {
                continue;
            }
            Optional<Lack> lack = container == null || !container.running()
                    ? Optional.of(Lack.CONTAINER)
                    : switch (Role.of(service.name()).orElse(Role.OTHER)) {
                        case MASTER -> masterLacks(master, container);
                        case WORKER -> workerLacks(master, containers, container);
                        case CONNECT -> connectLacks(master, containers, container);
                        case APP, OTHER -> healthLacks(service, container);
                    };
            lack.ifPresent(found -> missing.add(service.name() + " " + found.reason()));
            tell(service, container, lack);
        }
        return missing;
    }

    private void tell(Service service, @Nullable ServiceState container, Optional<Lack> lack) {
        Lack before = lack.isPresent() ? lacks.put(service.name(), lack.get()) : lacks.remove(service.name());
        if (container == null || before == null && lack.isEmpty()) {
            return;
        }
        if (lack.isEmpty()) {
            events.accept(new ResourceChanged(Resource.CONTAINER, container.name(), service.name(), State.READY, ""));
        } else if (!lack.get().equals(before) && !lack.get().equals(Lack.CONTAINER)) {
            events.accept(new EngineEvent.Awaited(
                    container.name(),
                    service.name(),
                    lack.get().phase(),
                    lack.get().reason()));
        }
    }

    private static Optional<Lack> masterLacks(Optional<MasterProbe.Answer> master, ServiceState container) {
        if (published(container, Role.MASTER.port()).isEmpty()) {
            return Optional.empty(); // an override took its port away: nothing to ask
        }
        return master.filter(MasterProbe.Answer::alive).isPresent() ? Optional.empty() : Optional.of(Lack.MASTER);
    }

    private Optional<Lack> workerLacks(
            Optional<MasterProbe.Answer> master, Map<String, ServiceState> containers, ServiceState worker) {
        if (published(containers.get(Role.MASTER.service()), Role.MASTER.port()).isEmpty()) {
            return Optional.empty();
        }
        return master.filter(answer -> answer.workers().stream().anyMatch(found -> watch.isService(found, worker)))
                        .isPresent()
                ? Optional.empty()
                : Optional.of(Lack.REGISTRATION);
    }

    private static Optional<Lack> connectLacks(
            Optional<MasterProbe.Answer> master, Map<String, ServiceState> containers, ServiceState container) {
        if (published(containers.get(Role.MASTER.service()), Role.MASTER.port()).isPresent()) {
            List<MasterProbe.Application> applications =
                    master.map(MasterProbe.Answer::applications).orElse(List.of());
            if (applications.isEmpty()) {
                return Optional.of(Lack.APPLICATION);
            }
            if (applications.stream().noneMatch(application -> application.running() && application.cores() > 0)) {
                return Optional.of(Lack.EXECUTOR);
            }
        }
        Optional<PublishedPort> port = published(container, Role.CONNECT.port());
        if (port.isEmpty()) {
            return Optional.empty();
        }
        return ConnectProbe.answers(address(port.get()), port.get().hostPort(), PROBE_TIMEOUT)
                ? Optional.empty()
                : Optional.of(Lack.CALL);
    }

    private static Optional<Lack> healthLacks(Service service, ServiceState container) {
        boolean checked = service.healthCheck().isPresent()
                && !service.healthCheck().orElseThrow().test().equals(List.of("NONE"));
        String health = container.health().orElse(checked ? "starting" : "healthy");
        return health.equals("healthy")
                ? Optional.empty()
                : Optional.of(new Lack("health", "is not healthy yet (" + health + ")"));
    }

    /** What a service said last, without the frames of stack traces: twenty of them would hide the reason. */
    private List<String> lastWords(ComposeProject project, ServiceState container) {
        List<String> lines = watch.lastLines(project, container, 400).stream()
                .filter(line -> !STACK_FRAME.matcher(line).find())
                .toList();
        return lines.subList(Math.max(0, lines.size() - 20), lines.size());
    }

    private void failOnDead(ComposeProject project, List<Service> services, Map<String, ServiceState> containers) {
        for (Service service : services) {
            ServiceState container = containers.get(service.name());
            if (container == null || !container.state().matches("exited|dead")) {
                continue;
            }
            OptionalInt code = container.exitCode();
            if (code.equals(OptionalInt.of(0)) && Role.of(service.name()).isEmpty()) {
                finished.add(service.name()); // a one-shot of the override that did its work
                continue;
            }
            events.accept(new ResourceChanged(
                    Resource.CONTAINER,
                    container.name(),
                    service.name(),
                    State.FAILED,
                    code.isPresent() ? "exit " + code.getAsInt() : ""));
            throw SparklingException.failed(
                            service.name() + " stopped while it was starting" + exit(code),
                            "The rest of its log: `sparkling logs " + service.name() + "`.")
                    .withEvidence(lastWords(project, container));
        }
    }

    private static String exit(OptionalInt code) {
        if (code.isEmpty()) {
            return "";
        }
        return ", with exit code " + code.getAsInt()
                + (code.getAsInt() == 137 ? " (killed; often for lack of memory)" : "");
    }

    private SparklingException timeout(
            ComposeProject project,
            List<Service> services,
            Map<String, ServiceState> containers,
            Set<String> missing,
            Duration timeout) {
        List<String> evidence = services.stream()
                .filter(service -> missing.stream().anyMatch(reason -> reason.startsWith(service.name() + " ")))
                .map(service -> containers.get(service.name()))
                .filter(container -> container != null)
                .findFirst()
                .map(container -> lastWords(project, container))
                .orElse(List.of());
        return SparklingException.failed(
                        "the cluster is not ready after " + timeout.toSeconds() + " s: " + String.join("; ", missing),
                        "What started keeps running: look at `sparkling logs`, wait longer by `--wait-timeout`, or `sparkling"
                                + " down`.")
                .withEvidence(evidence);
    }

    private Map<String, ServiceState> look(ComposeProject project) {
        Map<String, ServiceState> containers = new HashMap<>();
        watch.services(project).forEach(container -> containers.put(container.service(), container));
        return containers;
    }

    private static Optional<PublishedPort> published(@Nullable ServiceState container, int containerPort) {
        return container == null
                ? Optional.empty()
                : container.ports().stream()
                        .filter(port -> port.containerPort() == containerPort)
                        .findFirst();
    }

    private static String address(PublishedPort port) {
        return port.hostAddress().equals("0.0.0.0") || port.hostAddress().equals("::")
                ? "127.0.0.1"
                : port.hostAddress();
    }

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new SparklingException(
                    dev.sparkling.error.Category.INTERRUPTED, "interrupted", null, List.of(), null);
        }
    }
}
