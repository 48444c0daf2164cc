package dev.sparkling.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @TempDir
    Path folder;

    private CacheFolder cache() {
        return CacheFolder.of(Map.of("XDG_CACHE_HOME", folder.toString()), Path.of("/nobody"));
    }

    @Test
    void liesWhereTheXdgSpecificationSays() {
        Path home = Path.of("/home/me");
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "/var/caches"), home).root())
                .isEqualTo(Path.of("/var/caches/sparkling"));
        assertThat(CacheFolder.of(Map.of(), home).root()).isEqualTo(Path.of("/home/me/.cache/sparkling"));
        assertThat(CacheFolder.of(Map.of("XDG_CACHE_HOME", "relative"), home).root())
                .isEqualTo(Path.of("/home/me/.cache/sparkling"));
    }

    @Test
    void isRemovedWithoutWhatItsLinksNameElsewhere() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("kept"), "kept");
        Path spark = Files.createDirectories(cache().root().resolve("spark-4.1.1/lib"));
        Files.createSymbolicLink(spark.resolve("link"), elsewhere);

        assertThat(cache().remove()).isTrue();
        assertThat(cache().root()).doesNotExist();
        assertThat(elsewhere).exists();
        assertThat(cache().remove()).isFalse();
    }

    @Test
    void staysWhileAProcessRunsFromIt() throws Exception {
        Path program = Files.createDirectories(cache().root().resolve("spark-4.1.1/bin"))
                .resolve("sleep");
        Files.copy(Path.of("/bin/sleep"), program);
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Process process = new ProcessBuilder(program.toString(), "60").start();
        try {
            assertThatThrownBy(() -> cache().remove())
                    .isInstanceOf(SparklingException.class)
                    .hasMessageContaining("is in use by the processes " + process.pid());
            assertThat(program).exists();
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(cache().remove()).isTrue();
    }
}
