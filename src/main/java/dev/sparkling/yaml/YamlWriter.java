package dev.sparkling.yaml;

import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes maps, lists and single values as a YAML document in block style. */
public final class YamlWriter {
    private YamlWriter() {}

    /**
     * The document; strings that any reader of YAML could take for something else are quoted.
     *
     * @param document of maps, collections, strings, numbers, booleans and nulls
     */
    public static String write(Map<String, ?> document) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setIndent(2);
        options.setIndicatorIndent(2);
        options.setIndentWithIndicator(true);
        options.setSplitLines(false);
        options.setLineBreak(DumperOptions.LineBreak.UNIX);
        return new Yaml(options).dump(document);
    }
}
