package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/**
 * What a user may rely on, whatever runs the services: the life of one cluster in a folder of a user's own, from nothing
 * to nothing. The order is that of a working day; every test finds the cluster that the one before it left.
 */
@InOrder
abstract class EngineContract {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> SERVICES = List.of("spark-connect", "spark-master", "spark-worker");
    private static final String NOTHING_TO_DO = "Nothing to do: the cluster is up.\n";

    /** What answers here only if every address of the machine is served, not just 127.0.0.1. */
    private static final String OTHER_ADDRESS = "127.0.0.2";

    private static final Duration SOON = Duration.ofSeconds(30);

    private Project project;

    /** An empty folder whose cluster this engine runs. */
    abstract Project newProject();

    /** What the services run as, by service, asked of somebody other than Sparkling. */
    abstract Map<String, String> running(Project project);

    /** Everything that works for the project, asked of somebody other than Sparkling. */
    abstract List<String> alive(Project project);

    /** What runs, or has run and was left, beside the services: clients of runs. */
    abstract List<String> clients(Project project);

    /** What a `clean` has to remove. */
    abstract List<String> remains(Project project);

    /** The lines of a service's streams or files, each in its order, asked of somebody other than Sparkling. */
    abstract List<List<String>> log(Project project, String service);

    /** Where the services' processes see the project's folder. */
    abstract String workingFolder(Project project);

    /** Whether the warm-up's client is at work. */
    abstract boolean warmsUp(Project project);

    /** The columns of `ps`. */
    abstract List<String> columns();

    @BeforeAll
    void makeFolder() {
        project = newProject();
    }

    @AfterAll
    void remove() {
        project.close();
    }

    private List<String> states() {
        return project.run("ps", "--format", "json").succeeds().json().findValuesAsText("state");
    }

    /** Every table has the sample's rows: by the run's own table, and by another client. */
    private void hasRows(Map<String, Integer> expected, Outcome run) {
        assertThat(run.succeeds().rows()).as(run.toString()).containsExactlyInAnyOrderEntriesOf(expected);
        hasRows(expected);
    }

    private void hasRows(Map<String, Integer> expected) {
        assertThat(HostClient.rows(project, expected.keySet())).containsExactlyInAnyOrderEntriesOf(expected);
    }

    private List<JsonNode> records(String... arguments) {
        List<String> command = new ArrayList<>(List.of("logs", "--format", "json"));
        command.addAll(List.of(arguments));
        List<JsonNode> records = new ArrayList<>();
        for (String line :
                project.run(command.toArray(String[]::new)).succeeds().lines()) {
            try {
                records.add(JSON.readTree(line));
            } catch (JsonProcessingException wrong) {
                throw new AssertionError("not JSON: " + line, wrong);
            }
        }
        return records;
    }

    @Test
    @Order(10)
    void upInAnEmptyFolderWritesTheFileAndStartsACluster() throws Exception {
        Outcome up = project.run("up", "--timings").succeeds();
        boolean warmsUp = warmsUp(project);
        project.keepImage();
        assertThat(up.err()).contains("spark-connect", "The cluster is ready");
        assertThat(project.folder().resolve("compose.yml"))
                .content()
                .startsWith("#")
                .contains("x-sparkling:");
        assertThat(project.folder().resolve("docker")).doesNotExist();
        assertThat(running(project)).containsOnlyKeys(SERVICES);

        assertThat(up.out()).containsPattern("Spark Connect +sc://localhost:" + project.connectPort() + "\n");
        List<String> urls = up.lines().stream()
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .filter(url -> url.startsWith("http"))
                .toList();
        assertThat(urls).hasSize(3);
        for (String url : urls) {
            assertThat(Web.page(url)).as(url).contains("Spark");
        }
        assertThat(warmsUp).as("a client warms the cluster up").isTrue();
        hasPhases(up);
    }

    /** The table of `--timings` follows the addresses, and the folder keeps what it shows. */
    private void hasPhases(Outcome up) throws IOException {
        int head = up.out().indexOf("SERVICE");
        assertThat(head).as(up.toString()).isPositive();
        List<String> table = up.out().substring(head).lines().toList();
        assertThat(table.get(0).split(" +")).containsExactly("SERVICE", "PHASE", "FROM", "SECONDS");
        assertThat(table.get(1)).matches("sparkling +program +0\\.00 +\\d+\\.\\d\\d");
        for (String service : SERVICES) {
            assertThat(table).anyMatch(line -> line.matches(service + " +start +\\d+\\.\\d\\d +\\d+\\.\\d\\d"));
        }
        assertThat(table.get(table.size() - 1)).matches("sparkling +ready +\\d+\\.\\d\\d *");
        JsonNode kept = JSON.readTree(project.read(".sparkling/last-start.json"));
        assertThat(kept.at("/phases").findValuesAsText("of")).containsAll(SERVICES);
        for (JsonNode phase : kept.at("/phases")) {
            assertThat(Instant.parse(phase.get("from").asText()))
                    .isBeforeOrEqualTo(Instant.parse(phase.get("to").asText()));
        }
    }

    @Test
    @Order(20)
    void upAgainDoesNothingAndSaysSo() {
        Map<String, String> before = running(project);
        String timings = project.read(".sparkling/last-start.json");
        assertThat(project.run("up").succeeds().err()).isEqualTo(NOTHING_TO_DO);
        assertThat(project.run("start").succeeds().err()).contains("Nothing to start");
        assertThat(running(project)).isEqualTo(before);
        assertThat(project.read(".sparkling/last-start.json")).isEqualTo(timings);
    }

    @Test
    @Order(30)
    void psListsTheServices() {
        // The warm-up's client may still be at work, and is none.
        Outcome text = project.run("ps").succeeds();
        assertThat(text.lines()).hasSize(4);
        assertThat(text.lines().get(0).split(" +")).containsExactlyElementsOf(columns());
        assertThat(text.out()).contains("running", "127.0.0.1:" + project.connectPort() + "->15002");
        JsonNode json = project.run("ps", "--format", "json").succeeds().json();
        assertThat(json).hasSize(3).allSatisfy(service -> {
            assertThat(service.get("state").asText()).isEqualTo("running");
            assertThat(service.get("oneOff").asBoolean()).isFalse();
            assertThat(service.get("ports")).isNotEmpty();
            assertThat(service.has("process")).isTrue();
        });
        assertThat(json.findValuesAsText("service")).containsExactlyElementsOf(SERVICES);
    }

    @Test
    @Order(31)
    void aNarrowTerminalCutsNoLine() {
        for (String command : List.of("ps", "up")) {
            Outcome narrow = project.shell("script -qec 'stty cols 40; exec \"$SPARKLING\" " + command + "' /dev/null")
                    .succeeds();
            assertThat(narrow.out())
                    .contains(command.equals("ps") ? List.of("spark-connect", "running") : List.of("Nothing to do"));
            assertThat(narrow.out().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").lines())
                    .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(40));
        }
    }

    @Test
    @Order(40)
    void whatCannotBeIsRefused() {
        Map<String, String> before = running(project);
        refused(project.run("up", "--wrokers", "2"), 2, "--wrokers", "--workers");
        refused(project.run("up", "--workers", "0"), 2, "0");
        refused(project.run("up", "--wait-timeout", "0"), 2, "wait-timeout");
        refused(project.run("logs", "--since", "yesterday"), 2, "yesterday");
        refused(project.run("logs", "spark-maste"), 2, "no service 'spark-maste'", "spark-master");
        refused(project.run("stop", "spark-maste"), 2, "no service 'spark-maste'", "spark-master");
        refused(project.run("exec", "spark-maste", "--", "true"), 2, "no service 'spark-maste'", "spark-master");
        refused(project.run("run"), 2, "no pipeline here");
        refused(project.run("run", "src/apps/none.py"), 2, "src/apps/none.py");
        refused(project.run("-C", "no-such-folder", "ps"), 2, "no-such-folder");
        String file = project.read("compose.yml");
        project.edit("compose.yml", "workers: 1", "workres: 1");
        refused(project.run("up"), 2, "compose.yml:4:3:", "workers");
        refused(project.run("ps"), 2, "compose.yml:4:3:");
        project.write("compose.yml", file);
        assertThat(running(project)).isEqualTo(before);
    }

    /** One error, said once, with a remedy, and no trace. */
    private static void refused(Outcome outcome, int code, String... parts) {
        outcome.exits(code);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains(parts).contains("hint: ").doesNotContain("\tat ");
        assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
                .hasSize(1);
    }

    @Test
    @Order(41)
    void theFileIsWhatRuns() {
        assertThat(project.run("render", "--check").succeeds().err()).contains("up to date");
        JsonNode services =
                project.run("config", "--format", "json").succeeds().json().get("services");
        assertThat(SERVICES).allMatch(services::has);
    }

    @Test
    @Order(45)
    void theWarmUpEndsAndLeavesNothing() {
        awaitWarmUp();
        assertThat(project.folder().resolve("spark-warehouse/.sparkling/warm-up"))
                .doesNotExist();
        assertThat(Web.jobs(project, "succeeded")).isPositive();
        assertThat(HostClient.rows(project, Set.of())).isEmpty();
        project.run("up").succeeds();
        assertThat(warmsUp(project)).as("nothing started, nothing to warm").isFalse();
    }

    private void awaitWarmUp() {
        Awaitility.await("the warm-up's end").atMost(Duration.ofMinutes(2)).until(() -> !warmsUp(project));
    }

    @Test
    @Order(50)
    void runsTheSampleTwiceWithTheSameRows() {
        project.addSample();
        Outcome dry = project.run("run", "--dry-run").succeeds();
        assertThat(dry.rows()).isEmpty();
        assertThat(project.parquetFiles("orders")).isEmpty();
        Outcome first = project.run("run").succeeds();
        assertThat(first.rows()).containsExactlyInAnyOrderEntriesOf(Sample.ROWS);
        assertThat(first.err()).contains("orders_raw", "revenue_by_month", "completed", "Pipeline shop completed");
        for (String table : Sample.ROWS.keySet()) {
            assertThat(project.parquetFiles(table)).as(table).isNotEmpty();
        }
        hasRows(Sample.ROWS, project.run("run"));
        noClientIsLeft();
        assertThat(project.run("ps").succeeds().lines()).hasSize(4);
    }

    @Test
    @Order(51)
    void aNewFileReachesEveryTable() {
        String april =
                project.read("data/orders/2025-04.json").lines().findFirst().orElseThrow();
        project.write(
                "data/orders/2025-05.json",
                april.replaceAll("\"order_id\": *\"[^\"]*\"", "\"order_id\": \"E2E-1\"") + "\n");
        assertThat(project.run("run").succeeds().rows()).containsExactlyInAnyOrderEntriesOf(Sample.WITH_ONE_MORE_ORDER);
    }

    @Test
    @Order(52)
    void refreshesOneTableOrAllOnRequest() {
        Visits.write(project);
        assertThat(Visits.run(project).succeeds().rows()).containsExactlyInAnyOrderEntriesOf(Visits.rows(1));
        Visits.addFile(project, 2);
        Outcome one = Visits.run(project, "--full-refresh", "visits").succeeds();
        assertThat(one.err()).contains("visits").doesNotContain("visitors  running");
        hasRows(Visits.rows(2));
        project.delete("small/data/2.json");
        assertThat(Visits.run(project, "--full-refresh-all").succeeds().rows())
                .containsExactlyInAnyOrderEntriesOf(Visits.rows(1));
        assertThat(Visits.run(project, "--refresh", "vists").exits(2).err())
                .contains("vists", "visits")
                .doesNotContain("\tat ");
    }

    @Test
    @Order(53)
    void aSettingOfOneRunCountsForThatRun() {
        project.write("setting/spark-pipeline.yml", Visits.spec("setting"));
        project.write(
                "setting/definitions/cast.sql",
                "CREATE MATERIALIZED VIEW lenient AS SELECT CAST('many' AS INT) AS number;\n");
        String spec = "setting/spark-pipeline.yml";
        assertThat(project.run("run", spec).exits(1).err()).contains("CAST_INVALID_INPUT");
        assertThat(project.run("run", "--conf", "spark.sql.ansi.enabled=false", spec)
                        .succeeds()
                        .rows())
                .containsExactly(entry("lenient", 1));
        assertThat(project.run("run", spec).exits(1).err()).contains("CAST_INVALID_INPUT");
    }

    @Test
    @Order(54)
    void aNarrowTerminalHoldsTheLinesOfARun() {
        Outcome narrow = project.shell(
                        "script -qec 'stty cols 40; exec \"$SPARKLING\" run " + Visits.SPEC + "' /dev/null")
                .succeeds();
        assertThat(narrow.out()).contains("visitors", "Pipeline small");
        assertThat(narrow.out().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "").lines())
                .filteredOn(line -> !line.startsWith("Pipeline ")) // a sentence, which the terminal breaks
                .allSatisfy(line -> assertThat(line.length()).as(line).isLessThanOrEqualTo(40));
    }

    @Test
    @Order(60)
    void runsAProgramAndReturnsItsCode() {
        project.write("src/apps/fails.py", """
                import os
                import sys
                print(sys.argv[1:], os.getcwd())
                print('to err', file=sys.stderr)
                sys.exit(7)
                """);
        Outcome fails =
                project.run("run", "src/apps/fails.py", "--", "-x", "two words").exits(7);
        assertThat(fails.out()).isEqualTo("['-x', 'two words'] " + workingFolder(project) + "\n");
        assertThat(fails.err()).contains("to err");
        project.write("src/apps/raises.py", "def f():\n    raise ValueError('my mistake')\nf()\n");
        Outcome raises = project.run("run", "src/apps/raises.py").exits(1);
        assertThat(raises.err()).contains("raises.py\", line 2", "ValueError: my mistake");
        assertThat(raises.err().lines().count()).isLessThan(12);
        noClientIsLeft();
    }

    @Test
    @Order(70)
    void execRunsACommandAndReturnsItsCode() {
        Outcome exec = project.run("exec", "spark-worker", "--", "sh", "-c", "echo out; echo err >&2; exit 5")
                .exits(5);
        assertThat(exec.out()).isEqualTo("out\n");
        assertThat(exec.err()).isEqualTo("err\n");
        assertThat(project.run("exec", "spark-connect", "--", "sh", "-c", "date +%Z; locale charmap; pwd")
                        .succeeds()
                        .lines())
                .containsExactly("UTC", "UTF-8", workingFolder(project));
        assertThat(project.run("exec", "spark-worker", "--", "no-such-command").exitCode())
                .as("the engine says 126 or 127, by its version")
                .isIn(126, 127);
        assertThat(project.run(
                                "exec",
                                "spark-worker",
                                "--",
                                "python",
                                "-c",
                                "import pyspark; print(pyspark.__version__)")
                        .succeeds()
                        .out())
                .as("the services' Python, not the caller's")
                .isEqualTo("4.1.1\n");
        assertThat(project.shell("echo hallo | \"$SPARKLING\" exec spark-worker -- cat")
                        .succeeds()
                        .out())
                .isEqualTo("hallo\n");
    }

    @Test
    @Order(80)
    void aFailedPipelineShowsTheMessageAndTheLine() {
        project.write("broken/spark-pipeline.yml", Visits.spec("broken"));
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
        assertThat(failed.err())
                .contains("UNRESOLVED_COLUMN", "no_such_column", "broken/definitions/views.py:13")
                .contains("Pipeline broken failed", "Full log:")
                .contains("  | return spark.read.table(\"fine\").select(F.col(\"no_such_column\"))")
                .doesNotContain("\tat ");
        assertThat(failed.err().lines().count()).as(failed.err()).isLessThan(25);
        noClientIsLeft();
    }

    @Test
    @Order(81)
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
                .contains("broken/definitions/views.py:8", "ZeroDivisionError", "  | return 1 // number")
                .doesNotContain("\tat ");
        assertThat(failed.err().lines().count()).as(failed.err()).isLessThan(25);
        Outcome verbose =
                project.run("run", "broken/spark-pipeline.yml", "--verbose").exits(1);
        assertThat(verbose.err()).contains("\tat org.apache.spark", "ZeroDivisionError");
    }

    @Test
    @Order(90)
    void logsShowEveryServiceAndTheExecutors() {
        Outcome all = project.run("logs").succeeds();
        assertThat(all.err()).isEmpty();
        assertThat(all.lines())
                .anyMatch(line -> line.startsWith("spark-master ") && line.contains("Registering worker"))
                .anyMatch(line -> line.startsWith("spark-connect "))
                .anyMatch(line -> line.startsWith("spark-worker ") && line.contains("executor 0"));
        assertThat(project.run("logs", "spark-worker").succeeds().lines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("spark-worker "));
        assertThat(project.run("logs", "--grep", "Registering worker", "--no-prefix")
                        .succeeds()
                        .lines())
                .hasSize(1)
                .allMatch(line -> line.matches("\\S+ +INFO .*Registering worker .*"));
        assertThat(project.run("logs", "--tail", "3", "spark-master", "--format", "raw")
                        .succeeds()
                        .lines())
                .hasSize(3);
        assertThat(records("--since", "1d", "--until", "1h")).isEmpty();
        assertThat(records("--since", "2099-01-01T00:00:00Z")).isEmpty();
    }

    @Test
    @Order(91)
    void logsKeepRecordsWhole() {
        // The failed pipeline left an error with its trace in the executor's log.
        Outcome errors = project.run("logs", "--level", "error", "spark-worker").succeeds();
        assertThat(errors.lines())
                .isNotEmpty()
                .anyMatch(line -> line.contains(" ERROR "))
                .anyMatch(line -> line.contains("ZeroDivisionError"))
                .anyMatch(line -> line.contains("\tat org.apache.spark"))
                .noneMatch(line -> line.contains(" INFO ") || line.contains(" WARN "));
        List<JsonNode> found = records("--grep", "ZeroDivisionError", "--level", "error", "spark-worker");
        assertThat(found).isNotEmpty().allSatisfy(record -> {
            assertThat(record.get("service").asText()).isEqualTo("spark-worker");
            assertThat(record.get("level").asText()).isEqualTo("ERROR");
            assertThat(record.get("lines").toString()).contains("ZeroDivisionError", "\\tat org.apache.spark");
        });
        Instant failure = time(found.get(0));
        List<JsonNode> until = records("--until", failure.toString());
        List<JsonNode> since = records("--since", failure.toString());
        assertThat(until)
                .isNotEmpty()
                .allSatisfy(record -> assertThat(time(record)).isBeforeOrEqualTo(failure));
        assertThat(since)
                .isNotEmpty()
                .allSatisfy(record -> assertThat(time(record)).isAfterOrEqualTo(failure));
        List<JsonNode> all = records(
                "--until", time(since.get(since.size() - 1)).plusMillis(1).toString());
        assertThat(since.size() + until.size()).isGreaterThanOrEqualTo(all.size());
        assertThat(all)
                .allSatisfy(record -> assertThat(record.has("service") && record.has("message"))
                        .isTrue())
                .anySatisfy(record -> assertThat(record.get("level").asText()).isEqualTo("INFO"));
    }

    private static Instant time(JsonNode record) {
        return Instant.parse(record.get("time").asText());
    }

    @Test
    @Order(92)
    void logsLoseNoLine() {
        for (String service : SERVICES) {
            List<String> printed =
                    project.run("logs", service, "--format", "raw").succeeds().lines();
            List<List<String>> kept = log(project, service);
            assertThat(printed)
                    .as(service)
                    .hasSize(kept.stream().mapToInt(List::size).sum());
            for (List<String> stream : kept) {
                if (!stream.isEmpty()) {
                    assertThat(printed).as(service).containsSubsequence(stream);
                }
            }
        }
    }

    @Test
    @Order(93)
    void commandsEndQuietlyWithTheirReader() {
        for (String command : List.of("logs", "logs -f", "ps", "config", "--help")) {
            assertThat(firstLines(command).err()).isEmpty();
        }
        assertThat(firstLines("run " + Visits.SPEC).err()).contains("completed").doesNotContain("error");
        project.write("src/apps/many.py", "for number in range(1_000_000):\n    print(number)\n");
        assertThat(firstLines("run src/apps/many.py").out()).isEqualTo("0\n1\n");
        assertThat(firstLines("exec spark-worker -- seq 0 1000000").err()).isEmpty();
        noClientIsLeft();
    }

    /** What `head` takes of a command's output, before it closes it. */
    private Outcome firstLines(String command) {
        Outcome head = project.shell("set -o pipefail; timeout 60 \"$SPARKLING\" " + command + " | head -n 2")
                .succeeds();
        assertThat(head.lines()).hasSize(2);
        return head;
    }

    @Test
    @Order(94)
    void followedLogsOutliveARestartAndEndWithCtrlC() {
        Map<String, String> before = running(project);
        try (RunningProcess logs = project.start("logs", "-f", "--tail", "1", "spark-master")) {
            Awaitility.await().atMost(SOON).until(() -> !logs.out().isEmpty());
            assertThat(project.run("restart", "spark-worker").succeeds().err()).contains("Restarted spark-worker");
            Awaitility.await().atMost(SOON).until(() -> logs.out().contains("Registering worker"));
            logs.interrupt();
            Outcome outcome = logs.await(Duration.ofSeconds(10));
            assertThat(outcome.exitCode()).as(outcome.toString()).isIn(0, 130);
            assertThat(outcome.err()).isEmpty();
            assertThat(outcome.lines()).allMatch(line -> line.startsWith("spark-master "));
        }
        assertThat(running(project))
                .containsOnlyKeys(SERVICES)
                .contains(entry("spark-master", before.get("spark-master")))
                .contains(entry("spark-connect", before.get("spark-connect")));
        assertThat(project.run("run", "src/apps/report.py", "--", "3")
                        .succeeds()
                        .out())
                .contains("Revenue by month", "2025-01");
    }

    @Test
    @Order(94)
    void aProgramMayNameTheServerAsTheHostReachesIt() {
        project.write("src/apps/named.py", """
                from pyspark.sql import SparkSession

                spark = SparkSession.builder.remote("sc://localhost:%d").getOrCreate()
                print(spark.range(7).count())
                """.formatted(project.connectPort()));
        assertThat(project.run("run", "src/apps/named.py").succeeds().out()).isEqualTo("7\n");
    }

    @Test
    @Order(95)
    void allServicesRestartAndTheMasterTakesConnectAlong() {
        assertThat(project.run("restart").succeeds().err())
                .contains("Restarted ")
                .contains(SERVICES);
        assertThat(running(project)).containsOnlyKeys(SERVICES);
        Outcome master = project.run("restart", "spark-master").succeeds();
        assertThat(master.err())
                .containsPattern("Restarted spark-(connect, spark-master|master, spark-connect), ready");
        assertThat(running(project)).containsOnlyKeys(SERVICES);
        Web.awaitCores(project, 2);
        hasRows(Sample.WITH_ONE_MORE_ORDER);
    }

    @Test
    @Order(100)
    void tablesOutliveAStop() {
        assertThat(project.run("stop").succeeds().err()).contains("Stopped");
        assertThat(alive(project)).isEmpty();
        assertThat(states()).hasSize(3).containsOnly("exited");
        assertThat(project.run("stop").succeeds().err()).contains("Nothing to stop");
        Outcome start = project.run("start").succeeds();
        assertThat(warmsUp(project)).as("a client warms the cluster up").isTrue();
        assertThat(start.out()).contains("sc://localhost:" + project.connectPort());
        hasRows(Sample.WITH_ONE_MORE_ORDER);
        hasRows(Visits.rows(1), Visits.run(project));
    }

    @Test
    @Order(110)
    void ctrlCDuringARunStopsItOnTheServerToo() {
        project.write("slow/spark-pipeline.yml", Visits.spec("slow"));
        project.write("slow/definitions/slow.py", """
                import time

                from pyspark import pipelines as dp
                from pyspark.sql import SparkSession, functions as F

                spark = SparkSession.active()


                @F.udf("long")
                def slow(number):
                    time.sleep(0.05)
                    return number


                @dp.materialized_view
                def slowly():
                    return spark.range(100000).select(slow("id").alias("id"))
                """);
        awaitWarmUp();
        try (RunningProcess run = project.start("run", "slow/spark-pipeline.yml")) {
            run.awaitErr("running", Duration.ofMinutes(2));
            Awaitility.await("a job on the server")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> Web.jobs(project, "running") > 0);
            run.interrupt();
            Outcome outcome = run.await(Duration.ofSeconds(60)).exits(130);
            assertThat(outcome.err()).contains("interrupted: the run was stopped on the server too");
        }
        Awaitility.await("no job on the server")
                .atMost(Duration.ofSeconds(10))
                .until(() -> Web.jobs(project, "running") == 0);
        noClientIsLeft();
    }

    @Test
    @Order(111)
    void ctrlCDuringAProgramEndsIt() {
        project.write("src/apps/sleeps.py", "import time\nprint('asleep', flush=True)\ntime.sleep(600)\n");
        try (RunningProcess run = project.start("run", "src/apps/sleeps.py")) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> run.out().contains("asleep"));
            assertThat(project.run("ps").succeeds().out()).contains("spark-app (one-off)");
            run.interrupt();
            run.await(SOON).exits(130);
        }
        assertThat(states()).hasSize(3);
        noClientIsLeft();
    }

    @Test
    @Order(120)
    void aSecondWorkerComesByFlagAndStaysInTheFile() {
        project.edit("compose.yml", "  worker_cores: 2 ", "  # my own remark\n  worker_cores: 2 ");
        Map<String, String> before = running(project);
        assertThat(project.run("up", "--workers", "2").succeeds().out()).contains("Worker 2");
        assertThat(running(project)).hasSize(4).containsAllEntriesOf(before).containsKey("spark-worker-2");
        Web.awaitCores(project, 2, 2);
        assertThat(project.read("compose.yml")).contains("workers: 2", "# my own remark", "  spark-worker-2:");
        assertThat(project.run("up").succeeds().err()).isEqualTo(NOTHING_TO_DO);
        assertThat(project.run("logs", "spark-worker-2").succeeds().out())
                .contains("Successfully registered with master");

        project.run("up", "--workers", "1").succeeds();
        assertThat(running(project)).isEqualTo(before);
        assertThat(project.read("compose.yml"))
                .contains("workers: 1", "# my own remark")
                .doesNotContain("spark-worker-2:");
    }

    @Test
    @Order(121)
    void theEnvironmentCountsForOneCommandOnly() {
        Map<String, String> before = running(project);
        String file = project.read("compose.yml");
        project.run(Map.of("SPARKLING_WORKER_CORES", "1"), "up").succeeds();
        assertThat(running(project))
                .containsOnlyKeys(SERVICES)
                .contains(entry("spark-master", before.get("spark-master")))
                .contains(entry("spark-connect", before.get("spark-connect")));
        Web.awaitCores(project, 1);
        assertThat(project.read("compose.yml")).isEqualTo(file);
    }

    @Test
    @Order(130)
    void aServiceThatDiesWhileStartingShowsItsLastLines() {
        Map<String, String> before = running(project);
        // A flag counts more than the environment; the worker has these cores already.
        Outcome up = project.run(
                        Map.of("SPARKLING_WORKER_CORES", "3"),
                        "up",
                        "--worker-cores",
                        "1",
                        "--conf",
                        "spark.serializer=no.such.Serializer")
                .exits(1);
        assertThat(up.err())
                .contains(
                        "spark-connect stopped while it was starting",
                        "no.such.Serializer",
                        "sparkling logs spark-connect");
        before.remove("spark-connect");
        assertThat(running(project)).isEqualTo(before);
        assertThat(project.run("ps").succeeds().out()).contains("exited");
        assertThat(project.read("compose.yml")).contains("worker_cores: 1");
        project.edit("compose.yml", "spark.serializer: no.such.Serializer", "spark.sql.shuffle.partitions: \"2\"");
    }

    @Test
    @Order(131)
    void aClusterThatTakesTooLongSaysWhatIsMissing() {
        Outcome up = project.run("up", "--wait-timeout", "1").exits(1);
        assertThat(up.err()).contains("not ready after 1 s", "spark-connect", "--wait-timeout");
        assertThat(running(project)).as("what started stays").containsOnlyKeys(SERVICES);
    }

    @Test
    @Order(132)
    void aChangedAddressAndPortAreServed() {
        int port = Project.freePorts(1).get(0);
        assertThat(answers(OTHER_ADDRESS, project.uiPort("MASTER"))).isFalse();
        // A flag counts more than the environment, which still holds the old port.
        Outcome up = project.run("up", "--bind-address", "0.0.0.0", "--connect-port", "" + port)
                .succeeds();
        project.connectPort(port);
        assertThat(up.out()).contains("sc://localhost:" + port);
        assertThat(answers(OTHER_ADDRESS, port)).isTrue();
        assertThat(answers(OTHER_ADDRESS, project.uiPort("MASTER"))).isTrue();
        assertThat(project.run("ps").succeeds().out()).contains("0.0.0.0:" + port + "->15002");
        assertThat(project.read("compose.yml")).contains("bind_address: 0.0.0.0", "connect: " + port);
        assertThat(project.run("up").succeeds().err()).isEqualTo(NOTHING_TO_DO);
    }

    private static boolean answers(String address, int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 2000);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    @Order(133)
    void anEmptiedWarehouseIsFilledAgain() {
        // The catalog, a hidden folder, is not what `rm -r spark-warehouse/*` takes.
        project.deleteTables();
        Outcome run = Visits.run(project);
        hasRows(Visits.rows(1), run);
        assertThat(run.err()).contains("visits", "refreshed in full");
    }

    @Test
    @Order(140)
    void cleanKeepsTheDataAndRemovesTheRest() {
        assertThat(project.run("clean", "--yes").succeeds().err()).contains("Cleaned");
        assertThat(remains(project)).isEmpty();
        assertThat(project.parquetFiles("visits")).isNotEmpty();
        assertThat(project.run("clean", "--yes").succeeds().err()).contains("Nothing to clean");
        assertThat(project.run("down").succeeds().err()).contains("Nothing to remove");
        assertThat(project.run("ps").succeeds().err()).contains("No services");
        assertThat(project.run("logs", "spark-master").succeeds().err()).contains("No logs: the cluster is down");
        assertThat(project.run("logs").succeeds().lines())
                .as("what runs have printed stays")
                .isNotEmpty()
                .allMatch(line -> line.startsWith("spark-app "));
        assertThat(project.run("logs", "-f").succeeds().err()).contains("The cluster is down");
        assertThat(project.run("stop").succeeds().err()).contains("Nothing to stop");
        assertThat(project.run("start").succeeds().err()).contains("Nothing to start");
        assertThat(project.run("restart").succeeds().err()).contains("Nothing to restart");
        assertThat(project.run("exec", "spark-worker", "--", "true").exits(1).err())
                .contains("spark-worker does not run");
    }

    @Test
    @Order(141)
    void aPortThatIsTakenIsNamedWithItsHolder() throws Exception {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.0.0.1", project.connectPort()));
            refused(
                    project.run("up"),
                    1,
                    "port " + project.connectPort() + ", wanted by spark-connect, is taken by process "
                            + ProcessHandle.current().pid(),
                    "java",
                    "SPARKLING_CONNECT_PORT");
        }
        assertThat(alive(project)).isEmpty();
    }

    @Test
    @Order(150)
    void ctrlCDuringUpKeepsWhatStarted() {
        try (RunningProcess up = project.start("up")) {
            up.awaitErr("started", Project.PATIENCE);
            up.interrupt();
            Outcome outcome = up.await(SOON).exits(130);
            assertThat(outcome.err())
                    .contains("interrupted", "keeps running", "sparkling up")
                    .doesNotContain("\tat ");
        }
        assertThat(running(project)).isNotEmpty();
    }

    @Test
    @Order(151)
    void tablesOutliveACleanWithTheirCatalog() {
        assertThat(project.folder().resolve("spark-warehouse/.catalog")).isNotEmptyDirectory();
        Outcome run = Visits.run(project);
        hasRows(Visits.rows(1), run);
        assertThat(run.err()).doesNotContain("refreshed in full", "entered again");
    }

    @Test
    @Order(152)
    void runStartsTheClusterAndALostCatalogIsMadeAgainFromTheData() {
        assertThat(project.run("down").succeeds().err()).contains("Removed the cluster");
        assertThat(remains(project)).isEmpty();
        project.delete("spark-warehouse/.catalog");
        Visits.addFile(project, 2);
        Outcome run = Visits.run(project);
        hasRows(Visits.rows(2), run);
        assertThat(run.err()).containsPattern("spark-connect +ready").contains("entered again");
    }

    @Test
    @Order(152)
    void twoAtTheSameTimeMakeOneCluster() {
        project.run("down").succeeds();
        try (RunningProcess first = project.start("up");
                RunningProcess second = project.start("up")) {
            List<String> said = List.of(
                    first.await(Project.PATIENCE).succeeds().err(),
                    second.await(Project.PATIENCE).succeeds().err());
            assertThat(said)
                    .filteredOn(err -> err.contains("The cluster is ready"))
                    .hasSize(1);
            assertThat(said)
                    .filteredOn(err -> err.contains("Another sparkling changes this project's cluster; waiting for it.")
                            && err.endsWith(NOTHING_TO_DO))
                    .hasSize(1);
        }
        assertThat(running(project)).containsOnlyKeys(SERVICES);
    }

    @Test
    @Order(160)
    void everyFileBelongsToTheCaller() throws Exception {
        Object caller = Files.getAttribute(project.folder(), "unix:uid");
        for (Path file : project.files()) {
            assertThat(Map.of(file, Files.getAttribute(file, "unix:uid"))).containsExactly(entry(file, caller));
        }
    }

    @Test
    @Order(170)
    void cleanWithDataLeavesTheUsersFilesAlone() {
        assertThat(project.run("clean", "--data").exits(2).err()).contains("would delete all data", "--yes");
        assertThat(project.parquetFiles("visits")).isNotEmpty();
        assertThat(running(project)).containsOnlyKeys(SERVICES);
        project.run("clean", "--data", "--yes").succeeds();
        assertThat(remains(project)).isEmpty();
        assertThat(project.folder().resolve("spark-warehouse")).isEmptyDirectory();
        assertThat(project.folder().resolve("checkpoints")).isEmptyDirectory();
        assertThat(project.folder().resolve("small/data/1.json")).exists();
        assertThat(project.read("compose.yml")).contains("# my own remark");
    }

    /** The engine removes a client that has ended; nobody waits for that. */
    private void noClientIsLeft() {
        Awaitility.await("no client is left")
                .atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(clients(project)).isEmpty());
    }
}
