package dev.sparkling.engine.local;

import dev.sparkling.engine.CacheFolder;
import dev.sparkling.error.SparklingException;
import dev.sparkling.error.Unwritable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Hive's catalog of a project. It holds absolute places, so it must follow a project that was moved, or that the other
 * engine has run: in containers its folder is `/app`. The image's entry point does the same.
 *
 * @param folder of the catalog, in the warehouse
 */
record Catalog(Path folder) {
    static Catalog of(Path project) {
        return new Catalog(project.resolve("spark-warehouse/.catalog"));
    }

    /** The folder of the project that the catalog means. */
    Path note() {
        return folder.resolve("project");
    }

    private Path database() {
        return folder.resolve("metastore_db");
    }

    /**
     * Moves aside what a server writes back after its catalog was deleted below it, before the next server opens it:
     * Derby cannot open a database without that file. It is not deleted, since it may as well be a whole one that lost
     * that file alone.
     *
     * @return where it is now, if there was such a thing
     */
    Optional<Path> setRemainsAside() {
        if (!Files.isDirectory(database()) || Files.exists(database().resolve("service.properties"))) {
            return Optional.empty();
        }
        Path aside = folder.resolve("metastore_db.damaged");
        try {
            if (Files.exists(aside)) {
                CacheFolder.delete(aside);
            }
            return Optional.of(Files.move(database(), aside));
        } catch (IOException unwritable) {
            throw unwritable(unwritable);
        }
    }

    /**
     * Makes the catalog mean a project's folder, before a server opens it.
     *
     * @param script with `@OLD@` and `@NEW@`
     * @return the folder that it meant before, if that was another one
     */
    Optional<Path> follow(Path project, String script, SparkHome spark, Path java) {
        try {
            Path old = meant();
            boolean moved = !old.equals(project) && Files.isDirectory(database());
            if (moved) {
                SinkLogs.follow(project, old);
                relocate(script, old, project, spark, java);
            }
            Files.createDirectories(folder);
            Files.writeString(note(), project + "\n");
            return moved ? Optional.of(old) : Optional.empty();
        } catch (IOException unwritable) {
            throw unwritable(unwritable);
        }
    }

    private SparklingException unwritable(IOException problem) {
        return Unwritable.of("the catalog in " + folder, problem, "Make it writable: it holds the tables' places.");
    }

    private Path meant() throws IOException {
        try {
            return Path.of(Files.readString(note()).strip());
        } catch (NoSuchFileException madeInContainers) {
            return Path.of(PathMapping.PROJECT);
        }
    }

    private void relocate(String script, Path old, Path project, SparkHome spark, Path java) throws IOException {
        String statements = "connect 'jdbc:derby:" + literal(database()) + "';\n"
                + "autocommit off;\n"
                + script.replace("@OLD@", literal(old)).replace("@NEW@", literal(project))
                + "commit;\n";
        Path file = Files.writeString(folder.resolve("relocate.sql"), statements, StandardCharsets.UTF_8);
        Tool.Result result = Tool.run(
                List.of(
                        java.resolve("bin/java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Dderby.stream.error.file=" + folder.resolve("derby.log"),
                        "-Dij.exceptionTrace=false",
                        "-cp",
                        spark.folder() + "/jars/*",
                        "org.apache.derby.tools.ij",
                        file.toString()),
                Map.of(),
                folder,
                line -> {});
        if (!result.succeeded() || result.lines().stream().anyMatch(line -> line.startsWith("ERROR"))) {
            throw SparklingException.failed(
                            "the catalog was made for " + old + " and cannot be changed to " + project,
                            "Move " + folder + " away; the next run enters the tables again from their data.")
                    .withEvidence(result.lines());
        }
        Files.delete(file);
        Files.deleteIfExists(folder.resolve("derby.log"));
    }

    private static String literal(Path path) {
        return path.toString().replace("'", "''");
    }
}
