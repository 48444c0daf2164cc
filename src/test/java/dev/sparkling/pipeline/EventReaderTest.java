package dev.sparkling.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.SparklingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class EventReaderTest {
    private final List<ClientEvent> events = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final EventReader reader = new EventReader(events::add, lines::add);

    @Test
    void readsEventsHoweverTheirBytesAreCut() {
        String text = """
                {"v":1,"type":"flow","flow":"spark_catalog.default.größe","state":"RUNNING","message":"m"}
                {"v":1,"type":"view","name":"a.b.c","kind":"materialized_view","rows":10,"location":"/app/x"}
                {"v":1,"type":"verdict","state":"COMPLETED","seconds":{"run":1.5}}
                """;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int index = 0; index < bytes.length; index += 3) {
            reader.accept(Arrays.copyOfRange(bytes, index, Math.min(bytes.length, index + 3)));
        }

        assertThat(events)
                .containsExactly(
                        new ClientEvent.Flow("spark_catalog.default.größe", "RUNNING", Optional.of("m")),
                        new ClientEvent.View("a.b.c", "materialized_view", OptionalLong.of(10), Optional.of("/app/x")),
                        new ClientEvent.Verdict("COMPLETED", java.util.Map.of("run", 1.5)));
        assertThat(lines).hasSize(3);
    }

    @Test
    void readsAnErrorWithItsPlace() {
        accept(
                "{\"v\":1,\"type\":\"error\",\"message\":\"no\",\"flow\":\"f\",\"file\":\"a.py\",\"line\":7,\"source\":\"x = 1\",\"detail\":\"t\"}");

        assertThat(events)
                .containsExactly(new ClientEvent.Problem(
                        "no",
                        Optional.of("f"),
                        Optional.of("a.py"),
                        OptionalInt.of(7),
                        Optional.of("x = 1"),
                        Optional.of("t")));
    }

    @Test
    void passesOverTypesOfALaterClient() {
        accept("{\"v\":1,\"type\":\"novelty\"}");

        assertThat(events).isEmpty();
        assertThat(lines).hasSize(1);
    }

    @Test
    void refusesAnotherVersion() {
        assertThatThrownBy(() -> accept("{\"v\":2,\"type\":\"hello\"}"))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("version 2 of the protocol");
    }

    private void accept(String line) {
        reader.accept((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
