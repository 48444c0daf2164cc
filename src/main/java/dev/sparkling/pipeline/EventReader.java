package dev.sparkling.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sparkling.error.SparklingException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Puts the client's bytes together to lines, and reads each as an event. For one stream and one thread. */
final class EventReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSION = 1;

    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Consumer<ClientEvent> events;
    private final Consumer<String> lines;

    /**
     * @param events receives what is known
     * @param lines receives every line as it came, for the run's record
     */
    EventReader(Consumer<ClientEvent> events, Consumer<String> lines) {
        this.events = events;
        this.lines = lines;
    }

    /** Takes bytes that are cut anywhere. */
    void accept(byte[] bytes) {
        int start = 0;
        for (int index = 0; index < bytes.length; index++) {
            if (bytes[index] == '\n') {
                line.write(bytes, start, index - start);
                read(line.toString(StandardCharsets.UTF_8));
                line.reset();
                start = index + 1;
            }
        }
        line.write(bytes, start, bytes.length - start);
    }

    private void read(String text) {
        if (text.isBlank()) {
            return;
        }
        lines.accept(text);
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (JsonProcessingException foreign) {
            throw new IllegalStateException("the client wrote a line that is no event: " + text, foreign);
        }
        if (json.path("v").asInt() != VERSION) {
            throw SparklingException.failed(
                    "the client speaks version " + json.path("v").asText("?") + " of the protocol, and this program "
                            + VERSION,
                    "Remove the client of the other version, or use the program that it came with.");
        }
        event(json).ifPresent(events);
    }

    /** An event; of a type that a later client may add, none. */
    static Optional<ClientEvent> event(JsonNode json) {
        return switch (json.path("type").asText()) {
            case "hello" ->
                Optional.of(new ClientEvent.Hello(text(json, "client"), text(json, "python"), text(json, "pyspark")));
            case "server" -> Optional.of(new ClientEvent.Server(text(json, "spark")));
            case "dataset" ->
                Optional.of(new ClientEvent.Dataset(
                        text(json, "name"), text(json, "kind"), optional(json, "file"), number(json, "line")));
            case "flow" ->
                Optional.of(new ClientEvent.Flow(text(json, "flow"), text(json, "state"), optional(json, "message")));
            case "error" ->
                Optional.of(new ClientEvent.Problem(
                        text(json, "message"),
                        optional(json, "flow"),
                        optional(json, "file"),
                        number(json, "line"),
                        optional(json, "source"),
                        optional(json, "detail")));
            case "notice" -> Optional.of(new ClientEvent.Notice(text(json, "level"), text(json, "message")));
            case "view" ->
                Optional.of(new ClientEvent.View(
                        text(json, "name"),
                        text(json, "kind"),
                        json.path("rows").isNumber()
                                ? OptionalLong.of(json.path("rows").asLong())
                                : OptionalLong.empty(),
                        optional(json, "location")));
            case "verdict" -> Optional.of(new ClientEvent.Verdict(text(json, "state"), seconds(json.path("seconds"))));
            default -> Optional.empty();
        };
    }

    private static Map<String, Double> seconds(JsonNode json) {
        Map<String, Double> seconds = new LinkedHashMap<>();
        json.properties()
                .forEach(phase -> seconds.put(phase.getKey(), phase.getValue().asDouble()));
        return seconds;
    }

    private static String text(JsonNode json, String field) {
        return json.path(field).asText("");
    }

    private static Optional<String> optional(JsonNode json, String field) {
        return Optional.of(text(json, field)).filter(text -> !text.isEmpty());
    }

    private static OptionalInt number(JsonNode json, String field) {
        return json.path(field).isNumber() ? OptionalInt.of(json.path(field).asInt()) : OptionalInt.empty();
    }
}
