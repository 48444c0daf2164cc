package dev.sparkling.compose;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.cluster.ClusterSpec.Ports;
import dev.sparkling.cluster.InvalidSettingException;
import dev.sparkling.cluster.MemorySize;
import dev.sparkling.cluster.SettingValues;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Location;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the cluster's settings: environment over the `x-sparkling` block over the defaults. The variables are
 * SPARKLING_SPARK_VERSION, SPARKLING_BASE_IMAGE, SPARKLING_WORKERS, SPARKLING_WORKER_CORES, SPARKLING_WORKER_MEMORY,
 * SPARKLING_DRIVER_MEMORY, SPARKLING_BIND_ADDRESS, SPARKLING_ENGINE, SPARKLING_MASTER_UI_PORT, SPARKLING_WORKER_UI_PORT,
 * SPARKLING_APPLICATION_UI_PORT and SPARKLING_CONNECT_PORT; an empty one counts as absent.
 *
 * <p>`${VAR}` is not replaced in the block. Only values of `spark_conf` may hold one: it is rendered as it stands, and
 * replaced when the rendered services are read.
 */
public final class ClusterSettings {
    /** The block's key in compose.yml. */
    public static final String KEY = "x-sparkling";

    static final String RENDERED = "rendered";
    /** In the order in which they stand in a rendered file. */
    static final List<String> KEYS = List.of(
            "spark_version",
            "base_image",
            "workers",
            "worker_cores",
            "worker_memory",
            "driver_memory",
            "bind_address",
            "ports",
            "packages",
            "requirements",
            "spark_conf",
            "engine",
            RENDERED);

    static final List<String> PORT_KEYS = List.of("master_ui", "worker_ui", "application_ui", "connect");

    private final Mapping block;
    private final Mapping ports;
    private final Map<String, String> environment;

    private ClusterSettings(Mapping block, Map<String, String> environment) {
        this.block = block;
        this.environment = environment;
        this.ports = present(block, "ports")
                .map(node -> Values.mapping(node, KEY + ".ports"))
                .orElse(new Mapping(Map.of(), block.location(), ""));
        known(block, KEYS, KEY);
        known(ports, PORT_KEYS, KEY + ".ports");
    }

    /**
     * Reads the settings of a compose file.
     *
     * @param file the file's root; without a block the defaults hold
     * @param environment the caller's variables; pass an empty map for what the file alone says
     * @throws SparklingException of category USAGE with the place, or the variable, of a value that cannot be
     */
    public static ClusterSpec read(YamlNode file, Map<String, String> environment) {
        Mapping block = block(file).orElse(new Mapping(Map.of(), file.location(), ""));
        return new ClusterSettings(block, environment).spec();
    }

    /** The block of a compose file, if it has one that is not empty. */
    public static Optional<Mapping> block(YamlNode file) {
        return file instanceof Mapping mapping
                ? present(mapping, KEY).map(node -> Values.mapping(node, KEY))
                : Optional.empty();
    }

    /** The hash of the services that were rendered from the block, as {@link RenderedServices} makes it. */
    static Optional<String> renderedHash(YamlNode file) {
        return block(file)
                .flatMap(block -> present(block, RENDERED))
                .map(node -> scalar(node, RENDERED).text());
    }

    private ClusterSpec spec() {
        ClusterSpec defaults = ClusterSpec.defaults();
        Ports defaultPorts = defaults.ports();
        String version =
                value(block, "spark_version", "SPARK_VERSION", SettingValues::sparkVersion, defaults.sparkVersion());
        String image = "apache/spark:" + version;
        ClusterSpec spec = new ClusterSpec(
                version,
                value(block, "base_image", "BASE_IMAGE", SettingValues::image, image),
                value(block, "workers", "WORKERS", SettingValues::workers, defaults.workers()),
                value(block, "worker_cores", "WORKER_CORES", SettingValues::cores, defaults.workerCores()),
                memory("worker_memory", "WORKER_MEMORY", defaults.workerMemory()),
                memory("driver_memory", "DRIVER_MEMORY", defaults.driverMemory()),
                value(block, "bind_address", "BIND_ADDRESS", SettingValues::bindAddress, defaults.bindAddress()),
                new Ports(
                        value(ports, "master_ui", "MASTER_UI_PORT", SettingValues::port, defaultPorts.masterUi()),
                        value(ports, "worker_ui", "WORKER_UI_PORT", SettingValues::port, defaultPorts.workerUi()),
                        value(
                                ports,
                                "application_ui",
                                "APPLICATION_UI_PORT",
                                SettingValues::port,
                                defaultPorts.applicationUi()),
                        value(ports, "connect", "CONNECT_PORT", SettingValues::port, defaultPorts.connect())),
                texts("packages", SettingValues::mavenCoordinates),
                texts("requirements", SettingValues::requirement),
                sparkConf(),
                value(block, "engine", "ENGINE", SettingValues::engine, defaults.engine()));
        located((block.entries().containsKey("ports") ? ports : block).location(), () -> {
            SettingValues.differentPorts(spec);
            return spec;
        });
        return spec;
    }

    private MemorySize memory(String key, String variable, MemorySize otherwise) {
        return value(block, key, variable, SettingValues::memory, otherwise);
    }

    private <T> T value(Mapping mapping, String key, String variable, Function<String, T> reader, T otherwise) {
        String name = "SPARKLING_" + variable;
        String overriding = environment.get(name);
        // The file's value is checked even where the environment hides it: plain Docker Compose lacks that variable.
        Optional<T> written = present(mapping, key)
                .map(node -> located(
                        node.location(), () -> reader.apply(scalar(node, key).text())));
        if (overriding == null || overriding.isEmpty()) {
            return written.orElse(otherwise);
        }
        try {
            return reader.apply(overriding);
        } catch (InvalidSettingException invalid) {
            throw SparklingException.usage("The variable " + name + ": " + invalid.problem(), invalid.remedy());
        }
    }

    private List<String> texts(String key, Function<String, String> reader) {
        List<String> texts = new ArrayList<>();
        present(block, key).ifPresent(node -> {
            for (YamlNode item : Values.sequence(node, KEY + "." + key).items()) {
                texts.add(located(
                        item.location(), () -> reader.apply(scalar(item, key).text())));
            }
        });
        return texts;
    }

    private Map<String, String> sparkConf() {
        Map<String, String> conf = new LinkedHashMap<>();
        present(block, "spark_conf").ifPresent(node -> {
            for (Entry entry :
                    Values.mapping(node, KEY + ".spark_conf").entries().values()) {
                located(entry.keyLocation(), () -> {
                    SettingValues.sparkConfKey(entry.key());
                    return entry;
                });
                conf.put(entry.key(), scalar(entry.value(), entry.key()).text());
            }
        });
        return conf;
    }

    private static Scalar scalar(YamlNode node, String key) {
        if (node instanceof Scalar scalar && scalar.type() != ScalarType.NULL) {
            return scalar;
        }
        throw Values.wrongType(node, KEY + "." + key, "a single value", "Write one value after the colon.");
    }

    private static Optional<YamlNode> present(Mapping mapping, String key) {
        return mapping.value(key).filter(node -> !Values.isNull(node));
    }

    private static void known(Mapping mapping, List<String> keys, String path) {
        for (Entry entry : mapping.entries().values()) {
            if (!keys.contains(entry.key())) {
                throw Problems.at(
                        entry.keyLocation(),
                        "the key '" + entry.key() + "' in " + path + " is no setting",
                        Problems.nearest(entry.key(), keys)
                                .map(name -> "Did you mean " + name + "?")
                                .orElse("The settings are: " + String.join(", ", keys) + "."));
            }
        }
    }

    private static <T> T located(Location place, java.util.function.Supplier<T> reading) {
        try {
            return reading.get();
        } catch (InvalidSettingException invalid) {
            throw Problems.at(place, invalid.problem(), invalid.remedy());
        }
    }
}
