package dev.sparkling.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sparkling.cluster.EngineChoice;
import dev.sparkling.console.ColorMode;
import dev.sparkling.console.Console;
import dev.sparkling.console.Terminal;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.error.SparklingException;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Real command lines against an engine that only notes what it is asked for. */
class CommandLineTest {
    @TempDir
    Path temporary;

    private Path project;
    private final RecordingEngine engine = new RecordingEngine();
    private final Map<String, String> environment = new HashMap<>();
    private final List<EngineChoice> choices = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Invocation.EngineFactory engines = (request, events) -> {
        choices.add(request.choice());
        return engine;
    };

    @BeforeEach
    void folder() throws IOException {
        project = Files.createDirectory(temporary.resolve("shop"));
    }

    @Test
    void showsExamplesBeforeOptions() {
        assertThat(run("--help")).isZero();
        assertThat(out()).contains("sparkling run", "Exit codes").startsWith("Examples");
        assertThat(run()).isZero();
    }

    @Test
    void offersTheNearestCommandAndOption() {
        assertThat(run("upp")).isEqualTo(2);
        assertThat(err()).contains("unmatched argument", "Did you mean up?");
        assertThat(run("up", "--worker", "2")).isEqualTo(2);
        assertThat(err()).contains("--workers");
        assertThat(engine.calls).isEmpty();
    }

    @Test
    void globalOptionsMayPrecedeACommandAndNameWhatIsCalledLikeOne() throws IOException {
        Files.createDirectory(project.resolve("logs"));

        assertThat(run("--color", "NEVER", "-C", "logs", "ps", "--format", "json"))
                .isZero();
        assertThat(out()).isEqualToIgnoringWhitespace("[]");
    }

    @Test
    void helpListsAllCommandsWhateverFollows() {
        for (String[] arguments : new String[][] {{"help"}, {"--help", "ps"}, {"-p", "shop", "-h"}}) {
            out.reset();
            assertThat(run(arguments)).isZero();
            assertThat(out()).contains("Lists the services and their states.", "Prints the completion script");
        }
        out.reset();
        assertThat(run("help", "ps")).isZero();
        assertThat(out()).contains("sparkling ps").doesNotContain("Prints the completion script");
        assertThat(run("completion")).isZero();
        assertThat(out()).contains("restart", "render");
    }

    @Test
    void picocliIsNewEnoughForAnArchiveOfClasses() throws IOException {
        try (var input = CommandLine.class.getResourceAsStream("CommandLine.class")) {
            DataInputStream bytes = new DataInputStream(Objects.requireNonNull(input));
            bytes.skipNBytes(6);
            assertThat(bytes.readUnsignedShort()).as("class file version").isGreaterThanOrEqualTo(61);
        }
    }

    @Test
    void upWritesComposeFileAndContextIntoAnEmptyFolder() throws IOException {
        engine.changed.add("spark-master");
        engine.services.add(state("spark-connect", "running", 15002, 15002));

        assertThat(run("up", "--workers", "2", "--connect-port", "16002")).isZero();

        String text = Files.readString(project.resolve("compose.yml"));
        assertThat(text).contains("workers: 2 ", "connect: 16002", "spark-worker-2:", "context: .sparkling/image");
        assertThat(project.resolve(".sparkling/image/Dockerfile")).exists();
        assertThat(project.resolve(".sparkling/image/entrypoint")).isExecutable();
        assertThat(engine.project.services())
                .containsOnlyKeys("spark-master", "spark-worker", "spark-worker-2", "spark-connect", "spark-app");
        assertThat(engine.calls).containsExactly("up", "detached [warm-up]");
        assertThat(err()).contains("The cluster is ready");
        assertThat(out()).contains("sc://localhost:15002");
    }

    @Test
    void upSaysThatThereIsNothingToDo() {
        assertThat(run("up")).isZero();
        assertThat(engine.calls).containsExactly("up");
        assertThat(err()).contains("Nothing to do: the cluster is up.");
    }

    @Test
    void upPrintsThePhasesOfTheLastStart() throws IOException {
        assertThat(run("up", "--timings")).isZero();
        assertThat(err()).contains("No start is on record here");

        Files.writeString(project.resolve(".sparkling/last-start.json"), """
                {"version": 1, "phases": [
                  {"of": "", "phase": "plan", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00.250Z"},
                  {"of": "spark-master", "phase": "start",
                   "from": "2026-01-01T00:00:00.500Z", "to": "2026-01-01T00:00:00.750Z"},
                  {"of": "spark-master", "phase": "answer",
                   "from": "2026-01-01T00:00:00.760Z", "to": "2026-01-01T00:00:02Z"}]}
                """);
        engine.logs.put("spark-master", "2026-01-01T00:00:01.250Z first line\n");
        assertThat(run("up", "--timings")).isZero();
        assertThat(out().lines().map(line -> line.replaceAll(" +", " ")))
                .containsSequence(
                        "SERVICE PHASE FROM SECONDS",
                        "sparkling plan 0.00 0.25",
                        "spark-master start 0.50 0.25",
                        "spark-master JVM 0.75 0.50",
                        "spark-master answer 1.25 0.75",
                        "sparkling ready 2.00");
        out.reset();
        assertThat(run("up", "--timings", "--format", "json")).isZero();
        JsonNode json = new ObjectMapper().readTree(out());
        assertThat(json.get("timings").findValuesAsText("phase")).containsExactly("plan", "start", "JVM", "answer");
        assertThat(json.at("/timings/0").toString())
                .isEqualTo("{\"service\":\"sparkling\",\"phase\":\"plan\",\"from\":0.0,\"seconds\":0.25}");
    }

    @Test
    void upPrintsOneDocumentForPrograms() throws IOException {
        engine.changed.add("spark-connect");
        engine.services.add(state("spark-connect", "running", 15002, 15002));

        assertThat(run("up", "--format", "json")).isZero();
        assertThat(new ObjectMapper().readTree(out())).isEqualTo(new ObjectMapper().readTree("""
                {"changed": ["spark-connect"],
                 "addresses": [{"name": "Spark Connect", "url": "sc://localhost:15002"}]}
                """));
    }

    @Test
    void aWaitOfNoTimeIsRefusedBeforeAnythingIsDone() {
        for (String command : List.of("up", "start", "restart", "run")) {
            assertThat(run(command, "--wait-timeout", "0")).as(command).isEqualTo(2);
        }
        assertThat(err()).contains("--wait-timeout 0 is no time to wait", "Write whole seconds, 1 or more.");
        assertThat(engine.calls).isEmpty();
    }

    @Test
    void upKeepsCommentsOfTheSettings() throws IOException {
        run("up");
        Path compose = project.resolve("compose.yml");
        Files.writeString(compose, Files.readString(compose).replace("workers: 1 ", "workers: 1 # a few more? "));

        run("up", "--workers", "3");

        assertThat(Files.readString(compose)).contains("workers: 3 # a few more?", "spark-worker-3:");
    }

    @Test
    void honoursServicesEditedByHand() throws IOException {
        run("up");
        Path compose = project.resolve("compose.yml");
        String edited = Files.readString(compose).replace("working_dir: /app", "working_dir: /app/src");
        Files.writeString(compose, edited);

        assertThat(run("up")).isZero();

        assertThat(Files.readString(compose)).isEqualTo(edited);
        assertThat(engine.project.services().get("spark-master").workingDirectory())
                .contains("/app/src");
    }

    @Test
    void refusesToLoseHandEditsUnlessForced() throws IOException {
        run("up");
        Path compose = project.resolve("compose.yml");
        Files.writeString(compose, Files.readString(compose).replace("working_dir: /app", "working_dir: /app/src"));

        assertThat(run("up", "--workers", "2")).isEqualTo(2);
        assertThat(err()).contains("changed twice", "+  spark-worker-2:", "--force");
        assertThat(Files.readString(compose)).contains("working_dir: /app/src", "workers: 1 ");

        assertThat(run("up", "--workers", "2", "--force")).isZero();
        assertThat(Files.readString(compose)).contains("working_dir: /app\n", "spark-worker-2:");
    }

    @Test
    void environmentCountsWithoutBeingWritten() throws IOException {
        environment.put("SPARKLING_WORKERS", "2");
        environment.put("SPARKLING_CONNECT_PORT", "17002");

        assertThat(run("up")).isZero();

        assertThat(engine.project.services()).containsKey("spark-worker-2");
        assertThat(engine.project.services().get("spark-connect").ports())
                .extracting(port -> port.hostPort().orElse(0))
                .contains(17002);
        assertThat(Files.readString(project.resolve("compose.yml"))).doesNotContain("spark-worker-2:", "17002");
    }

    @Test
    void refusesImpossibleFlags() {
        assertThat(run("up", "--workers", "0")).isEqualTo(2);
        assertThat(run("up", "--worker-memory", "2 gb")).isEqualTo(2);
        assertThat(err()).contains("2g");
        assertThat(run("up", "--connect-port", "99999")).isEqualTo(2);
        assertThat(project.resolve("compose.yml")).doesNotExist();
        assertThat(engine.calls).isEmpty();
    }

    @Test
    void renderCheckFindsAFileThatIsBehind() throws IOException {
        run("render");
        assertThat(run("render", "--check")).isZero();
        Path compose = project.resolve("compose.yml");
        Files.writeString(compose, Files.readString(compose).replace("workers: 1 ", "workers: 2 "));

        assertThat(run("render", "--check")).isEqualTo(1);
        assertThat(err()).contains("is not what its settings give", "+  spark-worker-2:");
        assertThat(run("render")).isZero();
        assertThat(run("render", "--check")).isZero();
        assertThat(engine.calls).isEmpty();
    }

    @Test
    void psPrintsATableOrOneDocument() throws IOException {
        engine.services.add(state("spark-master", "running", 8080, 8080));

        assertThat(run("ps")).isZero();
        assertThat(out()).contains("SERVICE", "spark-master", "127.0.0.1:8080->8080");

        out.reset();
        assertThat(run("ps", "--format", "json")).isZero();
        JsonNode json = new ObjectMapper().readTree(out());
        assertThat(json).hasSize(1);
        assertThat(json.get(0).properties().stream().map(Map.Entry::getKey))
                .containsExactly(
                        "service",
                        "name",
                        "state",
                        "status",
                        "exitCode",
                        "health",
                        "image",
                        "oneOff",
                        "process",
                        "ports");
        assertThat(json.at("/0/ports/0/hostPort").asInt()).isEqualTo(8080);
    }

    @Test
    void psOfAClusterThatIsDownSaysSoAndPrintsAnEmptyDocument() {
        assertThat(run("ps")).isZero();
        assertThat(err()).contains("the cluster is down");
        assertThat(run("ps", "--format", "json")).isZero();
        assertThat(out()).isEqualToIgnoringWhitespace("[]");
        assertThat(project).isEmptyDirectory();
    }

    @Test
    void stopAndStartTakeServices() {
        engine.services.add(state("spark-worker", "running", 8081, 8081));
        engine.changed.add("spark-worker");

        assertThat(run("stop", "spark-worker", "-t", "3")).isZero();
        assertThat(run("start", "spark-worker")).isZero();

        assertThat(engine.calls).containsExactly("stop [spark-worker] PT3S", "start [spark-worker]");
        assertThat(err()).contains("Stopped spark-worker.", "Started spark-worker");
    }

    @Test
    void refusesAnUnknownService() {
        assertThat(run("stop", "spark-wroker")).isEqualTo(2);
        assertThat(err()).contains("there is no service 'spark-wroker'", "spark-worker");
        assertThat(engine.calls).isEmpty();
    }

    @Test
    void restartingTheMasterRestartsConnect() {
        run("restart", "spark-master");
        assertThat(engine.calls)
                .containsExactly("stop [spark-connect, spark-master]", "start [spark-connect, spark-master]");
    }

    @Test
    void commandsWithNothingToDoSaySo() {
        assertThat(List.of(run("stop"), run("start"), run("down"), run("clean")))
                .containsOnly(0);
        assertThat(err()).contains("Nothing to stop", "Nothing to start", "Nothing to remove", "Nothing to clean");
    }

    @Test
    void cleanKeepsDataUnlessItIsAskedForTwice() throws IOException {
        Path table = Files.createDirectories(project.resolve("spark-warehouse/orders"));
        Files.writeString(table.resolve("part-0.parquet"), "");
        Files.writeString(project.resolve("spark-warehouse/.gitkeep"), "");

        assertThat(run("clean")).isZero();
        assertThat(table).isNotEmptyDirectory();

        assertThat(run("clean", "--data")).isEqualTo(2);
        assertThat(err()).contains("would delete all data", "--yes");
        assertThat(table).isNotEmptyDirectory();

        assertThat(run("clean", "--data", "--yes")).isZero();
        assertThat(project.resolve("spark-warehouse")).isDirectoryContaining("glob:**.gitkeep");
        assertThat(table).doesNotExist();
        assertThat(engine.calls).containsExactly("down images=true volumes=false", "down images=true volumes=false");
    }

    @Test
    void theFlagChoosesTheEngineBeforeTheVariableBeforeTheFile() throws IOException {
        assertThat(run("ps")).isZero();
        Files.writeString(project.resolve("compose.yml"), "x-sparkling: {engine: docker}\n");
        assertThat(run("ps")).isZero();
        environment.put("SPARKLING_ENGINE", "local");
        assertThat(run("ps")).isZero();
        assertThat(run("--engine", "docker", "ps")).isZero();
        assertThat(run("ps", "--engine", "AUTO")).isZero();
        assertThat(choices)
                .containsExactly(
                        EngineChoice.AUTO,
                        EngineChoice.DOCKER,
                        EngineChoice.LOCAL,
                        EngineChoice.DOCKER,
                        EngineChoice.AUTO);
        environment.put("SPARKLING_ENGINE", "podman");
        assertThat(run("ps")).isEqualTo(2);
        assertThat(err()).contains("SPARKLING_ENGINE", "'podman' is no engine", "Write auto, docker or local.");
        assertThat(run("ps", "--engine", "podman")).isEqualTo(2);
    }

    @Test
    void noEngineIsExitCodeThree() {
        engines = (request, events) -> {
            throw SparklingException.engineUnavailable("no Docker engine answers", "Start Docker.")
                    .withEvidence(List.of("unix:///var/run/docker.sock: no such socket"));
        };
        assertThat(run("ps")).isEqualTo(3);
        assertThat(err()).contains("no Docker engine answers", "no such socket", "Start Docker.");
    }

    @Test
    void aFaultOfTheProgramIsExitCodeFour() {
        engines = (request, events) -> {
            throw new IllegalStateException("surprise");
        };
        assertThat(run("ps")).isEqualTo(4);
        assertThat(err()).contains("surprise", "report");
    }

    @Test
    void runChecksTheSpecBeforeAnythingStarts() throws IOException {
        assertThat(run("run")).isEqualTo(2);
        assertThat(err()).contains("no pipeline here");

        Files.writeString(project.resolve("spark-pipeline.yml"), "name: shop\n");
        assertThat(run("run")).isEqualTo(2);
        assertThat(err()).contains("the spec has no `storage`");

        assertThat(run("run", "missing.py")).isEqualTo(2);
        assertThat(err()).contains("missing.py does not exist");
        assertThat(run("run", "../outside.py")).isEqualTo(2);
        assertThat(err()).contains("lies outside the project");
        assertThat(engine.calls).isEmpty();
    }

    @Test
    void runShowsFlowsAndEndsWithTheTableOfViews() throws IOException {
        spec();
        engine.clientOutput = """
                {"v":1,"type":"dataset","name":"spark_catalog.default.orders","kind":"materialized_view"}
                {"v":1,"type":"flow","flow":"spark_catalog.default.orders","state":"RUNNING"}
                {"v":1,"type":"flow","flow":"spark_catalog.default.orders","state":"COMPLETED"}
                {"v":1,"type":"view","name":"spark_catalog.default.orders","kind":"materialized_view","rows":285,"location":"/app/spark-warehouse/orders"}
                {"v":1,"type":"verdict","state":"COMPLETED","seconds":{"run":1.0}}
                """;
        engine.clientErrors = "hello from my code\n";

        assertThat(run("run", "--full-refresh", "orders,customers", "--conf", "spark.x=1"))
                .isZero();

        assertThat(engine.clients)
                .containsExactly(List.of(
                        "run",
                        "--spec",
                        "spark-pipeline.yml",
                        "--full-refresh",
                        "orders,customers",
                        "--conf",
                        "spark.sql.pipelines.maxFlowRetryAttempts=0",
                        "--conf",
                        "spark.x=1"));
        assertThat(err()).contains("orders", "running", "completed", "hello from my code", "Pipeline shop completed");
        assertThat(out()).contains("TABLE", "285", "spark-warehouse/orders").doesNotContain("/app");
        assertThat(engine.calls).containsExactly("up", "removed client");
    }

    @Test
    void runPrintsItsTableForOtherProgramsToo() throws IOException {
        spec();
        engine.clientOutput = """
                {"v":1,"type":"view","name":"spark_catalog.default.b","kind":"streaming_table"}
                {"v":1,"type":"view","name":"spark_catalog.default.a","kind":"materialized_view","rows":285,"location":"/app/spark-warehouse/a"}
                {"v":1,"type":"verdict","state":"COMPLETED","seconds":{"run":1.0}}
                """;
        assertThat(run("run", "--format", "json")).isZero();
        assertThat(out()).isEqualToIgnoringWhitespace("""
                [{"table": "spark_catalog.default.a", "kind": "materialized_view", "rows": 285, "location": "spark-warehouse/a"},
                 {"table": "spark_catalog.default.b", "kind": "streaming_table"}]
                """);

        Files.writeString(project.resolve("report.py"), "");
        assertThat(run("run", "--format", "json", "report.py")).isEqualTo(2);
        assertThat(err()).contains("`--format json` is for pipelines");
    }

    @Test
    void aFailedRunShowsTheUsersLineAndKeepsTheTrace() throws IOException {
        spec();
        engine.exitCode = 1;
        engine.clientOutput = """
                {"v":1,"type":"flow","flow":"spark_catalog.default.orders","state":"FAILED"}
                {"v":1,"type":"error","message":"[DIVIDE_BY_ZERO] Division by zero.","flow":"spark_catalog.default.orders","file":"/app/src/a.sql","line":7,"detail":"the\\nwhole\\ntrace"}
                {"v":1,"type":"verdict","state":"FAILED","seconds":{}}
                """;

        assertThat(run("run")).isEqualTo(1);
        assertThat(err())
                .contains("src/a.sql:7: orders: [DIVIDE_BY_ZERO]", "Pipeline shop failed", "events.jsonl")
                .doesNotContain("whole");

        assertThat(run("run", "--verbose")).isEqualTo(1);
        assertThat(err()).contains("whole");
    }

    @Test
    void runOfAProgramReturnsItsExitCodeAndItsOutput() throws IOException {
        Files.writeString(project.resolve("report.py"), "");
        engine.clientOutput = "42\n";
        engine.exitCode = 7;

        assertThat(run("run", "report.py", "--", "--top", "5")).isEqualTo(7);

        assertThat(engine.clients)
                .containsExactly(List.of("script", "--gateway-port", "15002", "report.py", "--top", "5"));
        assertThat(out()).isEqualTo("42\n");
    }

    @Test
    void execReturnsTheCommandsExitCode() {
        engine.exitCode = 9;
        assertThat(run("exec", "spark-connect", "--", "ls", "-l")).isEqualTo(9);
        assertThat(engine.calls).containsExactly("exec spark-connect [ls, -l]");
        assertThat(run("exec", "spark-connect")).isEqualTo(2);
    }

    @Test
    void logsMergesServicesByTime() {
        engine.services.add(state("spark-master", "running", 8080, 8080));
        engine.logs.put(
                "spark-master",
                "2026-01-02T00:00:01.000000000Z 2026-01-02T00:00:01.000Z INFO  Master: first\n"
                        + "2026-01-02T00:00:03.000000000Z 2026-01-02T00:00:03.000Z WARN  Master: third\n");
        engine.logs.put(
                "spark-worker", "2026-01-02T00:00:02.000000000Z 2026-01-02T00:00:02.000Z INFO  Worker: second\n");

        assertThat(run("logs")).isZero();
        assertThat(out()).containsSubsequence("first", "second", "third").contains("spark-master  | ");

        out.reset();
        assertThat(run("logs", "--level", "warn")).isZero();
        assertThat(out()).contains("third").doesNotContain("first");
        assertThat(run("logs", "--since", "yesterday")).isEqualTo(2);
    }

    @Test
    void configPrintsTheMergedModel() throws IOException {
        Files.writeString(
                project.resolve("compose.override.yml"), "services:\n  kafka:\n    image: apache/kafka:4.1.0\n");

        assertThat(run("config", "--format", "json")).isZero();

        assertThat(new ObjectMapper()
                        .readTree(out()).path("services").properties().stream().map(Map.Entry::getKey))
                .contains("spark-master", "kafka");
    }

    @Test
    void psSaysThatTheMachineWasRestarted() {
        engine.services.add(new ServiceState(
                "shop-spark-master-1",
                "spark-master",
                "exited",
                "Ended with the machine",
                OptionalInt.empty(),
                Optional.empty(),
                "pyspark==4.1.1",
                Instant.EPOCH,
                List.of(),
                false,
                OptionalLong.empty(),
                true));
        assertThat(run("ps")).isZero();
        assertThat(out()).containsPattern("spark-master +exited +Ended with the machine");
        assertThat(err()).isEqualTo("The machine was restarted since. `sparkling up` starts the services again.\n");
    }

    @Test
    void versionAndCompletionNeedNoEngine() {
        assertThat(run("version")).isZero();
        assertThat(out()).isEqualTo("sparkling 1.2.3\n");
        assertThat(run("completion")).isZero();
        assertThat(out()).contains("_complete_sparkling");
    }

    private void spec() throws IOException {
        Files.writeString(
                project.resolve("spark-pipeline.yml"),
                "name: shop\nstorage: file:///app/checkpoints\nlibraries:\n  - glob:\n      include: src/a.sql\n");
        Files.createDirectories(project.resolve("src"));
        Files.writeString(project.resolve("src/a.sql"), "");
    }

    private int run(String... arguments) {
        Terminal pipe = new Terminal() {
            @Override
            public boolean isTerminal(Stream stream) {
                return false;
            }

            @Override
            public int columns() {
                return DEFAULT_COLUMNS;
            }

            @Override
            public int rows() {
                return DEFAULT_ROWS;
            }
        };
        Invocation invocation = new Invocation(
                environment,
                project,
                temporary,
                color -> new Console(ColorMode.NEVER, environment, pipe, out, err),
                engines,
                "1.2.3",
                Instant.now());
        return Sparkling.execute(invocation, arguments);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static ServiceState state(String service, String state, int hostPort, int containerPort) {
        return new ServiceState(
                "shop-" + service + "-1",
                service,
                state,
                "Up 1 second",
                OptionalInt.empty(),
                Optional.empty(),
                "sparkling:4.1.1",
                Instant.EPOCH,
                List.of(new PublishedPort("127.0.0.1", hostPort, containerPort, "tcp")),
                false,
                OptionalLong.empty(),
                false);
    }
}
