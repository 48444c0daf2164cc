package dev.sparkling.cluster;

import java.util.List;
import java.util.Map;

/**
 * What the user wants of a cluster: the `x-sparkling` block, every default filled in.
 *
 * @param sparkVersion such as 4.1.1
 * @param baseImage the image that the project's image is built on
 * @param workers 1 or more
 * @param workerCores 1 or more, of each worker
 * @param workerMemory of each worker's executor
 * @param driverMemory of the Spark Connect server's heap
 * @param bindAddress the host's address on which ports are published
 * @param packages Maven coordinates, `group:artifact:version`
 * @param requirements Python requirements, as a line of requirements.txt each
 * @param sparkConf extra Spark configuration of the Connect server, by key
 * @param engine that runs it; the services are the same for all
 */
public record ClusterSpec(
        String sparkVersion,
        String baseImage,
        int workers,
        int workerCores,
        MemorySize workerMemory,
        MemorySize driverMemory,
        String bindAddress,
        Ports ports,
        List<String> packages,
        List<String> requirements,
        Map<String, String> sparkConf,
        EngineChoice engine) {
    public ClusterSpec {
        packages = List.copyOf(packages);
        requirements = List.copyOf(requirements);
        sparkConf = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(sparkConf));
    }

    /**
     * Host ports, 1 to 65535.
     *
     * @param workerUi of the first worker; the next ones follow it
     */
    public record Ports(int masterUi, int workerUi, int applicationUi, int connect) {
        /** The UI's port of a worker, counted from 1. */
        public int workerUi(int worker) {
            return workerUi + worker - 1;
        }
    }

    /** These settings with the address, ports and engine of others: what leaves the rendered services alone. */
    public ClusterSpec withAddresses(ClusterSpec other) {
        return new ClusterSpec(
                sparkVersion,
                baseImage,
                workers,
                workerCores,
                workerMemory,
                driverMemory,
                other.bindAddress,
                other.ports,
                packages,
                requirements,
                sparkConf,
                other.engine);
    }

    /**
     * What the cluster takes at most, as a rule of thumb: a JVM needs about 400 MB beside its heap, and the daemons'
     * heaps are small.
     */
    public MemorySize memoryNeeded() {
        long executors = workers * (workerMemory.mebibytes() + 400 + 350);
        return new MemorySize(executors + driverMemory.mebibytes() + 400 + 350);
    }

    /** What a project without settings gets: fits a laptop of 8 GB. */
    public static ClusterSpec defaults() {
        return new ClusterSpec(
                "4.1.1",
                "apache/spark:4.1.1",
                1,
                2,
                MemorySize.parse("1g"),
                MemorySize.parse("1g"),
                "127.0.0.1",
                new Ports(8080, 8081, 4040, 15002),
                List.of(),
                List.of(),
                Map.of(),
                EngineChoice.AUTO);
    }
}
