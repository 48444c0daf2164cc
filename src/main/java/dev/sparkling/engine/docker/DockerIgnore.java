package dev.sparkling.engine.docker;

import com.github.dockerjava.core.GoLangFileMatch;
import com.github.dockerjava.core.exception.GoLangFileMatchException;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a build leaves out of its context: `.dockerignore`, or `DOCKERFILE.dockerignore` where there is one.
 *
 * @param rules in the file's order; the last one that matches a path, or a folder above it, decides
 */
record DockerIgnore(List<Rule> rules) {
    private static final String NAME = ".dockerignore";

    /** docker-java takes this for one folder or more; Docker, for none too. */
    private static final String ANY_FOLDERS = "**/";

    DockerIgnore {
        rules = List.copyOf(rules);
    }

    /**
     * A line of the file.
     *
     * @param keeps whether it takes back what an earlier line left out
     * @param patterns one that matches is enough
     */
    record Rule(boolean keeps, List<String> patterns) {
        Rule {
            patterns = List.copyOf(patterns);
        }

        boolean matches(String path) {
            return patterns.stream().anyMatch(pattern -> GoLangFileMatch.match(pattern, path));
        }
    }

    /**
     * @param dockerfile relative to the context
     * @throws SparklingException of category USAGE for a line that is no pattern
     */
    static DockerIgnore read(Path context, String dockerfile) throws IOException {
        Path file = Stream.of(context.resolve(dockerfile + NAME), context.resolve(NAME))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
        List<Rule> rules = new ArrayList<>();
        if (file == null) {
            return new DockerIgnore(rules);
        }
        int number = 0;
        for (String line : Files.readAllLines(file)) {
            number++;
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            boolean keeps = text.startsWith("!");
            String pattern = Path.of("/" + (keeps ? text.substring(1).strip() : text))
                    .normalize()
                    .toString()
                    .substring(1);
            if (pattern.isEmpty()) {
                continue;
            }
            Rule rule = new Rule(keeps, variants(pattern));
            try {
                rule.matches("any");
            } catch (GoLangFileMatchException wrong) {
                throw SparklingException.usage(
                                file + ":" + number + ": '" + text + "' is no pattern of file names",
                                "Close its brackets, or put a backslash before a character that stands for itself.")
                        .causedBy(wrong);
            }
            rules.add(rule);
        }
        return new DockerIgnore(rules);
    }

    private static List<String> variants(String pattern) {
        int any = pattern.indexOf(ANY_FOLDERS);
        if (any < 0) {
            return List.of(pattern);
        }
        String before = pattern.substring(0, any);
        List<String> variants = new ArrayList<>();
        for (String rest : variants(pattern.substring(any + ANY_FOLDERS.length()))) {
            variants.add(before + ANY_FOLDERS + rest);
            variants.add(before + rest);
        }
        return variants;
    }

    /** @param path relative to the context, with slashes */
    boolean ignores(String path) {
        boolean ignored = false;
        for (Rule rule : rules) {
            if (rule.keeps() == ignored && rule.matches(path)) {
                ignored = !rule.keeps();
            }
        }
        return ignored;
    }

    /** Whether something below an ignored folder may be kept. */
    boolean takesBack() {
        return rules.stream().anyMatch(Rule::keeps);
    }
}
