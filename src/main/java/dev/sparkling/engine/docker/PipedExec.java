package dev.sparkling.engine.docker;

import dev.sparkling.engine.LogChunk;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.BiConsumer;

/**
 * A command in a container whose standard input comes from a pipe or a file, and therefore ends. docker-java never tells
 * the engine of that end, so the command would wait for ever; this speaks the few lines of HTTP itself (Docker Engine
 * API, "Start an exec instance": the connection becomes the command's streams, in frames with a header of eight bytes).
 */
final class PipedExec {
    private static final int HEADER = 8;
    private static final int BUFFER = 1 << 15;

    private PipedExec() {}

    /** Whether the engine is reached by a plain socket, which can be closed in one direction. */
    static boolean canReach(URI engine) {
        String scheme = String.valueOf(engine.getScheme());
        return scheme.equals("unix") || scheme.equals("tcp") || scheme.equals("http");
    }

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
        try (SocketChannel channel = connect(engine)) {
            write(channel, request(apiVersion, exec));
            DataInputStream answer = new DataInputStream(Channels.newInputStream(channel));
            String status = line(answer);
            while (!line(answer).isEmpty()) {
                // headers of no interest
            }
            if (!status.contains(" 101 ") && !status.contains(" 200 ")) {
                throw new IOException("the engine does not start the command: " + status);
            }
            Thread copy = new Thread(() -> send(input, channel), "exec-input");
            copy.setDaemon(true);
            copy.start();
            receive(answer, output);
        }
    }

    private static SocketChannel connect(URI engine) throws IOException {
        return String.valueOf(engine.getScheme()).equals("unix")
                ? SocketChannel.open(UnixDomainSocketAddress.of(Path.of(engine.getPath())))
                : SocketChannel.open(new InetSocketAddress(engine.getHost(), engine.getPort()));
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

    private static String line(InputStream answer) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = answer.read(); next != '\n'; next = answer.read()) {
            if (next < 0) {
                throw new EOFException("the engine closed the connection");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private static void send(InputStream input, SocketChannel channel) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count; (count = input.read(buffer)) >= 0; ) {
                write(channel, java.util.Arrays.copyOf(buffer, count));
            }
            channel.shutdownOutput();
        } catch (IOException ended) {
            // the command ended before its input did
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    private static void receive(DataInputStream answer, BiConsumer<LogChunk.Stream, byte[]> output) throws IOException {
        byte[] header = new byte[HEADER];
        while (answer.readNBytes(header, 0, HEADER) == HEADER) {
            int length = ByteBuffer.wrap(header, HEADER - Integer.BYTES, Integer.BYTES)
                    .getInt();
            output.accept(header[0] == 2 ? LogChunk.Stream.STDERR : LogChunk.Stream.STDOUT, answer.readNBytes(length));
        }
    }
}
