package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares the merge with the `docker compose` of this machine. With `-Dsparkling.golden=write` the output is kept as
 * the expectation of {@link MergeGoldenTest}.
 */
class ComposeConfigIT {
    @ParameterizedTest
    @MethodSource("dev.sparkling.compose.MergeCase#all")
    void mergesLikeDockerCompose(MergeCase mergeCase, @TempDir Path folder) throws Exception {
        Path project = mergeCase.copyTo(folder);
        String output = MergeCase.portable(dockerComposeConfig(project), project);
        if ("write".equals(System.getProperty("sparkling.golden"))) {
            Files.writeString(mergeCase.expectedFile(), output);
        }
        assertThat(MergeCase.read(project)).isEqualTo(MergeCase.comparable(output));
    }

    @Test
    void readsTheRenderedFileLikeDockerCompose(@TempDir Path folder) throws Exception {
        Path project = Files.createDirectories(folder.resolve("project"));
        Files.copy(Path.of("compose.yml"), project.resolve("compose.yml"));
        String output = MergeCase.portable(dockerComposeConfig(project), project);
        assertThat(MergeCase.read(project)).isEqualTo(MergeCase.comparable(output));
    }

    private static String dockerComposeConfig(Path project) throws IOException, InterruptedException {
        Path errors = project.resolveSibling("errors");
        ProcessBuilder builder = new ProcessBuilder(
                        List.of("docker", "compose", "--profile", "*", "config", "--format", "json"))
                .directory(project.toFile())
                .redirectError(errors.toFile());
        Map<String, String> environment = builder.environment();
        // Docker looks for its plugins below HOME, which the test changes.
        String dockerConfig = environment.getOrDefault("DOCKER_CONFIG", environment.get("HOME") + "/.docker");
        String path = environment.get("PATH");
        environment.clear();
        environment.putAll(Map.of("PATH", path, "HOME", MergeCase.HOME, "DOCKER_CONFIG", dockerConfig));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
        return output;
    }
}
