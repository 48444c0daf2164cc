package dev.sparkling.engine.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A process, told from a later one with the same number by the moment of its start.
 *
 * @param number the process's
 * @param started as the system tells it
 * @param boot when the system's first process started, as it was told at the same time. Systems count starts from the
 *     boot, so the span between the two stays when the clock is set; EPOCH where it is not told.
 */
record Identity(long number, Instant started, Instant boot) {
    /** The clock's ticks in which systems count, and more. */
    private static final Duration PRECISION = Duration.ofMillis(50);

    /** How far the clock may have been set while the system ran, for it to count as the same run of it. */
    private static final Duration CLOCK = Duration.ofSeconds(5);

    static Identity of(ProcessHandle process) {
        return new Identity(process.pid(), start(process), bootTime());
    }

    static Identity read(JsonNode node) {
        return new Identity(
                node.path("number").asLong(),
                Instant.parse(node.path("started").asText()),
                Instant.parse(node.path("boot").asText()));
    }

    ObjectNode json(ObjectMapper mapper) {
        return mapper.createObjectNode()
                .put("number", number)
                .put("started", started.toString())
                .put("boot", boot.toString());
    }

    /** The process, if it still runs. One that ended and that nobody has fetched yet has no program any more. */
    Optional<ProcessHandle> running() {
        return ProcessHandle.of(number)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info().command().isPresent())
                .filter(this::same);
    }

    /** Whether a process of this number is another one: then nothing of the old one is left. */
    boolean replaced() {
        return ProcessHandle.of(number).filter(process -> !same(process)).isPresent();
    }

    /** Whether the system still is in the run in which the process was started. */
    boolean sameBoot() {
        return within(Duration.between(boot, bootTime()), CLOCK);
    }

    private boolean same(ProcessHandle process) {
        return sameStart(start(process), bootTime());
    }

    boolean sameStart(Instant otherStart, Instant otherBoot) {
        if (otherStart.equals(Instant.EPOCH)) {
            return false;
        }
        Duration span = Duration.between(boot, started);
        return within(span.minus(Duration.between(otherBoot, otherStart)), PRECISION);
    }

    private static boolean within(Duration difference, Duration limit) {
        return difference.abs().compareTo(limit) <= 0;
    }

    private static Instant start(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private static Instant bootTime() {
        return ProcessHandle.of(1).map(Identity::start).orElse(Instant.EPOCH);
    }
}
