package dev.sparkling.compose;

import dev.sparkling.compose.Service.Build;
import dev.sparkling.compose.Service.Condition;
import dev.sparkling.compose.Service.Dependency;
import dev.sparkling.compose.Service.Grant;
import dev.sparkling.compose.Service.HealthCheck;
import dev.sparkling.compose.Service.Logging;
import dev.sparkling.compose.Service.Mount;
import dev.sparkling.compose.Service.MountType;
import dev.sparkling.compose.Service.NetworkAttachment;
import dev.sparkling.compose.Service.PortMapping;
import dev.sparkling.compose.Service.Ulimit;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the merged document, with its variables replaced and its short forms written out, to the model's records. Every
 * key is documented in {@link ComposeKeys}; an unknown key, a wrong type or an impossible value is an error with its
 * place.
 */
final class ComposeReader {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]+");
    private static final Set<String> PULL_POLICIES = Set.of("always", "never", "missing", "if_not_present", "build");
    private static final Pattern RESTART = Pattern.compile("no|always|unless-stopped|on-failure(:[0-9]{1,9})?");
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
    private static final Pattern ADDRESS_RANGE = Pattern.compile("(" + ADDRESS + ")/[0-9]{1,3}");
    private static final Pattern NETWORK_MODE = Pattern.compile("host|none|bridge|(service|container):.+");

    private final String project;
    private final Path directory;
    private final Function<String, @Nullable String> environment;

    /** What a document holds. */
    record Content(
            Map<String, Service> services,
            Map<String, Network> networks,
            Map<String, Volume> volumes,
            Map<String, Path> configs,
            Map<String, Path> secrets) {}

    /**
     * @param project the project's name, which begins the names of networks, volumes and built images
     * @param directory absolute; relative paths are resolved against it
     * @param environment the value of a variable of the caller, or null
     */
    ComposeReader(String project, Path directory, Function<String, @Nullable String> environment) {
        this.project = project;
        this.directory = directory;
        this.environment = environment;
    }

    Content read(Mapping document) {
        Fields file = Fields.of(document, ComposeKeys.FILE, "");
        Map<String, Path> configs = files(file, "configs");
        Map<String, Path> secrets = files(file, "secrets");
        Map<String, Service> services = new LinkedHashMap<>();
        Map<String, @Nullable YamlNode> nodes = named(file, "services");
        nodes.forEach((name, node) -> services.put(name, service(name, node, nodes.keySet(), configs, secrets)));
        Map<String, Network> networks = new LinkedHashMap<>();
        named(file, "networks").forEach((key, node) -> networks.put(key, network(key, node)));
        Map<String, Volume> volumes = new LinkedHashMap<>();
        named(file, "volumes").forEach((key, node) -> volumes.put(key, volume(key, node)));
        networks.computeIfAbsent("default", key -> network(key, null));
        References references = new References(document, services, networks, volumes.keySet());
        references.check();
        networks.keySet().retainAll(references.usedNetworks());
        volumes.keySet().retainAll(references.usedVolumes());
        configs.keySet().retainAll(used(services, Service::configs));
        secrets.keySet().retainAll(used(services, Service::secrets));
        return new Content(services, networks, volumes, configs, secrets);
    }

    /** The entries of a top-level key; an entry may be empty. */
    private static Map<String, @Nullable YamlNode> named(Fields file, String key) {
        Map<String, @Nullable YamlNode> values = new LinkedHashMap<>();
        file.node(key).ifPresent(node -> {
            for (Entry entry : Values.mapping(node, key).entries().values()) {
                if (!NAME.matcher(entry.key()).matches()) {
                    throw Problems.at(
                            entry.keyLocation(),
                            "'" + entry.key() + "' is no name for an entry of " + key,
                            "Use letters, digits, dots, dashes and underscores.");
                }
                values.put(entry.key(), Values.isNull(entry.value()) ? null : entry.value());
            }
        });
        return values;
    }

    private static Set<String> used(Map<String, Service> services, Function<Service, List<Grant>> grants) {
        return services.values().stream()
                .flatMap(service -> grants.apply(service).stream())
                .map(Grant::source)
                .collect(Collectors.toSet());
    }

    /** The files of the top-level configs or secrets. */
    private Map<String, Path> files(Fields file, String key) {
        Map<String, Path> files = new LinkedHashMap<>();
        named(file, key).forEach((name, node) -> {
            String path = key + "." + name;
            YamlNode place = node == null ? file.node(key).orElseThrow() : node;
            Optional<String> text = node == null
                    ? Optional.empty()
                    : Fields.of(node, ComposeKeys.FILE_OBJECT, path).text("file");
            files.put(
                    name,
                    path(
                            text.orElseThrow(() ->
                                    Problems.at(place, path + " lacks `file`", "Write the file of this machine.")),
                            place));
        });
        return files;
    }

    /** @param folder where a target that is no absolute path lies, with a slash at its end */
    private static List<Grant> grants(Fields fields, String name, Map<String, Path> files, String folder) {
        List<Grant> grants = new ArrayList<>();
        String key = fields.path(name);
        for (YamlNode item : fields.read(
                        name, (node, path) -> Values.sequence(node, path).items())
                .orElse(List.of())) {
            Fields grant = Fields.of(item, ComposeKeys.GRANT, key);
            String source = grant.text("source")
                    .orElseThrow(() -> Problems.at(item, key + " lacks `source`", "Write a name of `" + name + "`."));
            Path file = files.get(source);
            if (file == null) {
                throw Problems.at(
                        item,
                        key + " names '" + source + "', which there is not",
                        Problems.nearest(source, files.keySet())
                                .map(near -> "Did you mean " + near + "?")
                                .orElse("Declare it under the top-level `" + name + ":`."));
            }
            String target = grant.text("target").orElse(source);
            grants.add(new Grant(source, file, target.startsWith("/") ? target : folder + target));
        }
        return grants;
    }

    private Network network(String key, @Nullable YamlNode node) {
        String path = "networks." + key;
        if (node == null) {
            return Network.named(key, project + "_" + key);
        }
        Fields fields = Fields.of(node, ComposeKeys.NETWORK, path);
        boolean external = external(fields, path);
        return new Network(
                key,
                fields.text("name").orElse(external ? key : project + "_" + key),
                external,
                fields.text("driver"),
                fields.textMap("driver_opts"),
                fields.textMap("labels"),
                fields.flag("internal", false),
                fields.fields("ipam", ComposeKeys.IPAM).map(ComposeReader::ipam));
    }

    private static Network.Ipam ipam(Fields fields) {
        List<Network.Subnet> subnets = new ArrayList<>();
        for (YamlNode item : fields.read(
                        "config", (node, key) -> Values.sequence(node, key).items())
                .orElse(List.of())) {
            Fields subnet = Fields.of(item, ComposeKeys.SUBNET, fields.path("config"));
            subnets.add(new Network.Subnet(
                    subnet.read("subnet", ComposeReader::addressRange),
                    subnet.read("ip_range", ComposeReader::addressRange),
                    subnet.read(
                            "gateway",
                            (node, key) -> matching(node, key, ADDRESS, "an IP address, such as 172.28.0.1"))));
        }
        return new Network.Ipam(fields.text("driver"), subnets);
    }

    private static String addressRange(YamlNode node, String key) {
        return matching(node, key, ADDRESS_RANGE, "an address range, such as 172.28.0.0/16");
    }

    private Volume volume(String key, @Nullable YamlNode node) {
        String path = "volumes." + key;
        if (node == null) {
            return new Volume(key, project + "_" + key, false, Optional.empty(), Map.of(), Map.of());
        }
        Fields fields = Fields.of(node, ComposeKeys.VOLUME, path);
        boolean external = external(fields, path);
        return new Volume(
                key,
                fields.text("name").orElse(external ? key : project + "_" + key),
                external,
                fields.text("driver"),
                fields.textMap("driver_opts"),
                fields.textMap("labels"));
    }

    private static boolean external(Fields fields, String path) {
        boolean external = fields.flag("external", false);
        for (String key : List.of("driver", "driver_opts", "labels", "internal", "ipam")) {
            if (external && fields.node(key).isPresent()) {
                throw Problems.at(
                        fields.node(key).orElseThrow(),
                        path + " is external, so that " + key + " cannot be set here",
                        "Remove " + key + ", or `external: true`.");
            }
        }
        return external;
    }

    private Service service(
            String name,
            @Nullable YamlNode node,
            Set<String> services,
            Map<String, Path> configs,
            Map<String, Path> secrets) {
        String path = "services." + name;
        if (node == null) {
            throw SparklingException.usage(path + " is empty", "Write at least `image:` or `build:` below it.");
        }
        Fields fields = Fields.of(node, ComposeKeys.SERVICE, path);
        Optional<Build> build = fields.read("build", this::build);
        Optional<String> image = fields.text("image");
        if (image.isEmpty() && build.isEmpty()) {
            throw Problems.at(
                    fields.location(), path + " has neither image nor build", "Write `image: NAME:TAG` below it.");
        }
        Optional<String> networkMode = fields.read(
                "network_mode",
                (value, key) ->
                        matching(value, key, NETWORK_MODE, "host, none, bridge, service:NAME or container:NAME"));
        Limits limits = limits(fields);
        return new Service(
                name,
                image.orElse(project + "-" + name),
                build,
                fields.read("command", ComposeReader::command),
                fields.read("entrypoint", ComposeReader::command),
                environment(fields),
                fields.textMap("labels"),
                ports(fields),
                fields.read("expose", ComposeReader::expose).orElse(List.of()),
                mounts(fields),
                tmpfs(fields),
                dependencies(fields, services, networkMode),
                fields.fields("healthcheck", ComposeKeys.HEALTH_CHECK).map(ComposeReader::healthCheck),
                networks(fields, networkMode),
                networkMode,
                fields.texts("profiles"),
                fields.read(
                        "container_name",
                        (value, key) -> matching(
                                value,
                                key,
                                Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+"),
                                "letters, digits, dots, dashes and underscores")),
                fields.text("hostname"),
                fields.text("user"),
                fields.text("working_dir"),
                fields.read(
                        "restart",
                        (value, key) -> matching(
                                value, key, RESTART, "no, always, on-failure, on-failure:COUNT or unless-stopped")),
                fields.text("stop_signal"),
                fields.read("stop_grace_period", Values::duration),
                fields.text("platform"),
                fields.read("pull_policy", (value, key) -> Values.oneOf(value, key, PULL_POLICIES)),
                limits.memory(),
                limits.cpus(),
                fields.read("shm_size", Values::bytes).map(OptionalLong::of).orElse(OptionalLong.empty()),
                fields.flag("init", false),
                fields.flag("privileged", false),
                fields.flag("read_only", false),
                fields.flag("stdin_open", false),
                fields.flag("tty", false),
                fields.texts("cap_add"),
                fields.texts("cap_drop"),
                fields.texts("security_opt"),
                fields.texts("extra_hosts"),
                fields.texts("dns"),
                fields.textMap("sysctls"),
                ulimits(fields),
                fields.fields("logging", ComposeKeys.LOGGING)
                        .map(logging ->
                                new Logging(logging.text("driver").orElse("json-file"), logging.textMap("options"))),
                grants(fields, "configs", configs, "/"),
                grants(fields, "secrets", secrets, "/run/secrets/"));
    }

    private static String matching(YamlNode node, String key, Pattern pattern, String expected) {
        String text = Values.text(node, key);
        if (!pattern.matcher(text).matches()) {
            throw Values.wrongType(node, key, expected, "Write " + expected + ".");
        }
        return text;
    }

    private Build build(YamlNode node, String path) {
        Fields fields = Fields.of(node, ComposeKeys.BUILD, path);
        String context = fields.text("context").orElse(".");
        if (context.contains("://") || context.startsWith("git@")) {
            throw Problems.at(
                    fields.node("context").orElse(node),
                    path + ".context is not a folder of this machine",
                    "Download it and name the folder.");
        }
        Map<String, String> arguments = new LinkedHashMap<>();
        fields.node("args").ifPresent(args -> arguments.putAll(resolved(args, fields.path("args"))));
        return new Build(
                path(context, node),
                fields.text("dockerfile").orElse("Dockerfile"),
                arguments,
                fields.text("target"),
                fields.textMap("labels"));
    }

    /** A text is split as a shell does; a list is taken as it stands. */
    private static List<String> command(YamlNode node, String key) {
        return node instanceof Scalar scalar ? ShellWords.split(scalar) : Values.texts(node, key);
    }

    private Map<String, String> environment(Fields fields) {
        Map<String, String> variables = new LinkedHashMap<>();
        fields.node("env_file").ifPresent(files -> {
            for (YamlNode item : Values.sequence(files, fields.path("env_file")).items()) {
                variables.putAll(environmentFile(item, fields.path("env_file")));
            }
        });
        fields.node("environment").ifPresent(node -> {
            Mapping mapping = Values.mapping(node, fields.path("environment"));
            // A name alone that the caller lacks also hides the value of an environment file.
            variables.keySet().removeAll(mapping.entries().keySet());
            variables.putAll(resolved(mapping, fields.path("environment")));
        });
        return variables;
    }

    /** Values by name; a name without a value takes the caller's, and is dropped where the caller has none. */
    private Map<String, String> resolved(YamlNode node, String key) {
        Map<String, String> values = new LinkedHashMap<>();
        Values.mapping(node, key).entries().forEach((name, entry) -> {
            String value = Values.isNull(entry.value())
                    ? environment.apply(name)
                    : Values.looseText(entry.value(), key + "." + name);
            if (value != null) {
                values.put(name, value);
            }
        });
        return values;
    }

    private Map<String, String> environmentFile(YamlNode node, String key) {
        Fields fields = Fields.of(node, ComposeKeys.ENVIRONMENT_FILE, key);
        String name = fields.text("path")
                .orElseThrow(() -> Problems.at(node, key + " lacks `path`", "Write the file's path."));
        Path file = path(name, node);
        if (!Files.exists(file) && !fields.flag("required", true)) {
            return Map.of();
        }
        try {
            return DotEnv.parse(name, Files.readString(file), environment);
        } catch (IOException problem) {
            throw Problems.at(
                            node,
                            "the file " + file + " of " + key + " cannot be read"
                                    + (Files.exists(file) ? "" : ": there is none"),
                            "Make the file, or set `required: false` for it.")
                    .causedBy(problem);
        }
    }

    private static List<PortMapping> ports(Fields fields) {
        List<PortMapping> ports = new ArrayList<>();
        fields.node("ports").ifPresent(node -> {
            String key = fields.path("ports");
            for (YamlNode item : Values.sequence(node, key).items()) {
                Fields port = Fields.of(item, ComposeKeys.PORT, key);
                int target = port.read("target", Values::port)
                        .orElseThrow(() -> Problems.at(item, key + " lacks `target`", "Write the container's port."));
                Optional<Integer> published = port.read("published", Values::port);
                String protocol = port.read(
                                "protocol", (value, path) -> Values.oneOf(value, path, Set.of("tcp", "udp")))
                        .orElse("tcp");
                port.read("mode", (value, path) -> Values.oneOf(value, path, Set.of("host", "ingress")));
                ports.add(new PortMapping(
                        port.read("host_ip", Values::text).orElse(""),
                        published.map(OptionalInt::of).orElse(OptionalInt.empty()),
                        target,
                        protocol));
            }
        });
        return ports;
    }

    private static List<String> expose(YamlNode node, String key) {
        List<String> ports = new ArrayList<>();
        for (YamlNode item : Values.sequence(node, key).items()) {
            String text = Values.looseText(item, key);
            if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?(/(tcp|udp))?")) {
                throw Values.wrongType(item, key, "a port such as 9092 or 53/udp", "Write the container's port.");
            }
            ports.add(text);
        }
        return ports;
    }

    private List<Mount> mounts(Fields fields) {
        List<Mount> mounts = new ArrayList<>();
        fields.node("volumes").ifPresent(node -> {
            for (YamlNode item : Values.sequence(node, fields.path("volumes")).items()) {
                mounts.add(mount(item, fields.path("volumes")));
            }
        });
        return mounts;
    }

    private Mount mount(YamlNode node, String key) {
        Fields fields = Fields.of(node, ComposeKeys.MOUNT, key);
        String type = fields.read("type", (value, path) -> Values.oneOf(value, path, Set.of("bind", "volume", "tmpfs")))
                .orElseThrow(() -> Problems.at(node, key + " lacks `type`", "Write bind, volume or tmpfs."));
        String target = fields.text("target")
                .orElseThrow(() -> Problems.at(node, key + " lacks `target`", "Write the path in the container."));
        if (!target.startsWith("/")) {
            throw Problems.at(
                    node, "'" + target + "' is no absolute path in the container", "Begin the target with a slash.");
        }
        String source = fields.text("source").orElse("");
        Optional<Fields> bind = fields.fields("bind", ComposeKeys.BIND);
        boolean createHostPath =
                bind.map(options -> options.flag("create_host_path", true)).orElse(true);
        MountType mountType = switch (type) {
            case "bind" -> MountType.BIND;
            case "volume" -> MountType.VOLUME;
            default -> MountType.TMPFS;
        };
        if (mountType == MountType.BIND) {
            if (source.isEmpty()) {
                throw Problems.at(node, key + " lacks `source`", "Write the folder or file of this machine.");
            }
            source = path(source, node).toString();
        } else if (bind.isPresent()) {
            throw Problems.at(bind.get().location(), "`bind` is for mounts of type bind", "Remove it.");
        } else if (mountType == MountType.TMPFS && !source.isEmpty()) {
            throw Problems.at(node, "a mount of type tmpfs has no source", "Remove `source`.");
        } else if (!source.isEmpty() && !NAME.matcher(source).matches()) {
            throw Problems.at(
                    node,
                    "'" + source + "' is no name of a volume",
                    "Write ./" + source + " for a folder next to the file.");
        }
        return new Mount(
                mountType,
                source,
                target,
                fields.flag("read_only", false),
                mountType == MountType.BIND && createHostPath);
    }

    private static List<String> tmpfs(Fields fields) {
        List<String> folders = fields.texts("tmpfs");
        for (String folder : folders) {
            if (!folder.startsWith("/")) {
                throw Problems.at(
                        fields.node("tmpfs").orElseThrow(),
                        "'" + folder + "' is no absolute path in the container",
                        "Begin it with a slash.");
            }
        }
        return folders;
    }

    private static Map<String, Dependency> dependencies(
            Fields fields, Set<String> services, Optional<String> networkMode) {
        Map<String, Dependency> dependencies = new LinkedHashMap<>();
        fields.node("depends_on").ifPresent(node -> {
            String key = fields.path("depends_on");
            Values.mapping(node, key).entries().forEach((name, entry) -> {
                if (Values.isNull(entry.value())) {
                    dependencies.put(name, new Dependency(Condition.STARTED, false, true));
                    return;
                }
                Fields dependency = Fields.of(entry.value(), ComposeKeys.DEPENDENCY, key + "." + name);
                Condition condition =
                        dependency.read("condition", ComposeReader::condition).orElse(Condition.STARTED);
                boolean required = dependency.flag("required", true);
                if (required || services.contains(name)) {
                    dependencies.put(name, new Dependency(condition, dependency.flag("restart", false), required));
                }
            });
        });
        // A container that lives in another's network must be made anew with it.
        networkMode
                .filter(mode -> mode.startsWith("service:"))
                .map(mode -> mode.substring("service:".length()))
                .ifPresent(name -> dependencies.putIfAbsent(name, new Dependency(Condition.STARTED, true, true)));
        return dependencies;
    }

    private static Condition condition(YamlNode node, String key) {
        Map<String, Condition> conditions = new LinkedHashMap<>();
        Arrays.stream(Condition.values()).forEach(condition -> conditions.put(condition.text(), condition));
        String text = Values.oneOf(node, key, conditions.keySet());
        return java.util.Objects.requireNonNull(conditions.get(text));
    }

    private static HealthCheck healthCheck(Fields fields) {
        List<String> test = fields.read("test", ComposeReader::healthTest).orElse(List.of());
        return new HealthCheck(
                fields.flag("disable", false) ? List.of("NONE") : test,
                fields.read("interval", Values::duration),
                fields.read("timeout", Values::duration),
                fields.read("start_period", Values::duration),
                fields.read("retries", (node, key) -> Values.integer(node, key, 0, Integer.MAX_VALUE))
                        .map(OptionalInt::of)
                        .orElse(OptionalInt.empty()));
    }

    private static List<String> healthTest(YamlNode node, String key) {
        if (node instanceof Scalar) {
            return List.of("CMD-SHELL", Values.text(node, key));
        }
        List<String> words = Values.texts(node, key);
        boolean known = !words.isEmpty() && Set.of("NONE", "CMD", "CMD-SHELL").contains(words.get(0));
        if (!words.isEmpty() && !known) {
            throw Problems.at(
                    node,
                    key + " begins with '" + words.get(0) + "'",
                    "Begin the list with CMD (a program), CMD-SHELL (a shell's command) or NONE.");
        }
        return words;
    }

    private static Map<String, NetworkAttachment> networks(Fields fields, Optional<String> networkMode) {
        Optional<YamlNode> node = fields.node("networks");
        if (networkMode.isPresent()) {
            if (node.isPresent()) {
                throw Problems.at(
                        node.get(), fields.path("networks") + " and network_mode exclude each other", "Remove one.");
            }
            return Map.of();
        }
        Map<String, NetworkAttachment> networks = new LinkedHashMap<>();
        String key = fields.path("networks");
        node.ifPresent(value -> Values.mapping(value, key).entries().forEach((name, entry) -> {
            NetworkAttachment attachment = new NetworkAttachment(List.of(), Optional.empty());
            if (!Values.isNull(entry.value())) {
                Fields options = Fields.of(entry.value(), ComposeKeys.ATTACHMENT, key + "." + name);
                attachment = new NetworkAttachment(options.texts("aliases"), options.text("ipv4_address"));
            }
            networks.put(name, attachment);
        }));
        return networks.isEmpty() ? Map.of("default", new NetworkAttachment(List.of(), Optional.empty())) : networks;
    }

    private record Limits(OptionalLong memory, Optional<Double> cpus) {}

    /** The limits of both ways to write them, which must agree. */
    private static Limits limits(Fields fields) {
        Optional<Long> memory = fields.read("mem_limit", Values::bytes);
        Optional<Double> cpus = fields.read("cpus", Values::cores);
        Optional<Fields> deploy = fields.fields("deploy", ComposeKeys.DEPLOY);
        deploy.flatMap(value -> value.node("replicas")).ifPresent(node -> {
            String key = fields.path("deploy.replicas");
            if (Values.integer(node, key, 0, Integer.MAX_VALUE) != 1) {
                throw Problems.at(
                        node,
                        key + " must be 1: every service has one container",
                        "Write further services; for more Spark workers set `workers` in x-sparkling.");
            }
        });
        Optional<Fields> limits = deploy.flatMap(value -> value.fields("resources", ComposeKeys.RESOURCES))
                .flatMap(value -> value.fields("limits", ComposeKeys.LIMITS));
        Optional<Long> deployedMemory = limits.flatMap(value -> value.read("memory", Values::bytes));
        Optional<Double> deployedCpus = limits.flatMap(value -> value.read("cpus", Values::cores));
        agree(fields, "mem_limit", "deploy.resources.limits.memory", memory, deployedMemory);
        agree(fields, "cpus", "deploy.resources.limits.cpus", cpus, deployedCpus);
        return new Limits(
                memory.or(() -> deployedMemory).map(OptionalLong::of).orElse(OptionalLong.empty()),
                cpus.or(() -> deployedCpus));
    }

    private static <T> void agree(Fields fields, String key, String other, Optional<T> value, Optional<T> otherValue) {
        if (value.isPresent() && otherValue.isPresent() && !value.equals(otherValue)) {
            throw Problems.at(
                    fields.node(key).orElseThrow(),
                    fields.path(key) + " and " + other + " say different things",
                    "Remove one of the two.");
        }
    }

    private static Map<String, Ulimit> ulimits(Fields fields) {
        Map<String, Ulimit> ulimits = new LinkedHashMap<>();
        fields.node("ulimits").ifPresent(node -> {
            String key = fields.path("ulimits");
            Values.mapping(node, key).entries().forEach((name, entry) -> {
                Fields limit = Fields.of(entry.value(), ComposeKeys.ULIMIT, key + "." + name);
                Optional<Long> soft = limit.read("soft", Values::limit);
                Optional<Long> hard = limit.read("hard", Values::limit);
                if (soft.isEmpty() || hard.isEmpty()) {
                    throw Problems.at(
                            entry.keyLocation(),
                            key + "." + name + " needs soft and hard",
                            "Write both, or one number.");
                }
                ulimits.put(name, new Ulimit(soft.get(), hard.get()));
            });
        });
        return ulimits;
    }

    /** A path of the file, absolute; `~` is the caller's home. */
    private Path path(String text, YamlNode node) {
        if (text.equals("~") || text.startsWith("~/")) {
            String home = environment.apply("HOME");
            if (home == null) {
                throw Problems.at(
                        node, "'" + text + "' needs the variable HOME, which is not set", "Write the whole path.");
            }
            return Path.of(home)
                    .resolve(text.length() < 2 ? "" : text.substring(2))
                    .normalize();
        }
        return directory.resolve(text).normalize();
    }
}
