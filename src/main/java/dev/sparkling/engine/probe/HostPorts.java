package dev.sparkling.engine.probe;

import dev.sparkling.compose.Service;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** Checks, before anything starts, that the ports to be published are free, and says who has them. */
public final class HostPorts {
    private final IntFunction<Optional<String>> holder;

    /** @param holder what the engine knows of who holds a port; asked before the operating system */
    public HostPorts(IntFunction<Optional<String>> holder) {
        this.holder = holder;
    }

    /**
     * Refuses ports that something else holds.
     *
     * @param services those that are about to be created or started
     */
    public void check(List<Service> services) {
        check(services, Set.of());
    }

    /**
     * Refuses ports that something else holds.
     *
     * @param services those that are about to be created or started
     * @param released ports of what makes way for them
     */
    public void check(List<Service> services, Set<Integer> released) {
        List<String> taken = new ArrayList<>();
        for (Service service : services) {
            for (Service.PortMapping port : service.ports()) {
                if (port.hostPort().isPresent()
                        && port.protocol().equals("tcp")
                        && !released.contains(port.hostPort().getAsInt())
                        && !free(port.hostAddress(), port.hostPort().getAsInt())) {
                    int number = port.hostPort().getAsInt();
                    taken.add("port " + number + ", wanted by " + service.name() + ", is taken"
                            + holder.apply(number)
                                    .or(() -> process(number))
                                    .map(name -> " by " + name)
                                    .orElse(""));
                }
            }
        }
        if (!taken.isEmpty()) {
            throw SparklingException.failed(
                    String.join("; ", taken),
                    "Stop what holds it, or choose another port: `x-sparkling.ports` in compose.yml, or SPARKLING_CONNECT_PORT"
                            + " and its like in the environment.");
        }
    }

    /** Whether a port can be opened at an address; empty means all addresses. */
    public static boolean free(String address, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(
                    address.isEmpty()
                            ? new InetSocketAddress(port)
                            : new InetSocketAddress(InetAddress.getByName(address), port));
            return true;
        } catch (IOException taken) {
            String reason = String.valueOf(taken.getMessage());
            // A port below 1024 is the engine's to open, not ours; it says so itself.
            return reason.contains("Permission denied") || reason.contains("Cannot assign");
        }
    }

    /** The listening process, as Linux shows it; other systems do not tell without extra programs. */
    static Optional<String> process(int port) {
        try {
            Optional<String> inode =
                    inode(Path.of("/proc/net/tcp"), port).or(() -> inode(Path.of("/proc/net/tcp6"), port));
            if (inode.isEmpty()) {
                return Optional.empty();
            }
            String link = "socket:[" + inode.get() + "]";
            return ProcessHandle.allProcesses()
                    .filter(process -> holds(process.pid(), link))
                    .findFirst()
                    .map(process -> "process " + process.pid()
                            + process.info()
                                    .command()
                                    .map(command -> " (" + Path.of(command).getFileName() + ")")
                                    .orElse(""));
        } catch (RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<String> inode(Path table, int port) {
        String local = String.format(Locale.ROOT, ":%04X", port);
        try (Stream<String> lines = Files.lines(table)) {
            return lines.map(line -> line.strip().split("\\s+", -1))
                    .filter(fields -> fields.length > 9 && fields[1].endsWith(local) && fields[3].equals("0A"))
                    .map(fields -> fields[9])
                    .findFirst();
        } catch (IOException | RuntimeException notLinux) {
            return Optional.empty();
        }
    }

    private static boolean holds(long pid, String socket) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors.anyMatch(descriptor -> {
                try {
                    return Files.readSymbolicLink(descriptor).toString().equals(socket);
                } catch (IOException gone) {
                    return false;
                }
            });
        } catch (IOException notOurs) {
            return false;
        }
    }
}
