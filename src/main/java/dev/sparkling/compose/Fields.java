package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Location;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** A mapping of a compose file whose keys are all known; a key with an empty value counts as absent. */
final class Fields {
    private final Mapping mapping;
    private final String path;

    private Fields(Mapping mapping, String path) {
        this.mapping = mapping;
        this.path = path;
    }

    /**
     * @param path where the mapping stands in the document, such as `services.database`
     * @throws SparklingException of category USAGE if the node is no mapping, or holds an unknown key
     */
    static Fields of(YamlNode node, ComposeKeys section, String path) {
        Mapping mapping = Values.mapping(node, path.isEmpty() ? "the file" : path);
        for (Entry entry : mapping.entries().values()) {
            if (!section.knows(entry.key())) {
                throw unknown(entry, section, path);
            }
        }
        return new Fields(mapping, path);
    }

    private static SparklingException unknown(Entry entry, ComposeKeys section, String path) {
        String key = entry.key();
        String where = path.isEmpty() ? "at the top level" : "in " + path;
        String remedy = Problems.nearest(key, section.names())
                .map(name -> "Did you mean " + name + "?")
                .or(() -> ComposeKeys.owner(key)
                        .map(owner -> "Its place is elsewhere: " + owner.title().replace("`", "") + "."))
                .orElse("Remove it. The keys that Sparkling reads are listed in docs/compose-keys.md.");
        return Problems.at(entry.keyLocation(), "the key '" + key + "' " + where + " is not supported", remedy);
    }

    Location location() {
        return mapping.location();
    }

    Optional<YamlNode> node(String key) {
        return mapping.value(key).filter(value -> !Values.isNull(value));
    }

    Optional<Fields> fields(String key, ComposeKeys section) {
        return node(key).map(node -> of(node, section, path(key)));
    }

    /** A value, read by a function that takes the node and the key's whole path. */
    <T> Optional<T> read(String key, BiFunction<YamlNode, String, T> reader) {
        return node(key).map(node -> reader.apply(node, path(key)));
    }

    Optional<String> text(String key) {
        return read(key, Values::text);
    }

    List<String> texts(String key) {
        return read(key, Values::texts).orElse(List.of());
    }

    Map<String, String> textMap(String key) {
        return read(key, Values::textMap).orElse(Map.of());
    }

    boolean flag(String key, boolean otherwise) {
        return read(key, Values::flag).orElse(otherwise);
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
