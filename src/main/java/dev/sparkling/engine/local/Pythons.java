package dev.sparkling.engine.local;

import dev.sparkling.error.SparklingException;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds the Python of this machine that Spark's environment is made from: 3.10 or later, as Spark 4.1 asks for. */
final class Pythons {
    private static final int OLDEST_MINOR = 10;
    private static final List<String> NAMES =
            List.of("python3", "python3.13", "python3.12", "python3.11", "python3.10", "python3.14", "python");

    private Pythons() {}

    /**
     * The first fitting Python on the PATH.
     *
     * @throws SparklingException if none fits, with all that were found
     */
    static Path find(Map<String, String> environment) {
        Map<Path, String> found = new LinkedHashMap<>();
        for (String name : NAMES) {
            Optional<Path> program = onPath(environment, name);
            if (program.isEmpty()) {
                continue;
            }
            String version = version(program.get(), environment);
            found.put(program.get(), version);
            if (fits(version)) {
                return program.get();
            }
        }
        throw unfit(found);
    }

    /** A Python for what any of them can do: the one that fits, else whatever is called python3. */
    static Optional<Path> any(Map<String, String> environment) {
        try {
            return Optional.of(find(environment));
        } catch (SparklingException unfit) {
            return onPath(environment, "python3");
        }
    }

    static SparklingException unfit(Map<Path, String> found) {
        String unfit = found.entrySet().stream()
                .map(python -> python.getKey() + " ("
                        + (python.getValue().isEmpty() ? "does not start" : python.getValue()) + ")")
                .collect(Collectors.joining(", "));
        return SparklingException.engineUnavailable(
                unfit.isEmpty()
                        ? "Spark needs Python 3.10 or later, and there is none on the PATH"
                        : "Spark needs Python 3.10 or later, and the PATH has only " + unfit,
                "Install one, such as Debian's python3, and call it python3 on the PATH.");
    }

    /** Whether a version such as 3.11.2 will do. */
    static boolean fits(String version) {
        String[] parts = version.split("\\.", -1);
        return parts.length >= 2 && parts[0].equals("3") && Integer.parseInt(parts[1]) >= OLDEST_MINOR;
    }

    /** A program of the PATH. */
    static Optional<Path> onPath(Map<String, String> environment, String name) {
        for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path program =
                    Path.of(folder.isEmpty() ? "." : folder).resolve(name).toAbsolutePath();
            if (Files.isRegularFile(program) && Files.isExecutable(program)) {
                return Optional.of(program);
            }
        }
        return Optional.empty();
    }

    private static String version(Path python, Map<String, String> environment) {
        Tool.Result answer = Tool.run(
                List.of(python.toString(), "-c", "import platform; print(platform.python_version())"),
                environment,
                Path.of("/"),
                line -> {});
        return answer.succeeded() && answer.lines().size() == 1
                ? answer.lines().get(0).strip()
                : "";
    }
}
