package dev.sparkling.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A folder of src/test/resources/…/merge: compose files, `.env` under the name dotenv, and in expected.json what
 * `docker compose config --format json` (2.26.1) makes of them, with the project's folder as /project.
 */
record MergeCase(Path source) {
    static final String HOME = "/home/someone";
    private static final Path ROOT = Path.of("src/test/resources/dev/sparkling/compose/merge");
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
            .enable(SerializationFeature.INDENT_OUTPUT);

    static Stream<MergeCase> all() {
        try (Stream<Path> folders = Files.list(ROOT)) {
            return folders.sorted().map(MergeCase::new).toList().stream();
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    /** Copies the files to a folder of their own. */
    Path copyTo(Path folder) throws IOException {
        Path project = Files.createDirectories(folder.resolve("project"));
        try (Stream<Path> files = Files.list(source)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                Files.copy(file, project.resolve(name.equals("dotenv") ? ".env" : name));
            }
        }
        return project;
    }

    /** What Sparkling reads, comparable. */
    static String read(Path project) throws IOException {
        ProjectLocation location =
                ProjectLocation.find(project, Optional.empty(), List.of(), Optional.empty(), Map.of("HOME", HOME));
        ComposeProject model = new ProjectReader(location, notice -> {}).read();
        return comparable(portable(ConfigPrinter.json(model), project));
    }

    String expected() throws IOException {
        return comparable(Files.readString(expectedFile()));
    }

    Path expectedFile() {
        return source.resolve("expected.json");
    }

    /** The output of docker compose, without the folder that it ran in. */
    static String portable(String output, Path project) {
        return output.replace(project.getParent().toString() + "/", "/").replaceAll("\\R", "\n");
    }

    /** One form for what both print differently though it means the same. */
    static String comparable(String json) throws IOException {
        ObjectNode root = (ObjectNode) JSON.readTree(json);
        root.path("services").properties().forEach(service -> {
            ObjectNode value = (ObjectNode) service.getValue();
            normalizeService(value);
            if (!value.has("image")) {
                value.put("image", root.path("name").asText() + "-" + service.getKey());
            }
        });
        root.path("networks").forEach(network -> {
            if (network.path("ipam").isEmpty()) {
                ((ObjectNode) network).remove("ipam");
            }
        });
        // Compose names these objects by its project, which counts in a swarm only.
        for (String key : List.of("configs", "secrets")) {
            root.path(key).forEach(object -> ((ObjectNode) object).remove("name"));
        }
        for (String key : List.of("networks", "volumes")) {
            if (root.path(key).isEmpty()) {
                root.remove(key);
            }
        }
        root.remove("x-sparkling");
        removeExtensions(root);
        return JSON.writeValueAsString(JSON.treeToValue(root, Object.class));
    }

    private static void removeExtensions(JsonNode node) {
        if (node instanceof ObjectNode object) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            names.stream().filter(name -> name.startsWith("x-")).forEach(object::remove);
        }
        node.forEach(MergeCase::removeExtensions);
    }

    /** Compose writes the target of a short form out only where it merged it. */
    private static void grants(JsonNode grants, String folder) {
        grants.forEach(grant -> {
            String target = grant.path("target").asText(grant.path("source").asText());
            ((ObjectNode) grant).put("target", target.startsWith("/") ? target : folder + target);
        });
    }

    private static void normalizeService(ObjectNode service) {
        for (String key : List.of("command", "entrypoint")) {
            if (service.path(key).isNull()) {
                service.remove(key);
            }
        }
        if (service.path("environment") instanceof ObjectNode environment) {
            List<String> unset = new ArrayList<>();
            environment.properties().stream()
                    .filter(variable -> variable.getValue().isNull())
                    .forEach(variable -> unset.add(variable.getKey()));
            environment.remove(unset);
        }
        service.path("ports").forEach(port -> ((ObjectNode) port).remove("mode"));
        service.path("volumes").forEach(mount -> {
            ObjectNode object = (ObjectNode) mount;
            object.remove(List.of("volume", "tmpfs"));
            // Since that version the specification has made this the default of the long form too.
            if (mount.path("type").asText().equals("bind") && !mount.has("bind")) {
                object.putObject("bind").put("create_host_path", true);
            }
        });
        grants(service.path("configs"), "/");
        grants(service.path("secrets"), "/run/secrets/");
        service.path("ulimits").properties().forEach(limit -> {
            if (limit.getValue().isNumber()) {
                JsonNode number = limit.getValue();
                ((ObjectNode) service.path("ulimits")).putObject(limit.getKey()).set("soft", number);
                ((ObjectNode) service.path("ulimits").path(limit.getKey())).set("hard", number);
            }
        });
        if (service.path("extra_hosts") instanceof ArrayNode hosts) {
            List<String> texts = new ArrayList<>();
            hosts.forEach(host -> texts.add(host.asText().replaceFirst("=", ":")));
            service.putPOJO("extra_hosts", null);
            ArrayNode sorted = service.putArray("extra_hosts");
            texts.stream().sorted().forEach(sorted::add);
        }
        if (service.path("healthcheck") instanceof ObjectNode check
                && check.path("disable").asBoolean()) {
            check.remove("disable");
            check.putArray("test").add("NONE");
        }
        JsonNode limits = service.path("deploy").path("resources").path("limits");
        if (limits.has("memory")) {
            service.put("mem_limit", limits.path("memory").asText());
        }
        if (limits.has("cpus")) {
            service.put("cpus", Double.parseDouble(limits.path("cpus").asText()));
        }
        service.remove("deploy");
        for (String key : List.of("ports", "volumes", "environment", "labels", "networks", "depends_on", "ulimits")) {
            if (service.path(key).isEmpty()) {
                service.remove(key);
            }
        }
    }

    @Override
    public String toString() {
        return source.getFileName().toString();
    }
}
