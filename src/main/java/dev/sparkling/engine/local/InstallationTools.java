package dev.sparkling.engine.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Runs the programs of an installation, one at a time, and notes the one that runs: it goes on when sparkling is killed,
 * and would write into what the next installation makes.
 *
 * @param notes a folder of the cache
 */
record InstallationTools(Path notes) {
    /** As {@link Tool#run}. */
    Tool.Result run(List<String> command, Map<String, String> environment, Path folder, Consumer<String> output) {
        List<LocalCluster.ClientRecord> noted = new ArrayList<>();
        try {
            return Tool.run(
                    command,
                    environment,
                    folder,
                    output,
                    process ->
                            noted.add(LocalCluster.ClientRecord.write(notes, "tool", Identity.of(process.toHandle()))));
        } finally {
            noted.forEach(LocalCluster.ClientRecord::remove);
        }
    }

    /**
     * Ends what a sparkling that was killed has left at work; to be called by whoever holds the lock of installations.
     *
     * @param found receives the number of a process before it is ended
     */
    void endLeftover(Consumer<Long> found) {
        for (LocalCluster.ClientRecord note : LocalCluster.ClientRecord.all(notes)) {
            note.process().running().ifPresent(process -> {
                found.accept(process.pid());
                Tool.end(process);
            });
            note.remove();
        }
    }
}
