package dev.sparkling.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sparkling.engine.EngineEvent.Awaited;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The phases of a start, as the engine's events tell them. Those of the last start are kept in the project's folder, in
 * `.sparkling/last-start.json`.
 */
public final class StartTimings implements Consumer<EngineEvent> {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final Supplier<Instant> clock;
    private final List<Span> spans = new ArrayList<>();
    private final Map<String, Open> open = new HashMap<>();

    /**
     * A phase.
     *
     * @param of the service or image; empty for the command itself
     */
    public record Span(String of, String phase, Instant from, Instant to) {}

    private record Open(String of, String phase, Instant from) {}

    /**
     * Begins with the command.
     *
     * @param began when the program was called
     * @param clock the time
     */
    public StartTimings(Instant began, Supplier<Instant> clock) {
        this.clock = clock;
        Instant now = clock.get();
        spans.add(new Span("", "program", began, now));
        open.put("", new Open("", "plan", now));
    }

    @Override
    public synchronized void accept(EngineEvent event) {
        Instant now = clock.get();
        if (event instanceof ResourceChanged changed) {
            String key = changed.resource() + " " + changed.name();
            switch (changed.state()) {
                case PULLING, BUILDING, CREATING, STARTING -> {
                    end("", now);
                    begin(key, changed.label(), phase(changed.state()), now);
                }
                case PULLED, BUILT, CREATED, STARTED, READY -> {
                    // The creation of a network has no beginning of its own to tell.
                    if (changed.resource() != Resource.NETWORK && changed.resource() != Resource.VOLUME) {
                        end(key, now);
                    }
                }
                case WAITING, UNCHANGED, STOPPING, STOPPED, REMOVING, REMOVED, FAILED -> {
                    // no phase of a start
                }
            }
        } else if (event instanceof Awaited awaited) {
            String key = Resource.CONTAINER + " " + awaited.name();
            end(key, now);
            begin(key, awaited.service(), awaited.phase(), now);
        }
    }

    private static String phase(State state) {
        return switch (state) {
            case PULLING -> "pull";
            case BUILDING -> "build";
            case CREATING -> "create";
            default -> "start";
        };
    }

    /** A phase that goes on, such as a build of many steps, began with its first event. */
    private void begin(String key, String of, String phase, Instant now) {
        Open before = open.get(key);
        if (before == null || !before.phase().equals(phase)) {
            end(key, now);
            open.put(key, new Open(of, phase, now));
        }
    }

    private void end(String key, Instant now) {
        Open ended = open.remove(key);
        if (ended != null) {
            spans.add(new Span(ended.of(), ended.phase(), ended.from(), now));
        }
    }

    /** The phases so far, by their beginning; only the command's own if nothing was started. */
    public synchronized List<Span> spans() {
        return spans.stream().sorted(Comparator.comparing(Span::from)).toList();
    }

    /** Whether a container or process was started. */
    public synchronized boolean started() {
        return spans.stream().anyMatch(span -> span.phase().equals("start"));
    }

    private static Path file(Path project) {
        return project.resolve(".sparkling/last-start.json");
    }

    /** Keeps them; a folder that cannot be written is no reason to fail a start that worked. */
    public void save(Path project) {
        var list = JSON.createArrayNode();
        for (Span span : spans()) {
            list.addObject()
                    .put("of", span.of())
                    .put("phase", span.phase())
                    .put("from", span.from().toString())
                    .put("to", span.to().toString());
        }
        ObjectNode document = JSON.createObjectNode();
        document.put("version", 1).set("phases", list);
        try {
            Files.createDirectories(file(project).getParent());
            Files.writeString(file(project), JSON.writeValueAsString(document) + "\n");
        } catch (IOException unwritable) {
            // only a later `up --timings` misses it
        }
    }

    /** Those of the last start; empty if none was kept. */
    public static Optional<List<Span>> load(Path project) {
        try {
            List<Span> spans = new ArrayList<>();
            for (JsonNode span : JSON.readTree(Files.readString(file(project))).path("phases")) {
                spans.add(new Span(
                        span.path("of").asText(),
                        span.path("phase").asText(),
                        Instant.parse(span.path("from").asText()),
                        Instant.parse(span.path("to").asText())));
            }
            return Optional.of(spans).filter(found -> !found.isEmpty());
        } catch (JsonProcessingException | java.time.DateTimeException damaged) {
            return Optional.empty();
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
