package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProjectReaderTest {
    @TempDir
    Path folder;

    private final List<String> notices = new ArrayList<>();

    static ComposeProject read(Path folder) {
        ProjectLocation location = ProjectLocation.find(
                folder, Optional.empty(), List.of(), Optional.empty(), Map.of("HOME", MergeCase.HOME));
        return new ProjectReader(location, notice -> {}).read();
    }

    private ComposeProject read(Map<String, String> environment) {
        ProjectLocation location =
                ProjectLocation.find(folder, Optional.empty(), List.of(), Optional.empty(), environment);
        return new ProjectReader(location, notices::add).read();
    }

    @Test
    void mergesTheOverrideIntoTheFile() throws Exception {
        Files.writeString(folder.resolve("compose.yml"), """
                name: shop
                x-sparkling:
                  workers: 2
                services:
                  spark-master:
                    image: spark
                    ports: ["127.0.0.1:${SPARKLING_MASTER_UI_PORT:-8080}:8080"]
                """);
        Files.writeString(folder.resolve("compose.override.yml"), """
                services:
                  spark-master:
                    environment: [A=$B]
                  database:
                    image: postgres:17
                    volumes: [data:/var/lib/postgresql/data, "./init:/init:ro"]
                volumes: {data: }
                """);
        ComposeProject project = read(Map.of("SPARKLING_MASTER_UI_PORT", "9090"));
        assertThat(project.name()).isEqualTo("shop");
        assertThat(project.settings().workers()).isEqualTo(2);
        assertThat(project.settings().ports().masterUi()).isEqualTo(9090);
        assertThat(project.services().keySet()).containsExactly("spark-master", "database");
        assertThat(project.services().get("spark-master").ports().get(0).hostPort())
                .hasValue(9090);
        assertThat(project.volumes().get("data").name()).isEqualTo("shop_data");
        assertThat(notices).containsExactly("compose.override.yml:3:19: the variable B is not set; it becomes empty");
    }
}
