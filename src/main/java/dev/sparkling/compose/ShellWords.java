package dev.sparkling.compose;

import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlNode.Scalar;
import java.util.ArrayList;
import java.util.List;

/** Splits a command line into arguments as a shell does: blanks separate, quotes and backslashes keep. */
final class ShellWords {
    private static final String OPERATORS = ";|&<>()`";

    private ShellWords() {}

    static List<String> split(Scalar command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        String text = command.text();
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            if (character == '\\' && quote != '\'') {
                if (++index == text.length()) {
                    throw Problems.at(command, "the command ends in a backslash", "Remove it, or write it twice.");
                }
                word.append(text.charAt(index));
                inWord = true;
            } else if (quote != 0) {
                if (character == quote) {
                    quote = 0;
                } else {
                    word.append(character);
                }
            } else if (character == '"' || character == '\'') {
                quote = character;
                inWord = true;
            } else if (Character.isWhitespace(character)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else if (OPERATORS.indexOf(character) >= 0) {
                // Docker Compose drops the rest of the command here without a word.
                throw Problems.at(
                        command,
                        "the command holds `" + character + "`, which only a shell understands",
                        "Write it as a list: [\"sh\", \"-c\", \"…\"].");
            } else {
                word.append(character);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw Problems.at(command, "the command has an unclosed quote " + quote, "Close it.");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
