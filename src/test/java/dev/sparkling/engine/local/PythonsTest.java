package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PythonsTest {
    @TempDir
    Path folder;

    private void python(String name, String version) throws IOException {
        Path program = Files.writeString(folder.resolve(name), "#!/bin/sh\necho " + version + "\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    private Map<String, String> environment() {
        return Map.of("PATH", folder.toString());
    }

    @Test
    void knowsWhichVersionsFit() {
        assertThat(Pythons.fits("3.10.0")).isTrue();
        assertThat(Pythons.fits("3.14.0rc1")).isTrue();
        assertThat(Pythons.fits("3.9.18")).isFalse();
        assertThat(Pythons.fits("2.7.18")).isFalse();
        assertThat(Pythons.fits("")).isFalse();
    }

    @Test
    void passesOverOneThatIsTooOld() throws IOException {
        python("python3", "3.9.2");
        python("python3.11", "3.11.2");
        assertThat(Pythons.find(environment())).isEqualTo(folder.resolve("python3.11"));
    }

    @Test
    void namesWhatIsTooOld() throws IOException {
        python("python3", "3.9.2");
        assertThatThrownBy(() -> Pythons.find(environment()))
                .hasMessage("Spark needs Python 3.10 or later, and the PATH has only " + folder.resolve("python3")
                        + " (3.9.2)");
    }

    @Test
    void saysThatThereIsNone() {
        assertThatThrownBy(() -> Pythons.find(environment())).hasMessageContaining("there is none on the PATH");
    }
}
