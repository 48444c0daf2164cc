package dev.sparkling.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerConnectionTest {
    @TempDir
    Path home;

    @Test
    void comparesApiVersionsAsNumbers() {
        assertThat(DockerConnection.smaller("1.44", "1.9")).isEqualTo("1.9");
        assertThat(DockerConnection.smaller("1.41", "1.44")).isEqualTo("1.41");
    }

    @Test
    void namesThePlaceThatWasTriedWhenNoEngineAnswers() {
        Path socket = home.resolve("no.sock");

        assertThatThrownBy(() -> DockerConnection.open(Map.of("DOCKER_HOST", "unix://" + socket), home))
                .isInstanceOfSatisfying(SparklingException.class, failure -> {
                    assertThat(failure.category()).isEqualTo(Category.ENGINE_UNAVAILABLE);
                    assertThat(failure.evidence())
                            .singleElement()
                            .asString()
                            .contains(socket.toString(), "no such socket");
                });
    }

    @Test
    void saysThatNobodyListensAtAPort() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThatThrownBy(() -> DockerConnection.open(Map.of("DOCKER_HOST", "tcp://127.0.0.1:" + port), home))
                .isInstanceOfSatisfying(
                        SparklingException.class,
                        failure -> assertThat(failure.evidence())
                                .singleElement()
                                .asString()
                                .containsIgnoringCase("refused"));
    }

    @Test
    void speaksPlainHttpToAPortWithoutCertificates() throws IOException {
        HttpServer engine = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        engine.createContext("/version", exchange -> {
            byte[] answer = "{\"Version\": \"20.10.24\", \"ApiVersion\": \"1.41\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        engine.start();
        String host = "tcp://127.0.0.1:" + engine.getAddress().getPort();
        try (DockerConnection connection = DockerConnection.open(Map.of("DOCKER_HOST", host), home)) {
            assertThat(connection.description()).isEqualTo("Docker 20.10.24 at " + host);
            assertThat(connection.apiVersion()).isEqualTo("1.41");
        } finally {
            engine.stop(0);
        }
    }

    @Test
    void refusesAnEngineOfAnotherMachine() {
        assertThatThrownBy(() -> DockerConnection.open(Map.of("DOCKER_HOST", "tcp://192.0.2.1:2375"), home))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("runs on another machine");
    }

    @Test
    void refusesSsh() {
        assertThatThrownBy(() -> DockerConnection.open(Map.of("DOCKER_HOST", "ssh://me@host"), home))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("behind ssh are not supported");
    }
}
