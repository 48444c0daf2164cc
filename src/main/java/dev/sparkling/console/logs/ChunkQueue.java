package dev.sparkling.console.logs;

import dev.sparkling.engine.LogChunk;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Hands chunks from the thread that reads a container's log to the one that merges; holds at most about 256 KiB. */
public final class ChunkQueue implements LogSource {
    private static final int BYTE_LIMIT = 1 << 17;

    /** A chunk's own weight, so that a million empty ones count too. */
    private static final int CHUNK_WEIGHT = 64;

    private Deque<LogChunk> filling = new ArrayDeque<>();
    private Deque<LogChunk> draining = new ArrayDeque<>();
    private int bytes;
    private boolean ended;
    private boolean closed;
    private @Nullable RuntimeException failure;

    /**
     * Adds a chunk; waits while the queue is full.
     *
     * @throws OutputClosedException when no more is wanted
     */
    public synchronized void put(LogChunk chunk) throws InterruptedException {
        while (bytes >= BYTE_LIMIT && !closed) {
            wait();
        }
        if (closed) {
            throw new OutputClosedException();
        }
        filling.addLast(chunk);
        bytes += chunk.bytes().length + CHUNK_WEIGHT;
        if (filling.size() == 1) {
            notifyAll();
        }
    }

    /** No more chunks come. */
    public synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** No more chunks come, for this reason, which {@link #next} throws after the last one. */
    public synchronized void fail(RuntimeException reason) {
        failure = reason;
        end();
    }

    @Override
    public @Nullable LogChunk next() throws InterruptedException {
        LogChunk chunk = draining.pollFirst();
        if (chunk != null) {
            return chunk;
        }
        synchronized (this) {
            while (filling.isEmpty() && !ended && !closed) {
                wait();
            }
            // All at once: a lock for each chunk would cost more than the chunk.
            Deque<LogChunk> empty = draining;
            draining = filling;
            filling = empty;
            bytes = 0;
            notifyAll();
            if (draining.isEmpty() && failure != null) {
                throw failure;
            }
        }
        return draining.pollFirst();
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
