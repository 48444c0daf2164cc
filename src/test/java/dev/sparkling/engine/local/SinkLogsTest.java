package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SinkLogsTest {
    @TempDir
    Path project;

    @ParameterizedTest
    @ValueSource(strings = {"visits", "shop.db/visits"})
    void aStreamingTablesFilesAreNamedWhereTheyAre(String table) throws IOException {
        Path log = Files.createDirectories(
                project.resolve("spark-warehouse").resolve(table).resolve("_spark_metadata"));
        Path batch = Files.writeString(log.resolve("0"), """
                v1
                {"path":"file:///app/spark-warehouse/a.parquet","size":1,"action":"add"}
                {"path":"file:/app/spark-warehouse/b.parquet","size":1,"action":"add"}
                {"path":"file:///apple/c.parquet","size":1,"action":"add"}
                """);
        Path compact = Files.writeString(log.resolve("9.compact"), "v1\n{\"path\":\"file:///app/d.parquet\"}");
        Path checksum = Files.createFile(log.resolve(".0.crc"));

        SinkLogs.follow(project, Path.of("/app"));
        assertThat(batch).hasContent("""
                v1
                {"path":"file://PROJECT/spark-warehouse/a.parquet","size":1,"action":"add"}
                {"path":"file://PROJECT/spark-warehouse/b.parquet","size":1,"action":"add"}
                {"path":"file:///apple/c.parquet","size":1,"action":"add"}
                """.replace("PROJECT", project.toString()));
        assertThat(compact).hasContent("v1\n{\"path\":\"file://" + project + "/d.parquet\"}");
        assertThat(checksum).doesNotExist();
        assertThat(log.resolve(".moved_from")).as("for the next run").hasContent("/app\n");

        SinkLogs.follow(project, Path.of("/elsewhere"));
        assertThat(log.resolve(".moved_from")).hasContent("/app\n/elsewhere\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"spark-warehouse", "spark-warehouse/orders", "spark-warehouse/shop.db/orders"})
    void otherTablesStayAsTheyAre(String folder) throws IOException {
        Files.createDirectories(project.resolve(folder));
        SinkLogs.follow(project, Path.of("/app"));
        assertThat(project.resolve(folder)).isDirectory();
    }
}
