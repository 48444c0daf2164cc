package dev.sparkling.engine.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A connection of its own to the engine for one call, for what docker-java's transport cannot do: close one direction
 * ({@link PipedExec}), and read in large pieces ({@link ContainerLogs}). It speaks the few lines of HTTP/1.1 (RFC 9112)
 * that the engine's answers to such calls need.
 */
final class EngineSocket implements AutoCloseable {
    private static final int BUFFER = 1 << 17;

    /** An answer's head that is longer is no answer of an engine. */
    private static final int LINE_LIMIT = 1 << 14;

    /**
     * How long bytes gather in the socket before the next read, in nanoseconds. The engine sends a message for each line
     * of a log; a reader that is woken by each costs itself two thirds, and the engine a fifth, of their processor time.
     */
    private static final long GATHERING = 500_000;

    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);
    private boolean gathers;

    private EngineSocket(SocketChannel channel) {
        this.channel = channel;
    }

    /** Whether the engine is reached by a plain socket. */
    static boolean canReach(URI engine) {
        String scheme = String.valueOf(engine.getScheme());
        return scheme.equals("unix") || scheme.equals("tcp") || scheme.equals("http");
    }

    static EngineSocket open(URI engine) throws IOException {
        return new EngineSocket(
                String.valueOf(engine.getScheme()).equals("unix")
                        ? SocketChannel.open(UnixDomainSocketAddress.of(Path.of(engine.getPath())))
                        : SocketChannel.open(new InetSocketAddress(engine.getHost(), engine.getPort())));
    }

    void send(byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** Tells the engine that nothing more is sent. */
    void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Reads the head of the answer; its body, if there is one, has to be read to the end before anything else. */
    Answer receive() throws IOException {
        String status = line();
        String[] parts = status.split(" ", 3);
        if (parts.length < 2 || !parts[0].startsWith("HTTP/") || !parts[1].matches("[0-9]{3}")) {
            throw new IOException("the engine answers with `" + status + "`, which is no HTTP");
        }
        boolean chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            String lower = header.toLowerCase(Locale.ROOT);
            chunked |= lower.startsWith("transfer-encoding:") && lower.endsWith("chunked");
        }
        return new Answer(Integer.parseInt(parts[1]), chunked ? new Chunked() : new Plain());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /**
     * @param status of HTTP, such as 200
     * @param body ends with the connection, where the answer does not say otherwise; a chunked one that ends before its
     *     end is an EOFException. A read gives what is there, and waits only for the first byte.
     */
    record Answer(int status, InputStream body) {}

    /** A line without its break. */
    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = next(); next != '\n'; next = next()) {
            if (line.length() == LINE_LIMIT) {
                throw new IOException("the engine's answer has a line of more than " + LINE_LIMIT + " characters");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private int next() throws IOException {
        if (!buffer.hasRemaining() && !fill()) {
            throw new EOFException("the engine closed the connection in the middle of its answer");
        }
        return buffer.get() & 0xFF;
    }

    /** Waits for bytes; whether any came. */
    private boolean fill() throws IOException {
        if (gathers) {
            LockSupport.parkNanos(GATHERING);
        }
        buffer.clear();
        int count = channel.read(buffer);
        buffer.flip();
        // Whoever is behind need not wait for more.
        gathers = count < BUFFER / 2;
        return count > 0;
    }

    /** The rest of the connection's bytes. */
    private final class Plain extends Body {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (!buffer.hasRemaining() && !fill()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(bytes, offset, count);
            return count;
        }
    }

    /** The data of an answer in chunks (RFC 9112, 7.1). */
    private final class Chunked extends Body {
        private long left;
        private boolean begun;
        private boolean ended;

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = 0;
            // Chunk after chunk; what has to be waited for is left to the next read.
            while (count < length && !ended && (count == 0 || isAhead())) {
                if (left == 0) {
                    nextChunk();
                } else if (buffer.hasRemaining() || fill()) {
                    int part = (int) Math.min(left, Math.min(length - count, buffer.remaining()));
                    buffer.get(bytes, offset + count, part);
                    count += part;
                    left -= part;
                } else {
                    throw new EOFException("the engine closed the connection in the middle of its answer");
                }
            }
            return count == 0 && ended ? -1 : count;
        }

        /** Whether the buffer holds data, or all of the lines before a chunk's data. */
        private boolean isAhead() {
            if (left > 0) {
                return buffer.hasRemaining();
            }
            int breaks = begun ? 2 : 1;
            for (int index = buffer.position(); index < buffer.limit() && breaks > 0; index++) {
                if (buffer.get(index) == '\n') {
                    breaks--;
                }
            }
            return breaks == 0;
        }

        private void nextChunk() throws IOException {
            if (begun) {
                line(); // what ends the data of the chunk before
            }
            begun = true;
            String size = line();
            int extension = size.indexOf(';');
            try {
                left = Long.parseLong(
                        extension < 0 ? size : size.substring(0, extension).strip(), 16);
            } catch (NumberFormatException broken) {
                throw new IOException("the engine's answer has a chunk of the size `" + size + "`", broken);
            }
            ended = left == 0;
        }
    }

    private abstract static class Body extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }
    }
}
