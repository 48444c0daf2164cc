package dev.sparkling.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Network;
import dev.sparkling.compose.Service;
import dev.sparkling.compose.Volume;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.engine.Lifecycle;
import dev.sparkling.engine.probe.HostPorts;
import dev.sparkling.engine.probe.Preflight;
import dev.sparkling.engine.probe.Readiness;
import dev.sparkling.error.SparklingException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Carries out plans on a Docker engine; what is to be done is decided in {@link Plan}. */
final class DockerLifecycle implements Lifecycle {
    private static final int DEFAULT_GRACE_SECONDS = 10;

    private final DockerConnection connection;
    private final DockerClient docker;
    private final StateReader state;
    private final Images images;
    private final Consumer<EngineEvent> events;

    DockerLifecycle(DockerConnection connection, Images images, Consumer<EngineEvent> events) {
        this.connection = connection;
        this.docker = connection.quick();
        this.state = new StateReader(docker);
        this.images = images;
        this.events = events;
    }

    @Override
    public UpResult up(ComposeProject project, UpRequest request) {
        List<Service> wanted = project.services().values().stream()
                .filter(service -> service.profiles().isEmpty())
                .toList();
        Plan plan = plan(project, wanted, request);
        plan.orphans()
                .forEach(orphan -> events.accept(new EngineEvent.Notice("container " + orphan.name()
                        + " belongs to this project's name, but no file names its service; `docker compose down"
                        + " --remove-orphans` removes it")));
        List<Plan.ServicePlan> todo = plan.services().stream()
                .filter(service -> service.action() != Plan.Action.KEEP)
                .toList();
        if (!plan.empty()) {
            hostPorts().check(todo.stream().map(Plan.ServicePlan::service).toList(), portsToRelease(plan));
            carryOut(project, plan, request.timeout());
        }
        Set<String> names = new LinkedHashSet<>();
        wanted.forEach(service -> names.add(service.name()));
        readiness().await(project, names, request.timeout());
        return new UpResult(
                todo.stream().map(service -> service.service().name()).toList());
    }

    /** What is to be done. Where all is up, as before most runs, that is seen at once; otherwise images are prepared. */
    private Plan plan(ComposeProject project, List<Service> wanted, UpRequest request) {
        Observed before = state.observe(project);
        if (!request.build() && !request.pull()) {
            Plan plan = Plan.of(project, before, images.present(project, wanted));
            if (plan.empty()) {
                return plan;
            }
        }
        checkBeforeBuilding(project, wanted, before);
        Map<String, String> imageIds = images.prepare(project, wanted, request.build(), request.pull());
        return Plan.of(project, state.observe(project), imageIds);
    }

    @Override
    public List<String> start(ComposeProject project, Set<String> services, Duration timeout) {
        List<Observed.Container> stopped = select(project, services).stream()
                .filter(container -> !container.state().running())
                .toList();
        Set<String> all = new TreeSet<>();
        select(project, services).forEach(container -> all.add(container.service()));
        if (!stopped.isEmpty()) {
            hostPorts()
                    .check(stopped.stream()
                            .map(container -> project.services().get(container.service()))
                            .filter(service -> service != null)
                            .toList());
            Parallel.forEach(byService(stopped), Observed.Container::dependencies, this::start);
        }
        all.retainAll(project.services().keySet());
        if (!all.isEmpty()) {
            readiness().await(project, all, timeout);
        }
        return stopped.stream().map(Observed.Container::service).distinct().toList();
    }

    @Override
    public List<String> stop(ComposeProject project, Set<String> services, Optional<Duration> grace) {
        Map<String, Observed.Container> running = byService(select(project, services).stream()
                .filter(container -> container.state().running())
                .toList());
        Parallel.forEach(
                running, container -> dependents(container, running), container -> stop(project, container, grace));
        return running.values().stream()
                .map(Observed.Container::service)
                .distinct()
                .toList();
    }

    @Override
    public List<String> down(ComposeProject project, DownRequest request) {
        Observed observed = state.observe(project);
        List<String> removed = new ArrayList<>();
        Map<String, Observed.Container> containers = byService(observed.containers());
        Parallel.forEach(containers, container -> dependents(container, containers), container -> {
            if (container.state().running()) {
                stop(project, container, Optional.empty());
            }
            remove(container);
        });
        containers.values().forEach(container -> removed.add(container.name()));
        observed.networks().forEach((name, id) -> {
            remove(Resource.NETWORK, name, () -> docker.removeNetworkCmd(id).exec());
            removed.add(name);
        });
        if (request.volumes()) {
            observed.volumes().forEach(name -> {
                remove(Resource.VOLUME, name, () -> docker.removeVolumeCmd(name).exec());
                removed.add(name);
            });
        }
        if (request.images()) {
            removed.addAll(images.remove(project));
        }
        return removed;
    }

    private Readiness readiness() {
        return new Readiness(
                new ContainerWatch(state, new ContainerLogs(connection)),
                (project, service) ->
                        connection.patient().restartContainerCmd(service.name()).exec(),
                events);
    }

    private HostPorts hostPorts() {
        return new HostPorts(port -> docker.listContainersCmd().exec().stream()
                .filter(candidate -> Stream.of(candidate.getPorts())
                        .anyMatch(published -> Integer.valueOf(port).equals(published.getPublicPort())))
                .map(candidate -> "container " + candidate.getNames()[0].substring(1)
                        + Optional.ofNullable(candidate.getLabels().get(Labels.WORKING_DIRECTORY))
                                .map(folder -> " (project in " + folder + ")")
                                .orElse(""))
                .findFirst());
    }

    /** Says early, before an image is built for minutes, what cannot work. */
    private void checkBeforeBuilding(ComposeProject project, List<Service> wanted, Observed before) {
        wanted.forEach(DockerLifecycle::checkFiles);
        Set<String> running = new HashSet<>();
        Set<Integer> own = new HashSet<>();
        for (Observed.Container container : before.serviceContainers()) {
            if (container.state().running()) {
                running.add(container.service());
                container.state().ports().forEach(port -> own.add(port.hostPort()));
            }
        }
        List<Service> absent = wanted.stream()
                .filter(service -> !running.contains(service.name()))
                .toList();
        Preflight.memory("the Docker engine", docker.infoCmd().exec().getMemTotal(), project);
        hostPorts().check(absent, own);
    }

    private static void checkFiles(Service service) {
        Stream.concat(service.configs().stream(), service.secrets().stream())
                .filter(grant -> !Files.isRegularFile(grant.file()))
                .findFirst()
                .ifPresent(grant -> {
                    throw SparklingException.usage(
                            "the file " + grant.file() + " of '" + grant.source() + "', which service " + service.name()
                                    + " reads, does not exist",
                            "Make the file, or change the path in the compose file.");
                });
    }

    /** The host's ports of running containers that are replaced or removed. */
    private static Set<Integer> portsToRelease(Plan plan) {
        Set<Integer> ports = new HashSet<>();
        Stream.concat(
                        plan.leftovers().stream(),
                        plan.services().stream()
                                .filter(service -> service.action() == Plan.Action.RECREATE)
                                .flatMap(service -> service.existing().stream()))
                .filter(container -> container.state().running())
                .forEach(container -> container.state().ports().forEach(port -> ports.add(port.hostPort())));
        return ports;
    }

    private void carryOut(ComposeProject project, Plan plan, Duration timeout) {
        plan.networks().forEach(network -> create(project, network));
        plan.volumes().forEach(volume -> create(project, volume));
        plan.leftovers().forEach(container -> {
            stop(project, container, Optional.empty());
            remove(container);
        });
        Map<String, Plan.ServicePlan> services = new LinkedHashMap<>();
        plan.services().forEach(service -> services.put(service.service().name(), service));
        // Containers are made all at once; only starting waits for what a service depends on.
        Parallel.forEach(services, service -> List.of(), service -> make(project, service));
        Parallel.forEach(services, service -> service.service().dependsOn().keySet(), service -> {
            if (service.action() != Plan.Action.KEEP) {
                awaitDependencies(project, service.service(), timeout);
                start(name(project, service), service.service().name());
            }
        });
    }

    private void make(ComposeProject project, Plan.ServicePlan plan) {
        switch (plan.action()) {
            case KEEP ->
                changed(plan.existing().orElseThrow().name(), plan.service().name(), State.UNCHANGED);
            case START -> {
                // it is there already
            }
            case RECREATE -> {
                Observed.Container old = plan.existing().orElseThrow();
                stop(project, old, Optional.empty());
                remove(old);
                create(project, plan);
            }
            case CREATE -> create(project, plan);
        }
    }

    private void create(ComposeProject project, Plan.ServicePlan plan) {
        Service service = plan.service();
        String name = containerName(project, service);
        Translator translator = new Translator(project);
        changed(name, service.name(), State.CREATING);
        String id = translator.make(
                connection, service, name, Labels.ofService(project, service, plan.hash(), plan.imageId()), false);
        translator
                .furtherNetworks(service, name)
                .forEach((network, attachment) -> docker.connectToNetworkCmd()
                        .withContainerId(id)
                        .withNetworkId(network)
                        .withContainerNetwork(attachment)
                        .exec());
        changed(name, service.name(), State.CREATED);
    }

    private static String name(ComposeProject project, Plan.ServicePlan plan) {
        return plan.action() == Plan.Action.START
                ? plan.existing().orElseThrow().name()
                : containerName(project, plan.service());
    }

    static String containerName(ComposeProject project, Service service) {
        return service.containerName().orElse(project.name() + "-" + service.name() + "-1");
    }

    private void start(Observed.Container container) {
        start(container.name(), container.service());
    }

    private void start(String name, String service) {
        changed(name, service, State.STARTING);
        try {
            docker.startContainerCmd(name).exec();
        } catch (NotModifiedException runs) {
            // somebody else was quicker
        } catch (RuntimeException failure) {
            changed(name, service, State.FAILED);
            throw SparklingException.failed(
                            service + " cannot be started: "
                                    + String.valueOf(failure.getMessage()).strip(),
                            "Mend what the engine names, then run the command again.")
                    .causedBy(failure);
        }
        changed(name, service, State.STARTED);
    }

    /** @param timeout for each of them */
    private void awaitDependencies(ComposeProject project, Service service, Duration timeout) {
        Set<String> healthy = new HashSet<>();
        service.dependsOn().forEach((name, dependency) -> {
            if (dependency.condition() == Service.Condition.HEALTHY
                    && Role.of(name).isEmpty()) {
                healthy.add(name);
            }
        });
        if (!healthy.isEmpty()) {
            readiness().await(project, healthy, timeout);
        }
        service.dependsOn().forEach((name, dependency) -> {
            if (dependency.condition() == Service.Condition.COMPLETED) {
                awaitCompletion(project, service.name(), name, timeout);
            }
        });
    }

    private void awaitCompletion(ComposeProject project, String dependent, String name, Duration timeout) {
        Service service = java.util.Objects.requireNonNull(project.services().get(name));
        int code;
        try (var callback = connection
                .patient()
                .waitContainerCmd(containerName(project, service))
                .start()) {
            code = callback.awaitStatusCode(timeout.toSeconds(), TimeUnit.SECONDS);
        } catch (DockerClientException late) {
            throw SparklingException.failed(
                            dependent + " cannot start: " + name + ", on whose success it depends, has not ended after "
                                    + timeout.toSeconds() + " s",
                            "Look at `sparkling logs " + name + "`, or wait longer by `--wait-timeout`.")
                    .causedBy(late);
        } catch (java.io.IOException closing) {
            throw new java.io.UncheckedIOException(closing);
        }
        if (code != 0) {
            throw SparklingException.failed(
                    dependent + " cannot start: " + name + ", on whose success it depends, ended with exit code "
                            + code,
                    "Look at `sparkling logs " + name + "`.");
        }
    }

    private void stop(ComposeProject project, Observed.Container container, Optional<Duration> grace) {
        Service service = project.services().get(container.service());
        long seconds = grace.or(() -> service == null ? Optional.empty() : service.stopGracePeriod())
                .map(Duration::toSeconds)
                .orElse((long) DEFAULT_GRACE_SECONDS);
        changed(container.name(), container.service(), State.STOPPING);
        try {
            connection
                    .patient()
                    .stopContainerCmd(container.id())
                    .withTimeout(Math.toIntExact(seconds))
                    .exec();
        } catch (NotModifiedException | NotFoundException already) {
            // it had ended by itself
        }
        changed(container.name(), container.service(), State.STOPPED);
    }

    private void remove(Observed.Container container) {
        try {
            docker.removeContainerCmd(container.id())
                    .withForce(true)
                    .withRemoveVolumes(true)
                    .exec();
        } catch (NotFoundException gone) {
            // removed by somebody else meanwhile
        }
        changed(container.name(), container.service(), State.REMOVED);
    }

    /** A network or volume; containers of others may use it. */
    private void remove(Resource resource, String name, Runnable call) {
        try {
            call.run();
        } catch (NotFoundException gone) {
            // removed by somebody else meanwhile
        } catch (DockerException refused) {
            String what = resource == Resource.NETWORK ? "network " : "volume ";
            throw SparklingException.failed(
                            "the " + what + name + " cannot be removed: "
                                    + String.valueOf(refused.getMessage()).strip(),
                            "Remove the containers that use it (`docker ps --all --filter "
                                    + (resource == Resource.NETWORK ? "network=" : "volume=") + name
                                    + "`), then run the command again.")
                    .causedBy(refused);
        }
        events.accept(new ResourceChanged(resource, name, name, State.REMOVED, ""));
    }

    private void create(ComposeProject project, Network network) {
        Map<String, String> labels = new TreeMap<>(network.labels());
        labels.putAll(Labels.ofNetwork(project, network.key()));
        var create = docker.createNetworkCmd()
                .withName(network.name())
                .withDriver(network.driver().orElse("bridge"))
                .withOptions(network.driverOptions())
                .withInternal(network.internal())
                .withCheckDuplicate(true)
                .withLabels(labels);
        Translator.ipam(network).ifPresent(create::withIpam);
        try {
            create.exec();
        } catch (DockerException refused) {
            throw SparklingException.failed(
                            "the network " + network.name() + " cannot be made: "
                                    + String.valueOf(refused.getMessage()).strip(),
                            "Mend what the engine names, such as a subnet that another network has.")
                    .causedBy(refused);
        }
        events.accept(new ResourceChanged(Resource.NETWORK, network.name(), network.name(), State.CREATED, ""));
    }

    private void create(ComposeProject project, Volume volume) {
        Map<String, String> labels = new TreeMap<>(volume.labels());
        labels.putAll(Labels.ofVolume(project, volume.key()));
        docker.createVolumeCmd()
                .withName(volume.name())
                .withDriver(volume.driver().orElse("local"))
                .withDriverOpts(volume.driverOptions())
                .withLabels(labels)
                .exec();
        events.accept(new ResourceChanged(Resource.VOLUME, volume.name(), volume.name(), State.CREATED, ""));
    }

    private List<Observed.Container> select(ComposeProject project, Set<String> services) {
        List<Observed.Container> containers = state.containers(project).stream()
                .filter(container -> !container.state().oneOff())
                .toList();
        return services.isEmpty()
                ? containers
                : containers.stream()
                        .filter(container -> services.contains(container.service()))
                        .toList();
    }

    /** By container's name, since two containers may serve one service; dependencies go by service. */
    private static Map<String, Observed.Container> byService(List<Observed.Container> containers) {
        Map<String, Observed.Container> byName = new LinkedHashMap<>();
        containers.forEach(container -> byName.putIfAbsent(
                byName.containsKey(container.service()) ? container.name() : container.service(), container));
        return byName;
    }

    private static Collection<String> dependents(
            Observed.Container container, Map<String, Observed.Container> containers) {
        List<String> dependents = new ArrayList<>();
        containers.forEach((key, other) -> {
            if (other.dependencies().contains(container.service())) {
                dependents.add(key);
            }
        });
        return dependents;
    }

    private void changed(String name, String label, State change) {
        events.accept(new ResourceChanged(Resource.CONTAINER, name, label, change, ""));
    }
}
