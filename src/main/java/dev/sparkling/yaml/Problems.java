package dev.sparkling.yaml;

import dev.sparkling.error.SparklingException;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Errors with a place, in one form: `file:line:column: what is wrong`. */
public final class Problems {
    private Problems() {}

    public static SparklingException at(Location location, String problem, String remedy) {
        return SparklingException.usage(location + ": " + problem, remedy);
    }

    public static SparklingException at(YamlNode node, String problem, String remedy) {
        return at(node.location(), problem, remedy);
    }

    /** What a node is, in the words of an error. */
    public static String kind(YamlNode node) {
        if (node instanceof YamlNode.Mapping) {
            return "a mapping";
        }
        if (node instanceof YamlNode.Sequence) {
            return "a list";
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return switch (scalar.type()) {
            case NULL -> "empty";
            case BOOLEAN -> "a boolean";
            case INTEGER, FLOAT -> "the number " + scalar.text();
            case STRING -> "'" + scalar.text() + "'";
        };
    }

    /** The candidate that somebody who typed the word most likely meant: a slip or two away, or what it abbreviates. */
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        String plain = plain(word);
        int slips = Math.min(Math.max(1, word.length() / 3), word.length() - 1);
        return candidates.stream()
                .filter(candidate -> distance(plain, plain(candidate)) <= slips)
                .min(Comparator.comparingInt(candidate -> distance(plain, plain(candidate))))
                .or(() -> candidates.stream()
                        .filter(candidate -> word.length() > 2 && abbreviates(plain, plain(candidate)))
                        .min(Comparator.comparingInt(String::length)));
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Whether the letters of the word stand in the other word in the same order. */
    private static boolean abbreviates(String word, String other) {
        int found = 0;
        for (int index = 0; index < other.length() && found < word.length(); index++) {
            if (other.charAt(index) == word.charAt(found)) {
                found++;
            }
        }
        return found == word.length();
    }

    /** How many letters were inserted, left out, replaced or swapped with their neighbour between two words. */
    private static int distance(String from, String to) {
        int[][] slips = new int[from.length() + 1][to.length() + 1];
        for (int left = 0; left <= from.length(); left++) {
            for (int right = 0; right <= to.length(); right++) {
                if (left == 0 || right == 0) {
                    slips[left][right] = left + right;
                    continue;
                }
                boolean same = from.charAt(left - 1) == to.charAt(right - 1);
                int best = slips[left - 1][right - 1] + (same ? 0 : 1);
                best = Math.min(best, 1 + Math.min(slips[left - 1][right], slips[left][right - 1]));
                boolean swapped = left > 1
                        && right > 1
                        && from.charAt(left - 1) == to.charAt(right - 2)
                        && from.charAt(left - 2) == to.charAt(right - 1);
                slips[left][right] = swapped ? Math.min(best, slips[left - 2][right - 2] + 1) : best;
            }
        }
        return slips[from.length()][to.length()];
    }
}
