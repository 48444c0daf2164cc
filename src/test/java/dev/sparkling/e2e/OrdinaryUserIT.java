package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A project of a user who is not root: everything that is written belongs to that user, who can remove it. */
@InOrder
class OrdinaryUserIT {
    private Project project;

    @BeforeAll
    void makeFolder() {
        project = Project.sample("user");
        OrdinaryUser.own(project);
    }

    @AfterAll
    void remove() {
        project.close();
    }

    private void ownsEverything() throws Exception {
        for (Path file : project.files()) {
            assertThat(Files.getAttribute(file, "unix:uid")).as(file.toString()).isEqualTo(OrdinaryUser.number());
        }
    }

    @Test
    @Order(10)
    void runFromNothingWritesFilesOfTheCaller() throws Exception {
        Outcome run = project.run("run").succeeds();
        project.keepImage();
        assertThat(run.rows()).containsEntry("orders", 285).hasSize(9);
        assertThat(project.files()).anyMatch(file -> file.toString().endsWith(".parquet"));
        assertThat(project.folder().resolve("checkpoints")).isNotEmptyDirectory();
        ownsEverything();
        Outcome who = project.run("exec", "spark-worker", "--", "id", "-u").succeeds();
        assertThat(who.out().strip()).isEqualTo(Integer.toString(OrdinaryUser.number()));
    }

    @Test
    @Order(20)
    void aProgramWritesFilesOfTheCallerToo() throws Exception {
        project.write("src/apps/writes.py", """
                import os
                from pyspark.sql import SparkSession, functions as F
                spark = SparkSession.builder.getOrCreate()
                os.makedirs("out", exist_ok=True)
                open("out/by-client.txt", "w").write("ü")
                spark.range(4).repartition(2).write.mode("overwrite").parquet("out/by-cluster")
                print(spark.read.parquet("out/by-cluster").count())
                """);
        Files.setAttribute(project.folder().resolve("src/apps/writes.py"), "unix:uid", OrdinaryUser.number());
        assertThat(project.run("run", "src/apps/writes.py").succeeds().out()).isEqualTo("4\n");
        ownsEverything();
    }

    @Test
    @Order(25)
    void underPlainComposeTooFilesBelongToTheOwner() throws Exception {
        String program = "import os; os.makedirs('out/by-compose'); open('out/by-compose/file.txt', 'w').write('ü')";
        project.compose("run", "--rm", "spark-app", "python3", "-c", program).succeeds();
        assertThat(project.read("out/by-compose/file.txt")).isEqualTo("ü");
        ownsEverything();
    }

    @Test
    @Order(30)
    void cleanWithDataNeedsNobodyElse() {
        Outcome asked = project.run("clean", "--data").exits(2);
        assertThat(asked.err()).contains("spark-warehouse", "--yes");
        project.run("clean", "--data", "--yes").succeeds();
        assertThat(project.folder().resolve("spark-warehouse")).isEmptyDirectory();
        assertThat(project.folder().resolve("checkpoints")).isEmptyDirectory();
        assertThat(Docker.containers(project.name())).isEmpty();
    }
}
