package dev.sparkling.yaml;

import dev.sparkling.error.SparklingException;
import java.util.Collection;
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

    /** The candidate that somebody who typed the word most likely meant. */
    public static Optional<String> nearest(String word, Collection<String> candidates) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        String plain = plain(word);
        for (String candidate : candidates) {
            int distance = distance(plain, plain(candidate));
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return bestDistance <= Math.max(1, word.length() / 3) ? Optional.of(best) : Optional.empty();
    }

    private static String plain(String word) {
        return word.toLowerCase(java.util.Locale.ROOT).replace('-', '_');
    }

    /** Levenshtein's distance: insertions, deletions and replacements between two words. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            row[column] = column;
        }
        for (int line = 1; line <= from.length(); line++) {
            int diagonal = row[0];
            row[0] = line;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = diagonal + (from.charAt(line - 1) == to.charAt(column - 1) ? 0 : 1);
                diagonal = row[column];
                row[column] = Math.min(replaced, Math.min(row[column], row[column - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
