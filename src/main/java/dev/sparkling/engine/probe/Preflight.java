package dev.sparkling.engine.probe;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.error.SparklingException;
import org.jspecify.annotations.Nullable;

/** What is checked before a container is made. */
public final class Preflight {
    private Preflight() {}

    /**
     * Refuses settings that the memory cannot hold.
     *
     * @param owner whose memory it is, such as `the Docker engine`
     * @param total in bytes; null where it is unknown
     *
     * @throws SparklingException with both figures
     */
    public static void memory(String owner, @Nullable Long total, ComposeProject project) {
        long needed = project.settings().memoryNeeded().mebibytes();
        if (total == null || total / (1024 * 1024) >= needed) {
            return;
        }
        ClusterSpec settings = project.settings();
        throw SparklingException.failed(
                String.format(
                        java.util.Locale.ROOT,
                        "the settings need about %.1f GB of memory and %s has %.1f GB (%d × worker_memory %s,"
                                + " driver_memory %s, and the daemons' own)",
                        needed / 1024.0,
                        owner,
                        total / (1024.0 * 1024 * 1024),
                        settings.workers(),
                        settings.workerMemory(),
                        settings.driverMemory()),
                "Lower `workers`, `worker_memory` or `driver_memory` in compose.yml, or give " + owner
                        + " more memory.");
    }
}
