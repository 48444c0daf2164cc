package dev.sparkling.engine.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.error.SparklingException;
import dev.sparkling.error.Unwritable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The processes that were started for a cluster.
 *
 * @param directory the project's folder when they were: another one means that the state was copied along
 * @param masterPort the master's own port, or 0
 * @param services by name
 */
record LocalState(Path directory, int masterPort, Map<String, Entry> services) {
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    LocalState {
        services = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(services));
    }

    /**
     * A service's last process.
     *
     * @param hash of the command that it was started by
     * @param uiPort where its UI listens, or 0
     * @param end empty while nobody has stopped it
     */
    record Entry(
            String service,
            Identity process,
            String hash,
            Instant created,
            int uiPort,
            List<PublishedPort> ports,
            Optional<End> end) {
        Entry {
            ports = List.copyOf(ports);
        }

        /** Whether it was started and neither stopped nor ended by itself. */
        boolean runs() {
            return end.isEmpty() && process.running().isPresent();
        }

        Entry ended(End ending) {
            return new Entry(service, process, hash, created, uiPort, ports, Optional.of(ending));
        }
    }

    /**
     * How a service ended.
     *
     * @param code its exit code, if the command that started it saw it
     * @param stopped whether it was told to
     */
    record End(Instant at, OptionalInt code, boolean stopped) {}

    static LocalState none(Path directory) {
        return new LocalState(directory, 0, Map.of());
    }

    /** Whether a service runs. */
    boolean runs(String service) {
        Entry entry = services.get(service);
        return entry != null && entry.runs();
    }

    LocalState with(Entry entry) {
        Map<String, Entry> changed = new LinkedHashMap<>(services);
        changed.put(entry.service(), entry);
        return new LocalState(directory, masterPort, changed);
    }

    LocalState without(String service) {
        Map<String, Entry> changed = new LinkedHashMap<>(services);
        changed.remove(service);
        return new LocalState(directory, masterPort, changed);
    }

    LocalState withMasterPort(int port) {
        return new LocalState(directory, port, services);
    }

    /**
     * Reads the state of a cluster.
     *
     * @param project the project's folder
     * @return nothing started, where there is none, or where the folder is a copy of one that still exists
     */
    static LocalState read(Path file, Path project) {
        JsonNode json;
        try {
            json = JSON.readTree(Files.readAllBytes(file));
            LocalState state = read(json);
            // The processes belong to the folder that the copy was made from. A folder that was moved keeps them.
            return state.directory().equals(project) || !Files.isDirectory(state.directory()) ? state : none(project);
        } catch (NoSuchFileException absent) {
            return none(project);
        } catch (IOException | IllegalArgumentException | DateTimeException damaged) {
            throw SparklingException.failed(
                            file + " is damaged: " + damaged.getMessage(),
                            "End the cluster's Java processes by hand, and delete that file.")
                    .causedBy(damaged);
        }
    }

    /** Writes it in one step, so that no reader meets half of it. */
    void write(Path file) {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.write(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json()));
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException unwritable) {
            throw Unwritable.of(file.toString(), unwritable, "Make the project's folder writable.");
        }
    }

    private static LocalState read(JsonNode json) {
        if (json.path("version").asInt() != VERSION) {
            throw new IllegalArgumentException(
                    "its version is '" + json.path("version").asText() + "'");
        }
        Map<String, Entry> services = new LinkedHashMap<>();
        for (JsonNode node : json.path("services")) {
            Entry entry = readEntry(node);
            services.put(entry.service(), entry);
        }
        return new LocalState(
                Path.of(json.path("directory").asText()),
                json.path("masterPort").asInt(),
                services);
    }

    private static Entry readEntry(JsonNode node) {
        List<PublishedPort> ports = new ArrayList<>();
        for (JsonNode port : node.path("ports")) {
            ports.add(new PublishedPort(
                    port.path("hostAddress").asText(),
                    port.path("hostPort").asInt(),
                    port.path("containerPort").asInt(),
                    port.path("protocol").asText()));
        }
        JsonNode end = node.path("end");
        return new Entry(
                node.path("service").asText(),
                Identity.read(node.path("process")),
                node.path("hash").asText(),
                Instant.parse(node.path("created").asText()),
                node.path("uiPort").asInt(),
                ports,
                end.isObject()
                        ? Optional.of(new End(
                                Instant.parse(end.path("at").asText()),
                                end.has("code")
                                        ? OptionalInt.of(end.path("code").asInt())
                                        : OptionalInt.empty(),
                                end.path("stopped").asBoolean()))
                        : Optional.empty());
    }

    private ObjectNode json() {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", VERSION);
        json.put("directory", directory.toString());
        json.put("masterPort", masterPort);
        ArrayNode list = json.putArray("services");
        services.values().forEach(entry -> list.add(json(entry)));
        return json;
    }

    private static ObjectNode json(Entry entry) {
        ObjectNode json = JSON.createObjectNode();
        json.put("service", entry.service());
        json.set("process", entry.process().json(JSON));
        json.put("hash", entry.hash());
        json.put("created", entry.created().toString());
        json.put("uiPort", entry.uiPort());
        ArrayNode ports = json.putArray("ports");
        for (PublishedPort port : entry.ports()) {
            ports.addObject()
                    .put("hostAddress", port.hostAddress())
                    .put("hostPort", port.hostPort())
                    .put("containerPort", port.containerPort())
                    .put("protocol", port.protocol());
        }
        entry.end().ifPresent(end -> {
            ObjectNode node = json.putObject("end");
            node.put("at", end.at().toString());
            end.code().ifPresent(code -> node.put("code", code));
            node.put("stopped", end.stopped());
        });
        return json;
    }
}
