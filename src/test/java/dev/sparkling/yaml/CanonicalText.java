package dev.sparkling.yaml;

import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.stream.Collectors;

/** Nodes as short texts for assertions, without their places. */
final class CanonicalText {
    private CanonicalText() {}

    static String of(YamlNode node) {
        if (node instanceof Mapping mapping) {
            return mapping.entries().values().stream()
                    .map(entry -> entry.key() + "=" + of(entry.value()))
                    .collect(Collectors.joining(", ", "{", "}"));
        }
        if (node instanceof Sequence sequence) {
            return sequence.items().stream().map(CanonicalText::of).collect(Collectors.joining(", ", "[", "]"));
        }
        return ((Scalar) node).text();
    }
}
