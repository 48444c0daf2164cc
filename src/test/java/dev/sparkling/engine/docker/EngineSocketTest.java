package dev.sparkling.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class EngineSocketTest {
    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 50, 10_000})
    void joinsChunksWhereverTheMessagesCutThem(int piece) throws Exception {
        String chunks = "5\r\nhello\r\n1;name=value\r\n \r\nC\r\nworld\r\nagain\r\n0\r\n\r\n";

        assertThat(body(CHUNKED + chunks, piece)).isEqualTo("hello world\r\nagain");
    }

    @ParameterizedTest
    @ValueSource(strings = {"6\r\nfirst\n", "6\r\nfirst\n\r\n", "6\r\nfirst\n\r\n7"})
    void givesWhatHasComeWithoutWaitingForTheNextChunk(String begun) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EngineSocket socket = EngineSocket.open(URI.create("tcp://127.0.0.1:" + server.getLocalPort()));
                Socket connection = server.accept()) {
            connection.getOutputStream().write((CHUNKED + begun).getBytes(StandardCharsets.US_ASCII));
            var body = socket.receive().body();
            byte[] bytes = new byte[100];

            assertThat(new String(bytes, 0, body.read(bytes), StandardCharsets.US_ASCII))
                    .isEqualTo("first\n");
        }
    }

    @Test
    void readsABodyWithoutChunksToTheEndOfTheConnection() throws Exception {
        assertThat(body(
                        "HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n\r\n{\"message\":\"gone\"}",
                        10_000))
                .isEqualTo("404 {\"message\":\"gone\"}");
    }

    @Test
    void readsLargeAnswersWhole() throws Exception {
        String data = "0123456789abcdef".repeat(1 << 14);

        assertThat(body(CHUNKED + Integer.toHexString(data.length()) + "\r\n" + data + "\r\n0\r\n\r\n", 100_000))
                .isEqualTo(data);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nTransfer-", CHUNKED + "5\r\nhel", CHUNKED + "5\r\nhello\r\n"})
    void tellsAConnectionThatBreaksFromAnEnd(String answer) {
        assertThatThrownBy(() -> body(answer, 10_000)).isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2\r\n\r\n", CHUNKED + "many\r\nhello\r\n0\r\n\r\n"})
    void quotesWhatIsNoAnswerOfAnEngine(String answer) {
        assertThatThrownBy(() -> body(answer, 10_000))
                .isInstanceOf(IOException.class)
                .hasMessageMatching(".*`(SSH-2.0-OpenSSH_9.2|many)`.*");
    }

    /** What a server's answer, sent in pieces of so many bytes, is read as; an unusual status before it. */
    private static String body(String answer, int piece) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> serve(server, answer, piece));
            try (EngineSocket socket = EngineSocket.open(URI.create("tcp://127.0.0.1:" + server.getLocalPort()))) {
                socket.send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                EngineSocket.Answer received = socket.receive();
                String text = new String(received.body().readAllBytes(), StandardCharsets.UTF_8);
                sent.join();
                return received.status() == 200 ? text : received.status() + " " + text;
            }
        }
    }

    private static void serve(ServerSocket server, String answer, int piece) {
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        try (Socket connection = server.accept()) {
            connection.setTcpNoDelay(true);
            connection.getInputStream().readNBytes(18);
            for (int from = 0; from < bytes.length; from += piece) {
                connection.getOutputStream().write(bytes, from, Math.min(piece, bytes.length - from));
                connection.getOutputStream().flush();
            }
        } catch (IOException broken) {
            throw new java.io.UncheckedIOException(broken);
        }
    }
}
