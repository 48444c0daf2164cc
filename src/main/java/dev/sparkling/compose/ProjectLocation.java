package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Where a project lies, before its files are read.
 *
 * @param workingDirectory the caller's, absolute; errors name files relative to it
 * @param directory absolute; relative paths of the files are resolved against it
 * @param files absolute, in the order of merging; the first is the one that holds the settings and may not exist yet
 * @param projectName asked for by flag or environment, not yet checked; empty means: by the file or the folder
 * @param environment the process's variables over those of `.env`
 */
public record ProjectLocation(
        Path workingDirectory,
        Path directory,
        List<Path> files,
        Optional<String> projectName,
        Map<String, String> environment) {
    private static final List<String> FOREIGN_NAMES = List.of("docker-compose.yml", "docker-compose.yaml");

    public ProjectLocation {
        files = List.copyOf(files);
        environment = Collections.unmodifiableMap(new HashMap<>(environment));
    }

    /**
     * Finds a project's files as Docker Compose does: those named by flag, else by COMPOSE_FILE, else compose.yml (or
     * compose.yaml) and compose.override.yml (or .yaml) of the directory. Parent folders are not searched. A folder that
     * has only a docker-compose.yml is refused: a compose.yml next to it would hide it from Docker Compose.
     *
     * @param workingDirectory absolute; relative paths of flags are resolved against it
     * @param directory `--directory`; without it the folder of the first file named by flag, else the working directory
     * @param files `--file`, in order
     * @param projectName `--project-name`
     * @param processEnvironment goes before `.env`
     * @throws SparklingException of category USAGE if the directory is none, or it is unclear which file is meant
     */
    public static ProjectLocation find(
            Path workingDirectory,
            Optional<Path> directory,
            List<Path> files,
            Optional<String> projectName,
            Map<String, String> processEnvironment) {
        List<Path> named = files.stream()
                .map(file -> workingDirectory.resolve(file).normalize())
                .toList();
        Path home = directory
                .map(folder -> workingDirectory.resolve(folder).normalize())
                .or(() -> named.stream().findFirst().map(Path::getParent))
                .orElse(workingDirectory.normalize());
        if (!Files.isDirectory(home)) {
            throw SparklingException.usage("There is no folder " + home, "Name the project's folder.");
        }
        Map<String, String> environment = environment(workingDirectory, home, processEnvironment);
        List<Path> chosen = named.isEmpty() ? fromEnvironment(home, environment) : named;
        return new ProjectLocation(
                workingDirectory,
                home,
                chosen.isEmpty() ? usual(home) : chosen,
                projectName.or(() -> Optional.ofNullable(environment.get("COMPOSE_PROJECT_NAME"))
                        .filter(name -> !name.isEmpty())),
                environment);
    }

    /** The file that holds the settings. */
    public Path composeFile() {
        return files.get(0);
    }

    /** The same place without some variables. */
    public ProjectLocation without(Set<String> variables) {
        Map<String, String> remaining = new HashMap<>(environment);
        remaining.keySet().removeAll(variables);
        return new ProjectLocation(workingDirectory, directory, files, projectName, remaining);
    }

    /** A file's name for messages: relative to the working directory where it lies below it. */
    public String label(Path file) {
        return label(workingDirectory, file);
    }

    private static String label(Path workingDirectory, Path file) {
        return file.startsWith(workingDirectory)
                ? workingDirectory.relativize(file).toString()
                : file.toString();
    }

    private static Map<String, String> environment(Path workingDirectory, Path home, Map<String, String> process) {
        Path file = home.resolve(".env");
        Map<String, String> environment = new HashMap<>();
        if (Files.isRegularFile(file)) {
            String label = label(workingDirectory, file);
            try {
                environment.putAll(DotEnv.parse(label, Files.readString(file), process::get));
            } catch (IOException problem) {
                throw SparklingException.usage(
                                "The file " + label + " cannot be read as UTF-8 text",
                                "Check its permissions and encoding.")
                        .causedBy(problem);
            }
        }
        environment.putAll(process);
        return environment;
    }

    private static List<Path> fromEnvironment(Path home, Map<String, String> environment) {
        String separator = environment.getOrDefault("COMPOSE_PATH_SEPARATOR", ":");
        return Arrays.stream(
                        environment.getOrDefault("COMPOSE_FILE", "").split(java.util.regex.Pattern.quote(separator)))
                .filter(name -> !name.isEmpty())
                .map(name -> home.resolve(name).normalize())
                .toList();
    }

    private static List<Path> usual(Path home) {
        Optional<Path> main = only(home, "compose.yml", "compose.yaml");
        Optional<Path> override = only(home, "compose.override.yml", "compose.override.yaml");
        if (main.isEmpty()) {
            FOREIGN_NAMES.stream()
                    .filter(name -> Files.exists(home.resolve(name)))
                    .findFirst()
                    .ifPresent(name -> {
                        throw SparklingException.usage(
                                "The folder " + home + " has a " + name + ", which Sparkling does not read",
                                "Rename it to compose.override.yml, and its services run next to Spark; or name it with --file.");
                    });
        }
        List<Path> files = new ArrayList<>();
        files.add(main.orElse(home.resolve("compose.yml")));
        override.ifPresent(files::add);
        return files;
    }

    private static Optional<Path> only(Path home, String name, String otherName) {
        List<Path> present = Stream.of(name, otherName)
                .map(home::resolve)
                .filter(Files::exists)
                .toList();
        if (present.size() > 1) {
            throw SparklingException.usage(
                    "The folder " + home + " has both " + name + " and " + otherName, "Keep one of the two.");
        }
        return present.stream().findFirst();
    }
}
