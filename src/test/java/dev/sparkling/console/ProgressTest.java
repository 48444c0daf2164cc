package dev.sparkling.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.BuildOutput;
import dev.sparkling.engine.EngineEvent.BuildStep;
import dev.sparkling.engine.EngineEvent.Notice;
import dev.sparkling.engine.EngineEvent.PullProgress;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final Theme UNICODE = Theme.of(ColorMode.NEVER, Map.of("LANG", "C.UTF-8"), true);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long now;

    private static EngineEvent container(String service, State state, String detail) {
        return new ResourceChanged(Resource.CONTAINER, "demo-" + service + "-1", service, state, detail);
    }

    private void pass(long milliseconds) {
        now += Duration.ofMillis(milliseconds).toNanos();
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private Progress plain() {
        return new Progress(new PlainStatusBoard(err, UNICODE, () -> now), UNICODE);
    }

    /** The screen after everything that was printed so far. */
    private Screen screen(int columns) {
        Screen screen = new Screen(columns);
        screen.write(printed());
        return screen;
    }

    @Test
    void printsALineForEachChangeWithoutATerminal() {
        Progress progress = plain();
        progress.accept(new ResourceChanged(Resource.NETWORK, "demo_default", "demo_default", State.CREATED, ""));
        progress.accept(container("spark-master", State.CREATING, ""));
        pass(400);
        progress.accept(container("spark-master", State.STARTED, ""));
        progress.accept(container("spark-master", State.STARTED, ""));
        pass(3_000);
        progress.accept(container("spark-master", State.READY, "1 worker"));
        progress.accept(container("spark-connect", State.FAILED, "exit code 1"));
        progress.accept(new Notice("the daemon has 4 GB only"));
        progress.close();
        progress.accept(container("late", State.STARTED, ""));

        assertThat(printed()).isEqualTo("""
                        network demo_default  created      0.0 s
                        spark-master      creating     0.0 s
                        spark-master      started      0.4 s
                        spark-master      ready        3.4 s  1 worker
                        spark-connect     failed       0.0 s  exit code 1
                        note: the daemon has 4 GB only
                        """);
    }

    @Test
    void printsLayersWhenTheyAreThereAndStepsWhenTheyBegin() {
        Progress progress = plain();
        String image = "apache/spark:4.1.1";
        progress.accept(new PullProgress(image, "a1b2", "Pulling fs layer", -1, -1));
        for (int megabyte = 0; megabyte <= 45; megabyte++) {
            progress.accept(new PullProgress(image, "a1b2", "Downloading", megabyte * 1_000_000L, 45_000_000L));
        }
        pass(2_000);
        progress.accept(new PullProgress(image, "a1b2", "Pull complete", -1, -1));
        progress.accept(new ResourceChanged(Resource.IMAGE, image, image, State.PULLED, ""));
        progress.accept(new BuildStep("demo", 1, 2, "FROM " + image));
        progress.accept(new BuildOutput("demo", "quiet"));
        progress.accept(new BuildStep("demo", 2, 2, "RUN uv pip install"));
        progress.accept(new ResourceChanged(Resource.IMAGE, "demo", "demo", State.BUILT, ""));

        assertThat(printed()).isEqualTo("""
                        apache/spark:4.1.1  pulling      0.0 s
                        apache/spark:4.1.1 a1b2  pull complete    2.0 s  45.0 MB
                        apache/spark:4.1.1  pulled       2.0 s
                        demo              building     0.0 s  step 1/2 FROM apache/spark:4.1.1
                        demo              building     0.0 s  step 2/2 RUN uv pip install
                        demo              built        0.0 s
                        """);
    }

    @Test
    void keepsTheOutputOfTheFailingStep() {
        Progress progress = plain();
        progress.accept(new BuildStep("demo", 1, 2, "RUN first"));
        progress.accept(new BuildOutput("demo", "of the first step"));
        progress.accept(new BuildStep("demo", 2, 2, "RUN second"));
        progress.accept(new BuildOutput("demo", "line 1"));
        progress.accept(new BuildOutput("demo", "line 2"));
        progress.accept(new ResourceChanged(Resource.IMAGE, "demo", "demo", State.FAILED, "exit code 1"));

        assertThat(progress.stepOutput("demo")).containsExactly("line 1", "line 2");
        assertThat(progress.stepOutput("other")).isEmpty();
    }

    @Test
    void drawsALiveRegionInPlace() {
        LiveStatusBoard board = new LiveStatusBoard(new FixedTerminal(80, 24), err, UNICODE, () -> now);
        Progress progress = new Progress(board, UNICODE);
        progress.accept(container("spark-master", State.CREATING, ""));
        progress.accept(container("spark-connect", State.CREATING, ""));
        board.draw();
        assertThat(screen(80).lines())
                .containsExactly(" ⠙ spark-master      creating    0.0 s", " ⠙ spark-connect     creating    0.0 s");
        assertThat(screen(80).cursorVisible()).isFalse();

        pass(1_250);
        progress.accept(container("spark-master", State.STARTED, ""));
        progress.accept(new Notice("careful"));
        board.draw();
        assertThat(screen(80).lines())
                .containsExactly(
                        "note: careful",
                        " ✔ spark-master      started     1.3 s",
                        " ⠹ spark-connect     creating    1.3 s");

        pass(1_000);
        progress.accept(container("spark-connect", State.FAILED, "exit code 1"));
        progress.close();
        assertThat(screen(80).lines())
                .containsExactly(
                        "note: careful",
                        " ✔ spark-master      started     1.3 s",
                        " ✖ spark-connect     failed      2.3 s  exit code 1");
        assertThat(screen(80).cursorVisible()).isTrue();
        String before = printed();
        progress.accept(container("spark-connect", State.STARTED, ""));
        progress.close();
        assertThat(printed()).isEqualTo(before);
    }

    @Test
    void showsLayersWhileTheyAreUnderWay() {
        LiveStatusBoard board = new LiveStatusBoard(new FixedTerminal(80, 24), err, UNICODE, () -> now);
        Progress progress = new Progress(board, UNICODE);
        progress.accept(new PullProgress("spark", "aaa", "Downloading", 5_000_000, 10_000_000));
        progress.accept(new PullProgress("spark", "bbb", "Already exists", -1, -1));
        board.draw();
        assertThat(screen(80).lines())
                .containsExactly(
                        " ⠙ spark             pulling     0.0 s  1/2 layers  5.0 MB of 10.0 MB",
                        "     ⠙ aaa           downloading  ━━━━━╌╌╌╌╌ 5.0 MB of 10.0 MB");

        progress.accept(new PullProgress("spark", "aaa", "Pull complete", -1, -1));
        board.draw();
        assertThat(screen(80).lines())
                .containsExactly(" ⠹ spark             pulling     0.0 s  2/2 layers  10.0 MB of 10.0 MB");
    }

    @Test
    void cutsLinesAndHeightToTheTerminal() {
        LiveStatusBoard board = new LiveStatusBoard(new FixedTerminal(40, 5), err, UNICODE, () -> now);
        Progress progress = new Progress(board, UNICODE);
        for (int worker = 1; worker <= 8; worker++) {
            State state = worker < 6 ? State.STARTED : State.STARTING;
            progress.accept(container("spark-worker-" + worker, state, "a detail that is much too long"));
        }
        board.draw();
        assertThat(screen(40).lines())
                .containsExactly(
                        " ⠙ spark-worker-6    starting    0.0 s…",
                        " ⠙ spark-worker-7    starting    0.0 s…",
                        " ⠙ spark-worker-8    starting    0.0 s…",
                        "   and 5 more");

        progress.close();
        assertThat(screen(40).lines()).hasSize(8).allMatch(line -> line.length() < 40);
    }

    @Test
    void fallsBackToAscii() {
        LiveStatusBoard board = new LiveStatusBoard(new FixedTerminal(80, 24), err, Theme.plain(), () -> now);
        new Progress(board, Theme.plain()).accept(container("spark-master", State.READY, ""));
        board.close();

        assertThat(printed())
                .contains(" + spark-master")
                .matches(text -> text.chars().allMatch(c -> c < 128));
    }

    @Test
    void staysQuietWhenAsked() {
        StatusBoard board = StatusBoard.create(ProgressMode.QUIET, new FixedTerminal(80, 24), err, UNICODE);
        Progress progress = new Progress(board, UNICODE);
        progress.accept(container("spark-master", State.READY, ""));
        progress.accept(new Notice("careful"));
        progress.close();

        assertThat(printed()).isEmpty();
    }

    @Test
    void tellsTime() {
        assertThat(List.of(0L, 440_000_000L, 99_900_000_000L, 125_000_000_000L).stream()
                        .map(StatusBoard::seconds))
                .containsExactly("0.0 s", "0.4 s", "99.9 s", "2m05s");
    }
}
