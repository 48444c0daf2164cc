package dev.sparkling.engine.local;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A Spark that is ready to run, in the user's cache.
 *
 * @param folder of PySpark, which holds Spark's own jars
 * @param python the interpreter with PySpark and the project's requirements
 * @param packages the folder with the jars of the project's Maven packages, if it has some
 * @param client the folder above the Python client
 */
record SparkHome(Path folder, Path python, Optional<Path> packages, Path client) {
    /**
     * The class path of every role: the packages come last. Spark's jars are spelled out, since archives of classes are
     * void in another order; large ones first, since a JVM that writes an archive compares each class's jar with those
     * before it.
     */
    String classPath() {
        File @Nullable [] files = folder.resolve("jars").toFile().listFiles((folder, name) -> name.endsWith(".jar"));
        Stream<String> jars = Arrays.stream(Objects.requireNonNullElse(files, new File[0]))
                .map(file -> Map.entry(file.length(), file.toString()))
                .sorted(Map.Entry.<Long, String>comparingByKey().reversed().thenComparing(Map.Entry::getValue))
                .map(Map.Entry::getValue);
        return String.join(
                ":",
                Stream.concat(jars, packages.stream().map(own -> own + "/*")).toList());
    }

    /** An argument file of `java` with the class path; named after it, so that a command changes with it. */
    ArgumentFile classPathFile(Path configuration) {
        String text = "-cp\n\"" + classPath().replace("\\", "\\\\").replace("\"", "\\\"") + "\"\n";
        return new ArgumentFile(configuration.resolve("class-path-" + ClassArchives.hash(text)), text);
    }

    /** A file whose lines are arguments of `java @FILE`. */
    record ArgumentFile(Path path, String text) {
        String argument() {
            return "@" + path;
        }
    }
}
