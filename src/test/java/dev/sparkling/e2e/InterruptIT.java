package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Ctrl-C, commands at the same time, and services that die: what was there stays, and is said. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class InterruptIT {
    private Project project;

    @BeforeAll
    void makeFolder() {
        project = Project.empty("interrupt");
    }

    @AfterAll
    void remove() {
        project.close();
    }

    @Test
    @Order(10)
    void ctrlCDuringUpKeepsWhatStarted() {
        try (RunningProcess up = project.start("up")) {
            up.awaitErr("started", Project.PATIENCE);
            up.interrupt();
            Outcome outcome = up.await(Duration.ofSeconds(30)).exits(130);
            assertThat(outcome.err()).contains("interrupted", "keeps running", "sparkling up");
            assertThat(outcome.err()).doesNotContain("\tat ");
        }
        assertThat(Docker.running(project.name())).isNotEmpty();
    }

    @Test
    @Order(20)
    void twoUpsAtTheSameTimeMakeOneCluster() {
        Docker.run("rm", "-f", project.name() + "-spark-connect-1");
        try (RunningProcess first = project.start("up");
                RunningProcess second = project.start("up")) {
            Outcome one = first.await(Project.PATIENCE).succeeds();
            Outcome two = second.await(Project.PATIENCE).succeeds();
            assertThat(one.err() + two.err()).contains("waiting for it", "Nothing to do", "The cluster is ready");
        }
        assertThat(Docker.running(project.name())).hasSize(3);
    }

    @Test
    @Order(30)
    void ctrlCDuringARunStopsItOnTheServerToo() throws Exception {
        project.write(
                "spark-pipeline.yml",
                "name: slow\nstorage: file:///app/checkpoints\nlibraries:\n  - glob:\n      include: src/pipelines/**\n");
        project.write("src/pipelines/slow.py", """
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
        try (RunningProcess run = project.start("run")) {
            run.awaitErr("running", Duration.ofMinutes(2));
            Awaitility.await("a job on the server")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> !runningJobs().equals("[ ]"));
            run.interrupt();
            Outcome outcome = run.await(Duration.ofSeconds(60)).exits(130);
            assertThat(outcome.err()).contains("interrupted: the run was stopped on the server too");
        }
        assertThat(Docker.containers(project.name())).hasSize(3);
        Awaitility.await("no job on the server")
                .atMost(Duration.ofSeconds(10))
                .until(() -> runningJobs().equals("[ ]"));
    }

    /** Spark's own answer of the jobs at work, a JSON list. */
    private String runningJobs() throws Exception {
        String base = "http://localhost:" + project.environment().get("SPARKLING_APPLICATION_UI_PORT")
                + "/api/v1/applications";
        String id = get(base).replaceAll("(?s).*?\"id\" : \"([^\"]+)\".*", "$1");
        return get(base + "/" + id + "/jobs?status=running");
    }

    private static String get(String url) throws Exception {
        return HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                .body()
                .strip();
    }

    @Test
    @Order(40)
    void ctrlCDuringAProgramRemovesItsContainer() {
        project.write("src/apps/sleeps.py", "import time\nprint('asleep', flush=True)\ntime.sleep(600)\n");
        try (RunningProcess run = project.start("run", "src/apps/sleeps.py")) {
            Awaitility.await()
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> run.out().contains("asleep"));
            run.interrupt();
            run.await(Duration.ofSeconds(30)).exits(130);
        }
        assertThat(Docker.containers(project.name())).hasSize(3);
    }

    @Test
    @Order(50)
    void aServiceThatDiesWhileStartingShowsItsLastLines() {
        List<String> before = Docker.running(project.name());
        Outcome up = project.run("up", "--conf", "spark.serializer=no.such.Serializer")
                .exits(1);
        assertThat(up.err())
                .contains(
                        "spark-connect stopped while it was starting",
                        "no.such.Serializer",
                        "sparkling logs spark-connect");
        assertThat(Docker.running(project.name())).isSubsetOf(before).hasSize(2);
        assertThat(project.run("ps").succeeds().out()).contains("exited");

        project.edit("compose.yml", "spark.serializer: no.such.Serializer", "spark.sql.shuffle.partitions: \"2\"");
        project.run("up").succeeds();
    }

    @Test
    @Order(51)
    void aClusterThatTakesTooLongSaysWhatIsMissing() {
        Docker.run("rm", "-f", project.name() + "-spark-connect-1");
        Outcome up = project.run("up", "--wait-timeout", "1").exits(1);
        assertThat(up.err()).contains("not ready after 1 s", "spark-connect", "--wait-timeout");
        assertThat(Docker.running(project.name())).as("what started stays").hasSize(3);
        project.run("up").succeeds();
    }

    @Test
    @Order(60)
    void aFolderOfTheSameNameIsAnotherProject() {
        try (Project twin = project.twin()) {
            twin.forget();
            for (String command : List.of("up", "ps", "logs", "stop", "down", "clean")) {
                Outcome refused = twin.run(command).exits(2);
                assertThat(refused.err()).contains(project.folder().toString(), "-p");
            }
            assertThat(Docker.running(project.name())).hasSize(3);
            assertThat(twin.run("-p", project.name() + "-b", "ps").succeeds().err())
                    .contains("No services");
        }
    }

    @Test
    @Order(70)
    void editsByHandAreHonoured() {
        String worker = Docker.id(project.name() + "-spark-worker-1");
        String master = Docker.id(project.name() + "-spark-master-1");
        project.edit(
                "compose.yml",
                "      - \"8081\"\n      - --cores",
                "      - \"8081\"\n      - --properties-file\n      - /opt/sparkling/conf/spark-defaults.conf\n      - --cores");
        Outcome up = project.run("up").succeeds();
        assertThat(up.err()).contains("spark-worker");
        assertThat(Docker.id(project.name() + "-spark-worker-1")).isNotEqualTo(worker);
        assertThat(Docker.id(project.name() + "-spark-master-1"))
                .as("only what changed")
                .isEqualTo(master);
        assertThat(project.read("compose.yml")).contains("--properties-file");
    }
}
