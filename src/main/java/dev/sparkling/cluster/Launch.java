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
     */
    public record Places(String host, String masterHost) {
        String master() {
            return "spark://" + masterHost + ":" + Role.MASTER_PORT;
        }
    }

    /** The standalone master. */
    public static Launch master(Places places) {
        return new Launch(
                Optional.empty(),
                "org.apache.spark.deploy.master.Master",
                List.of(
                        "--host",
                        places.host(),
                        "--port",
                        "" + Role.MASTER_PORT,
                        "--webui-port",
                        "" + Role.MASTER.port()),
                PUBLIC);
    }

    /**
     * A standalone worker.
     *
     * @param number 1 or more; its UI listens at the port that the host publishes, so that the master's links work
     */
    public static Launch worker(Places places, ClusterSpec spec, int number) {
        return new Launch(
                Optional.empty(),
                "org.apache.spark.deploy.worker.Worker",
                List.of(
                        "--host",
                        places.host(),
                        "--webui-port",
                        "" + spec.ports().workerUi(number),
                        "--cores",
                        "" + spec.workerCores(),
                        "--memory",
                        "" + spec.workerMemory(),
                        places.master()),
                PUBLIC);
    }

    /** The Spark Connect server, one application that takes every worker whole. */
    public static Launch connect(Places places, ClusterSpec spec) {
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
        spec.sparkConf().forEach((key, value) -> setting(arguments, key, value));
        arguments.add("spark-internal");
        return new Launch(Optional.of(spec.driverMemory()), "org.apache.spark.deploy.SparkSubmit", arguments, PUBLIC);
    }

    private static void setting(List<String> arguments, String key, String value) {
        arguments.add("--conf");
        arguments.add(key + "=" + value);
    }
}
