package dev.sparkling.cli;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.compose.ClusterSettings;
import dev.sparkling.compose.SettingsEditor;
import dev.sparkling.yaml.YamlDocument;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings as flags of `up` and `render`: they are written into the x-sparkling block, and last. */
final class SettingsOptions {
    @Option(names = "--workers", paramLabel = "N", description = "How many workers.")
    @Nullable
    String workers;

    @Option(names = "--worker-cores", paramLabel = "N", description = "Cores of each worker.")
    @Nullable
    String workerCores;

    @Option(names = "--worker-memory", paramLabel = "SIZE", description = "Memory of each worker's executor: 2g, 512m.")
    @Nullable
    String workerMemory;

    @Option(names = "--driver-memory", paramLabel = "SIZE", description = "Memory of the Spark Connect server.")
    @Nullable
    String driverMemory;

    @Option(names = "--bind-address", paramLabel = "IP", description = "The host's address for published ports.")
    @Nullable
    String bindAddress;

    @Option(names = "--connect-port", paramLabel = "PORT", description = "Host port of Spark Connect.")
    @Nullable
    String connectPort;

    @Option(names = "--master-ui-port", paramLabel = "PORT", description = "Host port of the master's UI.")
    @Nullable
    String masterUiPort;

    @Option(names = "--worker-ui-port", paramLabel = "PORT", description = "Host port of the first worker's UI.")
    @Nullable
    String workerUiPort;

    @Option(names = "--application-ui-port", paramLabel = "PORT", description = "Host port of the application's UI.")
    @Nullable
    String applicationUiPort;

    @Option(names = "--package", paramLabel = "COORDINATES", description = "A Maven package; may be repeated.")
    List<String> packages = new ArrayList<>();

    @Option(names = "--requirement", paramLabel = "REQUIREMENT", description = "A Python requirement; may be repeated.")
    List<String> requirements = new ArrayList<>();

    @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A Spark setting; may be repeated.")
    Map<String, String> sparkConf = new LinkedHashMap<>();

    /** The variables that these flags overrule. */
    Set<String> overruled() {
        return values().keySet().stream()
                .map(key -> key.startsWith("ports.") ? key.substring("ports.".length()) + "_port" : key)
                .map(key -> "SPARKLING_" + key.toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    /** The text of a compose file with these settings written into its block. */
    String applyTo(String text) {
        String edited = text;
        for (Map.Entry<String, String> value : values().entrySet()) {
            edited = SettingsEditor.set(edited, value.getKey(), value.getValue());
        }
        for (Map.Entry<String, String> setting : sparkConf.entrySet()) {
            edited = SettingsEditor.set(edited, "spark_conf." + setting.getKey(), setting.getValue());
        }
        if (!packages.isEmpty() || !requirements.isEmpty()) {
            ClusterSpec present = ClusterSettings.read(YamlDocument.parse("compose.yml", edited), Map.of());
            edited = extend(edited, "packages", present.packages(), packages);
            edited = extend(edited, "requirements", present.requirements(), requirements);
        }
        return edited;
    }

    private static String extend(String text, String key, List<String> present, List<String> added) {
        Set<String> all = new LinkedHashSet<>(present);
        return all.addAll(added) ? SettingsEditor.set(text, key, List.copyOf(all)) : text;
    }

    /** The single values by their path in the block, such as `ports.connect`. */
    private Map<String, String> values() {
        Map<String, String> values = new LinkedHashMap<>();
        put(values, "workers", workers);
        put(values, "worker_cores", workerCores);
        put(values, "worker_memory", workerMemory);
        put(values, "driver_memory", driverMemory);
        put(values, "bind_address", bindAddress);
        put(values, "ports.connect", connectPort);
        put(values, "ports.master_ui", masterUiPort);
        put(values, "ports.worker_ui", workerUiPort);
        put(values, "ports.application_ui", applicationUiPort);
        return values;
    }

    private static void put(Map<String, String> values, String key, @Nullable String value) {
        if (value != null) {
            values.put(key, value);
        }
    }
}
