package dev.sparkling.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecReaderTest {
    private static final String LIBRARIES = "libraries:\n  - glob:\n      include: src/pipelines/**\n";
    private static final String HEAD = "name: shop\nstorage: file:///app/checkpoints\n";

    @TempDir
    Path project;

    @BeforeEach
    void definitions() throws IOException {
        Files.createDirectories(project.resolve("src/pipelines/gold"));
        Files.writeString(project.resolve("src/pipelines/silver.py"), "");
        Files.writeString(project.resolve("src/pipelines/gold/sales.sql"), "");
    }

    @Test
    void readsAWholeSpec() throws IOException {
        PipelineSpec spec = SpecReader.read(
                spec(HEAD + "catalog: spark_catalog\nschema: shop\nconfiguration:\n  spark.x: \"1\"\n" + LIBRARIES));

        assertThat(spec.name()).isEqualTo("shop");
        assertThat(spec.storage()).isEqualTo("file:///app/checkpoints");
        assertThat(spec.configuration()).containsEntry("spark.x", "1");
        assertThat(spec.definitions())
                .containsExactly(Path.of("src/pipelines/gold/sales.sql"), Path.of("src/pipelines/silver.py"));
    }

    @Test
    void refusesAnEmptySpec() throws IOException {
        refused("# nothing yet\n\n", "is empty", "name: my-pipeline");
    }

    @Test
    void refusesAListAsSpec() throws IOException {
        refused("- name\n", "spark-pipeline.yml:1:1: a spec is a mapping", "");
    }

    @Test
    void offersTheNearestNameOfAnUnknownKey() throws IOException {
        refused(HEAD + "librarys: []\n", ":3:1: unknown key `librarys`", "Did you mean `libraries`?");
    }

    @Test
    void refusesAFileWhereAGlobIsWanted() throws IOException {
        refused(HEAD + "libraries:\n  - file: a.py\n", ":4:5: unknown key `file` in `libraries`", "");
    }

    @Test
    void refusesStorageWithoutAScheme() throws IOException {
        refused(
                "name: shop\nstorage: checkpoints\n" + LIBRARIES,
                ":2:10: `storage` must be an absolute URI",
                "file:///app");
    }

    @Test
    void refusesAMissingStorage() throws IOException {
        refused("name: shop\n" + LIBRARIES, "has no `storage`", "");
    }

    @Test
    void refusesANumberInTheConfiguration() throws IOException {
        refused(
                HEAD + "configuration:\n  spark.sql.shuffle.partitions: 4\n" + LIBRARIES,
                ":4:33: `spark.sql.shuffle.partitions` must be a string, and is the number 4",
                "`spark.sql.shuffle.partitions: \"4\"`");
    }

    @Test
    void refusesAnEmptyConfiguration() throws IOException {
        refused(HEAD + "configuration:\n" + LIBRARIES, "`configuration` is a mapping", "remove the key");
    }

    @Test
    void refusesAGlobWithoutMatch() throws IOException {
        refused(HEAD + LIBRARIES.replace("pipelines", "nowhere"), "'src/nowhere/**' matches no file", "");
    }

    @Test
    void saysHowAFolderIsNamed() throws IOException {
        refused(HEAD + LIBRARIES.replace("/**", ""), "matches no file", "`src/pipelines/**`");
    }

    @Test
    void refusesAPatternThatSparkDoesNotTake() throws IOException {
        refused(HEAD + LIBRARIES.replace("**", "*.py"), "Spark takes a file or `folder/**`", "src/**");
    }

    @Test
    void refusesAnAbsolutePattern() throws IOException {
        refused(HEAD + LIBRARIES.replace("src", "/src"), "is absolute", "");
    }

    @Test
    void refusesAFileThatIsNoCode() throws IOException {
        Files.writeString(project.resolve("src/pipelines/README.md"), "");
        refused(HEAD + LIBRARIES, "src/pipelines/README.md, and Spark loads only .py and .sql", "Move that file");
    }

    @Test
    void ignoresPythonsOwnCache() throws IOException {
        Files.createDirectories(project.resolve("src/pipelines/__pycache__"));
        Files.writeString(project.resolve("src/pipelines/__pycache__/silver.pyc"), "");

        assertThat(SpecReader.read(spec(HEAD + LIBRARIES)).definitions()).hasSize(2);
    }

    @Test
    void refusesASpecThatIsMissing() {
        assertThatThrownBy(() -> SpecReader.read(project.resolve("other.yml")))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("does not exist");
    }

    @Test
    void findsTheSpecInAFolderAbove() throws IOException {
        Path spec = spec(HEAD + LIBRARIES);

        assertThat(SpecReader.find(project.resolve("src/pipelines"), project)).isEqualTo(spec);
    }

    @Test
    void refusesTwoSpecsInOneFolder() throws IOException {
        spec(HEAD + LIBRARIES);
        Files.writeString(project.resolve("spark-pipeline.yaml"), HEAD + LIBRARIES);

        assertThatThrownBy(() -> SpecReader.find(project, project)).hasMessageContaining("holds both");
    }

    @Test
    void doesNotSearchAboveTheProject() {
        assertThatThrownBy(() -> SpecReader.find(project.resolve("src"), project))
                .hasMessageContaining("no pipeline here");
    }

    private void refused(String text, String problem, String remedy) throws IOException {
        Path spec = spec(text);
        assertThatThrownBy(() -> SpecReader.read(spec)).isInstanceOfSatisfying(SparklingException.class, failure -> {
            assertThat(failure.category()).isEqualTo(Category.USAGE);
            assertThat(failure.text()).contains(problem);
            assertThat(failure.remedy()).contains(remedy);
        });
    }

    private Path spec(String text) throws IOException {
        return Files.writeString(project.resolve("spark-pipeline.yml"), text);
    }
}
