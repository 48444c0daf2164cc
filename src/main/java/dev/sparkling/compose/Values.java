package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads single values of a compose file. Numbers and booleans are read from the text, quoted or not, since a variable
 * leaves a string. Every error names the key and the place.
 */
final class Values {
    private static final Pattern DURATION_PART = Pattern.compile("([0-9]+(?:\\.[0-9]+)?)(us|ms|s|m|h)");
    private static final Map<String, Long> NANOSECONDS = Map.of(
            "us", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);
    private static final Pattern BYTES = Pattern.compile("([0-9]+(?:\\.[0-9]+)?) ?([kmgtp]?)i?b?");
    private static final String SIZES = "kmgtp";

    private Values() {}

    static boolean isNull(YamlNode node) {
        return node instanceof Scalar scalar && scalar.type() == ScalarType.NULL;
    }

    static Mapping mapping(YamlNode node, String key) {
        if (node instanceof Mapping mapping) {
            return mapping;
        }
        throw wrongType(node, key, "a mapping", "Write `key: value` lines below it.");
    }

    static Sequence sequence(YamlNode node, String key) {
        if (node instanceof Sequence sequence) {
            return sequence;
        }
        throw wrongType(node, key, "a list", "Write each entry on a line of its own, after a dash.");
    }

    private static Scalar scalar(YamlNode node, String key, String expected) {
        if (node instanceof Scalar scalar && scalar.type() != ScalarType.NULL) {
            return scalar;
        }
        throw wrongType(node, key, expected, "Write " + expected + " after the colon.");
    }

    /** A text; a number or boolean without quotes is refused, as Docker Compose does. */
    static String text(YamlNode node, String key) {
        Scalar scalar = scalar(node, key, "a text");
        if (scalar.type() != ScalarType.STRING) {
            throw wrongType(node, key, "a text", "Put the value in quotes.");
        }
        return scalar.text();
    }

    /** A text that Docker Compose also accepts as a number or boolean. */
    static String looseText(YamlNode node, String key) {
        return ScalarText.of(scalar(node, key, "a text"));
    }

    static List<String> texts(YamlNode node, String key) {
        List<String> texts = new ArrayList<>();
        for (YamlNode item : sequence(node, key).items()) {
            texts.add(looseText(item, "an entry of " + key));
        }
        return texts;
    }

    /** Texts by name; a name without a value has an empty one. */
    static Map<String, String> textMap(YamlNode node, String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        mapping(node, key)
                .entries()
                .forEach((name, entry) ->
                        texts.put(name, isNull(entry.value()) ? "" : looseText(entry.value(), key + "." + name)));
        return texts;
    }

    static boolean flag(YamlNode node, String key) {
        String text = scalar(node, key, "true or false").text();
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw wrongType(node, key, "true or false", "Write true or false; yes, on and 1 are no booleans.");
        };
    }

    static int integer(YamlNode node, String key, int least, int most) {
        String text = scalar(node, key, "a whole number").text();
        String expected = most == Integer.MAX_VALUE
                ? "a whole number, " + least + " or more"
                : "a whole number from " + least + " to " + most;
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException notANumber) {
            // Said below, as for a number out of range.
        }
        throw wrongType(node, key, expected, "Write " + expected + ".");
    }

    static long limit(YamlNode node, String key) {
        String text = scalar(node, key, "a whole number").text();
        if (text.matches("-1|[0-9]{1,18}")) {
            return Long.parseLong(text);
        }
        throw wrongType(node, key, "a whole number", "Write 0 or more, or -1 for no limit.");
    }

    static int port(YamlNode node, String key) {
        return integer(node, key, 1, 65535);
    }

    static double cores(YamlNode node, String key) {
        String text = scalar(node, key, "a number of cores").text();
        if (text.matches("[0-9]{1,6}(\\.[0-9]{1,9})?|\\.[0-9]{1,9}")) {
            return Double.parseDouble(text);
        }
        throw wrongType(node, key, "a number of cores", "Write a number such as 2 or 1.5.");
    }

    /** A duration such as `1m30s`. */
    static Duration duration(YamlNode node, String key) {
        String text = scalar(node, key, "a duration").text();
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        Matcher part = DURATION_PART.matcher(text);
        BigDecimal nanoseconds = BigDecimal.ZERO;
        int position = 0;
        while (part.find() && part.start() == position) {
            Long unit = NANOSECONDS.getOrDefault(part.group(2), 0L);
            nanoseconds = nanoseconds.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
            position = part.end();
        }
        if (position == 0
                || position < text.length()
                || nanoseconds.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw wrongType(node, key, "a duration", "Write a number and a unit, such as 500ms, 10s or 1m30s.");
        }
        return Duration.ofNanos(nanoseconds.longValue());
    }

    /** An amount of bytes such as `512m`, `1gb` or a plain number. */
    static long bytes(YamlNode node, String key) {
        String text = scalar(node, key, "an amount of memory").text().toLowerCase(Locale.ROOT);
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw wrongType(node, key, "an amount of memory", "Write a number and a unit, such as 512m or 2g.");
        }
        int power = matcher.group(2).isEmpty() ? 0 : SIZES.indexOf(matcher.group(2)) + 1;
        BigDecimal bytes = new BigDecimal(matcher.group(1))
                .multiply(BigDecimal.valueOf(1024).pow(power));
        if (bytes.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
            throw wrongType(node, key, "an amount of memory", "Write less.");
        }
        return bytes.longValue();
    }

    static String oneOf(YamlNode node, String key, Set<String> words) {
        String text = text(node, key);
        if (!words.contains(text)) {
            String list = String.join(", ", words.stream().sorted().toList());
            throw wrongType(
                    node,
                    key,
                    "one of " + list,
                    Problems.nearest(text, words)
                            .map(word -> "Did you mean " + word + "?")
                            .orElse("Write one of these words."));
        }
        return text;
    }

    static SparklingException wrongType(YamlNode node, String key, String expected, String remedy) {
        return Problems.at(node, key + " must be " + expected + ", but is " + Problems.kind(node), remedy);
    }
}
