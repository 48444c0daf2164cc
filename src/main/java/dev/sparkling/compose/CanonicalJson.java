package dev.sparkling.compose;

import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.StringJoiner;

/** A node as one line of JSON with sorted keys: equal for nodes that mean the same, however they are laid out. */
final class CanonicalJson {
    private CanonicalJson() {}

    static String of(YamlNode node) {
        if (node instanceof Mapping mapping) {
            StringJoiner joiner = new StringJoiner(",", node.tag() + "{", "}");
            mapping.entries().values().stream()
                    .sorted(java.util.Comparator.comparing(YamlNode.Entry::key))
                    .forEach(entry -> joiner.add(quote(entry.key()) + ":" + of(entry.value())));
            return joiner.toString();
        }
        if (node instanceof Sequence sequence) {
            StringJoiner joiner = new StringJoiner(",", node.tag() + "[", "]");
            sequence.items().forEach(item -> joiner.add(of(item)));
            return joiner.toString();
        }
        Scalar scalar = (Scalar) node;
        return node.tag()
                + switch (scalar.type()) {
                    case STRING -> quote(scalar.text());
                    case NULL -> "null";
                    case BOOLEAN, INTEGER, FLOAT -> ScalarText.of(scalar);
                };
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(character -> {
            if (character == '"' || character == '\\') {
                quoted.append('\\').append((char) character);
            } else if (character < ' ') {
                quoted.append(String.format("\\u%04x", character));
            } else {
                quoted.append((char) character);
            }
        });
        return quoted.append('"').toString();
    }
}
