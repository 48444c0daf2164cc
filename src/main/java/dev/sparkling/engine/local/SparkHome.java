package dev.sparkling.engine.local;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A Spark that is ready to run, in the user's cache.
 *
 * @param folder of PySpark, which holds Spark's own jars
 * @param python the interpreter with PySpark and the project's requirements
 * @param packages the folder with the jars of the project's Maven packages, if it has some
 * @param client the folder above the Python client
 */
record SparkHome(Path folder, Path python, Optional<Path> packages, Path client) {
    /** The class path of every role: the packages come last. */
    String classPath() {
        return folder + "/jars/*" + packages.map(jars -> ":" + jars + "/*").orElse("");
    }
}
