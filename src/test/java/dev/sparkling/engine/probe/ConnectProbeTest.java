package dev.sparkling.engine.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConnectProbeTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    private static final byte[] DATA = {0, 0, 5, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
    private static final byte[] TRAILERS_ONLY = {0, 0, 1, 1, 5, 0, 0, 0, 1, (byte) 0x88};

    @Test
    void acceptsAMessage() throws IOException {
        assertThat(answersTo(SETTINGS, DATA)).isTrue();
    }

    @Test
    void refusesAnErrorWithoutAMessage() throws IOException {
        assertThat(answersTo(SETTINGS, TRAILERS_ONLY)).isFalse();
    }

    @Test
    void refusesAConnectionThatEnds() throws IOException {
        assertThat(answersTo()).isFalse();
    }

    @Test
    void refusesAnotherProtocol() throws IOException {
        assertThat(answersTo("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)))
                .isFalse();
    }

    @Test
    void refusesAPortWhereNobodyListens() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        assertThat(ConnectProbe.answers("127.0.0.1", port, TIMEOUT)).isFalse();
    }

    private static boolean answersTo(byte[]... frames) throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread answer = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    InputStream question = socket.getInputStream();
                    question.readNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
                    for (byte[] frame : frames) {
                        socket.getOutputStream().write(frame);
                    }
                    socket.getOutputStream().flush();
                    socket.shutdownOutput();
                    question.readAllBytes();
                } catch (IOException gone) {
                    // the probe has seen enough
                }
            });
            answer.setDaemon(true);
            answer.start();
            return ConnectProbe.answers("127.0.0.1", server.getLocalPort(), TIMEOUT);
        }
    }
}
