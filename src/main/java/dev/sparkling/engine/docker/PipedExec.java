package dev.sparkling.engine.docker;

import dev.sparkling.engine.LogChunk;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * A command in a container whose standard input comes from a pipe or a file, and therefore ends. docker-java never tells
 * the engine of that end, so the command would wait for ever (Docker Engine API, "Start an exec instance": the
 * connection becomes the command's streams).
 */
final class PipedExec {
    private static final int BUFFER = 1 << 15;

    private PipedExec() {}

    /**
     * Starts the command and returns at its end.
     *
     * @param exec the id of the prepared command
     * @param input copied to the command, and then closed for it
     * @param output receives what the command prints
     */
    static void run(
            URI engine, String apiVersion, String exec, InputStream input, BiConsumer<LogChunk.Stream, byte[]> output)
            throws IOException {
        try (EngineSocket socket = EngineSocket.open(engine)) {
            socket.send(request(apiVersion, exec));
            EngineSocket.Answer answer = socket.receive();
            if (answer.status() != 101 && answer.status() != 200) {
                throw new IOException("the engine does not start the command: status " + answer.status());
            }
            Thread copy = new Thread(() -> send(input, socket), "exec-input");
            copy.setDaemon(true);
            copy.start();
            Multiplexed.copy(answer.body(), output);
        }
    }

    private static byte[] request(String apiVersion, String exec) {
        String body = "{\"Detach\":false,\"Tty\":false}";
        return String.join(
                        "\r\n",
                        "POST /v" + apiVersion + "/exec/" + exec + "/start HTTP/1.1",
                        "Host: docker",
                        "Content-Type: application/json",
                        "Connection: Upgrade",
                        "Upgrade: tcp",
                        "Content-Length: " + body.length(),
                        "",
                        body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void send(InputStream input, EngineSocket socket) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count; (count = input.read(buffer)) >= 0; ) {
                socket.send(Arrays.copyOf(buffer, count));
            }
            socket.shutdownOutput();
        } catch (IOException ended) {
            // the command ended before its input did
        }
    }
}
