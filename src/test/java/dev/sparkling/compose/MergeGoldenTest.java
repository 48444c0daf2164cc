package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Merges as Docker Compose did when expected.json was made; {@link ComposeConfigIT} asks it anew. */
class MergeGoldenTest {
    @ParameterizedTest
    @MethodSource("dev.sparkling.compose.MergeCase#all")
    void mergesLikeDockerCompose(MergeCase mergeCase, @TempDir Path folder) throws Exception {
        assertThat(MergeCase.read(mergeCase.copyTo(folder))).isEqualTo(mergeCase.expected());
    }

    @ParameterizedTest
    @MethodSource("dev.sparkling.compose.MergeCase#all")
    void readsItsOwnOutputAgain(MergeCase mergeCase, @TempDir Path folder) throws Exception {
        Path project = mergeCase.copyTo(folder);
        ComposeProject model = ProjectReaderTest.read(project);
        Path printed = java.nio.file.Files.createDirectories(folder.resolve("printed"));
        java.nio.file.Files.writeString(printed.resolve("compose.yml"), ConfigPrinter.yaml(model));
        ComposeProject again = ProjectReaderTest.read(printed);
        assertThat(again.services()).isEqualTo(model.services());
        assertThat(again.networks()).isEqualTo(model.networks());
        assertThat(again.volumes()).isEqualTo(model.volumes());
        assertThat(again.configs()).isEqualTo(model.configs());
        assertThat(again.secrets()).isEqualTo(model.secrets());
    }
}
