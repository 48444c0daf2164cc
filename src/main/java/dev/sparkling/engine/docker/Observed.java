package dev.sparkling.engine.docker;

import dev.sparkling.engine.Observer.ServiceState;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the engine holds of a project at one moment.
 *
 * @param containers one-off ones included
 * @param networks by name, those that carry the project's label
 * @param volumes names, those that carry the project's label and not the folder of another project of its name
 */
record Observed(List<Container> containers, Map<String, String> networks, Set<String> volumes) {
    Observed {
        containers = List.copyOf(containers);
        networks = Map.copyOf(networks);
        volumes = Set.copyOf(volumes);
    }

    /**
     * A container.
     *
     * @param hash Sparkling's own hash; empty for a container that docker compose made
     * @param imageId of the image that it was made from
     */
    record Container(String id, ServiceState state, Optional<String> hash, String imageId, List<String> dependencies) {
        Container {
            dependencies = List.copyOf(dependencies);
        }

        String service() {
            return state.service();
        }

        String name() {
            return state.name();
        }
    }

    /** The containers of services, without one-off ones. */
    List<Container> serviceContainers() {
        return containers.stream()
                .filter(container -> !container.state().oneOff())
                .toList();
    }
}
