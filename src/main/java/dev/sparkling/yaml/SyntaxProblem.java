package dev.sparkling.yaml;

import dev.sparkling.error.SparklingException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/** Says in plain words what SnakeYAML could not read, and how such a thing is mended. */
final class SyntaxProblem {
    private SyntaxProblem() {}

    private record Words(String problem, String remedy) {}

    static SparklingException explain(String file, String text, YAMLException exception) {
        if (exception instanceof MarkedYAMLException marked && marked.getProblemMark() != null) {
            Mark mark = marked.getProblemMark();
            String problem = marked.getProblem() == null ? "" : marked.getProblem();
            String context = marked.getContext() == null ? "" : marked.getContext();
            Words words = words(problem, context, marked.getContextMark());
            return at(YamlDocument.location(file, mark), words).causedBy(exception);
        }
        if (exception instanceof ReaderException reader) {
            String before = text.substring(0, text.offsetByCodePoints(0, reader.getPosition()));
            int line = (int) before.lines().count();
            boolean lineStart = before.isEmpty() || before.endsWith("\n");
            int column = before.length() - (before.lastIndexOf('\n') + 1) + 1;
            Words words = new Words(
                    String.format("the character U+%04X is not allowed in YAML", reader.getCodePoint()),
                    "Remove it, or write it as an escape in double quotes.");
            return at(new Location(file, lineStart ? line + 1 : line, column), words)
                    .causedBy(exception);
        }
        Words words = new Words("this is not YAML: " + exception.getMessage(), "Mend the file's syntax.");
        return at(new Location(file, 1, 1), words).causedBy(exception);
    }

    private static SparklingException at(Location location, Words words) {
        return SparklingException.usage(location + ": " + words.problem(), words.remedy());
    }

    private static Words words(String problem, String context, @org.jspecify.annotations.Nullable Mark contextMark) {
        if (problem.contains("TAB")) {
            return new Words("a tab stands where YAML allows only spaces", "Indent with spaces.");
        }
        if (problem.contains("mapping values are not allowed")) {
            return new Words(
                    "a colon followed by a space cannot stand here",
                    "Put the value in quotes if the colon belongs to it; otherwise check the indentation.");
        }
        if (context.contains("quoted scalar")) {
            return new Words(
                    "a quoted value" + since(contextMark) + " is not closed or holds something odd: " + problem,
                    "Close it with the quote that it begins with; in double quotes write \\\\ for a backslash.");
        }
        if (context.contains("flow sequence")) {
            return new Words("the list" + since(contextMark) + " has no ] or lacks a comma", "Close it with ].");
        }
        if (context.contains("flow mapping")) {
            return new Words("the mapping" + since(contextMark) + " has no } or lacks a comma", "Close it with }.");
        }
        if (problem.contains("could not find expected ':'")) {
            return new Words("a key without a colon and a space after it", "Write `key: value`.");
        }
        if (context.contains("parsing a block")) {
            return new Words(
                    "this line does not fit in with the lines above it",
                    "Give all keys (or all dashes) of one block the same indentation.");
        }
        if (problem.contains("cannot start any token")) {
            return new Words(
                    "a value cannot begin with this character", "Put the value in quotes, such as '@something'.");
        }
        if (problem.contains("sequence entries are not allowed")) {
            return new Words("a list cannot begin here", "Write the first dash on a line of its own, below the key.");
        }
        return new Words("this is not YAML: " + problem, "Mend the file's syntax at this place.");
    }

    private static String since(@org.jspecify.annotations.Nullable Mark mark) {
        return mark == null ? "" : " that begins in line " + (mark.getLine() + 1);
    }
}
