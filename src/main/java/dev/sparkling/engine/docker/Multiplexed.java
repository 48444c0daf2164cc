package dev.sparkling.engine.docker;

import dev.sparkling.engine.LogChunk;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.BiConsumer;

/**
 * The two outputs of a container in one stream: frames with a header of eight bytes, which are the output's number,
 * three zeros and the length in the order of the network (Docker Engine API, "Attach to a container"). Of a container
 * with a terminal the stream is its output as it is.
 */
final class Multiplexed {
    private static final int HEADER = 8;
    private static final int CAPACITY = 1 << 16;

    private final BiConsumer<LogChunk.Stream, byte[]> output;
    private final byte[] header = new byte[HEADER];
    private int headerLength;
    private boolean begun;
    private boolean framed;

    /** Of the frame's data. */
    private long left;

    private LogChunk.Stream stream = LogChunk.Stream.STDOUT;

    /** What the frames of one block hold for one output: a chunk for each would cost more than its bytes. */
    private final byte[] gathered = new byte[CAPACITY];

    private int size;

    private Multiplexed(BiConsumer<LogChunk.Stream, byte[]> output) {
        this.output = output;
    }

    /**
     * Copies to the stream's end. Bytes that were read together come together.
     *
     * @param output takes what was printed, cut anywhere
     * @throws EOFException if the stream ends inside a frame
     */
    static void copy(InputStream source, BiConsumer<LogChunk.Stream, byte[]> output) throws IOException {
        Multiplexed state = new Multiplexed(output);
        byte[] block = new byte[CAPACITY];
        for (int count; (count = source.read(block)) >= 0; ) {
            state.take(block, count);
            state.hand();
        }
        state.end();
    }

    private void take(byte[] block, int count) {
        int index = 0;
        while (index < count) {
            if (left == 0 && (framed || !begun)) {
                int part = Math.min(HEADER - headerLength, count - index);
                System.arraycopy(block, index, header, headerLength, part);
                headerLength += part;
                index += part;
                if (headerLength == HEADER) {
                    headerLength = 0;
                    nextFrame();
                }
            } else {
                int part = (int) (framed ? Math.min(left, count - index) : count - index);
                add(block, index, part);
                left -= framed ? part : 0;
                index += part;
            }
        }
    }

    private void nextFrame() {
        boolean frame = header[0] >= 0 && header[0] <= 2 && header[1] == 0 && header[2] == 0 && header[3] == 0;
        if (!begun) {
            begun = true;
            framed = frame;
            if (!framed) {
                add(header, 0, HEADER);
                return;
            }
        }
        LogChunk.Stream next = header[0] == 2 ? LogChunk.Stream.STDERR : LogChunk.Stream.STDOUT;
        if (next != stream) {
            hand();
            stream = next;
        }
        left = Integer.toUnsignedLong(
                ByteBuffer.wrap(header, HEADER - Integer.BYTES, Integer.BYTES).getInt());
    }

    private void add(byte[] bytes, int from, int length) {
        if (length > CAPACITY - size) {
            hand();
        }
        System.arraycopy(bytes, from, gathered, size, length);
        size += length;
    }

    private void hand() {
        if (size > 0) {
            output.accept(stream, Arrays.copyOf(gathered, size));
            size = 0;
        }
    }

    private void end() throws EOFException {
        if (!begun && headerLength > 0) {
            add(header, 0, headerLength); // a terminal's few bytes
            hand();
        } else if (left > 0 || headerLength > 0) {
            throw new EOFException("the engine closed the connection in the middle of a frame");
        }
    }
}
