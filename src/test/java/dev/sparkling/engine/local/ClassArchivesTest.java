package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchivesTest {
    @TempDir
    Path temporary;

    private SparkHome spark;
    private Path note;

    @BeforeEach
    void layOut() {
        note = temporary.resolve("note");
        spark = new SparkHome(
                temporary.resolve("spark/lib/pyspark"),
                temporary.resolve("spark/bin/python3"),
                Optional.empty(),
                temporary.resolve("client"));
    }

    private ClassArchives archives(String cluster) {
        return ClassArchives.of(spark, temporary.resolve("java"), cluster);
    }

    private static Path written(List<String> options) {
        return options.stream()
                .filter(option -> option.startsWith("-XX:ArchiveClassesAtExit="))
                .map(option -> Path.of(option.substring(option.indexOf('=') + 1).replace("{{EXECUTOR_ID}}", "0")))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theFirstClusterWritesThemAndLaterOnesUseThem() throws IOException {
        ClassArchives first = archives("/shop");
        first.prepare(note);
        assertThat(first.writtenBy("spark-connect")).isTrue();
        Files.writeString(written(first.options("spark-connect")), "classes");
        Files.writeString(written(first.executorOptions(1)), "classes");
        ClassArchives.noteWork(note);

        ClassArchives.noted(note).orElseThrow().adopt();

        ClassArchives second = archives("/other");
        Path folder = first.folder();
        assertThat(second.options("spark-connect")).contains("-XX:SharedArchiveFile=" + folder.resolve("connect.jsa"));
        assertThat(second.writtenBy("spark-connect")).isFalse();
        assertThat(second.executorOptions(8)).contains("-XX:SharedArchiveFile=" + folder.resolve("executor.jsa"));
        assertThat(second.writtenBy("spark-master")).isTrue();
        assertThat(folder.toFile().list()).containsExactlyInAnyOrder("connect.jsa", "executor.jsa");
    }

    /** They would lack what every run needs, and nothing makes them better later. */
    @Test
    void aClusterThatNobodyUsedLeavesOnlyThoseOfTheDaemons() throws IOException {
        ClassArchives idle = archives("/shop");
        idle.prepare(note);
        for (List<String> options :
                List.of(idle.options("spark-connect"), idle.executorOptions(1), idle.options("spark-worker"))) {
            Files.writeString(written(options), "classes");
        }

        ClassArchives.noted(note).orElseThrow().adopt();

        assertThat(idle.folder().toFile().list()).containsExactly("worker.jsa");
    }

    @Test
    void whatAKilledJvmHasBegunIsThrownAway() throws IOException {
        ClassArchives first = archives("/shop");
        first.prepare(note);
        Files.write(written(first.options("spark-master")), new byte[] {0, 0, 0, 0, 1});
        Files.createFile(written(first.options("spark-worker")));

        first.adopt();

        assertThat(first.folder().toFile().list()).isEmpty();
    }

    @Test
    void whatAnotherClusterStillWritesIsLeftAlone() throws IOException {
        ClassArchives first = archives("/shop");
        ClassArchives second = archives("/other");
        first.prepare(note);
        Path half = written(second.options("spark-master"));
        Files.writeString(half, "half");

        first.adopt();
        assertThat(half).exists();
        assertThat(first.writtenBy("spark-master")).isTrue();

        Files.writeString(first.folder().resolve("master.jsa"), "whole");
        second.adopt();
        assertThat(half).doesNotExist();
        assertThat(first.folder().resolve("master.jsa")).hasContent("whole");
    }

    @Test
    void aFewJvmsWriteAndTheOthersDoWithout() {
        ClassArchives archives = archives("/shop");
        assertThat(archives.writtenBy("spark-worker")).isTrue();
        assertThat(archives.options("spark-worker-2")).isEmpty();
        assertThat(archives.executorOptions(3)).isEmpty();
    }

    @Test
    void anotherJavaHasASetOfItsOwn() throws IOException {
        Path before = archives("/shop").folder();
        Files.createDirectories(temporary.resolve("java"));
        Files.writeString(temporary.resolve("java/release"), "JAVA_VERSION=21.0.9");
        assertThat(archives("/shop").folder()).isNotEqualTo(before);
    }

    @Test
    void aClusterWithoutANoteHasNone() {
        assertThat(ClassArchives.noted(note)).isEmpty();
    }
}
