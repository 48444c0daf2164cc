package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The life of one cluster in a folder of a user's own, from nothing to nothing. The order is that of a working day. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
    /** What the sample's small data comes to; written here a second time on purpose. */
    private static final Map<String, Integer> ROWS = Map.of(
            "customers", 60,
            "customers_raw", 60,
            "orders", 285,
            "orders_raw", 309,
            "products_raw", 12,
            "rejected_orders", 4,
            "revenue_by_country", 7,
            "revenue_by_month", 4,
            "revenue_by_product", 12);

    private Project project;

    @BeforeAll
    void makeFolder() {
        project = Project.empty("road");
    }

    @AfterAll
    void remove() {
        project.close();
    }

    private String container(String service) {
        return project.name() + "-" + service + "-1";
    }

    private List<String> clusterContainers() {
        return List.of(container("spark-connect"), container("spark-master"), container("spark-worker"));
    }

    /** Every table has the rows of the first run: by the run's own table, and by another client. */
    private void hasRows(Outcome run) {
        assertThat(run.succeeds().rows()).as(run.toString()).containsExactlyInAnyOrderEntriesOf(ROWS);
        assertThat(HostClient.rows(project, ROWS.keySet())).containsExactlyInAnyOrderEntriesOf(ROWS);
        assertThat(Docker.containers(project.name())).isEqualTo(clusterContainers());
    }

    @Test
    @Order(10)
    void upInAnEmptyFolderWritesTheFileAndStartsACluster() throws Exception {
        Outcome up = project.run("up").succeeds();
        project.keepImage();
        assertThat(project.folder().resolve("compose.yml"))
                .content()
                .startsWith("#")
                .contains("x-sparkling:");
        assertThat(project.folder().resolve("docker")).doesNotExist();
        assertThat(up.out()).contains("sc://localhost:" + project.connectPort());
        assertThat(up.err()).contains("spark-connect").contains("The cluster is ready");
        assertThat(Docker.running(project.name())).isEqualTo(clusterContainers());
        List<String> urls = up.out()
                .lines()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .filter(url -> url.startsWith("http"))
                .toList();
        assertThat(urls).hasSize(3);
        for (String url : urls) {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .followRedirects(HttpClient.Redirect.NORMAL)
                    .build()
                    .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(url).isEqualTo(200);
            assertThat(answer.body()).as(url).contains("Spark");
        }
        assertThat(HostClient.rows(project, java.util.Set.of())).isEmpty();
    }

    @Test
    @Order(20)
    void upAgainDoesNothingAndSaysSo() {
        List<String> before = clusterContainers().stream().map(Docker::id).toList();
        Outcome up = project.run("up").succeeds();
        assertThat(up.err()).isEqualTo("Nothing to do: the cluster is up.\n");
        assertThat(clusterContainers().stream().map(Docker::id).toList()).isEqualTo(before);
        assertThat(project.run("start").succeeds().err()).contains("Nothing to start");
    }

    @Test
    @Order(30)
    void psListsTheServices() {
        Outcome text = project.run("ps").succeeds();
        assertThat(text.lines()).hasSize(4);
        assertThat(text.lines().get(0)).startsWith("SERVICE").contains("STATE", "PORTS");
        assertThat(text.out()).contains("spark-connect", "running", "127.0.0.1:" + project.connectPort() + "->15002");
        JsonNode json = project.run("ps", "--format", "json").succeeds().json();
        assertThat(json).hasSize(3).allSatisfy(service -> {
            assertThat(service.get("state").asText()).isEqualTo("running");
            assertThat(service.get("ports")).isNotEmpty();
        });
        assertThat(json.findValuesAsText("service")).containsExactly("spark-connect", "spark-master", "spark-worker");
    }

    @Test
    @Order(31)
    void aNarrowTerminalCutsNoLine() {
        Outcome ps = project.shell("script -qec 'stty cols 40; exec \"$SPARKLING\" ps' /dev/null")
                .succeeds();
        assertThat(ps.out()).contains("spark-connect", "running");
        assertThat(ps.out().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").lines())
                .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(40));
        Outcome up = project.shell("script -qec 'stty cols 40; exec \"$SPARKLING\" up' /dev/null")
                .succeeds();
        assertThat(up.out()).contains("Nothing to do");
    }

    @Test
    @Order(40)
    void composeSeesTheSameCluster() {
        assertThat(project.compose("ps", "--format", "{{.Service}} {{.State}}")
                        .succeeds()
                        .lines())
                .containsExactlyInAnyOrder("spark-connect running", "spark-master running", "spark-worker running");
        assertThat(project.compose("logs", "--tail", "5").succeeds().out())
                .contains("spark-worker-1", "spark-connect-1");
        assertThat(project.compose("config", "--quiet").succeeds().err()).isEmpty();
        assertThat(project.run("render", "--check").succeeds().err()).contains("up to date");
    }

    @Test
    @Order(41)
    void buildAgainFindsNothingToDo() {
        project.run("up", "--build").succeeds(); // the image may have been built for another project
        Outcome build = project.run("up", "--build").succeeds();
        assertThat(build.err()).contains("built", "Nothing to do");
    }

    @Test
    @Order(42)
    void checksAPipelineWithoutComputing() {
        project.addSample();
        Outcome dry = project.run("run", "--dry-run").succeeds();
        assertThat(dry.rows()).isEmpty();
        assertThat(parquetFiles("orders")).isEmpty();
        Outcome unknown = project.run("run", "--refresh", "ordres").exits(2);
        assertThat(unknown.err()).contains("ordres", "orders").doesNotContain("\tat ");
    }

    @Test
    @Order(50)
    void runsTheSampleTwiceWithTheSameRows() {
        Outcome first = project.run("run");
        hasRows(first);
        assertThat(first.err()).contains("orders_raw", "revenue_by_month", "completed", "Pipeline shop completed");
        for (String table : ROWS.keySet()) {
            assertThat(parquetFiles(table)).as(table).isNotEmpty();
        }
        hasRows(project.run("run"));
        assertThat(project.run("ps").succeeds().lines())
                .as("no container of a run is left")
                .hasSize(4);
    }

    private List<Path> parquetFiles(String table) {
        return project.files().stream()
                .filter(file -> file.startsWith(
                        project.folder().resolve("spark-warehouse").resolve(table)))
                .filter(file -> file.getFileName().toString().endsWith(".parquet"))
                .toList();
    }

    @Test
    @Order(51)
    void computesOneTableOnRequest() {
        Outcome one = project.run("run", "--full-refresh", "orders_raw").succeeds();
        assertThat(one.err()).contains("orders_raw").doesNotContain("revenue_by_month  running");
        assertThat(HostClient.rows(project, ROWS.keySet())).containsExactlyInAnyOrderEntriesOf(ROWS);
    }

    @Test
    @Order(52)
    void aNewFileReachesEveryTable() throws Exception {
        Path month = project.folder().resolve("data/orders/2025-05.json");
        List<String> april = project.read("data/orders/2025-04.json").lines().toList();
        String order = april.get(0).replaceAll("\"order_id\": *\"[^\"]*\"", "\"order_id\": \"E2E-1\"");
        Files.writeString(month, order + "\n");
        Map<String, Integer> rows = project.run("run").succeeds().rows();
        assertThat(rows)
                .containsEntry("orders_raw", 310)
                .containsEntry("orders", 286)
                .containsEntry("customers", 60);
        Files.delete(month);
        assertThat(project.run("run", "--full-refresh-all").succeeds().rows()).containsExactlyInAnyOrderEntriesOf(ROWS);
    }

    @Test
    @Order(60)
    void runsAProgramAndReturnsItsCode() {
        Outcome report = project.run("run", "src/apps/report.py", "--", "3").succeeds();
        assertThat(report.out()).contains("Revenue by month", "2025-01");
        project.write(
                "src/apps/fails.py",
                "import sys\nprint('before the end')\nprint('to err', file=sys.stderr)\nsys.exit(7)\n");
        Outcome fails = project.run("run", "src/apps/fails.py").exits(7);
        assertThat(fails.out()).isEqualTo("before the end\n");
        assertThat(fails.err()).contains("to err");
        project.write("src/apps/raises.py", "def f():\n    raise ValueError('my mistake')\nf()\n");
        Outcome raises = project.run("run", "src/apps/raises.py").exits(1);
        assertThat(raises.err()).contains("raises.py\", line 2", "ValueError: my mistake");
        assertThat(raises.err().lines().count()).isLessThan(12);
        assertThat(Docker.containers(project.name())).isEqualTo(clusterContainers());
    }

    @Test
    @Order(70)
    void execRunsACommandAndReturnsItsCode() {
        Outcome exec = project.run("exec", "spark-worker", "--", "sh", "-c", "echo out; echo err >&2; exit 5")
                .exits(5);
        assertThat(exec.out()).isEqualTo("out\n");
        assertThat(exec.err()).isEqualTo("err\n");
        Outcome environment = project.run("exec", "spark-connect", "--", "sh", "-c", "date +%Z; locale charmap; pwd")
                .succeeds();
        assertThat(environment.lines()).containsExactly("UTC", "UTF-8", "/app");
        Outcome unknown = project.run("exec", "spark-conect", "--", "true").exits(2);
        assertThat(unknown.err()).contains("no service 'spark-conect'", "spark-connect");
        assertThat(project.run("exec", "spark-worker", "--", "no-such-command").exitCode())
                .as("the engine says 126 or 127, by its version")
                .isIn(126, 127);
        Outcome piped = project.shell("echo hallo | \"$SPARKLING\" exec spark-worker -- cat")
                .succeeds();
        assertThat(piped.out()).isEqualTo("hallo\n");
    }

    @Test
    @Order(80)
    void logsShowEveryServiceAndTheExecutors() {
        Outcome all = project.run("logs").succeeds();
        assertThat(all.lines())
                .anyMatch(line -> line.startsWith("spark-master ") && line.contains("Registering worker"));
        assertThat(all.lines()).anyMatch(line -> line.startsWith("spark-connect "));
        assertThat(all.lines()).anyMatch(line -> line.startsWith("spark-worker ") && line.contains("executor 0"));
        assertThat(all.err()).isEmpty();

        Outcome one = project.run("logs", "spark-worker").succeeds();
        assertThat(one.lines()).isNotEmpty().allMatch(line -> line.startsWith("spark-worker "));
        assertThat(project.run("logs", "--level", "error", "spark-master")
                        .succeeds()
                        .lines())
                .allMatch(line -> line.contains(" ERROR ") || line.contains("| \t") || line.contains("|  "));
        Outcome grep = project.run("logs", "--grep", "Registering worker", "--no-prefix")
                .succeeds();
        assertThat(grep.lines()).hasSize(1).allMatch(line -> line.contains("Registering worker spark-worker"));
        assertThat(project.run("logs", "--tail", "3", "spark-master", "--format", "raw")
                        .succeeds()
                        .lines())
                .hasSize(3);
        assertThat(project.run("logs", "--since", "2099-01-01T00:00:00Z")
                        .succeeds()
                        .out())
                .isEmpty();
        assertThat(project.run("logs", "--since", "1d", "--until", "1h")
                        .succeeds()
                        .out())
                .isEmpty();
        Outcome unknown = project.run("logs", "spark-maste").exits(2);
        assertThat(unknown.err()).contains("spark-maste");
    }

    @Test
    @Order(81)
    void logsLoseNoLine() throws Exception {
        // Printed by hand of the container's main process, so that it is its log.
        Outcome raw = project.run("logs", "spark-connect", "--format", "raw").succeeds();
        Outcome docker = Docker.attempt("logs", container("spark-connect"));
        assertThat(raw.out()).isEqualTo(docker.out() + docker.err());
        List<String> json = project.run("logs", "--format", "json").succeeds().lines();
        var mapper = new com.fasterxml.jackson.databind.ObjectMapper();
        List<String> levels = new ArrayList<>();
        for (String line : json) {
            JsonNode record = mapper.readTree(line);
            assertThat(record.has("service")).as(line).isTrue();
            assertThat(record.has("message")).as(line).isTrue();
            levels.add(record.path("level").asText(""));
        }
        assertThat(levels).contains("INFO");
    }

    @Test
    @Order(82)
    void logsEndQuietlyWithTheirReader() {
        Outcome head = project.shell("set -o pipefail; \"$SPARKLING\" logs | head -n 2")
                .succeeds();
        assertThat(head.lines()).hasSize(2);
        assertThat(head.err()).isEmpty();
        Outcome follow = project.shell("set -o pipefail; timeout 60 \"$SPARKLING\" logs -f | head -n 2")
                .succeeds();
        assertThat(follow.lines()).hasSize(2);
        assertThat(project.shell("set -o pipefail; \"$SPARKLING\" ps | head -n 1; \"$SPARKLING\" --help | head -n 1")
                        .succeeds()
                        .err())
                .isEmpty();
    }

    @Test
    @Order(83)
    void ctrlCEndsFollowingLogs() {
        try (RunningProcess logs = project.start("logs", "-f", "spark-master")) {
            org.awaitility.Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !logs.out().isEmpty());
            logs.interrupt();
            Outcome outcome = logs.await(Duration.ofSeconds(10));
            assertThat(outcome.exitCode()).as(outcome.toString()).isIn(0, 130);
            assertThat(outcome.err()).isEmpty();
        }
    }

    @Test
    @Order(90)
    void aFailedPipelineShowsTheMessageAndTheLine() {
        project.write(
                "broken/spark-pipeline.yml",
                "name: broken\nstorage: file:///app/checkpoints\nlibraries:\n  - glob:\n      include: definitions/**\n");
        project.write("broken/definitions/views.py", """
                from pyspark import pipelines as dp
                from pyspark.sql import SparkSession, functions as F
                spark = SparkSession.active()


                @dp.materialized_view
                def fine():
                    return spark.range(3)


                @dp.materialized_view
                def broken():
                    return spark.read.table("fine").select(F.col("no_such_column"))
                """);
        Outcome failed = project.run("run", "broken/spark-pipeline.yml").exits(1);
        assertThat(failed.err()).contains("UNRESOLVED_COLUMN", "no_such_column", "broken/definitions/views.py:13");
        assertThat(failed.err()).contains("Pipeline broken failed", "Full log:");
        assertThat(failed.err().lines().count()).as(failed.err()).isLessThan(25);
        assertThat(failed.err()).doesNotContain("\tat ");
        assertThat(failed.err()).contains("  | return spark.read.table(\"fine\").select(F.col(\"no_such_column\"))");
        assertThat(Docker.containers(project.name())).isEqualTo(clusterContainers());
    }

    @Test
    @Order(91)
    void aTraceIsShownOnRequestOnly() {
        project.edit(
                "broken/spark-pipeline.yml",
                "libraries:",
                "configuration:\n  spark.sql.pipelines.maxFlowRetryAttempts: \"0\"\nlibraries:");
        project.write("broken/definitions/views.py", """
                from pyspark import pipelines as dp
                from pyspark.sql import SparkSession, functions as F
                spark = SparkSession.active()


                @F.udf("int")
                def reciprocal(number):
                    return 1 // number


                @dp.materialized_view
                def broken():
                    return spark.range(3).select(reciprocal("id"))
                """);
        Outcome failed = project.run("run", "broken/spark-pipeline.yml").exits(1);
        assertThat(failed.err())
                .contains("broken/definitions/views.py:8", "ZeroDivisionError", "  | return 1 // number");
        assertThat(failed.err().lines().count()).as(failed.err()).isLessThan(25);
        Outcome verbose =
                project.run("run", "broken/spark-pipeline.yml", "--verbose").exits(1);
        assertThat(verbose.err()).contains("\tat org.apache.spark", "ZeroDivisionError");
    }

    @Test
    @Order(100)
    void tablesOutliveAStop() {
        Outcome stop = project.run("stop").succeeds();
        assertThat(stop.err()).contains("Stopped");
        assertThat(Docker.running(project.name())).isEmpty();
        assertThat(project.run("stop").succeeds().err()).contains("Nothing to stop");
        assertThat(project.run("ps", "--format", "json").succeeds().json().findValuesAsText("state"))
                .containsOnly("exited");
        assertThat(project.run("start").succeeds().out()).contains("sc://localhost:");
        assertThat(HostClient.rows(project, ROWS.keySet())).containsExactlyInAnyOrderEntriesOf(ROWS);
        hasRows(project.run("run"));
    }

    @Test
    @Order(110)
    void restartBringsAServiceBack() {
        Outcome worker = project.run("restart", "spark-worker").succeeds();
        assertThat(worker.err()).contains("Restarted spark-worker");
        assertThat(project.run("run", "src/apps/report.py", "--", "1")
                        .succeeds()
                        .out())
                .contains("Revenue");
    }

    @Test
    @Order(120)
    void anEmptiedWarehouseIsFilledAgain() {
        project.emptyFolder("spark-warehouse");
        Outcome run = project.run("run");
        hasRows(run);
        assertThat(run.err()).contains("orders_raw", "refreshed in full");
    }

    @Test
    @Order(130)
    void cleanKeepsTheDataAndRemovesTheRest() {
        assertThat(Docker.hasImage(project.image())).isTrue();
        String image = project.image();
        Outcome clean = project.run("clean", "--yes").succeeds();
        assertThat(clean.err()).contains("Cleaned");
        assertThat(Docker.containers(project.name())).isEmpty();
        assertThat(Docker.run("network", "ls", "--filter", "label=com.docker.compose.project=" + project.name(), "-q"))
                .isEmpty();
        assertThat(parquetFiles("orders")).isNotEmpty();
        assertThat(project.run("clean", "--yes").succeeds().err()).contains("Nothing to clean");
        assertThat(project.run("down").succeeds().err()).contains("Nothing to remove");
        assertThat(project.run("ps").succeeds().err()).contains("No services");
        project.run("logs").succeeds();
        assertThat(project.run("logs", "-f").succeeds().err()).contains("The cluster is down");
        assertThat(project.run("stop").succeeds().err()).contains("Nothing to stop");
        assertThat(project.run("start").succeeds().err()).contains("Nothing to start");
        assertThat(image).startsWith("sparkling:");
    }

    @Test
    @Order(140)
    void aLostCatalogIsMadeAgainFromTheData() {
        project.delete("spark-warehouse/.catalog");
        Outcome run = project.run("run");
        hasRows(run);
        assertThat(run.err()).contains("spark-connect     ready", "entered again");
    }

    @Test
    @Order(150)
    void aSecondWorkerComesByFlagAndStaysInTheFile() {
        project.edit("compose.yml", "  worker_cores: 2 ", "  # my own remark\n  worker_cores: 2 ");
        List<String> before = clusterContainers().stream().map(Docker::id).toList();
        Outcome up = project.run("up", "--workers", "2").succeeds();
        assertThat(up.out()).contains("Worker 2");
        assertThat(Docker.running(project.name())).contains(container("spark-worker-2"));
        assertThat(clusterContainers().stream().map(Docker::id).toList()).isEqualTo(before);
        assertThat(project.read("compose.yml")).contains("workers: 2", "# my own remark", "  spark-worker-2:");
        assertThat(project.run("up").succeeds().err()).isEqualTo("Nothing to do: the cluster is up.\n");
        assertThat(project.run("logs", "spark-worker-2").succeeds().out())
                .contains("Successfully registered with master");

        project.run("up", "--workers", "1").succeeds();
        assertThat(Docker.containers(project.name())).isEqualTo(clusterContainers());
        assertThat(clusterContainers().stream().map(Docker::id).toList()).isEqualTo(before);
        assertThat(project.read("compose.yml"))
                .contains("workers: 1", "# my own remark")
                .doesNotContain("spark-worker-2:");
    }

    @Test
    @Order(160)
    void theEnvironmentCountsForOneCommandOnly() {
        String file = project.read("compose.yml");
        project.run(Map.of("SPARKLING_WORKER_CORES", "1"), "up").succeeds();
        assertThat(Docker.run("inspect", "--format", "{{.Config.Cmd}}", container("spark-worker")))
                .contains("--cores 1");
        assertThat(project.read("compose.yml")).isEqualTo(file);
        Outcome flag = project.run(Map.of("SPARKLING_WORKER_CORES", "1"), "up", "--worker-cores", "3")
                .succeeds();
        assertThat(flag.err()).contains("spark-worker      ready");
        assertThat(Docker.run("inspect", "--format", "{{.Config.Cmd}}", container("spark-worker")))
                .as("a flag counts more than the environment")
                .contains("--cores 3");
        assertThat(project.read("compose.yml")).contains("worker_cores: 3");
        project.edit("compose.yml", "worker_cores: 3", "worker_cores: 2");
    }

    @Test
    @Order(170)
    void composeStopsAndRemovesTheCluster() {
        project.compose("stop").succeeds();
        assertThat(Docker.running(project.name())).isEmpty();
        assertThat(project.run("ps").succeeds().out()).contains("exited");
        project.compose("down").succeeds();
        assertThat(Docker.containers(project.name())).isEmpty();
        assertThat(project.run("ps").succeeds().err()).contains("No services");
    }

    @Test
    @Order(180)
    void actsOnAClusterThatComposeStarted() {
        project.run("render").succeeds();
        project.compose("up", "-d").succeeds();
        assertThat(project.run("ps", "--format", "json").succeeds().json().findValuesAsText("state"))
                .hasSize(3)
                .containsOnly("running");
        assertThat(project.run("logs", "spark-master").succeeds().out()).contains("spark-master");
        hasRows(project.run("run"));
        project.run("stop").succeeds();
        assertThat(Docker.running(project.name())).isEmpty();
        project.run("clean", "--yes").succeeds();
        assertThat(Docker.containers(project.name())).isEmpty();
    }

    @Test
    @Order(190)
    void everyFileBelongsToTheCaller() throws Exception {
        Object caller = Files.getAttribute(project.folder(), "unix:uid");
        for (Path file : project.files()) {
            assertThat(Map.of(file, Files.getAttribute(file, "unix:uid"))).containsExactly(entry(file, caller));
        }
    }
}
