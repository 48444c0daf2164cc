package dev.sparkling.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.BadRequestException;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.InternetProtocol;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.RestartPolicy;
import com.github.dockerjava.api.model.Ulimit;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Network;
import dev.sparkling.compose.Service;
import dev.sparkling.error.SparklingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Turns services into docker-java's commands; the one file that knows both. */
final class Translator {
    /** The engine's words for a mount's source that is not on its machine. */
    private static final String UNSEEN = "bind source path does not exist";

    private final ComposeProject project;

    Translator(ComposeProject project) {
        this.project = project;
    }

    /**
     * Makes a service's container.
     *
     * @param labels complete
     * @param oneOff one that publishes no ports, and that the engine removes when it ends
     * @return its id
     * @throws SparklingException of category ENGINE_UNAVAILABLE if the engine does not see a folder that is here
     */
    String make(DockerConnection connection, Service service, String name, Map<String, String> labels, boolean oneOff) {
        try {
            return create(connection.quick(), service, name, labels, oneOff)
                    .exec()
                    .getId();
        } catch (BadRequestException refused) {
            String reason = String.valueOf(refused.getMessage());
            for (Service.Mount mount : service.allMounts()) {
                if (reason.contains(UNSEEN) && reason.contains(mount.source()) && here(mount)) {
                    throw SparklingException.engineUnavailable(
                                    "the engine (" + connection.description() + ") does not see " + mount.source()
                                            + ", which service " + service.name()
                                            + " mounts: it runs on another machine, or in one that does not share it",
                                    "Use an engine of this machine (unset DOCKER_HOST, or `docker context use default`), or"
                                            + " share the folder with the engine's virtual machine.")
                            .causedBy(refused);
                }
            }
            throw refused;
        }
    }

    private CreateContainerCmd create(
            DockerClient docker, Service service, String name, Map<String, String> labels, boolean oneOff) {
        HostConfig host = HostConfig.newHostConfig()
                .withAutoRemove(oneOff ? true : null)
                .withInit(service.init() ? true : null)
                .withPrivileged(service.privileged() ? true : null)
                .withReadonlyRootfs(service.readOnly() ? true : null)
                .withMounts(mounts(service))
                .withBinds(binds(service))
                .withExtraHosts(service.extraHosts().toArray(String[]::new))
                .withDns(service.dns().toArray(String[]::new));
        service.networkMode()
                .ifPresentOrElse(
                        host::withNetworkMode, () -> firstNetwork(service).ifPresent(host::withNetworkMode));
        service.restart().ifPresent(policy -> host.withRestartPolicy(RestartPolicy.parse(policy)));
        service.memoryLimit().ifPresent(host::withMemory);
        service.cpus().ifPresent(cores -> host.withNanoCPUs((long) (cores * 1_000_000_000L)));
        service.shmSize().ifPresent(host::withShmSize);
        if (!service.capAdd().isEmpty()) {
            host.withCapAdd(capabilities(service.capAdd()));
        }
        if (!service.capDrop().isEmpty()) {
            host.withCapDrop(capabilities(service.capDrop()));
        }
        if (!service.securityOptions().isEmpty()) {
            host.withSecurityOpts(service.securityOptions());
        }
        if (!service.sysctls().isEmpty()) {
            host.withSysctls(service.sysctls());
        }
        if (!service.tmpfs().isEmpty()) {
            host.withTmpFs(tmpfs(service.tmpfs()));
        }
        if (!service.ulimits().isEmpty()) {
            host.withUlimits(service.ulimits().entrySet().stream()
                    .map(limit -> new Ulimit(
                            limit.getKey(),
                            limit.getValue().soft(),
                            limit.getValue().hard()))
                    .toArray(Ulimit[]::new));
        }
        service.logging()
                .ifPresent(logging -> host.withLogConfig(
                        new LogConfig(LogConfig.LoggingType.fromValue(logging.driver()), logging.options())));

        CreateContainerCmd command = docker.createContainerCmd(service.image())
                .withName(name)
                .withLabels(labels)
                .withTty(service.tty())
                .withStdinOpen(service.stdinOpen())
                .withEnv(service.environment().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList());
        service.command().ifPresent(command::withCmd);
        service.entrypoint().ifPresent(command::withEntrypoint);
        service.hostname().ifPresent(command::withHostName);
        service.user().ifPresent(command::withUser);
        service.workingDirectory().ifPresent(command::withWorkingDir);
        service.stopSignal().ifPresent(command::withStopSignal);
        service.platform().ifPresent(command::withPlatform);
        service.healthCheck().ifPresent(check -> command.withHealthcheck(healthCheck(check)));
        ports(service, command, host, !oneOff);
        command.withHostConfig(host);
        service.networks().values().stream().findFirst().ifPresent(attachment -> {
            command.withAliases(aliases(service, name, attachment));
            attachment.ipv4Address().ifPresent(command::withIpv4Address);
        });
        return command;
    }

    /** The networks that the container joins after it was made: all but the first. */
    Map<String, ContainerNetwork> furtherNetworks(Service service, String containerName) {
        Map<String, ContainerNetwork> networks = new LinkedHashMap<>();
        Iterator<Map.Entry<String, Service.NetworkAttachment>> attachments =
                service.networks().entrySet().iterator();
        if (attachments.hasNext()) {
            attachments.next();
        }
        attachments.forEachRemaining(attachment -> {
            ContainerNetwork network =
                    new ContainerNetwork().withAliases(aliases(service, containerName, attachment.getValue()));
            attachment
                    .getValue()
                    .ipv4Address()
                    .ifPresent(address -> network.withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address)));
            networks.put(networkName(attachment.getKey()), network);
        });
        return networks;
    }

    /** How the addresses of a network are given out; empty for the engine's own way. */
    static Optional<com.github.dockerjava.api.model.Network.Ipam> ipam(Network network) {
        return network.ipam()
                .map(wanted -> new com.github.dockerjava.api.model.Network.Ipam()
                        .withDriver(wanted.driver().orElse("default"))
                        .withConfig(wanted.subnets().stream()
                                .map(subnet -> new com.github.dockerjava.api.model.Network.Ipam.Config()
                                        .withSubnet(subnet.subnet().orElse(null))
                                        .withIpRange(subnet.range().orElse(null))
                                        .withGateway(subnet.gateway().orElse(null)))
                                .toList()));
    }

    private Optional<String> firstNetwork(Service service) {
        return service.networks().keySet().stream().findFirst().map(this::networkName);
    }

    private String networkName(String key) {
        Network network = project.networks().get(key);
        return network == null ? project.name() + "_" + key : network.name();
    }

    private static List<String> aliases(Service service, String name, Service.NetworkAttachment attachment) {
        Set<String> aliases = new LinkedHashSet<>();
        aliases.add(name);
        aliases.add(service.name());
        aliases.addAll(attachment.aliases());
        return List.copyOf(aliases);
    }

    private List<Mount> mounts(Service service) {
        List<Mount> mounts = new ArrayList<>();
        for (Service.Mount mount : service.allMounts()) {
            switch (mount.type()) {
                case BIND -> {
                    if (!made(mount)) {
                        mounts.add(new Mount()
                                .withType(MountType.BIND)
                                .withSource(mount.source())
                                .withTarget(mount.target())
                                .withReadOnly(mount.readOnly()));
                    }
                }
                case VOLUME ->
                    mounts.add(new Mount()
                            .withType(MountType.VOLUME)
                            .withSource(volumeName(mount.source()))
                            .withTarget(mount.target())
                            .withReadOnly(mount.readOnly()));
                case TMPFS -> mounts.add(new Mount().withType(MountType.TMPFS).withTarget(mount.target()));
            }
        }
        return mounts;
    }

    /**
     * Whether the engine shall make what is mounted. Never what is here: an engine that lacks it is one of another
     * machine, where an empty folder would be mounted without a word.
     */
    private static boolean made(Service.Mount mount) {
        return mount.createHostPath() && !here(mount);
    }

    private static boolean here(Service.Mount mount) {
        return mount.type() == Service.MountType.BIND && Files.exists(Path.of(mount.source()));
    }

    /** Only a bind makes a missing folder on the host; a mount of the newer kind fails. */
    private static List<Bind> binds(Service service) {
        return service.mounts().stream()
                .filter(mount -> mount.type() == Service.MountType.BIND && made(mount))
                .map(mount -> new Bind(
                        mount.source(),
                        new com.github.dockerjava.api.model.Volume(mount.target()),
                        mount.readOnly() ? AccessMode.ro : AccessMode.rw))
                .toList();
    }

    private String volumeName(String key) {
        dev.sparkling.compose.Volume volume = project.volumes().get(key);
        return volume == null ? key : volume.name();
    }

    private static void ports(Service service, CreateContainerCmd command, HostConfig host, boolean published) {
        Set<ExposedPort> exposed = new LinkedHashSet<>();
        Ports bindings = new Ports();
        for (Service.PortMapping port : service.ports()) {
            ExposedPort container = new ExposedPort(port.containerPort(), InternetProtocol.parse(port.protocol()));
            exposed.add(container);
            String hostPort = port.hostPort().isPresent()
                    ? Integer.toString(port.hostPort().getAsInt())
                    : null;
            bindings.add(new PortBinding(
                    new Ports.Binding(port.hostAddress().isEmpty() ? null : port.hostAddress(), hostPort), container));
        }
        service.expose().forEach(text -> exposed.add(ExposedPort.parse(text)));
        if (published) {
            command.withExposedPorts(List.copyOf(exposed));
            host.withPortBindings(bindings);
        }
    }

    private static HealthCheck healthCheck(Service.HealthCheck check) {
        HealthCheck translated = new HealthCheck().withTest(check.test());
        check.interval().ifPresent(duration -> translated.withInterval(duration.toNanos()));
        check.timeout().ifPresent(duration -> translated.withTimeout(duration.toNanos()));
        check.startPeriod().ifPresent(duration -> translated.withStartPeriod(duration.toNanos()));
        check.retries().ifPresent(translated::withRetries);
        return translated;
    }

    private static Capability[] capabilities(List<String> names) {
        return names.stream().map(Capability::valueOf).toArray(Capability[]::new);
    }

    private static Map<String, String> tmpfs(List<String> entries) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String entry : entries) {
            int colon = entry.indexOf(':');
            options.put(colon < 0 ? entry : entry.substring(0, colon), colon < 0 ? "" : entry.substring(colon + 1));
        }
        return options;
    }
}
