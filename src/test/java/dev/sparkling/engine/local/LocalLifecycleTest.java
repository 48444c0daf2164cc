package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ProjectLocation;
import dev.sparkling.compose.ProjectReader;
import dev.sparkling.engine.Lifecycle.UpRequest;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With real processes in place of Spark's: a shell that starts a child stands for a worker with its executor. */
class LocalLifecycleTest {
    @TempDir
    Path temporary;

    private Path folder;
    private LocalEngine engine;
    private Sessions sessions;
    private Identity worker = Identity.of(ProcessHandle.current());

    @BeforeEach
    void makeProject() throws IOException {
        folder = Files.createDirectory(temporary.resolve("shop"));
        Files.copy(Path.of("compose.yml"), folder.resolve("compose.yml"));
        engine = new LocalEngine(Map.of("PATH", System.getenv("PATH")), temporary, event -> {});
        sessions = new Sessions(Pythons.any(System.getenv()).orElseThrow());
    }

    @AfterEach
    void killAll() {
        if (worker.number() != ProcessHandle.current().pid()) {
            sessions.stop(worker, Duration.ZERO);
        }
    }

    private ComposeProject project() {
        return new ProjectReader(
                        ProjectLocation.find(folder, Optional.empty(), List.of(), Optional.empty(), Map.of()),
                        note -> {})
                .read();
    }

    /** Starts a worker that writes its child's number to the file `child`. */
    private ProcessHandle startWorker() throws IOException {
        Process process = sessions.start(
                new Command(List.of("/bin/sh", "-c", "sleep 60 & echo $! > child; wait"), Map.of()),
                Map.of("PATH", System.getenv("PATH")),
                folder,
                temporary.resolve("output"));
        worker = Identity.of(process.toHandle());
        note(worker);
        Path child = folder.resolve("child");
        Awaitility.await()
                .until(() -> Files.exists(child) && !Files.readString(child).isBlank());
        return ProcessHandle.of(Long.parseLong(Files.readString(child).strip())).orElseThrow();
    }

    private void note(Identity process) {
        LocalState.none(folder)
                .with(new LocalState.Entry(
                        "spark-worker", process, "hash", Instant.now(), 8081, List.of(), Optional.empty()))
                .write(StateFolder.of(project()).state());
    }

    @Test
    void stopEndsWhatACrashedWorkerLeft() throws IOException {
        ProcessHandle executor = startWorker();
        ProcessHandle.of(worker.number()).orElseThrow().destroyForcibly();
        Awaitility.await().until(() -> worker.running().isEmpty());
        assertThat(executor.info().command()).isPresent();
        assertThat(engine.lifecycle().stop(project(), Set.of("spark-master"), Optional.empty()))
                .isEmpty();
        assertThat(executor.info().command()).as("another service's").isPresent();
        assertThat(engine.lifecycle().stop(project(), Set.of(), Optional.empty()))
                .as("what ran")
                .isEmpty();
        Awaitility.await().until(() -> executor.info().command().isEmpty());
    }

    @Test
    void whatEndedWithTheMachineDidNotCrash() {
        Identity me = Identity.of(ProcessHandle.current());
        note(new Identity(
                me.number(), me.started().minusSeconds(5000), me.boot().minusSeconds(9000)));
        ServiceState state = engine.observer().services(project()).get(0);
        assertThat(state.state()).isEqualTo("exited");
        assertThat(state.status()).isEqualTo("Ended with the machine");
        assertThat(state.endedWithMachine()).isTrue();
        assertThat(state.crashed()).isFalse();
        assertThat(engine.lifecycle().stop(project(), Set.of(), Optional.empty()))
                .as("nothing runs")
                .isEmpty();
    }

    @Test
    void aRenamedFoldersClusterIsKnownByItsFormerName() throws IOException {
        startWorker();
        assertThat(engine.formerNames(project())).isEmpty();
        folder = Files.move(folder, temporary.resolve("store"));
        assertThat(engine.observer().services(project())).isEmpty();
        assertThat(engine.formerNames(project())).containsExactly("shop");
        sessions.stop(worker, Duration.ZERO);
        assertThat(engine.formerNames(project())).as("nothing of it runs").isEmpty();
    }

    @Test
    void aServiceThatIsOnlyAnImageIsRefusedWithAWayOut() throws IOException {
        Files.writeString(
                folder.resolve("compose.override.yml"), "services:\n  kafka:\n    image: apache/kafka:4.1.0\n");
        SparklingException failure = catchThrowableOfType(
                SparklingException.class,
                () -> engine.lifecycle().up(project(), new UpRequest(false, false, Duration.ofSeconds(1))));
        assertThat(failure.category()).isEqualTo(Category.ENGINE_UNAVAILABLE);
        assertThat(failure.text())
                .isEqualTo("the service kafka is the image apache/kafka:4.1.0, and the local engine runs Spark's own"
                        + " services only");
        assertThat(failure.remedy()).contains("--engine docker", "profiles: [docker]");
    }
}
