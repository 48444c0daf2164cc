package dev.sparkling.engine.local;

import com.sun.management.OperatingSystemMXBean;
import dev.sparkling.bundle.BundledFolder;
import dev.sparkling.cluster.JvmOptions;
import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ComposeRenderer;
import dev.sparkling.compose.ImageContext;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.CacheFolder;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.engine.Lifecycle;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.engine.local.LocalPlan.Action;
import dev.sparkling.engine.probe.HostPorts;
import dev.sparkling.engine.probe.MasterProbe;
import dev.sparkling.engine.probe.Preflight;
import dev.sparkling.engine.probe.Readiness;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import dev.sparkling.error.Unwritable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Carries out plans with processes; what is to be done is decided in {@link LocalPlan}. */
final class LocalLifecycle implements Lifecycle {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);
    /** A JVM that takes longer has a reason, which readiness tells. */
    private static final Duration MASTER_PATIENCE = Duration.ofSeconds(20);

    private static final Duration ARCHIVING_GRACE = Duration.ofSeconds(90);

    /** What a JVM printed beside its log is thrown away by the next `up` or `run` when it is more than this, in bytes. */
    private static final long OUTPUT_LIMIT = 1 << 20;

    private static final Pattern ESCAPED = Pattern.compile("[\\s%#?\"<>\\\\^`{|}\\[\\]]");

    private final Installer installer;
    private final LocalCluster cluster;
    private final Map<String, String> environment;
    private final Path home;
    private final Consumer<EngineEvent> events;

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
                .collect(Collectors.partitioningBy(
                        entry -> entry.process().running().isPresent()));
        List<LocalState.Entry> running = Objects.requireNonNull(entries.get(true));
        stop(project, running, grace);
        killLeftovers(sessions(), Objects.requireNonNull(entries.get(false)));
        return running.stream().map(LocalState.Entry::service).toList();
    }

    @Override
    public List<String> down(ComposeProject project, DownRequest request) {
        StateFolder folder = StateFolder.of(project);
        Sessions sessions = sessions();
        end(sessions, folder.clients(), DEFAULT_GRACE);
        end(sessions, folder.detached(), Duration.ZERO);
        LocalState state = cluster.state(project);
        List<LocalState.Entry> entries = List.copyOf(state.services().values());
        stop(project, entries.stream().filter(entry -> entry.end().isEmpty()).toList(), Optional.empty());
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

    /** An executor may have outlived a worker that crashed. */
    private static void killLeftovers(Sessions sessions, List<LocalState.Entry> crashed) {
        sessions.killLeftovers(crashed.stream().map(LocalState.Entry::process).toList());
    }

    /** Ends the clients that a folder's files note. */
    private static void end(Sessions sessions, Path notes, Duration grace) {
        for (LocalCluster.ClientRecord client : LocalCluster.ClientRecord.all(notes)) {
            sessions.stop(client.process(), grace);
            client.remove();
        }
    }

    /** Starts what does not run, and restarts what runs otherwise than it should. */
    private List<String> bringUp(ComposeProject project, List<Service> wanted, boolean whole) {
        refuseEscaped(project.directory());
        LocalState state = cluster.state(project);
        // What can be said at once is said before anything is fetched.
        List<Service> idle =
                wanted.stream().filter(service -> !runs(state, service.name())).toList();
        if (!idle.isEmpty()) {
            Preflight.memory("this machine", memory(), project);
            new HostPorts(port -> Optional.empty()).check(idle);
        }
        Path java = JavaHomes.find(environment, home);
        SparkHome spark = installer.prepare(project.settings());
        LocalLaunch launch = new LocalLaunch(project, spark, java, ports(project, state));
        Map<String, Command> commands = new LinkedHashMap<>();
        wanted.forEach(service -> commands.put(service.name(), launch.command(service)));
        Map<String, LocalPlan.Started> started = new LinkedHashMap<>();
        state.services().forEach((name, entry) -> {
            if (whole || commands.containsKey(name)) {
                boolean runs =
                        entry.end().isEmpty() && entry.process().running().isPresent();
                started.put(name, new LocalPlan.Started(entry.hash(), runs));
            }
        });
        Map<String, String> hashes = new LinkedHashMap<>();
        commands.forEach((name, command) -> hashes.put(name, command.hash()));
        boundOutputs(project, hashes.keySet());
        LocalPlan plan = LocalPlan.of(hashes, started);
        if (plan.empty()) {
            return List.of();
        }
        // Before anything is stopped: another server at the wanted port would even answer as if it were the new one.
        new HostPorts(port -> Optional.empty()).check(select(wanted, plan.services(Action.RESTART)), portsHeld(state));
        wanted.forEach(service -> warn(project, service));
        Sessions sessions = new Sessions(spark.python());
        killLeftovers(sessions, entries(state, plan.services(Action.START)));
        List<String> old = new ArrayList<>(plan.services(Action.RESTART));
        old.addAll(plan.leftovers());
        stop(project, entries(state, old), Optional.empty());
        LocalState current =
                cluster.state(project).withMasterPort(launch.ports().master());
        for (String leftover : plan.leftovers()) {
            current = current.without(leftover);
            changed(project, leftover, State.REMOVED);
        }
        current = new LocalState(project.directory(), current.masterPort(), current.services());
        ClassArchives archives = ClassArchives.of(spark, java, project.directory() + " " + project.name());
        layDown(project, spark, archives);
        if (plan.services(Action.START, Action.RESTART).contains(Role.CONNECT.service())) {
            followFolder(project, spark, java);
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

    /** The ports of this cluster's own processes. */
    private static Set<Integer> portsHeld(LocalState state) {
        Set<Integer> ports = new HashSet<>();
        state.services().values().stream()
                .filter(entry -> entry.end().isEmpty())
                .forEach(entry -> {
                    ports.add(entry.uiPort());
                    entry.ports().forEach(port -> ports.add(port.hostPort()));
                });
        return ports;
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
        return Role.of(service.name()).filter(role -> role == Role.WORKER).isPresent();
    }

    /** Waits until something listens at the master's port; a master that does not come up is found out later. */
    private static void awaitMaster(int port, LocalState state) {
        long end = System.nanoTime() + MASTER_PATIENCE.toNanos();
        while (System.nanoTime() < end && runs(state, Role.MASTER.service())) {
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
            Path output = folder.output(name);
            bound(output);
            Process process = sessions.start(
                    command.withOptions(archive), LocalLaunch.inherited(environment), project.directory(), output);
            cluster.started(process);
            Identity identity = Identity.of(process.toHandle());
            changed(project, name, State.STARTED);
            return new LocalState.Entry(
                    name,
                    identity,
                    command.hash(),
                    Instant.now(),
                    Role.of(name).orElseThrow() == Role.CONNECT ? 0 : launch.uiPort(service),
                    published(service),
                    Optional.empty());
        } catch (IOException failure) {
            changed(project, name, State.FAILED);
            throw SparklingException.failed(
                            name + " cannot be started: " + failure.getMessage(),
                            "Mend what the message names, then run the command again.")
                    .causedBy(failure);
        }
    }

    private static void boundOutputs(ComposeProject project, Set<String> services) {
        for (String service : services) {
            try {
                bound(StateFolder.of(project).output(service));
            } catch (IOException unwritable) {
                // a start tells it; what runs needs it not
            }
        }
    }

    /** Empties a file in its place: its writer only adds to the end, wherever that is. */
    private static void bound(Path output) throws IOException {
        if (Files.exists(output) && Files.size(output) > OUTPUT_LIMIT) {
            Files.newByteChannel(output, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                    .close();
        }
    }

    private static boolean runs(LocalState state, String service) {
        return Optional.ofNullable(state.services().get(service))
                .filter(entry ->
                        entry.end().isEmpty() && entry.process().running().isPresent())
                .isPresent();
    }

    /** Stops processes at the same time, and notes their ends. */
    private void stop(ComposeProject project, List<LocalState.Entry> entries, Optional<Duration> grace) {
        if (entries.isEmpty()) {
            return;
        }
        Sessions sessions = sessions();
        if (entries.stream().anyMatch(entry -> entry.service().equals(Role.CONNECT.service()))) {
            end(sessions, StateFolder.of(project).detached(), Duration.ZERO);
        }
        Optional<ClassArchives> archives =
                ClassArchives.noted(StateFolder.of(project).archives());
        if (entries.stream().anyMatch(entry -> writesArchive(archives, entry))) {
            events.accept(new EngineEvent.Notice("this stop takes longer, once: Spark's JVMs write archives of their"
                    + " classes, which make later starts faster"));
        }
        Map<String, CompletableFuture<LocalState.End>> ends = new LinkedHashMap<>();
        for (LocalState.Entry entry : entries) {
            Duration patience = grace.or(
                            () -> Optional.ofNullable(project.services().get(entry.service()))
                                    .flatMap(Service::stopGracePeriod))
                    .orElse(writesArchive(archives, entry) ? ARCHIVING_GRACE : DEFAULT_GRACE);
            boolean ran = entry.process().running().isPresent();
            changed(project, entry.service(), State.STOPPING);
            ends.put(
                    entry.service(),
                    CompletableFuture.supplyAsync(
                            () -> {
                                boolean killed = sessions.stop(entry.process(), patience);
                                // As the JVM ends by either signal.
                                OptionalInt code = ran ? OptionalInt.of(killed ? 137 : 143) : OptionalInt.empty();
                                return new LocalState.End(Instant.now(), code, ran);
                            },
                            task -> new Thread(task, "stop-" + entry.service()).start()));
        }
        LocalState state = cluster.state(project);
        for (LocalState.Entry entry : entries) {
            try {
                state = state.with(entry.ended(
                        Objects.requireNonNull(ends.get(entry.service())).join()));
            } catch (CompletionException failure) {
                throw failure.getCause() instanceof RuntimeException known ? known : failure;
            }
            changed(project, entry.service(), State.STOPPED);
        }
        state.write(StateFolder.of(project).state());
        archives.ifPresent(ClassArchives::adopt);
    }

    private static boolean writesArchive(Optional<ClassArchives> archives, LocalState.Entry entry) {
        return archives.filter(set -> entry.process().running().isPresent() && set.writtenBy(entry.service()))
                .isPresent();
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

    private LocalLaunch.Ports ports(ComposeProject project, LocalState state) {
        Service master = project.services().get(Role.MASTER.service());
        OptionalInt published = master == null
                ? OptionalInt.empty()
                : master.ports().stream()
                        .filter(port -> port.containerPort() == Role.MASTER_PORT)
                        .map(Service.PortMapping::hostPort)
                        .findFirst()
                        .orElse(OptionalInt.empty());
        int masterPort;
        if (published.isPresent()) {
            masterPort = published.getAsInt();
        } else if (state.masterPort() != 0
                && (runs(state, Role.MASTER.service()) || HostPorts.free("127.0.0.1", state.masterPort()))) {
            masterPort = state.masterPort();
        } else {
            masterPort = HostPorts.free("127.0.0.1", Role.MASTER_PORT) ? Role.MASTER_PORT : anyPort();
        }
        Map<String, Integer> ui = new HashMap<>();
        for (Service service : daemons(project)) {
            if (Role.of(service.name()).orElseThrow() != Role.CONNECT) {
                int known = Optional.ofNullable(state.services().get(service.name()))
                        .map(LocalState.Entry::uiPort)
                        .orElse(0);
                ui.put(service.name(), known == 0 ? anyPort() : known);
            }
        }
        return new LocalLaunch.Ports(masterPort, ui);
    }

    private static int anyPort() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            return socket.getLocalPort();
        } catch (IOException none) {
            throw SparklingException.failed("this machine has no free port: " + none.getMessage(), null);
        }
    }

    private static List<PublishedPort> published(Service service) {
        return service.ports().stream()
                .filter(port -> port.hostPort().isPresent() && port.protocol().equals("tcp"))
                .map(port -> new PublishedPort(
                        port.hostAddress().isEmpty() ? "0.0.0.0" : port.hostAddress(),
                        port.hostPort().getAsInt(),
                        port.containerPort(),
                        port.protocol()))
                .toList();
    }

    /** An archive is void on any other class path; the user's own one matters more. */
    private static List<String> executorOptions(ComposeProject project, SparkHome spark, ClassArchives archives) {
        List<String> options = new ArrayList<>(JvmOptions.QUERIES);
        List<String> archive = archives.executorOptions(project.settings().workers());
        if (!archive.isEmpty() && !project.settings().sparkConf().containsKey("spark.executor.extraClassPath")) {
            options.addAll(archive);
            options.addAll(List.of("-cp", spark.classPath()));
        }
        return options;
    }

    /** The configuration and the folders that Spark writes to. */
    private static void layDown(ComposeProject project, SparkHome spark, ClassArchives archives) {
        StateFolder folder = StateFolder.of(project);
        try {
            Files.createDirectories(project.directory().resolve("spark-warehouse"));
            Files.createDirectories(project.directory().resolve("checkpoints"));
            Files.createDirectories(folder.scratch());
            Files.createDirectories(folder.configuration());
            archives.prepare(folder.archives());
            Map<String, byte[]> files = Configuration.files(
                    ImageContext.of(project.directory()).files(),
                    new PathMapping(
                            Map.of(PathMapping.PROJECT, project.directory().toString())),
                    folder.configuration(),
                    executorOptions(project, spark, archives));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.configuration().resolve(file.getKey()), file.getValue());
            }
        } catch (IOException unwritable) {
            throw Unwritable.of(
                    "the project's folder " + project.directory(),
                    unwritable,
                    "Make it writable, or work in a copy: Spark writes spark-warehouse/ and checkpoints/ there.");
        }
    }

    private void followFolder(ComposeProject project, SparkHome spark, Path java) {
        byte[] script = BundledFolder.IMAGE.files().get("conf/relocate.sql");
        Catalog catalog = Catalog.of(project.directory());
        catalog.setRemainsAside()
                .ifPresent(
                        aside -> events.accept(new EngineEvent.Notice("the catalog was no whole database, and is now "
                                + aside + "; the next run enters the tables" + " again from their data")));
        catalog.follow(
                        project.directory(),
                        new String(Objects.requireNonNull(script), StandardCharsets.UTF_8),
                        spark,
                        java)
                .ifPresent(old -> events.accept(new EngineEvent.Notice(
                        "the catalog's tables lay in " + old + "; it names " + project.directory() + " now")));
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

    /** For stopping alone; a damaged cache must not keep anybody from it. */
    private Sessions sessions() {
        return new Sessions(Pythons.any(environment).orElse(Path.of("python3")));
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
        events.accept(new ResourceChanged(Resource.CONTAINER, LocalCluster.name(project, service), service, state, ""));
    }
}
