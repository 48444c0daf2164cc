package dev.sparkling.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointsTest {
    /** SHA-256 of "colima", as docker/cli names the folder. */
    private static final String COLIMA = "f24fd3749c1368328e2b149bec149cb6795619f244c5b584e844961215dadd16";

    @TempDir
    Path home;

    @Test
    void takesDockerHostBeforeAnythingElse() throws IOException {
        context("tcp://elsewhere:2375");

        assertThat(Endpoints.candidates(
                        Map.of("DOCKER_HOST", "tcp://localhost:2375", "DOCKER_CONTEXT", "colima"), home))
                .singleElement()
                .satisfies(endpoint -> {
                    assertThat(endpoint.uri()).hasToString("tcp://localhost:2375");
                    assertThat(endpoint.certificates()).isEmpty();
                    assertThat(endpoint.chosen()).isTrue();
                });
    }

    @Test
    void followsTheCurrentContext() throws IOException {
        context("unix:///home/me/.colima/default/docker.sock");
        Files.writeString(home.resolve(".docker/config.json"), "{\"currentContext\": \"colima\"}");

        assertThat(Endpoints.candidates(Map.of(), home))
                .singleElement()
                .extracting(endpoint -> endpoint.uri().toString())
                .isEqualTo("unix:///home/me/.colima/default/docker.sock");
    }

    @Test
    void refusesAContextThatDoesNotExist() {
        assertThatThrownBy(() -> Endpoints.candidates(Map.of("DOCKER_CONTEXT", "gone"), home))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("docker context 'gone' does not exist");
    }

    @Test
    void triesTheUsualSockets() {
        List<String> sockets = Endpoints.candidates(Map.of("XDG_RUNTIME_DIR", "/run/user/1000"), home).stream()
                .map(endpoint -> endpoint.uri().getPath())
                .toList();

        assertThat(sockets)
                .startsWith("/var/run/docker.sock", "/run/user/1000/docker.sock")
                .contains(home + "/.colima/default/docker.sock")
                .endsWith("/run/user/1000/podman/podman.sock");
    }

    @Test
    void refusesAnAddressWithoutScheme() {
        assertThatThrownBy(() -> Endpoints.candidates(Map.of("DOCKER_HOST", "not an address"), home))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("no address of an engine");
    }

    private void context(String host) throws IOException {
        Path folder = home.resolve(".docker/contexts/meta/" + COLIMA);
        Files.createDirectories(folder);
        Files.writeString(
                folder.resolve("meta.json"),
                "{\"Name\": \"colima\", \"Endpoints\": {\"docker\": {\"Host\": \"" + host + "\"}}}");
    }
}
