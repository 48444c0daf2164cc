package dev.sparkling.pipeline;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** What the client tells of a run (src/main/python/PROTOCOL.md). */
public sealed interface ClientEvent {
    /** The client has started. */
    record Hello(String client, String python, String pyspark) implements ClientEvent {}

    /** The server has answered. */
    record Server(String spark) implements ClientEvent {}

    /**
     * A definition of the pipeline.
     *
     * @param name with catalog and database
     * @param kind `materialized_view`, `streaming_table`, `temporary_view` or `sink`
     */
    record Dataset(String name, String kind, Optional<String> file, OptionalInt line) implements ClientEvent {}

    /**
     * A flow changed its state.
     *
     * @param state Spark's own word: QUEUED, PLANNING, STARTING, RUNNING, COMPLETED, FAILED, SKIPPED, …
     */
    record Flow(String flow, String state, Optional<String> message) implements ClientEvent {}

    /**
     * Something failed.
     *
     * @param message Spark's own, without the trace
     * @param file of the user, where it is known
     * @param source the user's line itself
     * @param detail the whole trace
     */
    record Problem(
            String message,
            Optional<String> flow,
            Optional<String> file,
            OptionalInt line,
            Optional<String> source,
            Optional<String> detail)
            implements ClientEvent {}

    /** Something that the user should know though the run goes on. */
    record Notice(String level, String message) implements ClientEvent {}

    /** A table that the pipeline keeps, after the run. */
    record View(String name, String kind, OptionalLong rows, Optional<String> location) implements ClientEvent {}

    /**
     * The end of the run.
     *
     * @param state COMPLETED, FAILED or CANCELED
     * @param seconds by phase
     */
    record Verdict(String state, Map<String, Double> seconds) implements ClientEvent {
        public Verdict {
            seconds = Map.copyOf(seconds);
        }
    }
}
