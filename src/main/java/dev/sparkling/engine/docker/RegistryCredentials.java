package dev.sparkling.engine.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.api.model.AuthConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The user's login at an image registry, from Docker's config.json. docker-java does not ask the credential helpers
 * (`credHelpers`, `credsStore`), so this does, by docker-credential-helpers' protocol: `get`, the registry on standard
 * input, JSON on standard output.
 */
final class RegistryCredentials {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String HUB = "https://index.docker.io/v1/";

    private RegistryCredentials() {}

    /** The login for an image's registry; empty where the user has none, which is the rule for public images. */
    static Optional<AuthConfig> find(String image, Map<String, String> environment, Path home) {
        Path folder = Path.of(environment.getOrDefault(
                "DOCKER_CONFIG", home.resolve(".docker").toString()));
        Path file = folder.resolve("config.json");
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        try {
            JsonNode config = JSON.readTree(file.toFile());
            String registry = registry(image);
            String helper = config.path("credHelpers")
                    .path(registry)
                    .asText(config.path("credsStore").asText(""));
            Optional<AuthConfig> asked = helper.isEmpty() ? Optional.empty() : ask(helper, registry);
            return asked.isPresent() ? asked : stored(config.path("auths").path(registry), registry);
        } catch (IOException unreadable) {
            return Optional.empty(); // the pull then says what it lacks
        }
    }

    /** The registry's name as config.json has it; an image without a host comes from Docker Hub. */
    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host ? first : HUB;
    }

    private static Optional<AuthConfig> stored(JsonNode entry, String registry) {
        String encoded = entry.path("auth").asText("");
        if (encoded.isEmpty()) {
            return Optional.empty();
        }
        String decoded = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
        int colon = decoded.indexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(new AuthConfig()
                        .withRegistryAddress(registry)
                        .withUsername(decoded.substring(0, colon))
                        .withPassword(decoded.substring(colon + 1)));
    }

    private static Optional<AuthConfig> ask(String helper, String registry) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder("docker-credential-" + helper, "get")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException notInstalled) {
            return Optional.empty();
        }
        try (OutputStream input = process.getOutputStream()) {
            input.write(registry.getBytes(StandardCharsets.UTF_8));
        }
        JsonNode answer = JSON.readTree(process.getInputStream());
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                return Optional.empty();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
        String user = answer.path("Username").asText();
        String secret = answer.path("Secret").asText();
        AuthConfig login = new AuthConfig().withRegistryAddress(registry);
        return Optional.of(
                user.equals("<token>")
                        ? login.withIdentityToken(secret)
                        : login.withUsername(user).withPassword(secret));
    }
}
