package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class IdentityTest {
    private static final Instant BOOT = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant START = BOOT.plusSeconds(100);

    @Test
    void knowsItsOwnProcess() {
        assertThat(Identity.of(ProcessHandle.current()).running()).contains(ProcessHandle.current());
    }

    @Test
    void isNotFooledByAnotherProcessOfTheSameNumber() {
        Identity now = Identity.of(ProcessHandle.current());
        Identity older = new Identity(now.number(), now.started().minusSeconds(1), now.boot());
        assertThat(older.running()).isEmpty();
        assertThat(older.replaced()).isTrue();
    }

    @Test
    void aProcessThatEndedRunsNoMore() throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sleep", "30").start();
        Identity identity = Identity.of(process.toHandle());
        assertThat(identity.running()).isPresent();
        process.destroyForcibly().waitFor();
        assertThat(identity.running()).isEmpty();
        assertThat(identity.replaced()).isFalse();
        assertThat(identity.sameBoot()).isTrue();
    }

    @Test
    void countsFromTheBootSoThatTheClockMayBeSet() {
        Identity identity = new Identity(7, START, BOOT);
        Duration step = Duration.ofHours(1);
        assertThat(identity.sameStart(START, BOOT)).isTrue();
        assertThat(identity.sameStart(START.plus(step), BOOT.plus(step))).isTrue();
        assertThat(identity.sameStart(START.plusSeconds(1), BOOT)).isFalse();
        assertThat(identity.sameStart(Instant.EPOCH, BOOT)).as("untold").isFalse();
    }
}
