package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** The life of one cluster whose services are processes of this machine. The first run fetches Spark into the user's cache. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LocalEngineIT {
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
        project = Project.withoutDocker("local");
        project.addSample();
    }

    @AfterAll
    void remove() {
        project.close();
    }

    /** The numbers of the running processes, by service. */
    private Map<String, Long> processes() {
        Map<String, Long> processes = new TreeMap<>();
        for (JsonNode service : project.run("ps", "--format", "json").succeeds().json()) {
            if (service.get("state").asText().equals("running")) {
                processes.put(
                        service.get("service").asText(), service.get("process").asLong());
            }
        }
        return processes;
    }

    /** What runs of this machine and names the project's folder: roles, executors, Python's workers. */
    private List<Long> leftovers() {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(project.folder() + "/"))
                        .isPresent())
                .map(ProcessHandle::pid)
                .toList();
    }

    private static void kill(long process) {
        ProcessHandle handle = ProcessHandle.of(process).orElseThrow();
        handle.destroyForcibly();
        Awaitility.await().until(() -> !handle.isAlive());
    }

    private void hasRows(Outcome run) {
        assertThat(run.succeeds().rows()).as(run.toString()).containsExactlyInAnyOrderEntriesOf(ROWS);
    }

    @Test
    @Order(10)
    void upSaysWhichEngineAndWhy() throws Exception {
        Outcome up = project.run("up").succeeds();
        assertThat(up.err())
                .contains("the cluster runs as processes of this machine: no Docker engine answers", "is ready");
        assertThat(up.out()).contains("sc://localhost:" + project.connectPort());
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
        Map<String, Long> before = processes();
        assertThat(before).containsOnlyKeys("spark-connect", "spark-master", "spark-worker");
        assertThat(project.run("up").succeeds().err()).isEqualTo("Nothing to do: the cluster is up.\n");
        assertThat(processes()).isEqualTo(before);
        assertThat(project.run("ps").succeeds().lines().get(0))
                .startsWith("SERVICE")
                .contains("PID");
    }

    @Test
    @Order(20)
    void runsTheSampleTwiceWithTheSameRows() {
        hasRows(project.run("run"));
        hasRows(project.run("run"));
        assertThat(project.run("ps").succeeds().lines())
                .as("no client of a run is left")
                .hasSize(4);
    }

    @Test
    @Order(30)
    void runsAProgramAndReturnsItsCode() {
        assertThat(project.run("run", "src/apps/report.py", "--", "3")
                        .succeeds()
                        .out())
                .contains("Revenue by month", "2025-01");
        project.write(
                "src/apps/fails.py",
                "import sys\nprint('before the end')\nprint('to err', file=sys.stderr)\nsys.exit(7)\n");
        Outcome fails = project.run("run", "src/apps/fails.py").exits(7);
        assertThat(fails.out()).isEqualTo("before the end\n");
        assertThat(fails.err()).contains("to err");
    }

    @Test
    @Order(40)
    void execRunsACommandAndReturnsItsCode() {
        Outcome exec = project.run("exec", "spark-worker", "--", "sh", "-c", "echo out; echo err >&2; pwd; exit 5")
                .exits(5);
        assertThat(exec.lines()).containsExactly("out", project.folder().toString());
        assertThat(exec.err()).isEqualTo("err\n");
        project.run("exec", "spark-worker", "--", "no-such-command").exits(127);
        assertThat(project.shell("echo hallo | \"$SPARKLING\" exec spark-worker -- cat")
                        .succeeds()
                        .out())
                .isEqualTo("hallo\n");
    }

    @Test
    @Order(50)
    void logsShowEveryServiceAndTheExecutors() {
        Outcome all = project.run("logs").succeeds();
        assertThat(all.lines())
                .anyMatch(line -> line.startsWith("spark-master ") && line.contains("Registering worker"));
        assertThat(all.lines()).anyMatch(line -> line.startsWith("spark-connect "));
        assertThat(all.lines()).anyMatch(line -> line.startsWith("spark-worker ") && line.contains("executor 0"));
        assertThat(all.err()).isEmpty();
        assertThat(project.run("logs", "--tail", "3", "spark-master", "--format", "raw")
                        .succeeds()
                        .lines())
                .hasSize(3);
        assertThat(project.run("logs", "--since", "2099-01-01T00:00:00Z")
                        .succeeds()
                        .out())
                .isEmpty();
        assertThat(project.shell("set -o pipefail; timeout 60 \"$SPARKLING\" logs -f | head -n 2")
                        .succeeds()
                        .lines())
                .hasSize(2);
        try (RunningProcess logs = project.start("logs", "-f", "spark-master")) {
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !logs.out().isEmpty());
            logs.interrupt();
            Outcome outcome = logs.await(Duration.ofSeconds(10));
            assertThat(outcome.exitCode()).as(outcome.toString()).isIn(0, 130);
        }
    }

    @Test
    @Order(60)
    void aKilledWorkerShowsAndUpBringsItBack() {
        Map<String, Long> before = processes();
        kill(before.get("spark-worker"));
        Outcome ps = project.run("ps").succeeds();
        assertThat(ps.out()).containsPattern("spark-worker +exited +Crashed");
        assertThat(ps.err()).contains("spark-worker crashed; the end of its log");
        assertThat(project.run("up").succeeds().err()).contains("spark-worker").doesNotContain("spark-master");
        assertThat(processes())
                .containsEntry("spark-master", before.get("spark-master"))
                .containsEntry("spark-connect", before.get("spark-connect"))
                .containsKey("spark-worker");
        hasRows(project.run("run"));
    }

    @Test
    @Order(70)
    void aConnectServerKilledInARunFailsThatRunAlone() {
        try (RunningProcess run = project.start("run", "--full-refresh-all")) {
            run.awaitErr("orders_raw", Duration.ofMinutes(2));
            kill(processes().get("spark-connect"));
            Outcome failed = run.await(Duration.ofMinutes(2));
            assertThat(failed.exitCode()).as(failed.toString()).isEqualTo(1);
            assertThat(failed.err()).contains("error: spark-connect ended while its client was at work");
        }
        hasRows(project.run("run", "--full-refresh-all"));
    }

    @Test
    @Order(80)
    void tablesOutliveAStop() {
        assertThat(project.run("stop").succeeds().err()).contains("Stopped");
        assertThat(leftovers()).isEmpty();
        assertThat(project.run("ps", "--format", "json").succeeds().json().findValuesAsText("state"))
                .hasSize(3)
                .containsOnly("exited");
        assertThat(project.run("stop").succeeds().err()).contains("Nothing to stop");
        assertThat(project.run("start").succeeds().out()).contains("sc://localhost:");
        hasRows(project.run("run"));
    }

    @Test
    @Order(85)
    void tablesFollowAFolderThatWasMoved() {
        project.run("stop").succeeds();
        project = project.moved("with space");
        assertThat(project.run("up").exits(2).err()).contains("has a space or another character that Spark escapes");
        project = project.moved("other-name");
        Outcome up = project.run("up").succeeds();
        assertThat(up.err()).contains("the catalog's tables lay in");
        project.write("src/apps/where.py", """
                from pyspark.sql import SparkSession
                spark = SparkSession.builder.getOrCreate()
                print(spark.table("orders").count())
                print(spark.sql("DESCRIBE DATABASE default").where("info_name = 'Location'").first()["info_value"])
                """);
        assertThat(project.run("run", "src/apps/where.py").succeeds().lines())
                .containsExactly("285", "file:" + project.folder() + "/spark-warehouse");
        hasRows(project.run("run"));
    }

    @Test
    @Order(90)
    void aSecondProjectRunsBesideIt() {
        try (Project other = Project.withoutDocker("other")) {
            other.run("up").succeeds();
            assertThat(processes()).hasSize(3);
            Outcome taken = other.run(Map.of("SPARKLING_CONNECT_PORT", "" + project.connectPort()), "up");
            assertThat(taken.exitCode()).isEqualTo(1);
            assertThat(taken.err()).contains("wanted by spark-connect, is taken");
            assertThat(processes()).hasSize(3);
        }
    }

    @Test
    @Order(100)
    void theStateOfAnotherMachineRunIsMended() {
        Map<String, Long> before = processes();
        before.values().forEach(LocalEngineIT::kill);
        Path state = project.folder().resolve(".sparkling/local/" + project.name() + "/state.json");
        // As after a restart of the machine: the numbers belong to others now.
        String text = project.read(project.folder().relativize(state).toString());
        long stranger = ProcessHandle.current().pid();
        List<String> lines = new ArrayList<>();
        text.lines().forEach(line -> lines.add(line.replaceFirst("(\"number\" : )[0-9]+", "$1" + stranger)));
        project.write(project.folder().relativize(state).toString(), String.join("\n", lines));
        assertThat(project.run("ps").succeeds().out()).doesNotContain("running");
        project.run("up").succeeds();
        assertThat(processes()).hasSize(3);
        assertThat(Optional.of(ProcessHandle.current()).filter(ProcessHandle::isAlive))
                .isPresent();
    }

    @Test
    @Order(110)
    void cleanKeepsTheDataAndRemovesTheRest() {
        assertThat(project.run("clean", "--yes").succeeds().err()).contains("Cleaned");
        assertThat(leftovers()).isEmpty();
        assertThat(project.folder().resolve("spark-warehouse/orders")).isNotEmptyDirectory();
        assertThat(project.folder().resolve(".sparkling/local").toFile().list()).isEmpty();
        assertThat(project.run("clean", "--yes").succeeds().err()).contains("Nothing to clean");
        assertThat(project.run("ps").succeeds().err()).contains("No services");
        assertThat(project.run("logs", "-f").succeeds().err()).contains("The cluster is down");
    }
}
