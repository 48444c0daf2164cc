package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlDocument;
import dev.sparkling.yaml.YamlEditor;
import dev.sparkling.yaml.YamlEditor.Items;
import dev.sparkling.yaml.YamlEditor.Single;
import dev.sparkling.yaml.YamlEditor.Step;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Sets settings in the text of compose.yml; its comments, order and layout survive. Keys are those of the `x-sparkling`
 * block, with a dot before a nested one: `workers`, `ports.connect`, `spark_conf.spark.sql.shuffle.partitions`. Values
 * are not checked here: whoever sets one reads the result with {@link ClusterSettings}.
 */
public final class SettingsEditor {
    private static final List<String> TOP = List.of("name", "version", ClusterSettings.KEY);

    private SettingsEditor() {}

    /**
     * The text with a single value set.
     *
     * @throws SparklingException of category USAGE if the text is not YAML, or is laid out so that it cannot be edited
     */
    public static String set(String text, String key, String value) {
        return edit(text, key, new Single(value));
    }

    /** The text with a list set. */
    public static String set(String text, String key, List<String> values) {
        return edit(text, key, new Items(values));
    }

    private static String edit(String text, String key, YamlEditor.Value value) {
        YamlDocument.parse("compose.yml", text);
        List<Step> path = path(key);
        String edited = YamlEditor.set(text, path, value);
        if (!holds(edited, path, value)) {
            throw SparklingException.usage(
                    "The setting " + key + " cannot be written into the compose file as it is laid out",
                    "Set it by hand in the x-sparkling block.");
        }
        return edited;
    }

    private static List<Step> path(String key) {
        List<Step> path = new ArrayList<>();
        path.add(new Step(ClusterSettings.KEY, TOP));
        String[] parts = key.split("\\.", 2);
        path.add(new Step(parts[0], ClusterSettings.KEYS));
        if (parts.length == 2) {
            path.add(new Step(parts[1], parts[0].equals("ports") ? ClusterSettings.PORT_KEYS : List.of()));
        }
        return path;
    }

    /** Whether the edited text says what it should; an anchor or alias in an odd place can spoil it. */
    private static boolean holds(String edited, List<Step> path, YamlEditor.Value value) {
        YamlNode node;
        try {
            node = YamlDocument.parse("compose.yml", edited);
        } catch (SparklingException broken) {
            return false;
        }
        for (Step step : path) {
            Optional<YamlNode> next = node instanceof Mapping mapping ? mapping.value(step.key()) : Optional.empty();
            if (next.isEmpty()) {
                return false;
            }
            node = next.get();
        }
        if (value instanceof Items items) {
            return node instanceof YamlNode.Sequence sequence
                    && sequence.items().stream().allMatch(Scalar.class::isInstance)
                    && sequence.items().stream()
                            .map(item -> ((Scalar) item).text())
                            .toList()
                            .equals(items.texts());
        }
        return node instanceof Scalar scalar && scalar.text().equals(((Single) value).text());
    }
}
