package dev.sparkling.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The image's build writes its options in shell; both engines must start the same JVMs. */
class JvmOptionsTest {
    @Test
    void areTheOptionsOfTheImage() throws IOException {
        String script = Files.readString(Path.of("docker/build/jvm"));
        List<String> written = Arrays.stream(script.split("[\\s'\"]+"))
                .filter(word -> word.startsWith("-X") || word.startsWith("--") || word.startsWith("-D"))
                .map(word -> word.replaceFirst("=$", ""))
                .toList();
        for (Role role : List.of(Role.MASTER, Role.WORKER, Role.CONNECT)) {
            assertThat(written).as(role.toString()).containsAll(JvmOptions.of(role));
        }
        assertThat(JvmOptions.of(Role.CONNECT))
                .containsAll(written.stream()
                        .filter(option -> option.startsWith("--add-"))
                        .collect(Collectors.toList()));
    }
}
