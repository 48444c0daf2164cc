package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

/** One project on both engines in turn. */
class EngineChangeIT {
    private static final String READER = """
            from pyspark.sql import SparkSession
            spark = SparkSession.builder.getOrCreate()
            print(spark.table("visits").count(), spark.table("visitors").count())
            """;

    @Test
    void tablesOutliveAChangeOfTheEngine() {
        try (Project project = Project.onEitherEngine("engines")) {
            Visits.write(project);
            project.write("src/apps/read.py", READER);
            try {
                runOn(project, "docker", 1);
                change(project, "docker", "on Docker", "local", 1);
                runOn(project, "local", 2);
                change(project, "local", "as processes of this machine", "docker", 2);
                runOn(project, "docker", 3);
            } finally {
                project.run("--engine", "local", "down");
            }
        }
    }

    /** Adds a file of data and runs; a stream that lost its position would read the older ones again. */
    private static void runOn(Project project, String engine, int files) {
        Visits.addFile(project, files);
        Outcome run = project.run("--engine", engine, "run", Visits.SPEC).succeeds();
        assertThat(run.rows()).as(run.toString()).containsExactlyInAnyOrderEntriesOf(Visits.rows(files));
    }

    private static void change(Project project, String from, String place, String to, int files) {
        Outcome both = project.run("--engine", to, "up").exits(2);
        assertThat(both.err())
                .contains("runs " + place + " already", "`sparkling --engine " + from + " down` ends that one");
        assertThat(project.run("--engine", to, "ps").succeeds().err())
                .contains("note: this project also has services " + place + ": `sparkling --engine " + from + " down`");
        project.run("--engine", from, "down").succeeds();
        assertThat(project.run("--engine", to, "run", "src/apps/read.py")
                        .succeeds()
                        .lines())
                .as("before the next run")
                .containsExactly(2 * files + " 2");
    }

    /** The port that is taken ends the command before anything is fetched or started. */
    @Test
    void aBaseImageThatCannotBeHadMeansProcesses() throws IOException {
        try (Project project = Project.onEitherEngine("choice");
                ServerSocket holder = new ServerSocket()) {
            holder.bind(new InetSocketAddress("127.0.0.1", project.connectPort()));
            project.environment().put("SPARKLING_ENGINE", "auto");
            assertThat(project.run("up").exits(1).err())
                    .contains("the cluster runs on ", "it answers, and its image can be had", "is taken by");
            project.edit("compose.yml", "  workers: 1 ", "  base_image: sparkling-e2e.invalid/spark:1\n  workers: 1 ");
            assertThat(project.run("up").exits(1).err())
                    .contains(
                            "the cluster runs as processes of this machine: ",
                            "sparkling-e2e.invalid/spark:1",
                            "is taken by")
                    .doesNotContain("the cluster runs on ");
            assertThat(project.run("--engine", "docker", "up").exits(1).err())
                    .as("who names Docker gets no other engine")
                    .doesNotContain("processes of this machine");
            assertThat(Docker.containers(project.name())).isEmpty();
        }
    }
}
