package dev.sparkling.engine.local;

import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.probe.HostPorts;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The ports of a cluster's processes on this machine. */
final class LocalPorts {
    private LocalPorts() {}

    /**
     * Chooses the ports that nobody publishes: those that the cluster has already, where there are such.
     *
     * @param services that run as processes
     */
    static LocalLaunch.Ports choose(ComposeProject project, List<Service> services, LocalState state) {
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
                && (state.runs(Role.MASTER.service()) || HostPorts.free("127.0.0.1", state.masterPort()))) {
            masterPort = state.masterPort();
        } else {
            masterPort = HostPorts.free("127.0.0.1", Role.MASTER_PORT) ? Role.MASTER_PORT : anyPort();
        }
        Map<String, Integer> ui = new HashMap<>();
        for (Service service : services) {
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

    /** The ports that a service's process listens at for the host. */
    static List<PublishedPort> published(Service service) {
        return service.ports().stream()
                .filter(port -> port.hostPort().isPresent() && port.protocol().equals("tcp"))
                .map(port -> new PublishedPort(
                        port.hostAddress().isEmpty() ? "0.0.0.0" : port.hostAddress(),
                        port.hostPort().getAsInt(),
                        port.containerPort(),
                        port.protocol()))
                .toList();
    }

    /** The ports of this cluster's own processes. */
    static Set<Integer> held(LocalState state) {
        Set<Integer> ports = new HashSet<>();
        state.services().values().stream()
                .filter(entry -> entry.end().isEmpty())
                .forEach(entry -> {
                    ports.add(entry.uiPort());
                    entry.ports().forEach(port -> ports.add(port.hostPort()));
                });
        return ports;
    }
}
