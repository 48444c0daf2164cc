package dev.sparkling.compose;

import dev.sparkling.compose.Service.Mount;
import dev.sparkling.compose.Service.MountType;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Location;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that services name only services, networks and volumes that there are, and that none waits for itself. */
record References(Mapping document, Map<String, Service> services, Map<String, Network> networks, Set<String> volumes) {
    void check() {
        services.values().forEach(service -> {
            service.dependsOn().forEach((name, dependency) -> {
                if (!services.containsKey(name)) {
                    boolean shared = service.networkMode().equals(Optional.of("service:" + name));
                    String key = shared ? "network_mode" : "depends_on";
                    throw unknown(service, key, name, "service", services.keySet());
                }
            });
            service.networks().forEach((name, attachment) -> {
                Network network = networks.get(name);
                if (network == null) {
                    throw unknown(service, "networks", name, "network", networks.keySet());
                }
                if (attachment.ipv4Address().isPresent() && !network.external() && !hasSubnet(network)) {
                    throw Problems.at(
                            place(service.name(), "networks", name),
                            "services." + service.name() + ".networks." + name + " asks for the address "
                                    + attachment.ipv4Address().get() + ", and networks." + name + " has no subnet",
                            "Write one under networks." + name
                                    + ", such as `ipam: {config: [{subnet: 172.28.0.0/16}]}`.");
                }
            });
            service.mounts().stream()
                    .filter(mount -> mount.type() == MountType.VOLUME)
                    .map(Mount::source)
                    .filter(source -> !source.isEmpty() && !volumes.contains(source))
                    .forEach(source -> {
                        throw unknown(service, "volumes", source, "volume", volumes);
                    });
        });
        Set<String> free = new LinkedHashSet<>();
        services.keySet().forEach(name -> follow(name, new ArrayList<>(), free));
    }

    private static boolean hasSubnet(Network network) {
        return network.ipam()
                .filter(ipam -> ipam.subnets().stream()
                        .anyMatch(subnet -> subnet.subnet().isPresent()))
                .isPresent();
    }

    Set<String> usedNetworks() {
        Set<String> used = new LinkedHashSet<>();
        services.values().forEach(service -> used.addAll(service.networks().keySet()));
        return used;
    }

    Set<String> usedVolumes() {
        Set<String> used = new LinkedHashSet<>();
        services.values()
                .forEach(service -> service.mounts().stream()
                        .filter(mount -> mount.type() == MountType.VOLUME)
                        .forEach(mount -> used.add(mount.source())));
        return used;
    }

    private void follow(String name, List<String> path, Set<String> free) {
        Service service = services.get(name);
        if (service == null || free.contains(name)) {
            return;
        }
        if (path.contains(name)) {
            List<String> cycle = new ArrayList<>(path.subList(path.indexOf(name), path.size()));
            cycle.add(name);
            throw Problems.at(
                    place(path.get(path.size() - 1), "depends_on", name),
                    "services wait for each other: " + String.join(" → ", cycle),
                    "Remove one of these dependencies.");
        }
        path.add(name);
        service.dependsOn().keySet().forEach(next -> follow(next, path, free));
        path.remove(path.size() - 1);
        free.add(name);
    }

    private SparklingException unknown(Service service, String key, String name, String what, Set<String> candidates) {
        String remedy = Problems.nearest(name, candidates)
                .map(near -> "Did you mean " + near + "?")
                .orElse(
                        what.equals("service")
                                ? "The services are: " + String.join(", ", candidates) + "."
                                : "Declare it under the top-level `" + what + "s:`.");
        return Problems.at(
                place(service.name(), key, name),
                "services." + service.name() + "." + key + " names the " + what + " '" + name + "', which there is not",
                remedy);
    }

    /** The place where a service's key names something. */
    private Location place(String service, String key, String name) {
        YamlNode node = document;
        for (String step : List.of("services", service, key)) {
            node = node instanceof Mapping mapping ? mapping.value(step).orElse(node) : node;
        }
        if (node instanceof Mapping mapping) {
            Entry entry = mapping.entries().get(name);
            return entry == null ? mapping.location() : entry.keyLocation();
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items().stream()
                    .filter(item -> item instanceof Mapping mount
                            && mount.value("source")
                                    .filter(source -> source instanceof Scalar scalar
                                            && scalar.text().equals(name))
                                    .isPresent())
                    .findFirst()
                    .orElse(sequence)
                    .location();
        }
        return node.location();
    }
}
