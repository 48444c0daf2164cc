package dev.sparkling.engine.local;

import com.sun.management.OperatingSystemMXBean;
import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ComposeRenderer;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.CacheFolder;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.engine.Lifecycle;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.engine.local.LocalPlan.Action;
import dev.sparkling.engine.probe.HostPorts;
import dev.sparkling.engine.probe.MasterProbe;
import dev.sparkling.engine.probe.Preflight;
import dev.sparkling.engine.probe.Readiness;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Carries out plans with processes; what is to be done is decided in {@link LocalPlan}. */
final class LocalLifecycle implements Lifecycle {
    /** A JVM that takes longer has a reason, which readiness tells. */
    private static final Duration MASTER_PATIENCE = Duration.ofSeconds(20);

    private static final Pattern ESCAPED = Pattern.compile("[\\s%#?\"<>\\\\^`{|}\\[\\]]");

    private final Installer installer;
    private final LocalCluster cluster;
    private final Map<String, String> environment;
    private final Path home;
    private final Consumer<EngineEvent> events;
    private final Shutdown shutdown;

    LocalLifecycle(
            Installer installer,
            LocalCluster cluster,
            Map<String, String> environment,
            Path home,
            Consumer<EngineEvent> events) {
        this.installer = installer;
        this.cluster = cluster;
        this.environment = environment;
        this.home = home;
        this.events = events;
        this.shutdown = new Shutdown(cluster, environment, events);
    }

    @Override
    public UpResult up(ComposeProject project, UpRequest request) {
        List<Service> wanted = daemons(project);
        List<String> changed = bringUp(project, wanted, true);
        await(project, wanted, request.timeout());
        return new UpResult(changed);
    }

    @Override
    public List<String> start(ComposeProject project, Set<String> services, Duration timeout) {
        Set<String> known = cluster.state(project).services().keySet();
        List<Service> wanted = daemons(project).stream()
                .filter(service -> known.contains(service.name()))
                .filter(service -> services.isEmpty() || services.contains(service.name()))
                .toList();
        if (wanted.isEmpty()) {
            return List.of();
        }
        List<String> started = bringUp(project, wanted, false);
        await(project, wanted, timeout);
        return started;
    }

    @Override
    public List<String> stop(ComposeProject project, Set<String> services, Optional<Duration> grace) {
        Map<Boolean, List<LocalState.Entry>> entries = cluster.state(project).services().values().stream()
                .filter(entry -> services.isEmpty() || services.contains(entry.service()))
                .filter(entry -> entry.end().isEmpty())
                .collect(Collectors.partitioningBy(LocalState.Entry::runs));
        List<LocalState.Entry> running = Objects.requireNonNull(entries.get(true));
        shutdown.stop(project, running, grace);
        shutdown.killLeftovers(Objects.requireNonNull(entries.get(false)));
        return running.stream().map(LocalState.Entry::service).toList();
    }

    @Override
    public List<String> down(ComposeProject project, DownRequest request) {
        StateFolder folder = StateFolder.of(project);
        shutdown.endClients(project);
        LocalState state = cluster.state(project);
        List<LocalState.Entry> entries = List.copyOf(state.services().values());
        shutdown.stop(
                project, entries.stream().filter(entry -> entry.end().isEmpty()).toList(), Optional.empty());
        entries.forEach(entry -> changed(project, entry.service(), State.REMOVED));
        try {
            if (Files.exists(folder.root(), LinkOption.NOFOLLOW_LINKS)) {
                CacheFolder.delete(folder.root());
            }
        } catch (IOException undeletable) {
            throw SparklingException.failed(
                            folder.root() + " cannot be deleted: " + undeletable.getMessage(),
                            "Check who owns it, and delete it by hand.")
                    .causedBy(undeletable);
        }
        return entries.stream()
                .map(entry -> LocalCluster.name(project, entry.service()))
                .toList();
    }

    /** Starts what does not run, and restarts what runs otherwise than it should. */
    private List<String> bringUp(ComposeProject project, List<Service> wanted, boolean whole) {
        refuseEscaped(project.directory());
        LocalState state = cluster.state(project);
        // What can be said at once is said before anything is fetched.
        List<Service> idle =
                wanted.stream().filter(service -> !state.runs(service.name())).toList();
        if (!idle.isEmpty()) {
            Preflight.memory("this machine", memory(), project);
            new HostPorts(port -> Optional.empty()).check(idle);
        }
        Path java = JavaHomes.find(environment, home);
        SparkHome spark = installer.prepare(project.settings());
        LocalLaunch launch = new LocalLaunch(project, spark, java, LocalPorts.choose(project, daemons(project), state));
        SparkHome.ArgumentFile classPath =
                spark.classPathFile(StateFolder.of(project).configuration());
        Map<String, Command> commands = new LinkedHashMap<>();
        wanted.forEach(service -> commands.put(service.name(), launch.command(service, classPath)));
        Map<String, LocalPlan.Started> started = new LinkedHashMap<>();
        state.services().forEach((name, entry) -> {
            if (whole || commands.containsKey(name)) {
                started.put(name, new LocalPlan.Started(entry.hash(), entry.runs()));
            }
        });
        Map<String, String> hashes = new LinkedHashMap<>();
        commands.forEach((name, command) -> hashes.put(name, command.hash()));
        Groundwork.boundOutputs(project, hashes.keySet());
        LocalPlan plan = LocalPlan.of(hashes, started);
        if (plan.empty()) {
            return List.of();
        }
        // Before anything is stopped: another server at the wanted port would even answer as if it were the new one.
        new HostPorts(port -> Optional.empty())
                .check(select(wanted, plan.services(Action.RESTART)), LocalPorts.held(state));
        wanted.forEach(service -> warn(project, service));
        Sessions sessions = new Sessions(spark.python());
        shutdown.killLeftovers(entries(state, plan.services(Action.START)));
        List<String> old = new ArrayList<>(plan.services(Action.RESTART));
        old.addAll(plan.leftovers());
        shutdown.stop(project, entries(state, old), Optional.empty());
        LocalState current =
                cluster.state(project).withMasterPort(launch.ports().master());
        for (String leftover : plan.leftovers()) {
            current = current.without(leftover);
            changed(project, leftover, State.REMOVED);
        }
        current = new LocalState(project.directory(), current.masterPort(), current.services());
        ClassArchives archives = ClassArchives.of(spark, java, project.directory() + " " + project.name());
        Groundwork.layDown(project, classPath, archives);
        if (plan.services(Action.START, Action.RESTART).contains(Role.CONNECT.service())) {
            Groundwork.followFolder(project, spark, java, events);
        }
        List<String> names = plan.services(Action.START, Action.RESTART);
        List<Service> starting = new ArrayList<>(select(wanted, names));
        // Workers come last, when the master listens: one whose first call finds none tries again after 5 to 15 s only.
        starting.sort(Comparator.comparing(LocalLifecycle::isWorker));
        for (Service service : starting) {
            Command command = Objects.requireNonNull(commands.get(service.name()));
            if (isWorker(service)) {
                awaitMaster(launch.ports().master(), current);
            }
            current =
                    current.with(start(project, sessions, launch, service, command, archives.options(service.name())));
            current.write(StateFolder.of(project).state());
        }
        current.write(StateFolder.of(project).state());
        return names;
    }

    /** Spark writes such characters as `%20` in some places and as they are in others: it loses its checkpoints. */
    private static void refuseEscaped(Path folder) {
        if (ESCAPED.matcher(folder.toString()).find()) {
            throw SparklingException.usage(
                    "the project's folder '" + folder + "' has a space or another character that Spark escapes; without"
                            + " Docker it would not find its checkpoints again",
                    "Give the folder another name, or use `--engine docker`, where its name does not matter.");
        }
    }

    private static boolean isWorker(Service service) {
        return Role.of(service.name()).orElse(Role.OTHER) == Role.WORKER;
    }

    /** Waits until something listens at the master's port; a master that does not come up is found out later. */
    private static void awaitMaster(int port, LocalState state) {
        long end = System.nanoTime() + MASTER_PATIENCE.toNanos();
        while (System.nanoTime() < end && state.runs(Role.MASTER.service())) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException notYet) {
                try {
                    Thread.sleep(20);
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    private LocalState.Entry start(
            ComposeProject project,
            Sessions sessions,
            LocalLaunch launch,
            Service service,
            Command command,
            List<String> archive) {
        StateFolder folder = StateFolder.of(project);
        String name = service.name();
        changed(project, name, State.STARTING);
        try {
            Files.createDirectories(folder.logs(name));
            Process process = sessions.start(
                    command.withOptions(archive),
                    LocalLaunch.inherited(environment),
                    project.directory(),
                    folder.output(name));
            cluster.started(process);
            Identity identity = Identity.of(process.toHandle());
            changed(project, name, State.STARTED);
            return new LocalState.Entry(
                    name,
                    identity,
                    command.hash(),
                    Instant.now(),
                    Role.of(name).orElseThrow() == Role.CONNECT ? 0 : launch.uiPort(service),
                    LocalPorts.published(service),
                    Optional.empty());
        } catch (IOException failure) {
            changed(project, name, State.FAILED);
            throw SparklingException.failed(
                            name + " cannot be started: " + failure.getMessage(),
                            "Mend what the message names, then run the command again.")
                    .causedBy(failure);
        }
    }

    /** The services that run as processes; a service that is only an image cannot. */
    private static List<Service> daemons(ComposeProject project) {
        List<Service> daemons = new ArrayList<>();
        for (Service service : project.services().values()) {
            if (!service.profiles().isEmpty()) {
                continue;
            }
            if (Role.of(service.name()).filter(role -> role != Role.APP).isEmpty()) {
                throw SparklingException.engineUnavailable(
                        "the service " + service.name() + " is the image " + service.image()
                                + ", and the local engine runs Spark's own services only",
                        "Use `--engine docker`, or start " + service.name()
                                + " by other means and take it out of the project: give it a profile, `profiles: [docker]`.");
            }
            daemons.add(service);
        }
        return daemons;
    }

    /** What the user's files ask of a service that a process does not have. */
    private void warn(ComposeProject project, Service service) {
        if (ComposeRenderer.commandEdited(project.settings(), service)) {
            events.accept(new EngineEvent.Notice(service.name()
                    + ": its command was edited, which counts in containers only; without Docker it is started as the"
                    + " settings say"));
        }
        service.mounts().stream()
                .filter(mount -> mount.type() != Service.MountType.BIND)
                .findFirst()
                .ifPresent(mount -> events.accept(new EngineEvent.Notice(service.name() + ": the volume at "
                        + mount.target() + " exists in containers only; without Docker that path is this machine's")));
    }

    private static @org.jspecify.annotations.Nullable Long memory() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
                ? system.getTotalMemorySize()
                : null;
    }

    private void await(ComposeProject project, List<Service> services, Duration timeout) {
        try {
            new Readiness(new ProcessWatch(), this::restart, events).await(project, names(services), timeout);
        } catch (SparklingException failure) {
            throw failure.category() == Category.FAILED
                    ? installer
                            .damage(project.settings())
                            .map(damage -> damage.withEvidence(failure.evidence()))
                            .orElse(failure)
                    : failure;
        }
    }

    private void restart(ComposeProject project, ServiceState service) {
        stop(project, Set.of(service.service()), Optional.empty());
        bringUp(project, select(daemons(project), Set.of(service.service())), false);
    }

    /** Shows processes to whoever waits for them. */
    private final class ProcessWatch implements Readiness.Watch {
        private final Map<String, Integer> uiPorts = new HashMap<>();

        @Override
        public List<ServiceState> services(ComposeProject project) {
            cluster.state(project).services().forEach((name, entry) -> uiPorts.put(name, entry.uiPort()));
            return cluster.services(project);
        }

        @Override
        public boolean isService(MasterProbe.Worker worker, ServiceState service) {
            return Optional.ofNullable(uiPorts.get(service.service()))
                    .filter(port -> port == worker.uiPort())
                    .isPresent();
        }

        @Override
        public List<String> lastLines(ComposeProject project, ServiceState service, int lines) {
            return cluster.logs(project, service.service(), service.created()).lastLines(lines);
        }
    }

    private static Set<String> names(List<Service> services) {
        Set<String> names = new LinkedHashSet<>();
        services.forEach(service -> names.add(service.name()));
        return names;
    }

    private static List<Service> select(List<Service> services, Collection<String> names) {
        return services.stream()
                .filter(service -> names.contains(service.name()))
                .toList();
    }

    private static List<LocalState.Entry> entries(LocalState state, Collection<String> names) {
        return state.services().values().stream()
                .filter(entry -> names.contains(entry.service()))
                .toList();
    }

    private void changed(ComposeProject project, String service, State state) {
        events.accept(LocalCluster.changed(project, service, state));
    }
}
