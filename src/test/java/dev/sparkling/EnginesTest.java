package dev.sparkling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.cli.Invocation.EngineRequest;
import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.cluster.EngineChoice;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ProjectLocation;
import dev.sparkling.compose.ProjectReader;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Notice;
import dev.sparkling.engine.local.LocalEngine;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a machine where no Docker engine answers. */
class EnginesTest {
    @TempDir
    Path temporary;

    private Path folder;
    private final List<String> notices = new ArrayList<>();

    @BeforeEach
    void makeProject() throws IOException {
        folder = Files.createDirectory(temporary.resolve("shop"));
        Files.copy(Path.of("compose.yml"), folder.resolve("compose.yml"));
    }

    private Engine connect(EngineChoice choice, Purpose purpose) {
        ComposeProject project = new ProjectReader(
                        ProjectLocation.find(folder, Optional.empty(), List.of(), Optional.empty(), Map.of()),
                        note -> {})
                .read();
        Map<String, String> environment = Map.of("DOCKER_HOST", "unix://" + temporary.resolve("no.sock"));
        return new Engines().connect(new EngineRequest(project, choice, purpose, environment, temporary), this::note);
    }

    private void note(EngineEvent event) {
        if (event instanceof Notice notice) {
            notices.add(notice.text());
        }
    }

    /** A cluster whose master is this test's own process. */
    private void runLocally() throws IOException {
        Path state = folder.resolve(".sparkling/local/shop/state.json");
        Files.createDirectories(state.getParent());
        Files.writeString(state, """
                {"version": 1, "directory": "%s", "masterPort": 7077, "services": [
                  {"service": "spark-master", "hash": "x", "created": "2026-01-01T00:00:00Z", "uiPort": 8080, "ports": [],
                   "process": {"number": %d, "started": "%s", "boot": "%s"}}]}
                """.formatted(
                        folder,
                        ProcessHandle.current().pid(),
                        start(ProcessHandle.current()),
                        start(ProcessHandle.of(1).orElseThrow())));
    }

    private static Instant start(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    @Test
    void aNewClusterFallsBackToProcessesAndSaysWhy() {
        assertThat(connect(EngineChoice.AUTO, Purpose.CREATE)).isInstanceOf(LocalEngine.class);
        assertThat(notices).containsExactly("the cluster runs as processes of this machine: no Docker engine answers");
    }

    @Test
    void otherCommandsSayNothing() throws IOException {
        assertThat(connect(EngineChoice.AUTO, Purpose.USE)).isInstanceOf(LocalEngine.class);
        runLocally();
        assertThat(connect(EngineChoice.AUTO, Purpose.CREATE)).isInstanceOf(LocalEngine.class);
        assertThat(notices).isEmpty();
    }

    @Test
    void dockerThatIsAskedForMustAnswer() {
        assertThatThrownBy(() -> connect(EngineChoice.DOCKER, Purpose.CREATE))
                .isInstanceOfSatisfying(SparklingException.class, failure -> {
                    assertThat(failure.category()).isEqualTo(Category.ENGINE_UNAVAILABLE);
                    assertThat(failure.remedy()).contains("--engine local");
                });
    }

    @Test
    void aClusterThatRunsHereIsNotStartedOnDockerToo() throws IOException {
        runLocally();
        assertThatThrownBy(() -> connect(EngineChoice.DOCKER, Purpose.CREATE))
                .isInstanceOfSatisfying(SparklingException.class, failure -> {
                    assertThat(failure.category()).isEqualTo(Category.USAGE);
                    assertThat(failure.text())
                            .isEqualTo("the cluster of shop runs as processes of this machine already");
                    assertThat(failure.remedy()).contains("sparkling --engine local down");
                });
        assertThatThrownBy(() -> connect(EngineChoice.DOCKER, Purpose.REMOVE))
                .hasMessageContaining("no Docker engine answers");
        assertThat(notices).singleElement().asString().contains("--engine local down");
        notices.clear();
        assertThatThrownBy(() -> connect(EngineChoice.DOCKER, Purpose.LOOK))
                .hasMessageContaining("no Docker engine answers");
        assertThat(notices)
                .containsExactly(
                        "this project also has services as processes of this machine: `sparkling --engine local"
                                + " down` removes them");
    }

    /** A copy of the state under another name, made by a folder that is gone, is what a renamed folder has. */
    @Test
    void aClusterOfTheFoldersFormerNameIsNamedAndNotJoined() throws IOException {
        runLocally();
        Path states = folder.resolve(".sparkling/local");
        Files.move(states.resolve("shop"), states.resolve("store"));
        Path state = states.resolve("store/state.json");
        Files.writeString(state, Files.readString(state).replace(folder.toString(), temporary.resolve("store") + ""));
        assertThatThrownBy(() -> connect(EngineChoice.AUTO, Purpose.CREATE))
                .isInstanceOfSatisfying(SparklingException.class, failure -> {
                    assertThat(failure.category()).isEqualTo(Category.USAGE);
                    assertThat(failure.text())
                            .isEqualTo("the cluster of this folder still runs under the folder's former name, store");
                    assertThat(failure.remedy()).contains("`sparkling -p store down` ends it");
                });
        assertThat(connect(EngineChoice.AUTO, Purpose.LOOK)).isInstanceOf(LocalEngine.class);
        assertThat(notices).singleElement().asString().contains("former name, store", "sparkling -p store down");
    }
}
