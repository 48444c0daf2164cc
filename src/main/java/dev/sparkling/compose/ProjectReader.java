package dev.sparkling.compose;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlDocument;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Mapping;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Reads a project: its files parsed, variables replaced, merged, checked. */
public final class ProjectReader {
    private static final Pattern PROJECT_NAME = Pattern.compile("[a-z0-9][a-z0-9_-]*");

    private final ProjectLocation location;
    private final Consumer<String> notices;

    /** @param notices takes what the user should know though nothing is wrong, such as a variable that is not set */
    public ProjectReader(ProjectLocation location, Consumer<String> notices) {
        this.location = location;
        this.notices = notices;
    }

    /**
     * Reads the project's files.
     *
     * @throws SparklingException of category USAGE, with the place, for anything that is wrong in them
     */
    public ComposeProject read() {
        return read(text(location.composeFile()));
    }

    /**
     * Reads the project as if its first file held this text, for a file that is not written yet, or is rendered in
     * memory for one command.
     */
    public ComposeProject read(String composeText) {
        List<Mapping> parsed = new ArrayList<>();
        for (Path file : location.files()) {
            String text = file.equals(location.composeFile()) ? composeText : text(file);
            parsed.add(parse(file, text, parsed.isEmpty()));
        }
        ClusterSpec settings = ClusterSettings.read(parsed.get(0), location.environment());
        Map<String, String> environment = new HashMap<>(location.environment());
        String name = projectName(parsed, environment);
        environment.put("COMPOSE_PROJECT_NAME", name);
        Interpolation interpolation = new Interpolation(environment::get);
        List<Mapping> files = parsed.stream()
                .map(interpolation::apply)
                .map(file -> (Mapping) ShortForms.expand(file))
                .toList();
        ComposeReader.Content content =
                new ComposeReader(name, location.directory(), environment::get).read(Merge.merge(files));
        interpolation
                .unsetVariables()
                .forEach((variable, place) ->
                        notices.accept(place + ": the variable " + variable + " is not set; it becomes empty"));
        return new ComposeProject(
                name,
                location.directory(),
                location.files(),
                settings,
                content.services(),
                content.networks(),
                content.volumes(),
                content.configs(),
                content.secrets());
    }

    private String text(Path file) {
        String label = location.label(file);
        if (!Files.exists(file)) {
            throw SparklingException.usage(
                    "There is no file " + label,
                    "Name another with --file, or write a new one from the defaults with `sparkling render`.");
        }
        try {
            return Files.readString(file);
        } catch (CharacterCodingException problem) {
            throw SparklingException.usage("The file " + label + " is not UTF-8 text", "Save it as UTF-8.")
                    .causedBy(problem);
        } catch (IOException problem) {
            throw SparklingException.usage(
                            "The file " + label + " cannot be read: " + problem.getMessage(), "Check its permissions.")
                    .causedBy(problem);
        }
    }

    private Mapping parse(Path file, String text, boolean first) {
        String label = location.label(file);
        YamlNode root = YamlDocument.parse(label, text);
        if (Values.isNull(root)) {
            return new Mapping(Map.of(), root.location(), "");
        }
        if (!(root instanceof Mapping mapping)) {
            throw Problems.at(
                    root,
                    "a compose file is a mapping, but this is " + Problems.kind(root),
                    "Write `services:` first.");
        }
        YamlNode.Entry settings = mapping.entries().get(ClusterSettings.KEY);
        if (settings != null && !first) {
            throw Problems.at(
                    settings.keyLocation(),
                    "the settings of the cluster stand in a second file",
                    "Move them to the x-sparkling block of " + location.label(location.composeFile()) + ".");
        }
        return mapping;
    }

    /** The name by flag or COMPOSE_PROJECT_NAME, else by the last file that has one, else the folder's, made to fit. */
    private String projectName(List<Mapping> files, Map<String, String> environment) {
        if (location.projectName().isPresent()) {
            String name = location.projectName().get();
            if (!PROJECT_NAME.matcher(name).matches()) {
                throw SparklingException.usage("'" + name + "' is no project name", nameRemedy(name));
            }
            return name;
        }
        YamlNode named = null;
        for (Mapping file : files) {
            named = file.value("name").filter(node -> !Values.isNull(node)).orElse(named);
        }
        if (named != null) {
            YamlNode node = new Interpolation(environment::get).apply(named);
            String name = Values.text(node, "name");
            if (!PROJECT_NAME.matcher(name).matches()) {
                throw Problems.at(node, "'" + name + "' is no project name", nameRemedy(name));
            }
            return name;
        }
        Path folder = location.directory().getFileName();
        return normalized(folder == null ? "" : folder.toString())
                .orElseThrow(() -> SparklingException.usage(
                        "The folder " + location.directory()
                                + " gives no project name: it has no letter or digit of a to z, 0 to 9",
                        "Choose one with --project-name."));
    }

    private static String nameRemedy(String name) {
        return "Use lower-case letters, digits, dashes and underscores, with a letter or digit first"
                + normalized(name).map(better -> ", such as " + better).orElse("") + ".";
    }

    private static Optional<String> normalized(String name) {
        String fitting = name.toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[^a-z0-9_-]", "")
                .replaceAll("^[_-]+", "");
        return fitting.isEmpty() ? Optional.empty() : Optional.of(fitting);
    }
}
