package dev.sparkling.console.logs;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** A buffer before the output, which tells a reader that has gone from a disk that is full. */
final class ByteOutput extends OutputStream {
    private static final int CAPACITY = 1 << 16;

    private final OutputStream out;
    private final byte[] buffer = new byte[CAPACITY];
    private int size;
    private @Nullable RuntimeException failure;

    ByteOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) {
        if (size == CAPACITY) {
            send();
        }
        buffer[size++] = (byte) value;
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (length > CAPACITY - size) {
            send();
            if (length > CAPACITY) {
                send(bytes, offset, length);
                return;
            }
        }
        System.arraycopy(bytes, offset, buffer, size, length);
        size += length;
    }

    /** Whether bytes wait in the buffer. */
    boolean isPending() {
        return size > 0;
    }

    /** Whether writing has failed. */
    boolean isBroken() {
        return failure != null;
    }

    /** Throws what the first failed write threw, if one has failed. */
    void check() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void flush() {
        if (size > 0) {
            send();
        }
    }

    private void send() {
        int length = size;
        size = 0;
        send(buffer, 0, length);
    }

    private void send(byte[] bytes, int offset, int length) {
        check();
        try {
            out.write(bytes, offset, length);
            out.flush();
        } catch (IOException e) {
            failure = OutputClosedException.of(e);
            throw failure;
        }
    }
}
