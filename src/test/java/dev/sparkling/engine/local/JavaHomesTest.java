package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaHomesTest {
    @TempDir
    Path home;

    @Test
    void takesTheFirstThatFits() {
        Map<Path, OptionalInt> found = new LinkedHashMap<>();
        found.put(Path.of("/jdk/25"), OptionalInt.of(25));
        found.put(Path.of("/jdk/broken"), OptionalInt.empty());
        found.put(Path.of("/jdk/21"), OptionalInt.of(21));
        found.put(Path.of("/jdk/17"), OptionalInt.of(17));
        assertThat(JavaHomes.choose(found)).isEqualTo(Path.of("/jdk/21"));
    }

    @Test
    void namesAllThatDoNotFit() {
        Map<Path, OptionalInt> found = new LinkedHashMap<>();
        found.put(Path.of("/jdk/11"), OptionalInt.of(11));
        found.put(Path.of("/jdk/25"), OptionalInt.of(25));
        found.put(Path.of("/jdk/broken"), OptionalInt.empty());
        assertThatThrownBy(() -> JavaHomes.choose(found)).isInstanceOfSatisfying(SparklingException.class, failure -> {
            assertThat(failure.category()).isEqualTo(Category.ENGINE_UNAVAILABLE);
            assertThat(failure.text())
                    .isEqualTo("Spark needs Java 17 or 21, and found only /jdk/11 (Java 11), /jdk/25 (Java 25),"
                            + " /jdk/broken (does not start)");
            assertThat(failure.remedy()).contains("JAVA_HOME");
        });
        assertThatThrownBy(() -> JavaHomes.choose(Map.of())).hasMessageContaining("there is no Java");
    }

    @Test
    void prefersJavaHomeByItsReleaseFile() throws IOException {
        Path own = home.resolve("my-jdk");
        Files.createDirectories(own.resolve("bin"));
        Files.writeString(own.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.7\"\n");
        Path java = Files.writeString(own.resolve("bin/java"), "#!/bin/sh\nexit 1\n");
        assertThat(java.toFile().setExecutable(true)).isTrue();
        assertThat(JavaHomes.find(Map.of("JAVA_HOME", own.toString(), "PATH", ""), home))
                .isEqualTo(own);
    }
}
