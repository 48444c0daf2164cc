package dev.sparkling.compose;

import dev.sparkling.yaml.Location;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Writes the short forms of a compose file out as the long ones, so that merging and reading see one form of each key.
 * Nodes of another shape than a short form are left as they are: the reader says what is wrong with them.
 */
final class ShortForms {
    private static final Map<String, UnaryOperator<YamlNode>> BUILD = Map.of(
            "args", ShortForms::keyValues,
            "labels", ShortForms::keyValues);

    private static final Map<String, UnaryOperator<YamlNode>> SERVICE = Map.ofEntries(
            Map.entry("build", ShortForms::build),
            Map.entry("environment", ShortForms::keyValues),
            Map.entry("labels", ShortForms::keyValues),
            Map.entry("sysctls", ShortForms::keyValues),
            Map.entry("env_file", ShortForms::environmentFiles),
            Map.entry("dns", ShortForms::list),
            Map.entry("tmpfs", ShortForms::list),
            Map.entry("ports", ShortForms::ports),
            Map.entry("volumes", node -> items(node, ShortForms::mount)),
            Map.entry("configs", node -> items(node, ShortForms::grant)),
            Map.entry("secrets", node -> items(node, ShortForms::grant)),
            Map.entry("depends_on", ShortForms::dependencies),
            Map.entry("networks", ShortForms::attachments),
            Map.entry("ulimits", ShortForms::ulimits),
            Map.entry("extra_hosts", ShortForms::extraHosts));

    private static final Map<String, UnaryOperator<YamlNode>> LABELLED = Map.of("labels", ShortForms::keyValues);

    private static final Map<String, UnaryOperator<YamlNode>> FILE = Map.of(
            "services", node -> values(node, value -> keys(value, SERVICE)),
            "networks", node -> values(node, value -> keys(value, LABELLED)),
            "volumes", node -> values(node, value -> keys(value, LABELLED)));

    private ShortForms() {}

    static YamlNode expand(YamlNode file) {
        return keys(file, FILE);
    }

    /** The mapping with some of its values changed. */
    private static YamlNode keys(YamlNode node, Map<String, UnaryOperator<YamlNode>> changes) {
        if (!(node instanceof Mapping mapping)) {
            return node;
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        mapping.entries().forEach((key, entry) -> {
            UnaryOperator<YamlNode> change = changes.getOrDefault(key, UnaryOperator.identity());
            entries.put(key, new Entry(key, entry.keyLocation(), change.apply(entry.value())));
        });
        return new Mapping(entries, mapping.location(), mapping.tag());
    }

    /** The mapping with all of its values changed. */
    private static YamlNode values(YamlNode node, UnaryOperator<YamlNode> change) {
        if (!(node instanceof Mapping mapping)) {
            return node;
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        mapping.entries()
                .forEach((key, entry) ->
                        entries.put(key, new Entry(key, entry.keyLocation(), change.apply(entry.value()))));
        return new Mapping(entries, mapping.location(), mapping.tag());
    }

    private static YamlNode items(YamlNode node, UnaryOperator<YamlNode> change) {
        return node instanceof Sequence sequence
                ? new Sequence(sequence.items().stream().map(change).toList(), sequence.location(), sequence.tag())
                : node;
    }

    /** `[A=1, B]` as a mapping; a name without a value has none. */
    private static YamlNode keyValues(YamlNode node) {
        if (!(node instanceof Sequence sequence)) {
            return node;
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (YamlNode item : sequence.items()) {
            if (!(item instanceof Scalar scalar)) {
                throw Problems.at(
                        item, Problems.kind(item) + " stands where NAME=value is expected", "Write NAME=value.");
            }
            String text = ScalarText.of(scalar);
            int equals = text.indexOf('=');
            String name = equals < 0 ? text : text.substring(0, equals);
            if (name.isEmpty()) {
                throw Problems.at(item, "'" + text + "' has no name before the =", "Write NAME=value.");
            }
            Scalar value = equals < 0
                    ? new Scalar("", ScalarType.NULL, scalar.location(), "")
                    : string(text.substring(equals + 1), scalar.location());
            entries.put(name, new Entry(name, scalar.location(), value));
        }
        return new Mapping(entries, node.location(), node.tag());
    }

    /** A single text as a list of one. */
    private static List<YamlNode> texts(YamlNode node) {
        return node instanceof Scalar scalar && scalar.type() != ScalarType.NULL ? List.of(scalar) : List.of();
    }

    private static YamlNode list(YamlNode node) {
        List<YamlNode> texts = texts(node);
        return texts.isEmpty() ? node : new Sequence(texts, node.location(), node.tag());
    }

    private static YamlNode build(YamlNode node) {
        YamlNode mapping = texts(node).isEmpty() ? node : mapping(node, Map.of("context", untagged((Scalar) node)));
        return keys(mapping, BUILD);
    }

    private static YamlNode environmentFiles(YamlNode node) {
        return items(
                list(node),
                item -> texts(item).isEmpty() ? item : mapping(item, Map.of("path", untagged((Scalar) item))));
    }

    private static YamlNode grant(YamlNode node) {
        return texts(node).isEmpty() ? node : mapping(node, Map.of("source", untagged((Scalar) node)));
    }

    private static YamlNode dependencies(YamlNode node) {
        return named(node, item -> mapping(item, Map.of("condition", string("service_started", item.location()))));
    }

    private static YamlNode attachments(YamlNode node) {
        return named(node, item -> new Scalar("", ScalarType.NULL, item.location(), ""));
    }

    private static YamlNode named(YamlNode node, UnaryOperator<YamlNode> value) {
        if (!(node instanceof Sequence sequence)) {
            return node;
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (YamlNode item : sequence.items()) {
            if (!(item instanceof Scalar scalar) || scalar.text().isEmpty()) {
                throw Problems.at(item, Problems.kind(item) + " stands where a name is expected", "Write a name.");
            }
            entries.put(scalar.text(), new Entry(scalar.text(), item.location(), value.apply(item)));
        }
        return new Mapping(entries, node.location(), node.tag());
    }

    private static YamlNode ulimits(YamlNode node) {
        return values(
                node,
                value -> texts(value).isEmpty()
                        ? value
                        : mapping(value, Map.of("soft", untagged((Scalar) value), "hard", untagged((Scalar) value))));
    }

    private static YamlNode extraHosts(YamlNode node) {
        List<YamlNode> items = new ArrayList<>();
        if (node instanceof Mapping mapping) {
            for (Entry entry : mapping.entries().values()) {
                List<YamlNode> addresses =
                        entry.value() instanceof Sequence sequence ? sequence.items() : texts(entry.value());
                if (addresses.isEmpty()) {
                    throw Problems.at(
                            entry.keyLocation(), "the host " + entry.key() + " has no address", "Write an IP address.");
                }
                addresses.forEach(address -> items.add(
                        string(entry.key() + ":" + unbracketed(text(address, "an IP address")), entry.keyLocation())));
            }
        } else if (node instanceof Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                String[] parts = text(item, "HOST:ADDRESS").split("[:=]", 2);
                if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
                    throw Problems.at(
                            item,
                            "'" + ((Scalar) item).text() + "' does not name a host and its address",
                            "Write HOST:ADDRESS, such as \"storage:192.168.1.7\" or \"host.docker.internal:host-gateway\".");
                }
                items.add(string(parts[0] + ":" + unbracketed(parts[1]), item.location()));
            }
        } else {
            return node;
        }
        return new Sequence(items, node.location(), node.tag());
    }

    private static String unbracketed(String address) {
        return address.startsWith("[") && address.endsWith("]") ? address.substring(1, address.length() - 1) : address;
    }

    private static YamlNode ports(YamlNode node) {
        if (!(node instanceof Sequence sequence)) {
            return node;
        }
        List<YamlNode> items = new ArrayList<>();
        for (YamlNode item : sequence.items()) {
            if (item instanceof Scalar scalar) {
                items.addAll(ports(scalar));
            } else {
                items.add(item);
            }
        }
        return new Sequence(items, node.location(), node.tag());
    }

    /** `127.0.0.1:8000-8002:9000-9002/tcp` as three mappings. */
    private static List<YamlNode> ports(Scalar scalar) {
        String[] halves = scalar.text().split("/", 2);
        String protocol = halves.length > 1 ? halves[1] : "tcp";
        int targetAt = halves[0].lastIndexOf(':') + 1;
        String host = targetAt == 0 ? "" : halves[0].substring(0, targetAt - 1);
        int publishedAt = host.lastIndexOf(':') + 1;
        String publishedText = host.substring(publishedAt);
        String address = publishedAt == 0 ? "" : unbracketed(host.substring(0, publishedAt - 1));
        int[] targets = range(halves[0].substring(targetAt), scalar);
        int[] published = publishedText.isEmpty() ? new int[0] : range(publishedText, scalar);
        if (published.length > 0 && targets.length != published.length) {
            throw Problems.at(
                    scalar,
                    "'" + scalar.text() + "' maps " + published.length + " host ports to " + targets.length
                            + " container ports",
                    "Write as many host ports as container ports.");
        }
        List<YamlNode> mappings = new ArrayList<>();
        for (int index = 0; index < targets.length; index++) {
            Map<String, Scalar> mapping = new LinkedHashMap<>();
            mapping.put("target", string(String.valueOf(targets[index]), scalar.location()));
            if (published.length > 0) {
                mapping.put("published", string(String.valueOf(published[index]), scalar.location()));
            }
            if (!address.isEmpty()) {
                mapping.put("host_ip", string(address, scalar.location()));
            }
            mapping.put("protocol", string(protocol, scalar.location()));
            mappings.add(mapping(scalar, mapping));
        }
        return mappings;
    }

    private static int[] range(String text, Scalar scalar) {
        String[] ends = text.split("-", 2);
        int first = port(ends[0], scalar);
        int last = port(ends[ends.length - 1], scalar);
        if (last < first) {
            throw Problems.at(scalar, "the range " + text + " ends before it begins", "Write the lower port first.");
        }
        return java.util.stream.IntStream.rangeClosed(first, last).toArray();
    }

    private static int port(String text, Scalar scalar) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, with the whole entry.
        }
        throw Problems.at(
                scalar,
                "'" + scalar.text() + "' is no port mapping: '" + text + "' is not a number from 1 to 65535",
                "Write HOST:CONTAINER in quotes, such as \"127.0.0.1:5432:5432\" or \"9092:9092/tcp\".");
    }

    /** `SOURCE:TARGET:MODE` as a mapping: a source with a path's look is a folder or file of the host. */
    private static YamlNode mount(YamlNode node) {
        if (!(node instanceof Scalar scalar)) {
            return node;
        }
        String[] parts = scalar.text().split(":", -1);
        String target = parts.length == 1 ? parts[0] : parts[1];
        if (parts.length > 3 || target.isEmpty() || parts[0].isEmpty()) {
            throw Problems.at(
                    scalar,
                    Problems.kind(scalar) + " is no volume",
                    "Write SOURCE:TARGET or SOURCE:TARGET:ro, such as \"./data:/data:ro\".");
        }
        Map<String, Scalar> mount = new LinkedHashMap<>();
        boolean path = parts.length > 1 && "./~".indexOf(parts[0].charAt(0)) >= 0;
        mount.put("type", string(path ? "bind" : "volume", node.location()));
        if (parts.length > 1) {
            mount.put("source", string(parts[0], node.location()));
        }
        mount.put("target", string(target, node.location()));
        if (parts.length > 2) {
            if (!parts[2].equals("ro") && !parts[2].equals("rw")) {
                throw Problems.at(
                        scalar,
                        "'" + parts[2] + "' is no mode of a volume that Sparkling knows",
                        "Write ro for read-only or rw for both; rw is the default.");
            }
            mount.put(
                    "read_only",
                    new Scalar(String.valueOf(parts[2].equals("ro")), ScalarType.BOOLEAN, node.location(), ""));
        }
        return mapping(node, mount);
    }

    private static String text(YamlNode node, String expected) {
        if (node instanceof Scalar scalar && scalar.type() != ScalarType.NULL) {
            return scalar.text();
        }
        throw Problems.at(
                node, Problems.kind(node) + " stands where " + expected + " is expected", "Write " + expected + ".");
    }

    private static Scalar string(String text, Location location) {
        return new Scalar(text, ScalarType.STRING, location, "");
    }

    private static Scalar untagged(Scalar scalar) {
        return new Scalar(scalar.text(), scalar.type(), scalar.location(), "");
    }

    private static Mapping mapping(YamlNode place, Map<String, Scalar> values) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        values.forEach((key, value) -> entries.put(key, new Entry(key, place.location(), value)));
        return new Mapping(entries, place.location(), place.tag());
    }
}
