package dev.sparkling.engine.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a Docker engine may listen, in docker/cli's order: DOCKER_HOST, DOCKER_CONTEXT, the current context, then the
 * usual sockets. docker-java's own look-up mixes a context's TLS with DOCKER_HOST, so it is not used.
 */
final class Endpoints {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Endpoints() {}

    /**
     * A place to try.
     *
     * @param origin what named it, for messages
     * @param certificates folder of ca.pem, cert.pem and key.pem, where TLS is wanted
     * @param chosen whether the user named it: then no other place is tried
     */
    record Endpoint(URI uri, String origin, Optional<Path> certificates, boolean chosen) {}

    /** The places to try, best first; one place only where the user named it. */
    static List<Endpoint> candidates(Map<String, String> environment, Path home) {
        String host = environment.getOrDefault("DOCKER_HOST", "");
        if (!host.isEmpty()) {
            boolean tls = !environment.getOrDefault("DOCKER_TLS_VERIFY", "").isEmpty();
            Path certificates = Path.of(environment.getOrDefault(
                    "DOCKER_CERT_PATH", home.resolve(".docker").toString()));
            return List.of(new Endpoint(
                    uri(host, "DOCKER_HOST"), "DOCKER_HOST", tls ? Optional.of(certificates) : Optional.empty(), true));
        }
        Path configuration = Path.of(environment.getOrDefault(
                "DOCKER_CONFIG", home.resolve(".docker").toString()));
        String named = environment.getOrDefault("DOCKER_CONTEXT", "");
        String context = named.isEmpty() ? currentContext(configuration) : named;
        if (!context.isEmpty() && !context.equals("default")) {
            return List.of(ofContext(configuration, context));
        }
        List<Endpoint> sockets = new ArrayList<>();
        sockets.add(socket(Path.of("/var/run/docker.sock")));
        Optional<Path> runtime = Optional.ofNullable(environment.get("XDG_RUNTIME_DIR"))
                .filter(value -> !value.isEmpty())
                .map(Path::of);
        runtime.ifPresent(folder -> sockets.add(socket(folder.resolve("docker.sock"))));
        sockets.add(socket(home.resolve(".docker/desktop/docker.sock")));
        sockets.add(socket(home.resolve(".docker/run/docker.sock")));
        sockets.add(socket(home.resolve(".colima/default/docker.sock")));
        sockets.add(socket(home.resolve(".rd/docker.sock")));
        runtime.ifPresent(folder -> sockets.add(socket(folder.resolve("podman/podman.sock"))));
        return sockets;
    }

    private static Endpoint socket(Path path) {
        return new Endpoint(URI.create("unix://" + path), "usual place", Optional.empty(), false);
    }

    private static String currentContext(Path configuration) {
        Path file = configuration.resolve("config.json");
        if (!Files.isReadable(file)) {
            return "";
        }
        return json(file).path("currentContext").asText("");
    }

    private static Endpoint ofContext(Path configuration, String name) {
        String digest = sha256(name);
        Path file = configuration.resolve("contexts/meta/" + digest + "/meta.json");
        if (!Files.isReadable(file)) {
            throw SparklingException.usage(
                    "the docker context '" + name + "' does not exist (" + file + ")",
                    "Choose another by `docker context use default`, or unset DOCKER_CONTEXT.");
        }
        String host = json(file).path("Endpoints").path("docker").path("Host").asText("");
        Path tls = configuration.resolve("contexts/tls/" + digest + "/docker");
        return new Endpoint(
                uri(host, "docker context '" + name + "'"),
                "docker context '" + name + "'",
                Files.isDirectory(tls) ? Optional.of(tls) : Optional.empty(),
                true);
    }

    private static URI uri(String text, String origin) {
        try {
            URI uri = URI.create(text);
            if (uri.getScheme() != null) {
                return uri;
            }
        } catch (IllegalArgumentException malformed) {
            // said below
        }
        throw SparklingException.usage(
                origin + " is '" + text + "', which is no address of an engine",
                "Write it as unix:///var/run/docker.sock or tcp://localhost:2375.");
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(file.toFile());
        } catch (IOException unreadable) {
            throw SparklingException.usage(
                            "Docker's own file " + file + " is not valid JSON", "Mend the file or remove it.")
                    .causedBy(unreadable);
        }
    }

    private static String sha256(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
