package dev.sparkling.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a role of Spark is launched: one description, which a container's command and a local process both resolve.
 *
 * @param heap of the JVM; empty means the few megabytes that a daemon needs
 * @param mainClass of Spark
 * @param arguments of the main class
 * @param environment beside what the image or the machine gives
 */
public record Launch(
        Optional<MemorySize> heap, String mainClass, List<String> arguments, Map<String, String> environment) {
    /** The host's name in the links of the UIs, which are opened on the host. */
    private static final Map<String, String> PUBLIC = Map.of("SPARK_PUBLIC_DNS", "localhost");

    public Launch {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /**
     * The places that a launch names.
     *
     * @param host by which the other services reach this one
     * @param masterHost by which all reach the master
     * @param masterPort for workers and drivers
     */
    public record Places(String host, String masterHost, int masterPort) {
        String master() {
            return "spark://" + masterHost + ":" + masterPort;
        }
    }

    /**
     * The standalone master.
     *
     * @param uiPort where its UI listens
     */
    public static Launch master(Places places, int uiPort) {
        return new Launch(
                Optional.empty(),
                "org.apache.spark.deploy.master.Master",
                List.of("--host", places.host(), "--port", "" + places.masterPort(), "--webui-port", "" + uiPort),
                PUBLIC);
    }

    /**
     * A standalone worker.
     *
     * @param uiPort where its UI listens: the port that the host publishes, so that the master's links work
     */
    public static Launch worker(Places places, ClusterSpec spec, int uiPort) {
        return new Launch(
                Optional.empty(),
                "org.apache.spark.deploy.worker.Worker",
                List.of(
                        "--host",
                        places.host(),
                        "--webui-port",
                        "" + uiPort,
                        "--cores",
                        "" + spec.workerCores(),
                        "--memory",
                        "" + spec.workerMemory(),
                        places.master()),
                PUBLIC);
    }

    /** The Spark Connect server, one application that takes every worker whole. */
    public static Launch connect(Places places, ClusterSpec spec) {
        return connect(places, spec, Map.of());
    }

    /**
     * The Spark Connect server.
     *
     * @param settings further ones of its Spark configuration, below the user's own
     */
    public static Launch connect(Places places, ClusterSpec spec, Map<String, String> settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--class",
                "org.apache.spark.sql.connect.service.SparkConnectServer",
                "--name",
                "Spark Connect server",
                "--master",
                places.master()));
        setting(arguments, "spark.driver.host", places.host());
        setting(arguments, "spark.executor.memory", spec.workerMemory().toString());
        // A view whose column changes its type is refused by Hive's metastore otherwise.
        setting(arguments, "spark.hadoop.hive.metastore.disallow.incompatible.col.type.changes", "false");
        settings.forEach((key, value) -> setting(arguments, key, value));
        spec.sparkConf().forEach((key, value) -> setting(arguments, key, value));
        arguments.add("spark-internal");
        return new Launch(Optional.of(spec.driverMemory()), "org.apache.spark.deploy.SparkSubmit", arguments, PUBLIC);
    }

    private static void setting(List<String> arguments, String key, String value) {
        arguments.add("--conf");
        arguments.add(key + "=" + value);
    }
}
