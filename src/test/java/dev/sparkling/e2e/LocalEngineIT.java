package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What only processes of this machine can meet: they are killed, their folder moves, the machine starts anew. */
@InOrder
class LocalEngineIT {
    private Project project;
    private int files = 1;

    @BeforeAll
    void makeFolder() {
        project = Project.withoutDocker("local");
        Visits.write(project);
    }

    @AfterAll
    void remove() {
        project.close();
    }

    private Map<String, String> processes() {
        return LocalProcesses.running(project);
    }

    private void hasRows(Outcome run) {
        assertThat(run.succeeds().rows()).as(run.toString()).containsExactlyInAnyOrderEntriesOf(Visits.rows(files));
    }

    @Test
    @Order(10)
    void upSaysWhichEngineAndWhy() {
        Outcome up = project.run("up").succeeds();
        assertThat(up.err())
                .contains("the cluster runs as processes of this machine: no Docker engine answers", "is ready");
        assertThat(processes()).containsOnlyKeys("spark-connect", "spark-master", "spark-worker");
    }

    @Test
    @Order(15)
    void aCommandThatIsMissingIsOneHundredAndTwentySeven() {
        project.run("exec", "spark-worker", "--", "no-such-command").exits(127);
    }

    /** Java's own log of a service, made by the configuration that the cluster runs with. */
    @Test
    @Order(16)
    void logsRotateAtTheirSize() throws IOException {
        project.write("flood/Flood.java", """
                public class Flood {
                    public static void main(String[] arguments) {
                        var log = org.apache.logging.log4j.LogManager.getLogger("flood");
                        String text = "x".repeat(1000);
                        for (int line = 0; line < 25_000; line++) {
                            log.warn(text);
                        }
                    }
                }
                """);
        Path cache = Path.of(project.environment().getOrDefault("XDG_CACHE_HOME", ""), "sparkling");
        Path jars;
        try (Stream<Path> walk = Files.walk(cache, 6)) {
            jars = walk.filter(folder -> folder.endsWith("pyspark/jars"))
                    .findFirst()
                    .orElseThrow();
        }
        RunningProcess.start(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java")
                                        .toString(),
                                "-cp",
                                jars + "/*",
                                "-Dlog4j2.configurationFile=" + project.folder() + "/.sparkling/local/" + project.name()
                                        + "/conf/log4j2.properties",
                                "-Dsparkling.log=" + project.folder() + "/flood/role.log",
                                "flood/Flood.java"),
                        project.folder(),
                        Map.of())
                .await(Duration.ofMinutes(1))
                .succeeds();
        Map<String, Long> sizes = new TreeMap<>();
        for (String name : Objects.requireNonNull(
                project.folder().resolve("flood").toFile().list())) {
            sizes.put(name, Files.size(project.folder().resolve("flood").resolve(name)));
        }
        assertThat(sizes).containsOnlyKeys("Flood.java", "role.log", "role.log.1");
        assertThat(sizes.get("role.log.1")).isBetween(10_000_000L, 10_500_000L);
        assertThat(sizes.get("role.log")).isLessThan(10_500_000L);
        project.delete("flood");
    }

    @Test
    @Order(17)
    void whatAJvmPrintsBesideItsLogIsBounded() throws IOException {
        Path output = project.folder().resolve(".sparkling/local/" + project.name() + "/logs/spark-worker/output.log");
        assertThat(output).exists();
        Files.writeString(output, "printed for days\n".repeat(100_000), StandardOpenOption.APPEND);
        Map<String, String> before = processes();
        assertThat(project.run("up").succeeds().err()).contains("Nothing to do");
        assertThat(Files.size(output)).isLessThan(1 << 20);
        assertThat(processes()).isEqualTo(before);
        assertThat(project.run("logs", "spark-worker").succeeds().out())
                .contains("Successfully registered with master")
                .doesNotContain("printed for days");
    }

    @Test
    @Order(20)
    void aKilledWorkerShowsAndUpBringsItBack() {
        Map<String, String> before = processes();
        LocalProcesses.kill(before.get("spark-worker"));
        Outcome ps = project.run("ps").succeeds();
        assertThat(ps.out()).containsPattern("spark-worker +exited +Crashed");
        assertThat(ps.err()).contains("spark-worker crashed; the end of its log");
        assertThat(project.run("up").succeeds().err()).contains("spark-worker").doesNotContain("spark-master");
        assertThat(processes())
                .containsEntry("spark-master", before.get("spark-master"))
                .containsEntry("spark-connect", before.get("spark-connect"))
                .containsKey("spark-worker");
        project.write("src/apps/counts.py", """
                from pyspark.sql import SparkSession
                print(SparkSession.builder.getOrCreate().range(1000).repartition(2).count())
                """);
        assertThat(project.run("run", "src/apps/counts.py").succeeds().out()).isEqualTo("1000\n");
    }

    @Test
    @Order(30)
    void aConnectServerKilledInARunFailsThatRunAlone() {
        try (RunningProcess run = Visits.start(project, "--full-refresh-all")) {
            run.awaitErr("visits", Duration.ofMinutes(2));
            LocalProcesses.kill(processes().get("spark-connect"));
            Outcome failed = run.await(Duration.ofMinutes(2));
            assertThat(failed.exitCode()).as(failed.toString()).isEqualTo(1);
            assertThat(failed.err()).contains("error: spark-connect ended while its client was at work");
        }
        hasRows(Visits.run(project, "--full-refresh-all"));
    }

    @Test
    @Order(40)
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
                print(spark.table("visitors").count(), spark.table("visits").count())
                print(spark.sql("DESCRIBE DATABASE default").where("info_name = 'Location'").first()["info_value"])
                """);
        assertThat(project.run("run", "src/apps/where.py").succeeds().lines())
                .containsExactly("2 2", "file:" + project.folder() + "/spark-warehouse");
        files = 2;
        Visits.addFile(project, files);
        hasRows(Visits.run(project));
    }

    @Test
    @Order(45)
    void aFolderThatIsRenamedWhileItsClusterRunsIsNamed() {
        Map<String, String> before = processes();
        project = project.moved("third-name");
        String former = project.name();
        // The name is the folder's now.
        Map<String, String> unnamed = Map.of("COMPOSE_PROJECT_NAME", "");
        assertThat(project.run(unnamed, "ps").succeeds().err())
                .contains("note: the cluster of this folder still runs under the folder's former name, " + former)
                .contains("`sparkling -p " + former + " down` ends it");
        assertThat(project.run(unnamed, "up").exits(2).err()).contains("`sparkling -p " + former + " down` ends it");
        assertThat(processes()).isEqualTo(before);
        project.run(unnamed, "-p", former, "down").succeeds();
        assertThat(LocalProcesses.leftovers(project)).isEmpty();
        hasRows(Visits.run(project));
    }

    @Test
    @Order(50)
    void aSecondProjectRunsBesideIt() {
        try (Project other = Project.withoutDocker("other")) {
            other.run("up").succeeds();
            assertThat(processes()).hasSize(3);
            assertThat(project.environment())
                    .containsEntry("XDG_CACHE_HOME", other.environment().get("XDG_CACHE_HOME"));
            assertThat(installed("spark-")).as("one Spark for both").hasSize(1);
            Outcome taken = other.run(Map.of("SPARKLING_CONNECT_PORT", "" + project.connectPort()), "up");
            assertThat(taken.exitCode()).isEqualTo(1);
            assertThat(taken.err()).contains("wanted by spark-connect, is taken");
            assertThat(processes()).hasSize(3);
        }
    }

    private List<String> installed(String prefix) {
        Path cache = Path.of(project.environment().getOrDefault("XDG_CACHE_HOME", ""))
                .resolve("sparkling");
        return List.of(Objects.requireNonNull(cache.toFile().list((folder, name) -> name.startsWith(prefix))));
    }

    @Test
    @Order(52)
    void requirementsOfTheSettingsAreThereInClientAndExecutors() {
        project.write("src/apps/imports.py", """
                import emoji
                from pyspark.sql import SparkSession, functions as F

                spark = SparkSession.builder.getOrCreate()


                @F.udf("string")
                def version(number):
                    import emoji
                    return emoji.__version__


                print(emoji.__version__)
                print(spark.range(1).select(version("id")).first()[0])
                """);
        project.run("up", "--requirement", "emoji==2.14.1").succeeds();
        assertThat(project.run("run", "src/apps/imports.py").succeeds().lines()).containsExactly("2.14.1", "2.14.1");
        assertThat(installed("python-")).isNotEmpty();
        assertThat(installed("spark-")).as("the same Spark").hasSize(1);
    }

    @Test
    @Order(54)
    void aDamagedSparkIsNamedAfterAFailure() throws IOException {
        Path cache = Path.of(project.environment().get("XDG_CACHE_HOME"), "sparkling");
        Path code;
        try (Stream<Path> walk = Files.walk(cache)) {
            code = walk.filter(file -> file.endsWith("pyspark/sql/connect/client/core.py"))
                    .findFirst()
                    .orElseThrow();
        }
        Path aside = Files.move(code, code.resolveSibling("core.py.aside"));
        try {
            Outcome run = Visits.run(project).exits(1);
            assertThat(run.err())
                    .contains("is damaged: ", "core.py is missing", "hint: `sparkling clean --cache` removes it");
        } finally {
            Files.move(aside, code);
        }
        hasRows(Visits.run(project));
    }

    @Test
    @Order(57)
    void noNetworkAndAColdCache() {
        Map<String, String> offline = Map.of(
                "XDG_CACHE_HOME",
                project.folder() + "/cold-cache",
                "UV_CACHE_DIR",
                project.folder() + "/cold-cache/uv",
                "UV_DEFAULT_INDEX",
                "http://127.0.0.1:9/",
                "PIP_INDEX_URL",
                "http://127.0.0.1:9/");
        Outcome run = project.run(offline, "run", Visits.SPEC);
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
        assertThat(run.err())
                .contains("it is not in the cache yet, and the network does not give it", "hint: Check the network")
                .doesNotContain("\tat ");
        assertThat(processes()).as("the cluster goes on").hasSize(3);
        hasRows(Visits.run(project));
    }

    @Test
    @Order(60)
    void theStateOfAnotherMachineRunIsMended() {
        Map<String, String> before = processes();
        before.values().forEach(LocalProcesses::kill);
        Path state = project.folder().resolve(".sparkling/local/" + project.name() + "/state.json");
        // As after a restart of the machine: the numbers belong to others now.
        String text = project.read(project.folder().relativize(state).toString());
        long stranger = ProcessHandle.current().pid();
        List<String> lines = new ArrayList<>();
        text.lines().forEach(line -> lines.add(line.replaceFirst("(\"number\" : )[0-9]+", "$1" + stranger)));
        project.write(project.folder().relativize(state).toString(), String.join("\n", lines));
        assertThat(project.run("ps").succeeds().out()).doesNotContain("running");
        String earlier = "\"boot\" : \"2001-02-03T04:05:06Z\"";
        project.write(
                project.folder().relativize(state).toString(),
                String.join("\n", lines).replaceAll("\"boot\" : \"[^\"]*\"", earlier));
        Outcome ps = project.run("ps").succeeds();
        assertThat(ps.out()).containsPattern("spark-worker +exited +Ended with the machine");
        assertThat(ps.err()).contains("The machine was restarted since.").doesNotContain("crashed");
        project.run("up").succeeds();
        assertThat(processes()).hasSize(3);
        assertThat(Optional.of(ProcessHandle.current()).filter(ProcessHandle::isAlive))
                .isPresent();
    }

    @Test
    @Order(70)
    void cleanLeavesNoProcess() {
        assertThat(project.run("clean", "--yes").succeeds().err()).contains("Cleaned");
        assertThat(LocalProcesses.leftovers(project)).isEmpty();
    }
}
