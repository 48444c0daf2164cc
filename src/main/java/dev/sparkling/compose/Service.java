package dev.sparkling.compose;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A service of the Compose model. Empty collections and optionals mean "as the image or the engine has it".
 *
 * @param image the reference; where only `build` is given, `PROJECT-SERVICE`
 * @param command arguments, as Compose reads both of its forms
 * @param environment by name; a name without a value that the caller's environment lacks is absent
 * @param networks by key of the project's networks; `default` where the file names none
 * @param networkMode `host`, `none`, `service:…`; then `networks` is empty
 * @param profiles empty means: started by `up`
 * @param stopGracePeriod how long a stop waits before it kills; empty means 10 s
 * @param memoryLimit in bytes
 * @param cpus in cores, such as 1.5
 * @param shmSize in bytes
 * @param configs files that the container reads, as are the secrets
 */
public record Service(
        String name,
        String image,
        Optional<Build> build,
        Optional<List<String>> command,
        Optional<List<String>> entrypoint,
        Map<String, String> environment,
        Map<String, String> labels,
        List<PortMapping> ports,
        List<String> expose,
        List<Mount> mounts,
        List<String> tmpfs,
        Map<String, Dependency> dependsOn,
        Optional<HealthCheck> healthCheck,
        Map<String, NetworkAttachment> networks,
        Optional<String> networkMode,
        List<String> profiles,
        Optional<String> containerName,
        Optional<String> hostname,
        Optional<String> user,
        Optional<String> workingDirectory,
        Optional<String> restart,
        Optional<String> stopSignal,
        Optional<Duration> stopGracePeriod,
        Optional<String> platform,
        Optional<String> pullPolicy,
        OptionalLong memoryLimit,
        Optional<Double> cpus,
        OptionalLong shmSize,
        boolean init,
        boolean privileged,
        boolean readOnly,
        boolean stdinOpen,
        boolean tty,
        List<String> capAdd,
        List<String> capDrop,
        List<String> securityOptions,
        List<String> extraHosts,
        List<String> dns,
        Map<String, String> sysctls,
        Map<String, Ulimit> ulimits,
        Optional<Logging> logging,
        List<Grant> configs,
        List<Grant> secrets) {
    public Service {
        command = command.map(List::copyOf);
        entrypoint = entrypoint.map(List::copyOf);
        environment = Immutable.ordered(environment);
        labels = Immutable.ordered(labels);
        ports = List.copyOf(ports);
        expose = List.copyOf(expose);
        mounts = List.copyOf(mounts);
        tmpfs = List.copyOf(tmpfs);
        dependsOn = Immutable.ordered(dependsOn);
        networks = Immutable.ordered(networks);
        profiles = List.copyOf(profiles);
        capAdd = List.copyOf(capAdd);
        capDrop = List.copyOf(capDrop);
        securityOptions = List.copyOf(securityOptions);
        extraHosts = List.copyOf(extraHosts);
        dns = List.copyOf(dns);
        sysctls = Immutable.ordered(sysctls);
        ulimits = Immutable.ordered(ulimits);
        configs = List.copyOf(configs);
        secrets = List.copyOf(secrets);
    }

    /** All that is mounted: its volumes, and the files of its configs and secrets, which it cannot write. */
    public List<Mount> allMounts() {
        return Stream.concat(
                        mounts.stream(),
                        Stream.concat(configs.stream(), secrets.stream())
                                .map(grant -> new Mount(
                                        MountType.BIND, grant.file().toString(), grant.target(), true, false)))
                .toList();
    }

    /** The same service with another command. */
    public Service withCommand(List<String> arguments) {
        return new Service(
                name,
                image,
                build,
                Optional.of(arguments),
                entrypoint,
                environment,
                labels,
                ports,
                expose,
                mounts,
                tmpfs,
                dependsOn,
                healthCheck,
                networks,
                networkMode,
                profiles,
                containerName,
                hostname,
                user,
                workingDirectory,
                restart,
                stopSignal,
                stopGracePeriod,
                platform,
                pullPolicy,
                memoryLimit,
                cpus,
                shmSize,
                init,
                privileged,
                readOnly,
                stdinOpen,
                tty,
                capAdd,
                capDrop,
                securityOptions,
                extraHosts,
                dns,
                sysctls,
                ulimits,
                logging,
                configs,
                secrets);
    }

    /**
     * How the image is built.
     *
     * @param context absolute
     * @param dockerfile relative to the context
     */
    public record Build(
            Path context,
            String dockerfile,
            Map<String, String> arguments,
            Optional<String> target,
            Map<String, String> labels) {
        public Build {
            arguments = Immutable.ordered(arguments);
            labels = Immutable.ordered(labels);
        }
    }

    /**
     * A container's port on the host.
     *
     * @param hostAddress such as 127.0.0.1; empty means all addresses
     * @param hostPort empty means: the engine chooses
     * @param protocol tcp or udp
     */
    public record PortMapping(String hostAddress, OptionalInt hostPort, int containerPort, String protocol) {}

    /**
     * A folder, file or volume in the container.
     *
     * @param type bind, volume or tmpfs
     * @param source absolute path, or key of the project's volumes; empty for an anonymous volume and for tmpfs
     * @param createHostPath whether a missing folder of a bind is made
     */
    public record Mount(MountType type, String source, String target, boolean readOnly, boolean createHostPath) {}

    /**
     * A config or secret in the container.
     *
     * @param source key of the project's configs or secrets
     * @param file absolute
     * @param target absolute path in the container
     */
    public record Grant(String source, Path file, String target) {}

    /** What is mounted. */
    public enum MountType {
        BIND,
        VOLUME,
        TMPFS
    }

    /** What must be true of another service before this one starts. */
    public record Dependency(Condition condition, boolean restart, boolean required) {}

    /** The states that a dependency can ask for. */
    public enum Condition {
        STARTED("service_started"),
        HEALTHY("service_healthy"),
        COMPLETED("service_completed_successfully");

        private final String text;

        Condition(String text) {
            this.text = text;
        }

        /** The word of the Compose specification. */
        public String text() {
            return text;
        }
    }

    /**
     * How the engine checks that the service works.
     *
     * @param test as the engine takes it: `CMD …` or `CMD-SHELL …`; `NONE` switches the image's own off
     */
    public record HealthCheck(
            List<String> test,
            Optional<Duration> interval,
            Optional<Duration> timeout,
            Optional<Duration> startPeriod,
            OptionalInt retries) {
        public HealthCheck {
            test = List.copyOf(test);
        }
    }

    /** A place on a network. */
    public record NetworkAttachment(List<String> aliases, Optional<String> ipv4Address) {
        public NetworkAttachment {
            aliases = List.copyOf(aliases);
        }
    }

    /** A resource limit; -1 means none. */
    public record Ulimit(long soft, long hard) {}

    /** The engine's log driver. */
    public record Logging(String driver, Map<String, String> options) {
        public Logging {
            options = Immutable.ordered(options);
        }
    }
}
