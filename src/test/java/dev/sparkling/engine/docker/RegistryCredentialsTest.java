package dev.sparkling.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryCredentialsTest {
    @TempDir
    Path folder;

    @Test
    void tellsTheRegistryFromTheImage() {
        assertThat(RegistryCredentials.registry("apache/spark:4.1.1")).isEqualTo("https://index.docker.io/v1/");
        assertThat(RegistryCredentials.registry("registry.example:5000/spark")).isEqualTo("registry.example:5000");
    }

    @Test
    void readsAStoredLogin() throws IOException {
        String auth = Base64.getEncoder().encodeToString("me:se:cret".getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                folder.resolve("config.json"), "{\"auths\": {\"registry.example\": {\"auth\": \"" + auth + "\"}}}");

        assertThat(RegistryCredentials.find(
                        "registry.example/spark", Map.of("DOCKER_CONFIG", folder.toString()), folder))
                .hasValueSatisfying(login -> {
                    assertThat(login.getUsername()).isEqualTo("me");
                    assertThat(login.getPassword()).isEqualTo("se:cret");
                });
    }

    @Test
    void needsNoLoginForAPublicImage() {
        assertThat(RegistryCredentials.find("apache/spark", Map.of("DOCKER_CONFIG", folder.toString()), folder))
                .isEmpty();
    }

    @Test
    void goesOnWithoutAHelperThatIsNotInstalled() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{\"credsStore\": \"surely-not-installed\"}");

        assertThat(RegistryCredentials.find("apache/spark", Map.of("DOCKER_CONFIG", folder.toString()), folder))
                .isEmpty();
    }
}
