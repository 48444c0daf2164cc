package dev.sparkling.engine;

import dev.sparkling.compose.ComposeProject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** Tells the state and the output of a project's services, as the engine knows them. */
public interface Observer {
    /** The containers of the project, one-off ones included, by service and number. */
    List<ServiceState> services(ComposeProject project);

    /** Opens the log of every wanted container; nothing is read before a source is consumed. */
    List<LogSource> logs(ComposeProject project, LogRequest request);

    /**
     * A container or process of a service.
     *
     * @param name of the container
     * @param state `created`, `running`, `restarting`, `paused`, `exited` or `dead`
     * @param status the engine's own words, such as `Up 3 minutes (healthy)`
     * @param exitCode of the last run, where there was one and it is known
     * @param process the number of a process of this machine; empty for a container
     * @param endedWithMachine whether it ended because the machine was shut down, and has not been started since
     */
    record ServiceState(
            String name,
            String service,
            String state,
            String status,
            OptionalInt exitCode,
            Optional<String> health,
            String image,
            Instant created,
            List<PublishedPort> ports,
            boolean oneOff,
            OptionalLong process,
            boolean endedWithMachine) {
        public ServiceState {
            ports = List.copyOf(ports);
        }

        /** Whether it ended otherwise than well or by a stop; nobody may know its exit code then. */
        public boolean crashed() {
            return (state.equals("exited") || state.equals("dead"))
                    && !oneOff
                    && !endedWithMachine
                    && exitCode.stream().noneMatch(code -> code == 0 || code == 130 || code == 143);
        }

        public boolean running() {
            return state.equals("running");
        }
    }

    /** A container's port as the host reaches it. */
    record PublishedPort(String hostAddress, int hostPort, int containerPort, String protocol) {}

    /**
     * Which part of the logs is wanted.
     *
     * @param services empty means all
     * @param tail the last lines of each container; empty means all
     * @param timestamps whether the engine puts its own time before each line
     */
    record LogRequest(
            Set<String> services,
            boolean follow,
            Optional<Instant> since,
            Optional<Instant> until,
            OptionalInt tail,
            boolean timestamps) {
        public LogRequest {
            services = Set.copyOf(services);
        }

        /** The same without the engine's times. */
        public LogRequest withoutTimestamps() {
            return new LogRequest(services, follow, since, until, tail, false);
        }
    }

    /** The log of one container. */
    interface LogSource {
        String container();

        String service();

        /** Reads to the end, or until the thread is interrupted; the consumer may throw to stop early. */
        void read(Consumer<LogChunk> consumer);
    }
}
