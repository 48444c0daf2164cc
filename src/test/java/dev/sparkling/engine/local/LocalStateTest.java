package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.engine.Observer.PublishedPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStateTest {
    private static final Instant MOMENT = Instant.parse("2026-01-31T12:00:00.123Z");

    @TempDir
    Path folder;

    private LocalState state(Path directory) {
        LocalState.Entry running = new LocalState.Entry(
                "spark-master",
                new Identity(42, MOMENT, MOMENT.minusSeconds(60)),
                "hash",
                MOMENT,
                8080,
                List.of(new PublishedPort("127.0.0.1", 18080, 8080, "tcp")),
                Optional.empty());
        LocalState.Entry crashed = new LocalState.Entry(
                "spark-worker",
                new Identity(43, MOMENT, Instant.EPOCH),
                "other",
                MOMENT,
                8081,
                List.of(),
                Optional.of(new LocalState.End(MOMENT, OptionalInt.of(137), true)));
        return new LocalState(directory, 7078, Map.of()).with(running).with(crashed);
    }

    @Test
    void readsWhatItWrote() {
        Path file = folder.resolve("deep/state.json");
        state(folder).write(file);
        assertThat(LocalState.read(file, folder)).isEqualTo(state(folder));
        assertThat(file.getParent()).isDirectoryContaining("glob:**/state.json");
        assertThat(file.getParent().toFile().list()).containsExactly("state.json");
    }

    @Test
    void isNothingBeforeTheFirstStart() {
        assertThat(LocalState.read(folder.resolve("state.json"), folder)).isEqualTo(LocalState.none(folder));
    }

    @Test
    void leavesTheProcessesToTheFolderThatItWasCopiedFrom() throws IOException {
        Path original = Files.createDirectory(folder.resolve("original"));
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Path file = copy.resolve("state.json");
        state(original).write(file);
        assertThat(LocalState.read(file, copy)).isEqualTo(LocalState.none(copy));
        Files.delete(original);
        assertThat(LocalState.read(file, copy).services()).as("moved").hasSize(2);
    }

    @Test
    void saysThatItIsDamaged() throws IOException {
        Path file = folder.resolve("state.json");
        for (String text : List.of("{", "[]", "{\"version\": 9}", "{\"version\": 1, \"services\": [{}]}")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> LocalState.read(file, folder)).as(text).hasMessageContaining(file + " is damaged");
        }
    }
}
