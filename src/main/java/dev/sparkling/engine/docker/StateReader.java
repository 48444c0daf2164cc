package dev.sparkling.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ContainerPort;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.error.SparklingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Asks the engine, by label, what it holds of a project. */
final class StateReader {
    private static final Pattern EXIT_CODE = Pattern.compile("Exited \\((\\d+)\\)");
    private static final Pattern HEALTH = Pattern.compile("\\((healthy|unhealthy|health: starting)\\)");

    private final DockerClient docker;

    StateReader(DockerClient docker) {
        this.docker = docker;
    }

    /**
     * Containers, networks and volumes of a project; without the volumes of a folder of the same name that lies
     * elsewhere.
     *
     * @throws SparklingException if containers, a network, or a volume that the project wants belong to such a folder
     */
    Observed observe(ComposeProject project) {
        Map<String, String> networks = new LinkedHashMap<>();
        docker.listNetworksCmd()
                .withFilter("label", List.of(Labels.PROJECT + "=" + project.name()))
                .exec()
                .forEach(network -> {
                    refuseStranger(project, network.getLabels(), "cluster");
                    networks.put(network.getName(), network.getId());
                });
        Set<String> volumes = new HashSet<>();
        var found = docker.listVolumesCmd()
                .withFilter("label", List.of(Labels.PROJECT + "=" + project.name()))
                .exec()
                .getVolumes();
        if (found != null) {
            found.forEach(volume -> {
                if (wanted(project, volume.getName())) {
                    refuseStranger(project, volume.getLabels(), "volume " + volume.getName());
                }
                if (Labels.otherFolder(project, volume.getLabels(), Labels.WORKING_DIRECTORY)
                        .isEmpty()) {
                    volumes.add(volume.getName());
                }
            });
        }
        return new Observed(containers(project), networks, volumes);
    }

    private static boolean wanted(ComposeProject project, String volume) {
        return project.volumes().values().stream()
                .anyMatch(wanted -> !wanted.external() && wanted.name().equals(volume));
    }

    /**
     * The containers of a project, by service and name.
     *
     * @throws SparklingException if they belong to a folder of the same name that lies elsewhere
     */
    List<Observed.Container> containers(ComposeProject project) {
        List<Container> found = docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(List.of(Labels.PROJECT + "=" + project.name(), Labels.COMPOSE_HASH))
                .exec();
        found.forEach(container -> refuseStranger(project, container.getLabels(), "cluster"));
        return found.stream()
                .map(StateReader::read)
                .sorted(Comparator.comparing(Observed.Container::service).thenComparing(Observed.Container::name))
                .toList();
    }

    private static void refuseStranger(ComposeProject project, @Nullable Map<String, String> labels, String what) {
        Labels.otherFolder(project, labels, Labels.WORKING_DIRECTORY).ifPresent(folder -> {
            throw SparklingException.usage(
                    "the project name '" + project.name() + "' is taken by the " + what + " of " + folder,
                    "Name this one otherwise: `-p NAME`, or `name: NAME` at the top of compose.override.yml.");
        });
    }

    private static Observed.Container read(Container container) {
        Map<String, String> labels = container.getLabels() == null ? Map.of() : container.getLabels();
        String name = container.getNames().length == 0 ? container.getId() : container.getNames()[0].substring(1);
        String status = String.valueOf(container.getStatus());
        ServiceState state = new ServiceState(
                name,
                labels.getOrDefault(Labels.SERVICE, name),
                String.valueOf(container.getState()),
                status,
                exitCode(status),
                health(status),
                container.getImage(),
                Instant.ofEpochSecond(container.getCreated()),
                ports(container.getPorts()),
                labels.getOrDefault(Labels.ONE_OFF, "False").equals("True"),
                OptionalLong.empty(),
                false);
        return new Observed.Container(
                container.getId(),
                state,
                Optional.ofNullable(labels.get(Labels.HASH)),
                container.getImageId(),
                dependencies(labels.getOrDefault(Labels.DEPENDS_ON, "")));
    }

    private static List<String> dependencies(String label) {
        return label.isEmpty()
                ? List.of()
                : Arrays.stream(label.split(",", -1))
                        .map(dependency -> dependency.split(":", -1)[0])
                        .toList();
    }

    private static OptionalInt exitCode(String status) {
        Matcher matcher = EXIT_CODE.matcher(status);
        return matcher.find() ? OptionalInt.of(Integer.parseInt(matcher.group(1))) : OptionalInt.empty();
    }

    private static Optional<String> health(String status) {
        Matcher matcher = HEALTH.matcher(status);
        return matcher.find() ? Optional.of(matcher.group(1).replace("health: ", "")) : Optional.empty();
    }

    private static List<PublishedPort> ports(ContainerPort[] ports) {
        List<PublishedPort> published = new ArrayList<>();
        for (ContainerPort port : ports) {
            if (port.getPublicPort() != null) {
                published.add(new PublishedPort(
                        port.getIp() == null ? "0.0.0.0" : port.getIp(),
                        port.getPublicPort(),
                        port.getPrivatePort(),
                        port.getType()));
            }
        }
        published.sort(Comparator.comparingInt(PublishedPort::containerPort));
        return published;
    }
}
