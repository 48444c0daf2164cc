package dev.sparkling.engine.local;

import dev.sparkling.bundle.BundledFolder;
import dev.sparkling.cluster.JvmOptions;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ImageContext;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.error.Unwritable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** What lies in the project's folder before a service starts: configuration, Spark's folders, catalog and log. */
final class Groundwork {
    /** What a JVM printed beside its log is thrown away by the next `up` or `run` when it is more than this, in bytes. */
    private static final long OUTPUT_LIMIT = 1 << 20;

    private Groundwork() {}

    /** An archive is void on any other class path; the user's own one matters more. */
    private static List<String> executorOptions(
            ComposeProject project, SparkHome.ArgumentFile classPath, ClassArchives archives) {
        List<String> options = new ArrayList<>(JvmOptions.QUERIES);
        List<String> archive = archives.executorOptions(project.settings().workers());
        if (!archive.isEmpty() && !project.settings().sparkConf().containsKey("spark.executor.extraClassPath")) {
            options.addAll(archive);
            options.add(classPath.argument());
        }
        return options;
    }

    /** The configuration and the folders that Spark writes to. */
    static void layDown(ComposeProject project, SparkHome.ArgumentFile classPath, ClassArchives archives) {
        StateFolder folder = StateFolder.of(project);
        try {
            Files.createDirectories(project.directory().resolve("spark-warehouse"));
            Files.createDirectories(project.directory().resolve("checkpoints"));
            Files.createDirectories(folder.scratch());
            Files.createDirectories(folder.configuration());
            archives.prepare(folder.archives());
            Files.writeString(classPath.path(), classPath.text());
            Map<String, byte[]> files = Configuration.files(
                    ImageContext.of(project.directory()).files(),
                    new PathMapping(
                            Map.of(PathMapping.PROJECT, project.directory().toString())),
                    folder.configuration(),
                    executorOptions(project, classPath, archives));
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Files.write(folder.configuration().resolve(file.getKey()), file.getValue());
            }
        } catch (IOException unwritable) {
            throw Unwritable.of(
                    "the project's folder " + project.directory(),
                    unwritable,
                    "Make it writable, or work in a copy: Spark writes spark-warehouse/ and checkpoints/ there.");
        }
    }

    /** Makes the catalog mean the project's folder, before a server opens it. */
    static void followFolder(ComposeProject project, SparkHome spark, Path java, Consumer<EngineEvent> events) {
        byte[] script = BundledFolder.IMAGE.files().get("conf/relocate.sql");
        Catalog catalog = Catalog.of(project.directory());
        catalog.setRemainsAside()
                .ifPresent(
                        aside -> events.accept(new EngineEvent.Notice("the catalog was no whole database, and is now "
                                + aside + "; the next run enters the tables" + " again from their data")));
        catalog.follow(
                        project.directory(),
                        new String(Objects.requireNonNull(script), StandardCharsets.UTF_8),
                        spark,
                        java)
                .ifPresent(old -> events.accept(new EngineEvent.Notice(
                        "the catalog's tables lay in " + old + "; it names " + project.directory() + " now")));
    }

    /** Bounds what services print beside their logs, whether they run or not. */
    static void boundOutputs(ComposeProject project, Set<String> services) {
        for (String service : services) {
            try {
                bound(StateFolder.of(project).output(service));
            } catch (IOException unwritable) {
                // a start tells it; what runs needs it not
            }
        }
    }

    /** Empties a file in its place: its writer only adds to the end, wherever that is. */
    private static void bound(Path output) throws IOException {
        if (Files.exists(output) && Files.size(output) > OUTPUT_LIMIT) {
            Files.newByteChannel(output, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)
                    .close();
        }
    }
}
