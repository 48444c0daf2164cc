package dev.sparkling.cli;

import dev.sparkling.console.logs.OutputClosedException;
import java.io.IOException;
import java.io.OutputStream;

/** Hands bytes on as they come. */
final class Pipes {
    private Pipes() {}

    static void write(OutputStream stream, byte[] bytes) {
        try {
            stream.write(bytes);
            stream.flush();
        } catch (IOException failure) {
            throw OutputClosedException.of(failure);
        }
    }
}
