package dev.sparkling.engine.docker;

import com.github.dockerjava.api.DockerClient;
import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.error.SparklingException;

/** What is checked before a container is made. */
final class Preflight {
    private Preflight() {}

    /**
     * Refuses settings that the engine's memory cannot hold.
     *
     * @throws SparklingException with both figures
     */
    static void memory(DockerClient docker, ComposeProject project) {
        Long total = docker.infoCmd().exec().getMemTotal();
        long needed = project.settings().memoryNeeded().mebibytes();
        if (total == null || total / (1024 * 1024) >= needed) {
            return;
        }
        ClusterSpec settings = project.settings();
        throw SparklingException.failed(
                String.format(
                        java.util.Locale.ROOT,
                        "the settings need about %.1f GB of memory and the Docker engine has %.1f GB (%d × worker_memory %s,"
                                + " driver_memory %s, and the daemons' own)",
                        needed / 1024.0,
                        total / (1024.0 * 1024 * 1024),
                        settings.workers(),
                        settings.workerMemory(),
                        settings.driverMemory()),
                "Lower `workers`, `worker_memory` or `driver_memory` in compose.yml, or give the engine more memory.");
    }
}
