package dev.sparkling.compose;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sparkling.compose.Service.Build;
import dev.sparkling.compose.Service.Dependency;
import dev.sparkling.compose.Service.Grant;
import dev.sparkling.compose.Service.HealthCheck;
import dev.sparkling.compose.Service.Mount;
import dev.sparkling.compose.Service.NetworkAttachment;
import dev.sparkling.compose.Service.PortMapping;
import dev.sparkling.yaml.YamlWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Prints the merged model as a compose file in long forms, laid out as `docker compose config` does: every path is
 * absolute, every default that Sparkling counts on is written, and `$` is `$$`, so that the output can be read again.
 */
public final class ConfigPrinter {
    private ConfigPrinter() {}

    /** The model as YAML. */
    public static String yaml(ComposeProject project) {
        return YamlWriter.write(document(project));
    }

    /** The model as JSON, indented by two spaces. */
    public static String json(ComposeProject project) {
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        try {
            return new ObjectMapper().writer(printer).writeValueAsString(document(project)) + "\n";
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, Object> document(ComposeProject project) {
        Tree root = new Tree().put("name", project.name());
        Tree services = new Tree();
        project.services().forEach((name, service) -> services.put(name, service(service)));
        Tree networks = new Tree();
        project.networks()
                .forEach((key, network) -> networks.put(
                        key,
                        new Tree()
                                .put("name", network.name())
                                .put("driver", network.driver())
                                .put("driver_opts", network.driverOptions())
                                .flag("internal", network.internal())
                                .flag("external", network.external())
                                .put("ipam", network.ipam().map(ConfigPrinter::ipam))
                                .put("labels", network.labels())));
        Tree volumes = new Tree();
        project.volumes()
                .forEach((key, volume) -> volumes.put(
                        key,
                        new Tree()
                                .put("name", volume.name())
                                .put("driver", volume.driver())
                                .put("driver_opts", volume.driverOptions())
                                .flag("external", volume.external())
                                .put("labels", volume.labels())));
        return root.put("services", services)
                .put("networks", networks)
                .put("volumes", volumes)
                .put("configs", files(project.configs()))
                .put("secrets", files(project.secrets()))
                .values;
    }

    private static Tree files(Map<String, Path> files) {
        Tree tree = new Tree();
        files.forEach((key, file) -> tree.put(key, new Tree().put("file", file.toString())));
        return tree;
    }

    private static Tree ipam(Network.Ipam ipam) {
        return new Tree()
                .put("driver", ipam.driver())
                .put(
                        "config",
                        ipam.subnets().stream()
                                .map(subnet -> new Tree()
                                        .put("subnet", subnet.subnet())
                                        .put("ip_range", subnet.range())
                                        .put("gateway", subnet.gateway()))
                                .toList());
    }

    private static Tree grant(Grant grant) {
        return new Tree().put("source", grant.source()).put("target", grant.target());
    }

    private static Tree service(Service service) {
        Tree networks = new Tree();
        service.networks().forEach((key, attachment) -> networks.put(key, attachment(attachment)));
        Tree dependencies = new Tree();
        service.dependsOn().forEach((name, dependency) -> dependencies.put(name, dependency(dependency)));
        Tree ulimits = new Tree();
        service.ulimits()
                .forEach((name, limit) -> ulimits.put(
                        name, new Tree().number("soft", limit.soft()).number("hard", limit.hard())));
        Tree tree = new Tree()
                .put("image", service.image())
                .put("build", service.build().map(ConfigPrinter::build))
                .list("command", service.command())
                .list("entrypoint", service.entrypoint())
                .put("environment", service.environment())
                .put("labels", service.labels())
                .put("ports", service.ports().stream().map(ConfigPrinter::port).toList())
                .put("expose", service.expose())
                .put(
                        "volumes",
                        service.mounts().stream().map(ConfigPrinter::mount).toList())
                .put("tmpfs", service.tmpfs())
                .put(
                        "configs",
                        service.configs().stream().map(ConfigPrinter::grant).toList())
                .put(
                        "secrets",
                        service.secrets().stream().map(ConfigPrinter::grant).toList())
                .put("depends_on", dependencies)
                .put("healthcheck", service.healthCheck().map(ConfigPrinter::healthCheck))
                .put("networks", networks)
                .put("network_mode", service.networkMode())
                .put("profiles", service.profiles())
                .put("container_name", service.containerName())
                .put("hostname", service.hostname())
                .put("user", service.user())
                .put("working_dir", service.workingDirectory())
                .put("restart", service.restart())
                .put("stop_signal", service.stopSignal())
                .put("stop_grace_period", service.stopGracePeriod().map(ConfigPrinter::duration))
                .put("platform", service.platform())
                .put("pull_policy", service.pullPolicy());
        service.memoryLimit().ifPresent(bytes -> tree.put("mem_limit", String.valueOf(bytes)));
        service.cpus().ifPresent(cores -> tree.number("cpus", cores));
        service.shmSize().ifPresent(bytes -> tree.put("shm_size", String.valueOf(bytes)));
        return tree.flag("init", service.init())
                .flag("privileged", service.privileged())
                .flag("read_only", service.readOnly())
                .flag("stdin_open", service.stdinOpen())
                .flag("tty", service.tty())
                .put("cap_add", service.capAdd())
                .put("cap_drop", service.capDrop())
                .put("security_opt", service.securityOptions())
                .put("extra_hosts", service.extraHosts())
                .put("dns", service.dns())
                .put("sysctls", service.sysctls())
                .put("ulimits", ulimits)
                .put(
                        "logging",
                        service.logging()
                                .map(logging -> new Tree()
                                        .put("driver", logging.driver())
                                        .put("options", logging.options())));
    }

    private static Tree build(Build build) {
        return new Tree()
                .put("context", build.context().toString())
                .put("dockerfile", build.dockerfile())
                .put("args", build.arguments())
                .put("target", build.target())
                .put("labels", build.labels());
    }

    private static Tree port(PortMapping port) {
        Tree tree = new Tree().put("host_ip", port.hostAddress()).number("target", port.containerPort());
        port.hostPort().ifPresent(published -> tree.put("published", String.valueOf(published)));
        return tree.put("protocol", port.protocol());
    }

    private static Tree mount(Mount mount) {
        Tree tree = new Tree()
                .put("type", mount.type().name().toLowerCase(Locale.ROOT))
                .put("source", mount.source())
                .put("target", mount.target())
                .flag("read_only", mount.readOnly());
        if (mount.type() == Service.MountType.BIND) {
            tree.put("bind", new Tree().set("create_host_path", mount.createHostPath()));
        }
        return tree;
    }

    private static Tree dependency(Dependency dependency) {
        return new Tree()
                .put("condition", dependency.condition().text())
                .flag("restart", dependency.restart())
                .set("required", dependency.required());
    }

    private static @Nullable Tree attachment(NetworkAttachment attachment) {
        Tree tree = new Tree().put("aliases", attachment.aliases()).put("ipv4_address", attachment.ipv4Address());
        return tree.values.isEmpty() ? null : tree;
    }

    private static Tree healthCheck(HealthCheck check) {
        Tree tree = new Tree()
                .put("test", check.test())
                .put("interval", check.interval().map(ConfigPrinter::duration))
                .put("timeout", check.timeout().map(ConfigPrinter::duration));
        check.retries().ifPresent(retries -> tree.number("retries", retries));
        return tree.put("start_period", check.startPeriod().map(ConfigPrinter::duration));
    }

    /** As Go prints a duration: `1m30s`, `500ms`, `1h0m0s`. */
    static String duration(Duration duration) {
        if (duration.isZero()) {
            return "0s";
        }
        if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            long microseconds = duration.toNanos() / 1000;
            return microseconds % 1000 == 0 ? microseconds / 1000 + "ms" : microseconds + "us";
        }
        StringBuilder text = new StringBuilder();
        if (duration.toHours() > 0) {
            text.append(duration.toHours()).append('h');
        }
        if (duration.toMinutes() > 0) {
            text.append(duration.toMinutesPart()).append('m');
        }
        java.math.BigDecimal seconds = java.math.BigDecimal.valueOf(duration.toNanosPart(), 9)
                .add(java.math.BigDecimal.valueOf(duration.toSecondsPart()));
        return text.append(
                        seconds.signum() == 0
                                ? "0"
                                : seconds.stripTrailingZeros().toPlainString())
                .append('s')
                .toString();
    }

    /** A mapping under construction that leaves out what is empty, and writes `$` as `$$`. */
    private static final class Tree {
        private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

        Tree put(String key, Optional<?> value) {
            return value.isPresent() ? put(key, value.get()) : this;
        }

        Tree put(String key, @Nullable Object value) {
            boolean empty = "".equals(value)
                    || (value instanceof Collection<?> collection && collection.isEmpty())
                    || (value instanceof Map<?, ?> map && map.isEmpty())
                    || (value instanceof Tree tree && tree.values.isEmpty());
            return empty ? this : set(key, value);
        }

        Tree list(String key, Optional<List<String>> value) {
            return value.isPresent() ? set(key, value.get()) : this;
        }

        Tree number(String key, Number value) {
            return set(key, value);
        }

        Tree flag(String key, boolean value) {
            return value ? set(key, true) : this;
        }

        Tree set(String key, @Nullable Object value) {
            values.put(key, plain(value));
            return this;
        }

        private static @Nullable Object plain(@Nullable Object value) {
            if (value instanceof Tree tree) {
                return tree.values;
            }
            if (value instanceof String text) {
                return text.replace("$", "$$");
            }
            if (value instanceof List<?> list) {
                return list.stream().map(Tree::plain).toList();
            }
            if (value instanceof Map<?, ?> map) {
                Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
                map.forEach((key, item) -> plain.put(key, plain(item)));
                return plain;
            }
            return value;
        }
    }
}
