package dev.sparkling.cluster;

import dev.sparkling.cluster.ClusterSpec.Ports;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the values of settings as a user writes them, in compose.yml, a flag or the environment. All throw
 * {@link InvalidSettingException} for a value that cannot be.
 */
public final class SettingValues {
    private static final int MOST_WORKERS = 100;
    private static final int MOST_CORES = 1024;
    private static final long LEAST_MEBIBYTES = 512;
    private static final Pattern LOOSE_MEMORY =
            Pattern.compile("([1-9][0-9]{0,6})\\s*([mg])(?:b|ib)?", Pattern.CASE_INSENSITIVE);
    private static final Pattern VERSION = Pattern.compile("4\\.[1-9][0-9]*\\.[0-9]+");
    private static final Pattern IMAGE = Pattern.compile(
            "[a-z0-9]+(?:[._:/-]+[a-zA-Z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?");
    private static final Pattern COORDINATES =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9_.-]*:[A-Za-z0-9_][A-Za-z0-9_.-]*:[A-Za-z0-9][A-Za-z0-9_.+-]*");
    private static final Pattern REQUIREMENT =
            Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\\s*(?:\\[[A-Za-z0-9._,\\s-]*])?\\s*"
                    + "(?:(?:===|==|~=|!=|<=|>=|<|>)\\s*[A-Za-z0-9.*+!_-]+(?:\\s*,\\s*(?:===|==|~=|!=|<=|>=|<|>)\\s*[A-Za-z0-9.*+!_-]+)*"
                    + "|@\\s*\\S+)?\\s*(?:;.+)?");
    private static final Pattern IPV4 = Pattern.compile("([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})\\.([0-9]{1,3})");
    private static final Pattern IPV6 = Pattern.compile("(?=.*:.*:)[0-9a-fA-F:]+(?:%[a-z0-9]+)?");
    private static final Pattern CONF_KEY = Pattern.compile("spark\\.[A-Za-z0-9_.-]*[A-Za-z0-9_]");

    /** Spark's keys that Sparkling sets itself, with what to use instead. */
    private static final Map<String, String> OWN_KEYS = Map.ofEntries(
            Map.entry("spark.master", "Sparkling starts the master and names it."),
            Map.entry("spark.remote", "Sparkling starts Spark Connect and names it."),
            Map.entry("spark.submit.deployMode", "The driver always runs in spark-connect."),
            Map.entry("spark.driver.memory", "Set driver_memory."),
            Map.entry("spark.driver.host", "Sparkling names the driver's host."),
            Map.entry("spark.driver.bindAddress", "Set bind_address for the host's address."),
            Map.entry("spark.executor.memory", "Set worker_memory."),
            Map.entry("spark.executor.cores", "Set worker_cores."),
            Map.entry("spark.executor.instances", "Set workers."),
            Map.entry("spark.cores.max", "Set workers and worker_cores."),
            Map.entry("spark.jars.packages", "List the packages under packages."),
            Map.entry("spark.ui.port", "Set ports.application_ui."),
            Map.entry("spark.connect.grpc.binding.port", "Set ports.connect."),
            Map.entry("spark.sql.warehouse.dir", "The tables always lie in spark-warehouse/."));

    private SettingValues() {}

    /** The number of workers, 1 to 100. */
    public static int workers(String text) {
        return number(text, "number of workers", MOST_WORKERS);
    }

    /** A worker's cores, 1 to 1024. */
    public static int cores(String text) {
        return number(text, "number of cores", MOST_CORES);
    }

    /** A host port, 1 to 65535. */
    public static int port(String text) {
        return number(text, "port", 65535);
    }

    private static int number(String text, String what, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 1 && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, as for a number out of range.
        }
        throw new InvalidSettingException(
                "'" + text + "' is no " + what, "Write a whole number from 1 to " + most + ".");
    }

    /** Memory of a worker or the driver: `512m`, `2g`; at least 512m, with less no Spark process starts. */
    public static MemorySize memory(String text) {
        try {
            MemorySize size = MemorySize.parse(text);
            if (size.mebibytes() < LEAST_MEBIBYTES) {
                throw new InvalidSettingException(
                        "'" + text + "' is too little memory for Spark", "Write 512m or more.");
            }
            return size;
        } catch (IllegalArgumentException problem) {
            throw new InvalidSettingException("'" + text + "' is no amount of memory", memoryRemedy(text));
        }
    }

    private static String memoryRemedy(String text) {
        Matcher loose = LOOSE_MEMORY.matcher(text.strip());
        return loose.matches()
                ? "Write " + loose.group(1) + loose.group(2).toLowerCase(Locale.ROOT) + "."
                : "Write a whole number and m or g, such as 512m or 2g.";
    }

    /** Spark's version: 4.1.1 is the one that is tested; other 4.x.y from 4.1 on are accepted. */
    public static String sparkVersion(String text) {
        if (!VERSION.matcher(text).matches()) {
            throw new InvalidSettingException(
                    "'" + text + "' is no version of Spark that Sparkling can run", "Write 4.1.1, or a later 4.x.y.");
        }
        return text;
    }

    /** An image's reference. */
    public static String image(String text) {
        if (!IMAGE.matcher(text).matches()) {
            throw new InvalidSettingException(
                    "'" + text + "' is no image reference", "Write NAME:TAG, such as apache/spark:4.1.1.");
        }
        return text;
    }

    /** An address of the host. */
    public static String bindAddress(String text) {
        Matcher ipv4 = IPV4.matcher(text);
        boolean valid = IPV6.matcher(text).matches();
        if (ipv4.matches()) {
            valid = true;
            for (int group = 1; group <= 4; group++) {
                valid &= Integer.parseInt(ipv4.group(group)) <= 255;
            }
        }
        if (!valid) {
            String remedy = "Write 127.0.0.1 for this machine only, or 0.0.0.0 for every network it is on.";
            throw new InvalidSettingException("'" + text + "' is no IP address", remedy);
        }
        return text;
    }

    /** Maven coordinates, `group:artifact:version`. */
    public static String mavenCoordinates(String text) {
        if (!COORDINATES.matcher(text).matches()) {
            throw new InvalidSettingException(
                    "'" + text + "' is no package",
                    "Write Maven coordinates, GROUP:ARTIFACT:VERSION, such as org.postgresql:postgresql:42.7.4.");
        }
        return text;
    }

    /** An engine's name. */
    public static EngineChoice engine(String text) {
        for (EngineChoice choice : EngineChoice.values()) {
            if (choice.text().equals(text)) {
                return choice;
            }
        }
        throw new InvalidSettingException("'" + text + "' is no engine", "Write auto, docker or local.");
    }

    /** A Python requirement as requirements.txt writes it. */
    public static String requirement(String text) {
        if (!REQUIREMENT.matcher(text).matches()) {
            throw new InvalidSettingException(
                    "'" + text + "' is no Python requirement",
                    "Write it as in requirements.txt, such as requests>=2.32.");
        }
        return text;
    }

    /** Checks the name of a key of Spark's configuration. */
    public static void sparkConfKey(String key) {
        if (!CONF_KEY.matcher(key).matches()) {
            throw new InvalidSettingException(
                    "'" + key + "' is no key of Spark's configuration",
                    key.startsWith("spark.") ? "Use letters, digits, dots and dashes." : "Keys begin with `spark.`.");
        }
        String instead = OWN_KEYS.get(key);
        if (instead != null) {
            throw new InvalidSettingException("'" + key + "' is set by Sparkling itself", instead);
        }
    }

    /** Checks that every published port is one of its own. */
    public static void differentPorts(ClusterSpec spec) {
        Ports ports = spec.ports();
        Map<Integer, String> taken = new LinkedHashMap<>();
        claim(taken, ports.masterUi(), "ports.master_ui");
        claim(taken, ports.applicationUi(), "ports.application_ui");
        claim(taken, ports.connect(), "ports.connect");
        for (int worker = 1; worker <= spec.workers(); worker++) {
            String name = worker == 1 ? "ports.worker_ui" : "the UI of worker " + worker + " (from ports.worker_ui on)";
            int port = ports.workerUi(worker);
            if (port > 65535) {
                throw new InvalidSettingException(
                        "port " + port + " of " + name + " is above 65535", "Choose a lower ports.worker_ui.");
            }
            claim(taken, port, name);
        }
    }

    private static void claim(Map<Integer, String> taken, int port, String name) {
        String other = taken.putIfAbsent(port, name);
        if (other != null) {
            throw new InvalidSettingException(
                    other + " and " + name + " both are port " + port, "Choose another port for one of them.");
        }
    }
}
