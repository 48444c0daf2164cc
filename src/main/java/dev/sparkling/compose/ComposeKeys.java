package dev.sparkling.compose;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Every key of a compose file that Sparkling reads. A key that is not listed here is an error, never ignored;
 * docs/compose-keys.md is this list.
 */
@SuppressWarnings("ImmutableEnumChecker") // List.of is immutable, which the checker cannot know.
enum ComposeKeys {
    FILE(
            "Top level",
            key("name", "the project's name; `-p` and COMPOSE_PROJECT_NAME go before it"),
            key("version", "accepted and without effect, as in Docker Compose"),
            key("services", "mapping"),
            key("networks", "mapping"),
            key("volumes", "mapping"),
            key("configs", "mapping"),
            key("secrets", "mapping"),
            key("x-sparkling", "the settings of the cluster; only in the first file")),
    SERVICE(
            "Services (`services.NAME`)",
            key("build", "folder, or mapping (below)"),
            key("cap_add", "list"),
            key("cap_drop", "list"),
            key("command", "text, split like a shell does, or list"),
            key("configs", "list of configs, or of mappings (below)"),
            key("container_name", "text"),
            key("cpus", "number of cores, such as 1.5"),
            key("depends_on", "list of services, or mapping (below)"),
            key("deploy", "mapping (below)"),
            key("dns", "address, or list"),
            key("entrypoint", "text, split like a shell does, or list"),
            key("env_file", "file, or list of files or of mappings (below)"),
            key("environment", "mapping, or list of `NAME=value`; a name alone takes the caller's value"),
            key("expose", "list of ports"),
            key("extra_hosts", "list of `HOST:ADDRESS`, or mapping"),
            key("healthcheck", "mapping (below)"),
            key("hostname", "text"),
            key("image", "text"),
            key("init", "true or false"),
            key("labels", "mapping, or list of `NAME=value`"),
            key("logging", "mapping (below)"),
            key("mem_limit", "amount of memory, such as `512m`"),
            key("network_mode", "`host`, `none`, `bridge`, `service:NAME` or `container:NAME`"),
            key("networks", "list of networks, or mapping (below)"),
            key("platform", "text, such as `linux/amd64`"),
            key("ports", "list of `ADDRESS:HOST:CONTAINER/PROTOCOL`, ranges too, or of mappings (below)"),
            key("privileged", "true or false"),
            key("profiles", "list"),
            key("pull_policy", "`always`, `never`, `missing`, `if_not_present` or `build`"),
            key("read_only", "true or false"),
            key("restart", "`no`, `always`, `on-failure`, `on-failure:COUNT` or `unless-stopped`"),
            key("secrets", "list of secrets, or of mappings (below)"),
            key("security_opt", "list"),
            key("shm_size", "amount of memory, such as `1gb`"),
            key("stdin_open", "true or false"),
            key("stop_grace_period", "duration, such as `1m30s`"),
            key("stop_signal", "text, such as `SIGINT`"),
            key("sysctls", "mapping, or list of `NAME=value`"),
            key("tmpfs", "folder, or list of folders"),
            key("tty", "true or false"),
            key("ulimits", "mapping of numbers, or of mappings (below)"),
            key("user", "text, such as `\"1000:1000\"`"),
            key("volumes", "list of `SOURCE:TARGET:MODE` (`ro`, `rw`), or of mappings (below)"),
            key("working_dir", "text")),
    BUILD(
            "`build`",
            key("context", "folder; the project's own without it"),
            key("dockerfile", "file in the context; `Dockerfile` without it"),
            key("args", "mapping, or list of `NAME=value`"),
            key("target", "text"),
            key("labels", "mapping, or list of `NAME=value`")),
    DEPENDENCY(
            "`depends_on.SERVICE`",
            key("condition", "`service_started`, `service_healthy` or `service_completed_successfully`"),
            key("restart", "true or false"),
            key("required", "true or false")),
    DEPLOY("`deploy`", key("replicas", "1, which is what every service has"), key("resources", "mapping (below)")),
    RESOURCES("`deploy.resources`", key("limits", "mapping (below)")),
    LIMITS(
            "`deploy.resources.limits`",
            key("cpus", "number of cores; `cpus` must agree with it"),
            key("memory", "amount of memory; `mem_limit` must agree with it")),
    ENVIRONMENT_FILE("`env_file` entries", key("path", "file"), key("required", "true or false")),
    HEALTH_CHECK(
            "`healthcheck`",
            key("test", "text for the container's shell, or list that begins with `CMD`, `CMD-SHELL` or `NONE`"),
            key("interval", "duration"),
            key("timeout", "duration"),
            key("retries", "whole number"),
            key("start_period", "duration"),
            key("disable", "true or false")),
    LOGGING("`logging`", key("driver", "text"), key("options", "mapping")),
    ATTACHMENT("`networks.NETWORK` of a service", key("aliases", "list"), key("ipv4_address", "text")),
    PORT(
            "`ports` entries",
            key("target", "the container's port"),
            key("published", "the host's port; the engine chooses without it"),
            key("host_ip", "address; all addresses without it"),
            key("protocol", "`tcp` or `udp`"),
            key("mode", "`host` or `ingress`, without effect")),
    ULIMIT("`ulimits.NAME`", key("soft", "whole number"), key("hard", "whole number")),
    MOUNT(
            "`volumes` entries of a service",
            key("type", "`bind`, `volume` or `tmpfs`"),
            key("source", "folder or file of the host, or a volume of the project"),
            key("target", "absolute path in the container"),
            key("read_only", "true or false"),
            key("bind", "mapping (below)")),
    BIND("`volumes[].bind`", key("create_host_path", "true or false; true without it")),
    GRANT(
            "`configs` and `secrets` entries of a service",
            key("source", "a config or secret of the project"),
            key("target", "path in the container; `/NAME` without it for a config, `/run/secrets/NAME` for a secret")),
    NETWORK(
            "Networks (`networks.NAME`)",
            key("name", "text"),
            key("external", "true or false"),
            key("driver", "text"),
            key("driver_opts", "mapping"),
            key("internal", "true or false"),
            key("ipam", "mapping (below); counts when the network is made, so after `down`"),
            key("labels", "mapping, or list of `NAME=value`")),
    IPAM("`networks.NAME.ipam`", key("driver", "text"), key("config", "list of mappings (below)")),
    SUBNET(
            "`ipam.config` entries",
            key("subnet", "address range, such as `172.28.0.0/16`"),
            key("ip_range", "the part of it that containers get addresses from"),
            key("gateway", "address")),
    VOLUME(
            "Volumes (`volumes.NAME`)",
            key("name", "text"),
            key("external", "true or false"),
            key("driver", "text"),
            key("driver_opts", "mapping"),
            key("labels", "mapping, or list of `NAME=value`")),
    FILE_OBJECT(
            "Configs and secrets (`configs.NAME`, `secrets.NAME`)",
            key("file", "file of this machine, which the containers read in place"));

    private final String title;
    private final List<Key> keys;

    ComposeKeys(String title, Key... keys) {
        this.title = title;
        this.keys = List.of(keys);
    }

    private record Key(String name, String form) {}

    private static Key key(String name, String form) {
        return new Key(name, form);
    }

    Set<String> names() {
        return keys.stream().map(Key::name).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Keys that begin with `x-` are free for the user in every mapping of the Compose specification. */
    boolean knows(String key) {
        return key.startsWith("x-")
                || keys.stream().anyMatch(known -> known.name().equals(key));
    }

    /** Where else a key has its place, such as `services`. */
    static Optional<ComposeKeys> owner(String key) {
        return Arrays.stream(values())
                .filter(section -> section.names().contains(key))
                .findFirst();
    }

    String title() {
        return title;
    }

    /** The list for readers, in Markdown. */
    static String markdown() {
        StringBuilder text = new StringBuilder("""
                # Keys of compose files

                What Sparkling reads of compose.yml, compose.override.yml and files named with `-f`: all that a database, \
                a message broker or an object store next to Spark needs. Any other key is an error that names its line; \
                none is ignored. In all of these mappings keys that begin with `x-` are free for notes and anchors.
                """);
        for (ComposeKeys section : values()) {
            text.append("\n## ").append(section.title).append("\n\n| key | value |\n|---|---|\n");
            for (Key key : section.keys) {
                text.append("| `" + key.name() + "` | " + key.form() + " |\n");
            }
        }
        return text.toString();
    }
}
