package dev.sparkling.engine.local;

import dev.sparkling.compose.ComposeProject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the local engine keeps what belongs to one cluster: `.sparkling/local/NAME` in the project's folder. `down`
 * removes it.
 */
record StateFolder(Path root) {
    static StateFolder of(ComposeProject project) {
        return new StateFolder(project.directory().resolve(".sparkling/local").resolve(project.name()));
    }

    /** Those of the clusters that have run in the project's folder under other names. */
    static List<StateFolder> others(ComposeProject project) {
        StateFolder own = of(project);
        List<StateFolder> others = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(own.root().getParent())) {
            for (Path folder : folders) {
                if (!folder.equals(own.root())) {
                    others.add(new StateFolder(folder));
                }
            }
        } catch (IOException none) {
            // nothing was ever started here
        }
        return others;
    }

    /** The processes that were started. */
    Path state() {
        return root.resolve("state.json");
    }

    /** The path of the folder where this cluster's JVMs have their archives of classes. */
    Path archives() {
        return root.resolve("archives");
    }

    /** One file for each client that runs. */
    Path clients() {
        return root.resolve("clients");
    }

    /** One file for each client that was left to itself; nobody lists these. */
    Path detached() {
        return root.resolve("detached");
    }

    /** Spark's configuration, adapted to this machine. */
    Path configuration() {
        return root.resolve("conf");
    }

    /** The folders of a worker's executors. */
    Path work(String service) {
        return root.resolve("work").resolve(service);
    }

    /** What executors swap out. */
    Path scratch() {
        return root.resolve("scratch");
    }

    /** The logs of a service. */
    Path logs(String service) {
        return root.resolve("logs").resolve(service);
    }

    /** What the JVM of a service prints beside its log. */
    Path output(String service) {
        return logs(service).resolve("output.log");
    }

    /** The log of a service's own JVM; rotated. */
    Path log(String service) {
        return logs(service).resolve("role.log");
    }

    /** The log of a worker's executors; rotated. */
    Path executorLog(String service) {
        return logs(service).resolve("executor.log");
    }
}
