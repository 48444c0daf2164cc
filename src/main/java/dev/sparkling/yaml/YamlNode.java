package dev.sparkling.yaml;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node of a YAML document that knows where it stands. */
public sealed interface YamlNode {
    Location location();

    /** The local tag (`!reset`, `!override`), or an empty string. */
    String tag();

    /**
     * A mapping in the order of the file.
     *
     * @param entries by key; keys are unique
     */
    record Mapping(Map<String, Entry> entries, Location location, String tag) implements YamlNode {
        public Mapping {
            entries = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        /** The value of a key. */
        public Optional<YamlNode> value(String key) {
            return Optional.ofNullable(entries.get(key)).map(Entry::value);
        }
    }

    /** A key of a mapping, with the place of the key itself. */
    record Entry(String key, Location keyLocation, YamlNode value) {}

    /** A sequence. */
    record Sequence(List<YamlNode> items, Location location, String tag) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * A single value.
     *
     * @param text as it stands in the file, quotes and escapes resolved
     * @param type how YAML's core schema reads it; quoted values are strings
     */
    record Scalar(String text, ScalarType type, Location location, String tag) implements YamlNode {}

    /** The types of YAML's core schema. */
    enum ScalarType {
        STRING,
        INTEGER,
        FLOAT,
        BOOLEAN,
        NULL
    }
}
