package dev.sparkling.engine;

import dev.sparkling.compose.ComposeProject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Makes, starts, stops and removes the services of a project. Each call tells its steps as {@link EngineEvent}s. */
public interface Lifecycle {
    /**
     * Brings the project to the wanted state: images, networks, volumes, containers; and waits until the cluster can run
     * a task.
     *
     * @return what had to be done
     */
    UpResult up(ComposeProject project, UpRequest request);

    /**
     * Starts stopped services and waits until they are ready.
     *
     * @param services empty means all that exist
     * @return the services that were started
     */
    List<String> start(ComposeProject project, Set<String> services, Duration timeout);

    /**
     * Stops services, dependents first.
     *
     * @param services empty means all
     * @param grace how long a service may take before it is killed; empty means its own grace period
     * @return the services that were stopped
     */
    List<String> stop(ComposeProject project, Set<String> services, Optional<Duration> grace);

    /**
     * Removes containers and networks, and what else the request names.
     *
     * @return the names of what was removed
     */
    List<String> down(ComposeProject project, DownRequest request);

    /**
     * What `up` is asked for.
     *
     * @param build builds the image even if it is there
     * @param pull pulls images even if they are there
     * @param timeout how long the services may take to be ready
     */
    record UpRequest(boolean build, boolean pull, Duration timeout) {}

    /**
     * What `up` did.
     *
     * @param changed the services that were created or started; empty means that nothing had to be done
     */
    record UpResult(List<String> changed) {
        public UpResult {
            changed = List.copyOf(changed);
        }
    }

    /**
     * What `down` removes beside containers and networks.
     *
     * @param images the images that were built for the project
     * @param volumes the named volumes that the project's files declare
     */
    record DownRequest(boolean images, boolean volumes) {}
}
