package dev.sparkling.console.logs;

import dev.sparkling.engine.LogChunk;
import org.jspecify.annotations.Nullable;

/** A container's log as something to pull from, for {@link LogPrinter#merge}. */
public interface LogSource extends AutoCloseable {
    /** The next chunk, waited for; null at the end. */
    @Nullable
    LogChunk next() throws InterruptedException;

    /** No more is wanted; whoever fills the source may stop. */
    @Override
    void close();
}
