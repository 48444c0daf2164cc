package dev.sparkling.engine.probe;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;

/**
 * Asks a Spark Connect server for its version by one real gRPC call. An open port proves nothing: docker-proxy accepts
 * connections before the container listens, and the server binds before it can answer.
 *
 * <p>A gRPC library would cost more start-up time than the whole command, so this writes the few HTTP/2 frames of one
 * unary call itself (RFC 9113, RFC 7541 without Huffman coding or a dynamic table; the message is `AnalyzePlanRequest`
 * of Spark's base.proto).
 */
public final class ConnectProbe {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int STREAM = 1;
    private static final int LARGEST_FRAME = 1 << 20;

    private ConnectProbe() {}

    /**
     * Whether the server answers the call with a message. A refused connection, a reset, a gRPC error or silence all
     * mean no.
     *
     * @param timeout for connecting and for each read
     */
    public static boolean answers(String host, int port, Duration timeout) {
        int milliseconds = Math.toIntExact(timeout.toMillis());
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), milliseconds);
            socket.setSoTimeout(milliseconds);
            socket.setTcpNoDelay(true);
            OutputStream output = socket.getOutputStream();
            output.write(request(host + ":" + port));
            output.flush();
            return messageArrives(new DataInputStream(socket.getInputStream()), output);
        } catch (IOException notYet) {
            return false;
        }
    }

    private static boolean messageArrives(DataInputStream input, OutputStream output) throws IOException {
        while (true) {
            int length = input.readUnsignedByte() << 16 | input.readUnsignedShort();
            int type = input.readUnsignedByte();
            int flags = input.readUnsignedByte();
            int stream = input.readInt() & Integer.MAX_VALUE;
            if (length > LARGEST_FRAME) {
                return false; // something else listens there
            }
            byte[] payload = input.readNBytes(length);
            switch (type) {
                case DATA -> {
                    if (stream == STREAM && length > 0) {
                        return true;
                    }
                }
                case HEADERS -> {
                    if (stream == STREAM && (flags & END_STREAM) != 0) {
                        return false; // headers alone carry an error's status
                    }
                }
                case SETTINGS -> {
                    if ((flags & ACK) == 0) {
                        output.write(frame(SETTINGS, ACK, 0, new byte[0]));
                        output.flush();
                    }
                }
                case PING -> {
                    if ((flags & ACK) == 0) {
                        output.write(frame(PING, ACK, 0, payload));
                        output.flush();
                    }
                }
                case RST_STREAM, GOAWAY -> {
                    return false;
                }
                default -> {
                    // window updates and the like change nothing for one small message
                }
            }
        }
    }

    private static byte[] request(String authority) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(PREFACE);
        bytes.write(frame(SETTINGS, 0, 0, new byte[0]));
        bytes.write(frame(HEADERS, END_HEADERS, STREAM, headers(authority)));
        bytes.write(frame(DATA, END_STREAM, STREAM, lengthPrefixed(sparkVersionQuestion())));
        return bytes.toByteArray();
    }

    private static byte[] headers(String authority) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        header(bytes, ":method", "POST");
        header(bytes, ":scheme", "http");
        header(bytes, ":path", "/spark.connect.SparkConnectService/AnalyzePlan");
        header(bytes, ":authority", authority);
        header(bytes, "content-type", "application/grpc");
        header(bytes, "te", "trailers");
        return bytes.toByteArray();
    }

    private static void header(ByteArrayOutputStream bytes, String name, String value) throws IOException {
        bytes.write(0); // literal header field without indexing, new name
        bytes.write(name.length());
        bytes.write(name.getBytes(StandardCharsets.US_ASCII));
        bytes.write(value.length()); // all values are shorter than 127 bytes
        bytes.write(value.getBytes(StandardCharsets.US_ASCII));
    }

    /** AnalyzePlanRequest{session_id: a UUID, user_context: {user_id: sparkling}, spark_version: {}}. */
    private static byte[] sparkVersionQuestion() throws IOException {
        ByteArrayOutputStream user = new ByteArrayOutputStream();
        field(user, 1, "sparkling".getBytes(StandardCharsets.US_ASCII));
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        field(message, 1, UUID.randomUUID().toString().getBytes(StandardCharsets.US_ASCII));
        field(message, 2, user.toByteArray());
        field(message, 10, new byte[0]);
        return message.toByteArray();
    }

    private static void field(ByteArrayOutputStream message, int number, byte[] value) throws IOException {
        message.write(number << 3 | 2);
        message.write(value.length);
        message.write(value);
    }

    private static byte[] lengthPrefixed(byte[] message) {
        byte[] bytes = new byte[message.length + 5];
        bytes[4] = (byte) message.length;
        System.arraycopy(message, 0, bytes, 5, message.length);
        return bytes;
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        byte[] bytes = new byte[payload.length + 9];
        bytes[0] = (byte) (payload.length >> 16);
        bytes[1] = (byte) (payload.length >> 8);
        bytes[2] = (byte) payload.length;
        bytes[3] = (byte) type;
        bytes[4] = (byte) flags;
        bytes[8] = (byte) stream;
        System.arraycopy(payload, 0, bytes, 9, payload.length);
        return bytes;
    }
}
