package dev.sparkling.engine;

/**
 * Bytes of a container's or process's output as the engine hands them over: cut anywhere, even inside a character.
 *
 * @param container its name, which tells two streams apart
 * @param service the service that it belongs to
 * @param stream standard output or error
 * @param bytes a private copy
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody; a copy for each chunk would cost
public record LogChunk(String container, String service, Stream stream, byte[] bytes) {
    /** Which of the two outputs. */
    public enum Stream {
        STDOUT,
        STDERR
    }
}
