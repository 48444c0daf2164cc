package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Merges compose files by the Compose specification: mappings merge, lists append, single values are replaced; ports,
 * volumes and the like replace the entry with the same key. `!reset` removes what stands below it, `!override` replaces
 * it. The files' short forms must have been written out ({@link ShortForms}).
 */
final class Merge {
    private static final Set<List<String>> REPLACED =
            patterns("services.*.command", "services.*.entrypoint", "services.*.healthcheck.test");
    /** Where an empty value is a value of its own: the variable of that name in the caller's environment. */
    private static final Set<List<String>> NAMED_VALUES = patterns(
            "services.*.environment.*", "services.*.labels.*", "services.*.build.args.*", "services.*.build.labels.*");

    private static final List<String> LOGGING = pattern("services.*.logging");
    private static final List<String> PORTS = pattern("services.*.ports");
    private static final List<String> VOLUMES = pattern("services.*.volumes");
    private static final List<String> TMPFS = pattern("services.*.tmpfs");
    private static final List<String> CONFIGS = pattern("services.*.configs");
    private static final List<String> SECRETS = pattern("services.*.secrets");
    private static final List<String> SUBNETS = pattern("networks.*.ipam.config");

    private Merge() {}

    /**
     * The files as one.
     *
     * @param files at least one; a later one goes before an earlier one
     * @throws SparklingException of category USAGE if two files write one key in shapes that cannot be merged
     */
    static Mapping merge(List<Mapping> files) {
        Mapping first = files.get(0);
        Mapping merged = new Mapping(Map.of(), first.location(), "");
        for (Mapping file : files) {
            merged = mappings(merged, file, List.of());
        }
        return merged;
    }

    /** The value after merging; empty if the later file resets it. */
    private static Optional<YamlNode> value(Optional<YamlNode> earlier, YamlNode later, List<String> path) {
        if (later.tag().equals("!reset")) {
            return Optional.empty();
        }
        if (earlier.isEmpty() || later.tag().equals("!override") || matches(REPLACED, path)) {
            boolean keepsEarlier = earlier.isPresent() && isNull(later);
            return Optional.of(keepsEarlier ? earlier.get() : alone(later, path));
        }
        YamlNode base = earlier.get();
        if (isNull(later) && !matches(NAMED_VALUES, path)) {
            return earlier;
        }
        if (isNull(base)) {
            return Optional.of(alone(later, path));
        }
        if (base instanceof Mapping baseMapping && later instanceof Mapping laterMapping) {
            boolean otherDriver = matches(LOGGING, path) && driversDiffer(baseMapping, laterMapping);
            return Optional.of(otherDriver ? alone(later, path) : mappings(baseMapping, laterMapping, path));
        }
        if (base instanceof Sequence baseSequence && later instanceof Sequence laterSequence) {
            if (matches(SUBNETS, path)) {
                return Optional.of(subnets(baseSequence, laterSequence, path));
            }
            List<YamlNode> items = Stream.concat(baseSequence.items().stream(), laterSequence.items().stream())
                    .toList();
            return Optional.of(unique(new Sequence(items, later.location(), ""), path));
        }
        if (base instanceof Scalar && later instanceof Scalar) {
            return Optional.of(later);
        }
        throw Problems.at(
                later,
                String.join(".", path) + " is " + Problems.kind(later) + " here and " + Problems.kind(base) + " at "
                        + base.location(),
                "Write both in the same form, or put !override before the later one to replace the earlier.");
    }

    /** The later list; what the earlier one says of the same subnet is kept, and the rest of it is not. */
    private static Sequence subnets(Sequence earlier, Sequence later, List<String> path) {
        Map<String, Mapping> before = new LinkedHashMap<>();
        for (YamlNode item : earlier.items()) {
            if (item instanceof Mapping mapping) {
                before.put(field(item, "subnet", ""), mapping);
            }
        }
        List<YamlNode> items = new ArrayList<>();
        for (YamlNode item : later.items()) {
            Mapping same = before.get(field(item, "subnet", ""));
            items.add(item instanceof Mapping mapping && same != null ? mappings(same, mapping, path) : item);
        }
        return unique(new Sequence(items, later.location(), ""), path);
    }

    private static Mapping mappings(Mapping earlier, Mapping later, List<String> path) {
        Map<String, Entry> entries = new LinkedHashMap<>(earlier.entries());
        later.entries().forEach((key, entry) -> {
            List<String> below = new ArrayList<>(path);
            below.add(key);
            Optional<YamlNode> before = Optional.ofNullable(entries.get(key)).map(Entry::value);
            value(before, entry.value(), below)
                    .ifPresentOrElse(
                            value -> entries.put(key, new Entry(key, entry.keyLocation(), value)),
                            () -> entries.remove(key));
        });
        return new Mapping(entries, later.location(), "");
    }

    /** A value with no earlier one: without its tags, with one entry for each key of a list. */
    private static YamlNode alone(YamlNode node, List<String> path) {
        if (node instanceof Mapping mapping) {
            return mappings(new Mapping(Map.of(), node.location(), ""), mapping, path);
        }
        if (node instanceof Sequence sequence) {
            return unique(sequence, path);
        }
        Scalar scalar = (Scalar) node;
        return new Scalar(scalar.text(), scalar.type(), scalar.location(), "");
    }

    private static Sequence unique(Sequence sequence, List<String> path) {
        if (matches(REPLACED, path)) {
            return new Sequence(sequence.items(), sequence.location(), "");
        }
        Function<YamlNode, String> key = Merge::canonical;
        if (matches(PORTS, path)) {
            key = Merge::portKey;
        } else if (matches(VOLUMES, path)) {
            key = node -> field(node, "target", canonical(node));
        } else if (matches(CONFIGS, path)) {
            key = node -> target(node, "/");
        } else if (matches(SECRETS, path)) {
            key = node -> target(node, "/run/secrets/");
        } else if (matches(TMPFS, path)) {
            key = node -> canonical(node).split(":", 2)[0];
        }
        Map<String, YamlNode> items = new LinkedHashMap<>();
        for (YamlNode item : sequence.items()) {
            if (!item.tag().isEmpty()) {
                throw Problems.at(
                        item, item.tag() + " stands before an item of a list", "Put it before the whole list.");
            }
            items.put(key.apply(item), item);
        }
        return new Sequence(List.copyOf(items.values()), sequence.location(), "");
    }

    private static String target(YamlNode node, String folder) {
        return field(node, "target", folder + field(node, "source", canonical(node)));
    }

    private static String portKey(YamlNode node) {
        return field(node, "host_ip", "") + ":" + field(node, "published", "") + ":" + field(node, "target", "") + "/"
                + field(node, "protocol", "tcp");
    }

    private static String field(YamlNode node, String key, String otherwise) {
        return node instanceof Mapping mapping
                ? mapping.value(key).map(Merge::canonical).orElse(otherwise)
                : otherwise;
    }

    private static String canonical(YamlNode node) {
        return node instanceof Scalar scalar ? scalar.text() : CanonicalJson.of(node);
    }

    private static boolean driversDiffer(Mapping earlier, Mapping later) {
        Optional<String> before = earlier.value("driver").map(Merge::canonical);
        Optional<String> after = later.value("driver").map(Merge::canonical);
        return before.isPresent() && after.isPresent() && !before.equals(after);
    }

    private static boolean isNull(YamlNode node) {
        return node instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
    }

    private static boolean matches(Set<List<String>> patterns, List<String> path) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, path));
    }

    private static boolean matches(List<String> pattern, List<String> path) {
        if (pattern.size() != path.size()) {
            return false;
        }
        for (int index = 0; index < path.size(); index++) {
            String step = pattern.get(index);
            if (!step.equals("*") && !step.equals(path.get(index))) {
                return false;
            }
        }
        return true;
    }

    private static Set<List<String>> patterns(String... paths) {
        return Arrays.stream(paths).map(Merge::pattern).collect(Collectors.toSet());
    }

    private static List<String> pattern(String path) {
        return List.of(path.split("\\."));
    }
}
