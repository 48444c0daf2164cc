package dev.sparkling.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.engine.EngineEvent.Awaited;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.engine.StartTimings.Span;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartTimingsTest {
    private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path project;

    private Instant now = BEGAN.plusMillis(300);
    private final StartTimings timings = new StartTimings(BEGAN, () -> now);

    private void after(int milliseconds, EngineEvent event) {
        now = now.plusMillis(milliseconds);
        timings.accept(event);
    }

    private static EngineEvent container(State state) {
        return new ResourceChanged(Resource.CONTAINER, "shop-spark-master-1", "spark-master", state, "");
    }

    private static Span span(String of, String phase, int from, int to) {
        return new Span(of, phase, BEGAN.plusMillis(from), BEGAN.plusMillis(to));
    }

    private void start() {
        after(100, new ResourceChanged(Resource.NETWORK, "shop_default", "shop_default", State.CREATED, ""));
        after(10, container(State.CREATING));
        after(50, container(State.CREATED));
        after(5, container(State.STARTING));
        after(200, container(State.STARTED));
        after(20, new Awaited("shop-spark-master-1", "spark-master", "answer", "does not answer at its port yet"));
        after(900, container(State.READY));
    }

    @Test
    void phasesFollowEachOther() {
        start();
        assertThat(timings.started()).isTrue();
        assertThat(timings.spans())
                .containsExactly(
                        span("", "program", 0, 300),
                        span("", "plan", 300, 410),
                        span("spark-master", "create", 410, 460),
                        span("spark-master", "start", 465, 665),
                        span("spark-master", "answer", 685, 1585));
    }

    @Test
    void aBuildOfManyStepsIsOnePhase() {
        for (int step = 0; step < 3; step++) {
            after(100, new ResourceChanged(Resource.IMAGE, "sparkling:x", "sparkling:x", State.BUILDING, ""));
        }
        after(100, new ResourceChanged(Resource.IMAGE, "sparkling:x", "sparkling:x", State.BUILT, ""));
        assertThat(timings.spans()).contains(span("sparkling:x", "build", 400, 700));
        assertThat(timings.started()).isFalse();
    }

    @Test
    void thoseOfTheLastStartAreKept() throws IOException {
        assertThat(StartTimings.load(project)).isEmpty();
        start();
        timings.save(project);
        assertThat(StartTimings.load(project)).contains(timings.spans());

        Files.writeString(project.resolve(".sparkling/last-start.json"), "{\"version\": 1, \"pha");
        assertThat(StartTimings.load(project)).isEmpty();
    }
}
