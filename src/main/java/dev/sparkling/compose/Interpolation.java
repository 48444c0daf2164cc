package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Location;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Replaces variables in the values of a compose file by the Compose specification: `$VAR`, `${VAR}`, `${VAR:-default}`,
 * `${VAR-default}`, `${VAR:?error}`, `${VAR?error}`, `${VAR:+other}`, `${VAR+other}`, nested, and `$$` for a dollar
 * sign. A colon makes an empty variable count as unset.
 */
public final class Interpolation {
    private final Function<String, @Nullable String> lookup;
    private final Map<String, Location> unset = new LinkedHashMap<>();

    /** @param lookup a variable's value, or null */
    public Interpolation(Function<String, @Nullable String> lookup) {
        this.lookup = lookup;
    }

    /** The variables that were asked for without a default, and are not set: they became empty. First places. */
    public Map<String, Location> unsetVariables() {
        return Collections.unmodifiableMap(unset);
    }

    /**
     * The node with the variables of all its values replaced. Keys stay as they are. A replaced value is a string,
     * whatever it looks like; who wants a number reads the text.
     *
     * @throws SparklingException of category USAGE for a malformed variable, or a required one that is not set
     */
    public YamlNode apply(YamlNode node) {
        if (node instanceof Scalar scalar) {
            return apply(scalar);
        }
        if (node instanceof Sequence sequence) {
            return new Sequence(
                    sequence.items().stream().map(this::apply).toList(), sequence.location(), sequence.tag());
        }
        return apply((Mapping) node);
    }

    Mapping apply(Mapping mapping) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        mapping.entries()
                .forEach((key, entry) -> entries.put(key, new Entry(key, entry.keyLocation(), apply(entry.value()))));
        return new Mapping(entries, mapping.location(), mapping.tag());
    }

    Scalar apply(Scalar scalar) {
        if (scalar.text().indexOf('$') < 0) {
            return scalar;
        }
        String text = substitute(scalar.text(), scalar.location());
        return new Scalar(text, ScalarType.STRING, scalar.location(), scalar.tag());
    }

    /** The text with its variables replaced; the location is for errors. */
    public String substitute(String text, Location location) {
        StringBuilder result = new StringBuilder();
        int position = 0;
        while (position < text.length()) {
            char character = text.charAt(position);
            if (character != '$') {
                result.append(character);
                position++;
                continue;
            }
            char next = position + 1 < text.length() ? text.charAt(position + 1) : ' ';
            if (next == '$') {
                result.append('$');
                position += 2;
            } else if (next == '{') {
                int end = closingBrace(text, position + 1);
                if (end < 0) {
                    throw malformed(text, location, "`${` has no closing brace");
                }
                result.append(braced(text.substring(position + 2, end), location));
                position = end + 1;
            } else {
                int end = nameEnd(text, position + 1);
                if (end == position + 1) {
                    throw malformed(text, location, "a single `$` names no variable");
                }
                result.append(value(text.substring(position + 1, end), location));
                position = end;
            }
        }
        return result.toString();
    }

    private String braced(String inside, Location location) {
        int end = nameEnd(inside, 0);
        if (end == 0) {
            throw malformed("${" + inside + "}", location, "the name of a variable is missing");
        }
        String name = inside.substring(0, end);
        if (end == inside.length()) {
            return value(name, location);
        }
        boolean colon = inside.charAt(end) == ':';
        int operatorAt = colon ? end + 1 : end;
        char operator = operatorAt < inside.length() ? inside.charAt(operatorAt) : ' ';
        if ("-?+".indexOf(operator) < 0) {
            throw malformed("${" + inside + "}", location, "after the name `" + name + "` only - ? + may follow");
        }
        String word = inside.substring(operatorAt + 1);
        String value = lookup.apply(name);
        boolean present = value != null && !(colon && value.isEmpty());
        return switch (operator) {
            case '-' -> present && value != null ? value : substitute(word, location);
            case '+' -> present ? substitute(word, location) : "";
            default -> {
                if (!present || value == null) {
                    throw required(name, substitute(word, location), location);
                }
                yield value;
            }
        };
    }

    private String value(String name, Location location) {
        String value = lookup.apply(name);
        if (value == null) {
            unset.putIfAbsent(name, location);
            return "";
        }
        return value;
    }

    /** Where the brace at the place given is closed; braces inside count, as in `${A:-${B}}`. */
    private static int closingBrace(String text, int opening) {
        int depth = 0;
        for (int index = opening; index < text.length(); index++) {
            if (text.charAt(index) == '{') {
                depth++;
            } else if (text.charAt(index) == '}' && --depth == 0) {
                return index;
            }
        }
        return -1;
    }

    private static int nameEnd(String text, int start) {
        int end = start;
        while (end < text.length() && isNamePart(text.charAt(end), end > start)) {
            end++;
        }
        return end;
    }

    private static boolean isNamePart(char character, boolean digitsToo) {
        return character == '_'
                || (character >= 'a' && character <= 'z')
                || (character >= 'A' && character <= 'Z')
                || (digitsToo && character >= '0' && character <= '9');
    }

    private static SparklingException malformed(String text, Location location, String problem) {
        return Problems.at(
                location,
                problem + " in '" + text + "'",
                "Write ${NAME} or ${NAME:-default} for a variable, and $$ for a dollar sign.");
    }

    private static SparklingException required(String name, String message, Location location) {
        return Problems.at(
                location,
                "the variable " + name + " is needed but not set" + (message.isEmpty() ? "" : ": " + message),
                "Set it in the environment or in the .env file.");
    }
}
