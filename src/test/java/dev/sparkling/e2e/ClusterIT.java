package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What only a Docker engine has: images, and containers that Compose and others can touch. */
@InOrder
class ClusterIT {
    private Project project;

    @BeforeAll
    void makeFolder() {
        project = Project.empty("docker");
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

    @Test
    @Order(10)
    void twoUpsAtTheSameTimeMakeOneCluster() {
        try (RunningProcess first = project.start("up");
                RunningProcess second = project.start("up")) {
            Outcome one = first.await(Project.PATIENCE).succeeds();
            Outcome two = second.await(Project.PATIENCE).succeeds();
            assertThat(one.err() + two.err()).contains("waiting for it", "Nothing to do", "The cluster is ready");
        }
        project.keepImage();
        assertThat(Docker.running(project.name())).isEqualTo(clusterContainers());
        assertThat(project.image()).startsWith("sparkling:");
    }

    @Test
    @Order(15)
    void everyRoleTakesItsClassesFromTheArchive() {
        Map<String, String> mains = Map.of(
                "master", "org.apache.spark.deploy.master.Master --help",
                "worker", "org.apache.spark.deploy.worker.Worker --help",
                "connect", "org.apache.spark.deploy.SparkSubmit --version",
                "executor", "org.apache.spark.executor.CoarseGrainedExecutorBackend --help");
        mains.forEach((role, main) -> {
            String command = "java @/opt/sparkling/jvm/" + role + " -Xlog:class+load " + main + " 2>&1; true";
            List<String> loaded = project.run("exec", "spark-connect", "--", "sh", "-c", command)
                    .succeeds()
                    .lines();
            long archived = count(loaded, " source: shared objects file (top)");
            long read = count(loaded, " source: file:/opt/spark/jars/");
            assertThat(archived).as("%s's classes from the archive", role).isGreaterThan(200);
            assertThat(read)
                    .as("%s's classes from jars; %d are from the archive", role, archived)
                    .isLessThan(archived / 100);
        });
        for (String service : List.of("spark-master", "spark-worker", "spark-connect")) {
            String mapped = "cat /proc/[0-9]*/maps 2>/dev/null | grep -c /opt/sparkling/jvm/spark.jsa; true";
            assertThat(project.run("exec", service, "--", "sh", "-c", mapped)
                            .succeeds()
                            .out()
                            .strip())
                    .as("mappings of the archive in %s", service)
                    .isNotEqualTo("0");
        }
    }

    /** What a plain build needs behind a company's proxy (docker/README.md); `sparkling up` does it by itself. */
    private void addAuthorities() throws IOException {
        for (String bundle :
                List.of(System.getenv().getOrDefault("SSL_CERT_FILE", ""), "/etc/ssl/certs/ca-certificates.crt")) {
            if (!bundle.isEmpty() && Files.isReadable(Path.of(bundle))) {
                Files.copy(Path.of(bundle), project.folder().resolve(".sparkling/image/ca.pem"));
                return;
            }
        }
    }

    private static long count(List<String> lines, String text) {
        return lines.stream().filter(line -> line.contains(text)).count();
    }

    @Test
    @Order(20)
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
    @Order(30)
    void buildAgainFindsNothingToDo() {
        project.run("up", "--build").succeeds(); // the image may have been built for another project
        Outcome build = project.run("up", "--build").succeeds();
        assertThat(build.err()).contains("built", "Nothing to do");
    }

    @Test
    @Order(40)
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

    @Test
    @Order(50)
    void aFolderOfTheSameNameIsAnotherProject() {
        try (Project twin = project.twin()) {
            twin.forget();
            twin.write("src/apps/nothing.py", "");
            for (String command : List.of(
                    "up",
                    "ps",
                    "logs",
                    "start",
                    "stop",
                    "restart",
                    "down",
                    "clean",
                    "run src/apps/nothing.py",
                    "exec spark-worker -- true")) {
                Outcome refused = twin.run(command.split(" ")).exits(2);
                assertThat(refused.err()).contains(project.folder().toString(), "-p");
            }
            assertThat(Docker.running(project.name())).hasSize(3);
            assertThat(twin.run("-p", project.name() + "-b", "ps").succeeds().err())
                    .contains("No services");
        }
    }

    @Test
    @Order(60)
    void anEngineThatDoesNotSeeTheFolderIsRefused() {
        try (Project hidden = Project.empty("hidden")) {
            // A folder that only these processes have, as if the engine were behind a tunnel.
            Path parent = hidden.folder().getParent();
            String folder = parent.resolve("only-here").toString();
            hidden.environment().put("COMPOSE_PROJECT_NAME", hidden.name());
            hidden.prefix(
                    OwnMounts.after("mount -t tmpfs none " + parent + " && mkdir " + folder + " && cd " + folder));
            assertThat(hidden.run("up").exits(3).err())
                    .contains("does not see " + folder, "hint: ")
                    .doesNotContain("\tat ");
            assertThat(Docker.containers(hidden.name())).isEmpty();
        }
    }

    @Test
    @Order(70)
    void composeStopsAndRemovesTheCluster() {
        project.compose("stop").succeeds();
        assertThat(Docker.running(project.name())).isEmpty();
        assertThat(project.run("ps").succeeds().out()).contains("exited");
        project.compose("down").succeeds();
        assertThat(Docker.containers(project.name())).isEmpty();
        assertThat(project.run("ps").succeeds().err()).contains("No services");
    }

    @Test
    @Order(80)
    void actsOnAClusterThatComposeBuiltAndStarted() throws IOException {
        project.run("render").succeeds();
        addAuthorities();
        project.compose("build").succeeds();
        project.compose("up", "-d").succeeds();
        assertThat(project.run("ps", "--format", "json").succeeds().json().findValuesAsText("state"))
                .hasSize(3)
                .containsOnly("running");
        assertThat(project.run("exec", "spark-connect", "--", "pwd").succeeds().out())
                .isEqualTo("/app\n");
        project.write("src/apps/counts.py", """
                from pyspark.sql import SparkSession
                print(SparkSession.builder.getOrCreate().range(1000).repartition(2).count())
                """);
        assertThat(project.run("run", "src/apps/counts.py").succeeds().out()).isEqualTo("1000\n");
        Visits.write(project);
        Outcome spark = project.compose(
                        "run",
                        "--rm",
                        "spark-app",
                        "python3",
                        "-m",
                        "pyspark.pipelines.cli",
                        "run",
                        "--spec",
                        Visits.SPEC)
                .succeeds();
        assertThat(spark.out() + spark.err()).contains("Run is COMPLETED");
        assertThat(project.parquetFiles("visits")).isNotEmpty();
        assertThat(project.run("logs", "spark-master").succeeds().out()).contains("Registering worker");
        assertThat(HostClient.rows(project, Visits.rows(1).keySet())).isEqualTo(Visits.rows(1));
        project.run("stop").succeeds();
        assertThat(Docker.running(project.name())).isEmpty();
        project.run("clean", "--yes").succeeds();
        assertThat(Docker.containers(project.name())).isEmpty();
        assertThat(Docker.run("images", "--quiet", "--filter", "label=dev.sparkling.built-for=" + project.name()))
                .as("images, also those whose names the build by Compose took")
                .isEmpty();
    }
}
