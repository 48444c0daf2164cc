package dev.sparkling.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/** Hands bytes on as they come. */
final class Pipes {
    private Pipes() {}

    static void write(OutputStream stream, byte[] bytes) {
        try {
            stream.write(bytes);
            stream.flush();
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }
}
