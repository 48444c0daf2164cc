package dev.sparkling.yaml;

import dev.sparkling.yaml.YamlNode.ScalarType;
import java.util.Set;
import java.util.regex.Pattern;

/** How YAML 1.2's core schema types a plain value (yaml.org/spec/1.2.2, 10.3.2). */
final class CoreSchema {
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> BOOLEANS = Set.of("true", "True", "TRUE", "false", "False", "FALSE");
    private static final Pattern INTEGER = Pattern.compile("[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+");
    private static final Pattern FLOAT = Pattern.compile(
            "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");

    private CoreSchema() {}

    static ScalarType typeOf(String plain) {
        if (NULLS.contains(plain)) {
            return ScalarType.NULL;
        }
        if (BOOLEANS.contains(plain)) {
            return ScalarType.BOOLEAN;
        }
        if (INTEGER.matcher(plain).matches()) {
            return ScalarType.INTEGER;
        }
        return FLOAT.matcher(plain).matches() ? ScalarType.FLOAT : ScalarType.STRING;
    }
}
