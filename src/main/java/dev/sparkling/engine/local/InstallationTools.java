package dev.sparkling.engine.local;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                    process -> note(process).ifPresent(noted::add));
        } finally {
            noted.forEach(LocalCluster.ClientRecord::remove);
        }
    }

    /** A disk that is full is the program's to tell. */
    private Optional<LocalCluster.ClientRecord> note(Process process) {
        try {
            return Optional.of(LocalCluster.ClientRecord.write(notes, "tool", Identity.of(process.toHandle())));
        } catch (UncheckedIOException unwritable) {
            return Optional.empty();
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
