package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.Terminal;
import dev.sparkling.engine.CacheFolder;
import dev.sparkling.engine.Lifecycle.DownRequest;
import dev.sparkling.error.SparklingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes what Sparkling made. */
@Command(
        description = "Removes the cluster's containers, networks and built images.",
        footer = {"", "The data in spark-warehouse/ and checkpoints/ stays unless `--data` is given."})
final class CleanCommand extends ProjectCommand {
    private static final List<String> DATA = List.of("spark-warehouse", "checkpoints");

    @Option(names = "--volumes", description = "Also removes the volumes that compose.override.yml declares.")
    boolean volumes;

    @Option(names = "--data", description = "Also empties spark-warehouse/ and checkpoints/.")
    boolean data;

    @Option(
            names = "--cache",
            description = "Also removes the Spark that `--engine local` keeps for all projects of this user.")
    boolean cache;

    @Option(
            names = {"-y", "--yes"},
            description = "Does not ask.")
    boolean yes;

    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().clusterWorkspace().read();
        if ((volumes || data) && !yes && !confirmed(project)) {
            sparkling().say("Nothing was removed.");
            return 0;
        }
        List<String> removed;
        try (ProjectLock lock = lock(project)) {
            removed = new ArrayList<>(withEngine(
                    project,
                    Purpose.REMOVE,
                    engine -> engine.lifecycle().down(project, new DownRequest(true, volumes))));
            if (cache) {
                CacheFolder folder = CacheFolder.of(
                        sparkling().invocation().environment(),
                        sparkling().invocation().home());
                if (folder.remove()) {
                    removed.add(folder.root().toString());
                }
            }
            if (data) {
                DATA.forEach(folder -> removed.addAll(empty(project.directory().resolve(folder))));
            }
        }
        sparkling().say(removed.isEmpty() ? "Nothing to clean." : "Cleaned " + project.name() + ".");
        return 0;
    }

    private boolean confirmed(ComposeProject project) {
        List<String> what = new ArrayList<>();
        if (data) {
            what.add("all data in " + project.directory() + "/{spark-warehouse,checkpoints}");
        }
        if (volumes) {
            // Also those that an earlier override declared: they carry the project's name.
            what.add("all volumes of " + project.name()
                    + (project.volumes().isEmpty()
                            ? ""
                            : " (" + String.join(", ", project.volumes().keySet()) + ")"));
        }
        if (!sparkling().console().terminal().isTerminal(Terminal.Stream.ERR)
                || !sparkling().console().terminal().isInputTerminal()) {
            throw SparklingException.usage(
                    "`clean` would delete " + String.join(" and ", what) + ", and there is no terminal to ask at",
                    "Add `--yes` if that is what you want.");
        }
        sparkling().console().err().print("Delete " + String.join(" and ", what) + "? [y/N] ");
        sparkling().console().err().flush();
        try {
            String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
            return answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
        } catch (IOException closed) {
            return false;
        }
    }

    /** Deletes what is in a folder, and keeps the folder and git's marker in it. */
    private static List<String> empty(Path folder) {
        List<String> removed = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return removed;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(folder) && !path.equals(folder.resolve(".gitkeep"))) {
                    Files.delete(path);
                    removed.add(path.toString());
                }
            }
        } catch (IOException | UncheckedIOException failure) {
            throw SparklingException.failed(
                    "the data in " + folder + " cannot be deleted: " + failure.getMessage(),
                    "Check who owns it, and delete it by hand.");
        }
        return removed;
    }
}
