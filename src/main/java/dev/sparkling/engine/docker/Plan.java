package dev.sparkling.engine.docker;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Network;
import dev.sparkling.compose.Service;
import dev.sparkling.compose.Volume;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What `up` has to do, decided from the wanted project and what the engine holds; the executor only carries it out.
 *
 * @param services one for each service of the project that `up` starts, in the project's order
 * @param leftovers containers whose service the project no longer has, and that Sparkling made
 * @param orphans such containers that somebody else made: named, not touched
 */
record Plan(
        List<Network> networks,
        List<Volume> volumes,
        List<ServicePlan> services,
        List<Observed.Container> leftovers,
        List<Observed.Container> orphans) {
    Plan {
        networks = List.copyOf(networks);
        volumes = List.copyOf(volumes);
        services = List.copyOf(services);
        leftovers = List.copyOf(leftovers);
        orphans = List.copyOf(orphans);
    }

    /** What is done for a service. */
    enum Action {
        /** There is no container. */
        CREATE,
        /** The container was made from other settings or another image. */
        RECREATE,
        /** The container is right and does not run. */
        START,
        /** The container is right and runs, or it has done the one thing that others waited for. */
        KEEP
    }

    /**
     * A service's part of the plan.
     *
     * @param existing the container that is kept, started or replaced
     * @param hash of what the container is made from
     */
    record ServicePlan(
            Service service, Action action, Optional<Observed.Container> existing, String hash, String imageId) {}

    /**
     * Decides.
     *
     * @param imageIds the ids of all images that the services name, by reference
     */
    static Plan of(ComposeProject project, Observed observed, Map<String, String> imageIds) {
        Map<String, Observed.Container> byService = new HashMap<>();
        List<Observed.Container> leftovers = new ArrayList<>();
        List<Observed.Container> orphans = new ArrayList<>();
        for (Observed.Container container : observed.serviceContainers()) {
            if (!project.services().containsKey(container.service())) {
                (container.hash().isPresent() ? leftovers : orphans).add(container);
            } else if (byService.putIfAbsent(container.service(), container) != null) {
                leftovers.add(container); // a second container, of `docker compose up --scale`
            }
        }
        Set<String> oneShots = oneShots(project);
        List<ServicePlan> services = new ArrayList<>();
        for (Service service : project.services().values()) {
            if (service.profiles().isEmpty()) {
                boolean oneShot = oneShots.contains(service.name());
                services.add(plan(service, oneShot, byService.get(service.name()), imageIds));
            }
        }
        return new Plan(
                project.networks().values().stream()
                        .filter(network ->
                                !network.external() && !observed.networks().containsKey(network.name()))
                        .toList(),
                project.volumes().values().stream()
                        .filter(volume ->
                                !volume.external() && !observed.volumes().contains(volume.name()))
                        .toList(),
                services,
                leftovers,
                orphans);
    }

    /** Whether nothing has to be made, started or removed. */
    boolean empty() {
        return networks.isEmpty()
                && volumes.isEmpty()
                && leftovers.isEmpty()
                && services.stream().allMatch(service -> service.action() == Action.KEEP);
    }

    /** Services that others wait for the end of. */
    private static Set<String> oneShots(ComposeProject project) {
        Set<String> oneShots = new HashSet<>();
        for (Service service : project.services().values()) {
            service.dependsOn().forEach((name, dependency) -> {
                if (dependency.condition() == Service.Condition.COMPLETED) {
                    oneShots.add(name);
                }
            });
        }
        return oneShots;
    }

    private static ServicePlan plan(
            Service service,
            boolean oneShot,
            Observed.@org.jspecify.annotations.Nullable Container existing,
            Map<String, String> imageIds) {
        String imageId = imageIds.getOrDefault(service.image(), "");
        String hash = hash(service, imageId);
        Action action;
        if (existing == null) {
            action = Action.CREATE;
        } else if (!existing.hash().equals(Optional.of(hash))) {
            action = Action.RECREATE;
        } else if (existing.state().running()
                || (oneShot && existing.state().exitCode().equals(OptionalInt.of(0)))) {
            action = Action.KEEP;
        } else {
            action = Action.START;
        }
        return new ServicePlan(service, action, Optional.ofNullable(existing), hash, imageId);
    }

    /** SHA-256 over the service as it is wanted and its image; records print every component in a fixed order. */
    static String hash(Service service, String imageId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(service.toString().getBytes(StandardCharsets.UTF_8));
            digest.update(imageId.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
