package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Location;
import dev.sparkling.yaml.Problems;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads `.env` and the files of `env_file` as Docker Compose does: `NAME=value` lines, `export` before them, comments,
 * values in single quotes (as they stand) or double quotes (escapes and variables), both over several lines. A name
 * alone takes its value from the environment.
 */
public final class DotEnv {
    private final String file;
    private final String text;
    private final Function<String, @Nullable String> lookup;
    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Interpolation interpolation;
    private int position;

    private DotEnv(String file, String text, Function<String, @Nullable String> lookup) {
        this.file = file;
        this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
        this.lookup = lookup;
        this.interpolation = new Interpolation(name -> {
            String outer = lookup.apply(name);
            return outer != null ? outer : variables.get(name);
        });
    }

    /**
     * Reads the variables in the order of the file.
     *
     * @param lookup the environment, which goes before variables of the same file in `${NAME}`
     * @throws SparklingException of category USAGE, with file and line, if a line is not understood
     */
    public static Map<String, String> parse(String file, String text, Function<String, @Nullable String> lookup) {
        DotEnv reader = new DotEnv(file, text, lookup);
        reader.read();
        return Collections.unmodifiableMap(reader.variables);
    }

    private void read() {
        while (skipBlanks()) {
            Location location = location();
            String name = name(location);
            skip(" \t");
            char separator = current();
            if (separator == '=' || separator == ':') {
                position++;
                skip(" \t");
                variables.put(name, value(location));
            } else if (atLineEnd() || separator == '#') {
                String inherited = lookup.apply(name);
                if (inherited != null) {
                    variables.put(name, inherited);
                }
            } else {
                throw problem(location, "'" + lineRest() + "' follows the name " + name + ", where = is expected");
            }
            position = lineEnd();
        }
    }

    /** Moves to the next line that says something; false at the end of the file. */
    private boolean skipBlanks() {
        while (true) {
            skip(" \t\r\n");
            if (current() != '#') {
                return position < text.length();
            }
            position = lineEnd();
        }
    }

    private String name(Location location) {
        if (text.startsWith("export", position) && position + 6 < text.length() && isBlank(text.charAt(position + 6))) {
            position += 6;
            skip(" \t");
        }
        int start = position;
        while (position < text.length() && isNamePart(text.charAt(position))) {
            position++;
        }
        if (start == position) {
            throw problem(location, "'" + lineRest() + "' does not begin with the name of a variable");
        }
        return text.substring(start, position);
    }

    private String value(Location location) {
        char quote = current();
        if (quote != '"' && quote != '\'') {
            return unquoted(location);
        }
        StringBuilder value = new StringBuilder();
        for (position++; position < text.length() && current() != quote; position++) {
            if (current() == '\\' && position + 1 < text.length()) {
                position++;
                value.append(quote == '"' ? escape(current()) : current() == '\'' ? "'" : "\\" + current());
            } else {
                value.append(current());
            }
        }
        if (position >= text.length()) {
            throw problem(location, "the quote " + quote + " is not closed");
        }
        position++;
        skip(" \t");
        if (!atLineEnd() && current() != '#') {
            throw problem(location, "'" + lineRest() + "' follows the closing quote");
        }
        return quote == '"' ? interpolation.substitute(value.toString(), location) : value.toString();
    }

    private String unquoted(Location location) {
        String line = text.substring(position, lineEnd());
        int comment = 0;
        while (comment < line.length()
                && !(line.charAt(comment) == '#' && (comment == 0 || isBlank(line.charAt(comment - 1))))) {
            comment++;
        }
        return interpolation.substitute(line.substring(0, comment).strip(), location);
    }

    /** An escaped dollar sign stays escaped until the variables are replaced. */
    private static String escape(char character) {
        return switch (character) {
            case 'n' -> "\n";
            case 'r' -> "\r";
            case 't' -> "\t";
            case '$' -> "$$";
            case '"', '\\' -> String.valueOf(character);
            default -> "\\" + character;
        };
    }

    private char current() {
        return position < text.length() ? text.charAt(position) : '\0';
    }

    private boolean atLineEnd() {
        return position >= text.length() || current() == '\n' || current() == '\r';
    }

    private int lineEnd() {
        int end = text.indexOf('\n', position);
        return end < 0 ? text.length() : end;
    }

    private String lineRest() {
        return text.substring(position, lineEnd()).strip();
    }

    private void skip(String characters) {
        while (position < text.length() && characters.indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private static boolean isBlank(char character) {
        return character == ' ' || character == '\t';
    }

    private static boolean isNamePart(char character) {
        return Character.isLetterOrDigit(character) || "_.-".indexOf(character) >= 0;
    }

    private Location location() {
        int line = (int) text.substring(0, position)
                        .chars()
                        .filter(character -> character == '\n')
                        .count()
                + 1;
        return new Location(file, line, position - text.lastIndexOf('\n', position - 1));
    }

    private static SparklingException problem(Location location, String problem) {
        return Problems.at(location, problem, "Write NAME=value, with quotes around a value that holds # or spaces.");
    }
}
