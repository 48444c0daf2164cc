package dev.sparkling.pipeline;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlDocument;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Finds and checks a spec before anything starts. Spark reports what is wrong here as a traceback of up to 92 lines, after
 * the cluster has started; the rules are those of `pyspark.pipelines.cli` 4.1.1.
 */
public final class SpecReader {
    private static final List<String> NAMES = List.of("spark-pipeline.yml", "spark-pipeline.yaml");
    private static final List<String> KEYS =
            List.of("name", "storage", "catalog", "database", "schema", "configuration", "libraries");
    private static final Pattern URI_WITH_SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");
    private static final String EXAMPLE = """
            The least that works is:
            name: my-pipeline
            storage: file:///app/checkpoints
            libraries:
              - glob:
                  include: src/pipelines/**""";

    private SpecReader() {}

    /**
     * The spec that lies in a folder or above it, but not above the project.
     *
     * @throws SparklingException if there is none, or two in one folder
     */
    public static Path find(Path folder, Path project) {
        for (Path place = folder; place != null; place = place.getParent()) {
            Path here = place;
            List<Path> found = NAMES.stream()
                    .map(here::resolve)
                    .filter(Files::isRegularFile)
                    .toList();
            if (found.size() > 1) {
                throw SparklingException.usage(
                        here + " holds both " + NAMES.get(0) + " and " + NAMES.get(1),
                        "Remove one of them, or name one: `sparkling run spark-pipeline.yml`.");
            }
            if (found.size() == 1) {
                return found.get(0);
            }
            if (place.equals(project)) {
                break;
            }
        }
        throw SparklingException.usage("no pipeline here: " + project + " holds no " + NAMES.get(0), EXAMPLE);
    }

    /**
     * Reads a spec and looks up its definitions.
     *
     * @throws SparklingException with line and column, if Spark would refuse the spec or find nothing to run
     */
    public static PipelineSpec read(Path file) {
        if (!Files.isRegularFile(file)) {
            throw SparklingException.usage(
                    "the spec " + file + (Files.exists(file) ? " is a folder" : " does not exist"),
                    "Name a spec file or a Python program: `sparkling run spark-pipeline.yml`.");
        }
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException unreadable) {
            throw SparklingException.usage(
                            "the spec " + file + " cannot be read: " + unreadable.getMessage(),
                            "Check that you may read it and that it is UTF-8 text.")
                    .causedBy(unreadable);
        }
        if (text.lines().allMatch(line -> line.isBlank() || line.stripLeading().startsWith("#"))) {
            throw SparklingException.usage("the spec " + file + " is empty", EXAMPLE);
        }
        YamlNode root = YamlDocument.parse(file.toString(), text);
        if (!(root instanceof Mapping mapping)) {
            throw Problems.at(root, "a spec is a mapping, not " + Problems.kind(root), EXAMPLE);
        }
        refuseUnknown(mapping, KEYS, "");
        Optional<YamlNode> schema = mapping.value("schema");
        if (mapping.value("database").isPresent() && schema.isPresent()) {
            throw Problems.at(
                    schema.get(), "`schema` and `database` are two names of the same setting", "Keep one of them.");
        }
        mapping.value("catalog").ifPresent(node -> string(node, "catalog"));
        mapping.value("database").ifPresent(node -> string(node, "database"));
        mapping.value("schema").ifPresent(node -> string(node, "schema"));
        return new PipelineSpec(
                file, required(mapping, "name"), storage(mapping), configuration(mapping), definitions(mapping, file));
    }

    private static String storage(Mapping mapping) {
        String storage = required(mapping, "storage");
        if (!URI_WITH_SCHEME.matcher(storage).matches()) {
            throw Problems.at(
                    mapping.value("storage").orElseThrow(),
                    "`storage` must be an absolute URI with its scheme, and '" + storage + "' is not",
                    "Write `storage: file:///app/checkpoints`.");
        }
        return storage;
    }

    private static Map<String, String> configuration(Mapping mapping) {
        Optional<YamlNode> node = mapping.value("configuration");
        Map<String, String> configuration = new LinkedHashMap<>();
        if (node.isEmpty()) {
            return configuration;
        }
        if (!(node.get() instanceof Mapping values)) {
            throw Problems.at(
                    node.get(),
                    "`configuration` is a mapping of Spark settings, not " + Problems.kind(node.get()),
                    "Write settings below it, such as `spark.sql.shuffle.partitions: \"4\"`, or remove the key.");
        }
        for (YamlNode.Entry entry : values.entries().values()) {
            if (!(entry.value() instanceof Scalar scalar) || scalar.type() != ScalarType.STRING) {
                String quoted = entry.value() instanceof Scalar scalar ? scalar.text() : "value";
                throw Problems.at(
                        entry.value(),
                        "`" + entry.key() + "` must be a string, and is " + Problems.kind(entry.value()),
                        "Put it into quotes: `" + entry.key() + ": \"" + quoted + "\"`.");
            }
            configuration.put(entry.key(), scalar.text());
        }
        return configuration;
    }

    private static List<Path> definitions(Mapping mapping, Path file) {
        YamlNode libraries = mapping.value("libraries")
                .orElseThrow(
                        () -> Problems.at(mapping, "the spec has no `libraries`: there is nothing to run", EXAMPLE));
        if (!(libraries instanceof Sequence sequence) || sequence.items().isEmpty()) {
            throw Problems.at(libraries, "`libraries` must be a list that names definitions", EXAMPLE);
        }
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElseThrow();
        TreeSet<Path> definitions = new TreeSet<>();
        for (YamlNode item : sequence.items()) {
            definitions.addAll(matches(include(item), folder));
        }
        return List.copyOf(definitions);
    }

    private static Scalar include(YamlNode item) {
        String remedy = "Write it as `- glob:` with `include: src/pipelines/**` below it.";
        if (!(item instanceof Mapping library)) {
            throw Problems.at(item, "an item of `libraries` is a mapping, not " + Problems.kind(item), remedy);
        }
        refuseUnknown(library, List.of("glob"), "libraries");
        YamlNode glob = library.value("glob")
                .orElseThrow(() -> Problems.at(item, "an item of `libraries` needs `glob`", remedy));
        if (!(glob instanceof Mapping inner)) {
            throw Problems.at(glob, "`glob` is a mapping, not " + Problems.kind(glob), remedy);
        }
        refuseUnknown(inner, List.of("include"), "glob");
        YamlNode include =
                inner.value("include").orElseThrow(() -> Problems.at(inner, "`glob` needs `include`", remedy));
        string(include, "include");
        return (Scalar) include;
    }

    private static List<Path> matches(Scalar include, Path folder) {
        String pattern = include.text();
        boolean deep = pattern.endsWith("/**") || pattern.equals("**");
        String base = deep ? pattern.substring(0, pattern.length() - 2) : pattern;
        if (Path.of(pattern.replace("*", "")).isAbsolute()) {
            throw Problems.at(
                    include,
                    "`include` must be relative to the spec's folder, and '" + pattern + "' is absolute",
                    "Write `src/pipelines/**`.");
        }
        if (base.contains("*") || base.contains("?") || base.contains("[")) {
            throw Problems.at(
                    include,
                    "Spark takes a file or `folder/**` here, not '" + pattern + "'",
                    "Write `" + (base.contains("/") ? base.substring(0, base.indexOf('/')) : "src/pipelines")
                            + "/**`, or name the files one by one.");
        }
        Path path = folder.resolve(base).normalize();
        List<Path> files = deep ? below(path, include) : Files.isRegularFile(path) ? List.of(path) : List.of();
        if (files.isEmpty()) {
            throw Problems.at(
                    include,
                    "'" + pattern + "' matches no file below " + folder,
                    "Put a definition (.py or .sql) there, or mend the path"
                            + (!deep && Files.isDirectory(path)
                                    ? ": a folder is named as `" + pattern + "/**`."
                                    : "."));
        }
        for (Path found : files) {
            String name = String.valueOf(found.getFileName());
            if (!name.endsWith(".py") && !name.endsWith(".sql")) {
                throw Problems.at(
                        include,
                        "'" + pattern + "' matches " + folder.relativize(found) + ", and Spark loads only .py and .sql",
                        "Move that file out of the folder, or name the definitions' own folder.");
            }
        }
        return files.stream().map(folder::relativize).toList();
    }

    private static List<Path> below(Path folder, Scalar include) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile)
                    .filter(path -> !path.toString().contains("__pycache__"))
                    .sorted()
                    .toList();
        } catch (IOException unreadable) {
            throw Problems.at(
                    include,
                    "the folder " + folder + " cannot be read: " + unreadable.getMessage(),
                    "Check its permissions.");
        }
    }

    private static void refuseUnknown(Mapping mapping, List<String> known, String parent) {
        for (YamlNode.Entry entry : new ArrayList<>(mapping.entries().values())) {
            if (!known.contains(entry.key())) {
                throw Problems.at(
                        entry.keyLocation(),
                        "unknown key `" + entry.key() + "`" + (parent.isEmpty() ? "" : " in `" + parent + "`"),
                        Problems.nearest(entry.key(), known)
                                .map(name -> "Did you mean `" + name + "`?")
                                .orElse("Known keys: " + String.join(", ", known) + "."));
            }
        }
    }

    private static String required(Mapping mapping, String key) {
        YamlNode node =
                mapping.value(key).orElseThrow(() -> Problems.at(mapping, "the spec has no `" + key + "`", EXAMPLE));
        return string(node, key);
    }

    private static String string(YamlNode node, String key) {
        if (!(node instanceof Scalar scalar)
                || scalar.type() != ScalarType.STRING
                || scalar.text().isBlank()) {
            throw Problems.at(
                    node, "`" + key + "` must be a string, and is " + Problems.kind(node), "Write it in quotes.");
        }
        return scalar.text();
    }
}
