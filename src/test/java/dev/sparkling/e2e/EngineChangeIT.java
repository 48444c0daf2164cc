package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

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
        project.run("--engine", from, "down").succeeds();
        assertThat(project.run("--engine", to, "run", "src/apps/read.py")
                        .succeeds()
                        .lines())
                .as("before the next run")
                .containsExactly(2 * files + " 2");
    }
}
