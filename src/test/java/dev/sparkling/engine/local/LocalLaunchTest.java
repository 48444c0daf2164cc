package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ComposeRenderer;
import dev.sparkling.compose.ProjectLocation;
import dev.sparkling.compose.ProjectReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The repository's own compose.yml, resolved for this machine. */
class LocalLaunchTest {
    private static final SparkHome SPARK = new SparkHome(
            Path.of("/cache/spark"),
            Path.of("/cache/bin/python"),
            Optional.of(Path.of("/cache/jars")),
            Path.of("/client"));

    @TempDir
    Path temporary;

    private Path folder;
    private final Map<String, String> variables = new HashMap<>();

    @BeforeEach
    void copyComposeFile() throws IOException {
        folder = Files.createDirectory(temporary.resolve("shop"));
        Files.copy(Path.of("compose.yml"), folder.resolve("compose.yml"));
    }

    private LocalLaunch launch() {
        ComposeProject project = new ProjectReader(
                        ProjectLocation.find(folder, Optional.empty(), List.of(), Optional.empty(), variables),
                        note -> {})
                .read();
        return new LocalLaunch(
                project, SPARK, Path.of("/jdk"), new LocalLaunch.Ports(7078, Map.of("spark-master", 40000)));
    }

    private Command command(String service) {
        LocalLaunch launch = launch();
        return launch.command(
                launch.project().services().get(service),
                SPARK.classPathFile(StateFolder.of(launch.project()).configuration()));
    }

    @Test
    void theMasterListensAtItsPublishedPort() {
        variables.put("SPARKLING_MASTER_UI_PORT", "18080");
        Command master = command("spark-master");
        assertThat(master.arguments())
                .startsWith("/jdk/bin/java")
                .contains("-Xmx384m", "-Dspark.master.rest.enabled=false")
                .anyMatch(argument -> argument.startsWith("@" + folder + "/.sparkling/local/shop/conf/class-path-"))
                .endsWith(
                        "org.apache.spark.deploy.master.Master",
                        "--host",
                        "127.0.0.1",
                        "--port",
                        "7078",
                        "--webui-port",
                        "18080");
        assertThat(master.environment())
                .containsEntry("SPARK_LOCAL_IP", "127.0.0.1")
                .containsEntry("SPARK_PUBLIC_DNS", "localhost")
                .containsEntry("SPARK_HOME", "/cache/spark")
                .containsEntry("SPARKLING_PROJECT", folder.toString());
    }

    @Test
    void whatSparkLeavesBehindLiesWithTheClustersState() {
        for (String service : List.of("spark-master", "spark-worker", "spark-connect")) {
            assertThat(command(service).arguments())
                    .anyMatch(argument -> argument.startsWith("-Djava.io.tmpdir=" + folder + "/.sparkling/local/"));
        }
    }

    @Test
    void theWorkerTakesItsSettings() {
        variables.put("SPARKLING_WORKER_UI_PORT", "18081");
        variables.put("SPARKLING_WORKER_CORES", "3");
        assertThat(command("spark-worker").arguments())
                .endsWith("--webui-port", "18081", "--cores", "3", "--memory", "1g", "spark://127.0.0.1:7078");
    }

    @Test
    void connectListensWhereItIsPublished() {
        variables.put("SPARKLING_CONNECT_PORT", "25002");
        variables.put("SPARKLING_BIND_ADDRESS", "0.0.0.0");
        Command connect = command("spark-connect");
        assertThat(connect.arguments())
                .contains(
                        "-Xmx1g",
                        "spark.connect.grpc.binding.port=25002",
                        "spark.ui.port=4040",
                        "spark.driver.host=127.0.0.1",
                        "spark.executor.extraClassPath=/cache/jars/*")
                .noneMatch(argument -> argument.startsWith("spark.connect.grpc.binding.address"))
                .endsWith("spark-internal");
        assertThat(connect.environment()).doesNotContainKey("SPARK_LOCAL_IP");
        variables.put("SPARKLING_BIND_ADDRESS", "127.0.0.1");
        assertThat(command("spark-connect").arguments()).contains("spark.connect.grpc.binding.address=127.0.0.1");
    }

    @Test
    void thePathsOfTheContainerBecomeTheProjects() throws IOException {
        Files.writeString(folder.resolve("compose.override.yml"), """
                services:
                  spark-connect:
                    environment:
                      MODEL: /app/model.bin
                      OTHER: /apple
                    volumes: ["./deep/input:/input"]
                """);
        String compose = Files.readString(folder.resolve("compose.yml"));
        Files.writeString(
                folder.resolve("compose.yml"),
                compose.replace(
                        "spark_conf: {} ",
                        "spark_conf: {spark.a: \"file:/app/x\", spark.b: /input/y, spark.c: s3a://b/app/z} "));
        Command connect = command("spark-connect");
        assertThat(connect.environment())
                .containsEntry("MODEL", folder + "/model.bin")
                .containsEntry("OTHER", "/apple");
        assertThat(connect.arguments())
                .contains(
                        "spark.a=file:" + folder + "/x",
                        "spark.b=" + folder + "/deep/input/y",
                        "spark.c=s3a://b/app/z");
    }

    @Test
    void theClientFindsTheServerAndTheFolder() {
        variables.put("SPARKLING_CONNECT_PORT", "25002");
        LocalLaunch launch = launch();
        Command client = launch.client(
                launch.project().services().get("spark-app"), List.of("run", "--spec", "spark-pipeline.yml"));
        assertThat(client.arguments())
                .containsExactly(
                        "/cache/bin/python",
                        "-m",
                        "sparkling_client",
                        "run",
                        "--map-path",
                        "/app=" + folder,
                        "--spec",
                        "spark-pipeline.yml");
        assertThat(client.environment())
                .containsEntry("SPARK_REMOTE", "sc://127.0.0.1:25002")
                .containsEntry("PYTHONPATH", "/client");
        assertThat(launch.client(launch.project().services().get("spark-app"), List.of("script", "a.py", "run"))
                        .arguments())
                .endsWith("script", "a.py", "run");
    }

    @Test
    void onlyVariablesOfTheMachineAndTheUserAreInherited() {
        assertThat(LocalLaunch.inherited(
                        Map.of("HOME", "/home/me", "SPARK_HOME", "/old", "JAVA_TOOL_OPTIONS", "-X", "AWS_SECRET", "s")))
                .containsExactly(Map.entry("HOME", "/home/me"));
    }

    @Test
    void anythingThatChangesTheProcessChangesTheHash() {
        String before = command("spark-worker").hash();
        assertThat(command("spark-worker").hash()).isEqualTo(before);
        variables.put("SPARKLING_WORKER_CORES", "3");
        assertThat(command("spark-worker").hash()).isNotEqualTo(before);
    }

    @Test
    void anEditedCommandIsNoticed() throws IOException {
        variables.put("SPARKLING_WORKER_UI_PORT", "18081");
        ComposeProject project = launch().project();
        for (String service : List.of("spark-master", "spark-worker", "spark-connect", "spark-app")) {
            assertThat(ComposeRenderer.commandEdited(
                            project.settings(), project.services().get(service)))
                    .as(service)
                    .isFalse();
        }
        Files.writeString(
                folder.resolve("compose.override.yml"), "services: {spark-worker: {command: [java, -version]}}\n");
        ComposeProject edited = launch().project();
        assertThat(ComposeRenderer.commandEdited(
                        edited.settings(), edited.services().get("spark-worker")))
                .isTrue();
    }
}
