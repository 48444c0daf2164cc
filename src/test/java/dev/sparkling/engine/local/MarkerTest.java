package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkerTest {
    @TempDir
    Path folder;

    @Test
    void tellsWhatIsMissingOrCut() throws IOException {
        Path jars = Files.createDirectory(folder.resolve("jars"));
        Files.writeString(jars.resolve("a.jar"), "aaa");
        Files.writeString(jars.resolve("b.jar"), "bbb");
        assertThat(Marker.exists(folder)).isFalse();
        Marker.write(folder, List.of(jars));
        assertThat(Marker.exists(folder)).isTrue();
        assertThat(Marker.damage(folder, List.of(jars))).isEmpty();
        Files.writeString(jars.resolve("c.jar"), "one more does no harm");
        assertThat(Marker.damage(folder, List.of(jars))).isEmpty();
        Files.writeString(jars.resolve("b.jar"), "b");
        assertThat(Marker.damage(folder, List.of(jars))).contains("jars/b.jar");
        Files.delete(jars.resolve("a.jar"));
        assertThat(Marker.damage(folder, List.of(jars))).contains("jars/a.jar");
    }
}
