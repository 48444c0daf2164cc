package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkHomeTest {
    @TempDir
    Path temporary;

    private SparkHome home(Optional<Path> packages) {
        return new SparkHome(temporary, Path.of("/python3"), packages, Path.of("/client"));
    }

    @Test
    void largeJarsComeFirstAndPackagesLast() throws IOException {
        Path jars = Files.createDirectory(temporary.resolve("jars"));
        Files.write(jars.resolve("small-b.jar"), new byte[1]);
        Files.write(jars.resolve("small-a.jar"), new byte[1]);
        Files.write(jars.resolve("large.jar"), new byte[2]);
        Files.write(jars.resolve("notes.txt"), new byte[3]);
        assertThat(home(Optional.of(Path.of("/packages"))).classPath())
                .isEqualTo("%1$s/large.jar:%1$s/small-a.jar:%1$s/small-b.jar:/packages/*".formatted(jars));
    }

    @Test
    void theArgumentFileIsNamedAfterTheClassPath() {
        Path folder = Path.of("/conf");
        SparkHome.ArgumentFile without = home(Optional.empty()).classPathFile(folder);
        SparkHome.ArgumentFile with =
                home(Optional.of(Path.of("/my \"own\" jars"))).classPathFile(folder);
        assertThat(with.text()).isEqualTo("-cp\n\"/my \\\"own\\\" jars/*\"\n");
        assertThat(with.argument()).startsWith("@/conf/class-path-").isNotEqualTo(without.argument());
        assertThat(home(Optional.empty()).classPathFile(folder)).isEqualTo(without);
    }
}
