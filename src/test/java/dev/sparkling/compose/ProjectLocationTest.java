package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectLocationTest {
    @TempDir
    Path folder;

    private ProjectLocation find(Map<String, String> environment, String... files) {
        return ProjectLocation.find(
                folder,
                Optional.empty(),
                List.of(files).stream().map(Path::of).toList(),
                Optional.empty(),
                environment);
    }

    private void write(String name, String text) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String projectName(ProjectLocation location) {
        return new ProjectReader(location, notice -> {}).read().name();
    }

    @Test
    void findsTheUsualFiles() throws Exception {
        assertThat(find(Map.of()).files()).containsExactly(folder.resolve("compose.yml"));
        write("compose.yaml", "");
        write("compose.override.yml", "");
        assertThat(find(Map.of()).files())
                .containsExactly(folder.resolve("compose.yaml"), folder.resolve("compose.override.yml"));
        write("compose.yml", "");
        assertThatThrownBy(() -> find(Map.of())).hasMessageContaining("both compose.yml and compose.yaml");
    }

    @Test
    void refusesToHideADockerComposeFile() throws Exception {
        write("docker-compose.yml", "");
        assertThatThrownBy(() -> find(Map.of())).hasMessageContaining("has a docker-compose.yml");
        assertThat(find(Map.of(), "docker-compose.yml").files()).containsExactly(folder.resolve("docker-compose.yml"));
    }

    @Test
    void takesNamedFilesAndTheFirstOnesFolder() throws Exception {
        write("sub/a.yml", "");
        write("b.yml", "");
        ProjectLocation location = find(Map.of("COMPOSE_FILE", "ignored.yml"), "sub/a.yml", "b.yml");
        assertThat(location.directory()).isEqualTo(folder.resolve("sub"));
        assertThat(location.files()).containsExactly(folder.resolve("sub/a.yml"), folder.resolve("b.yml"));
        assertThat(location.label(location.composeFile())).isEqualTo("sub/a.yml");
        assertThat(location.label(Path.of("/elsewhere/c.yml"))).isEqualTo("/elsewhere/c.yml");
    }

    @Test
    void readsTheEnvironmentFile() throws Exception {
        write(".env", "COMPOSE_FILE=a.yml:b.yml\nCOMPOSE_PROJECT_NAME=fromfile\nSHADOWED=file\n");
        write("a.yml", "services: {s: {image: \"${COMPOSE_PROJECT_NAME}:${SHADOWED}\"}}");
        write("b.yml", "name: ignored");
        ProjectLocation location = find(Map.of("SHADOWED", "process"));
        assertThat(location.files()).containsExactly(folder.resolve("a.yml"), folder.resolve("b.yml"));
        ComposeProject project = new ProjectReader(location, notice -> {}).read();
        assertThat(project.name()).isEqualTo("fromfile");
        assertThat(project.services().get("s").image()).isEqualTo("fromfile:process");
    }

    @Test
    void namesTheProject() throws Exception {
        write("My.Shop_1/compose.yml", "services: {s: {image: x}}");
        write("My.Shop_1/compose.override.yml", "");
        Path shop = folder.resolve("My.Shop_1");
        ProjectLocation location =
                ProjectLocation.find(folder, Optional.of(shop), List.of(), Optional.empty(), Map.of());
        assertThat(projectName(location)).isEqualTo("myshop_1");
        write("My.Shop_1/compose.override.yml", "name: over-${STAGE:-dev}");
        assertThat(projectName(ProjectLocation.find(folder, Optional.of(shop), List.of(), Optional.empty(), Map.of())))
                .isEqualTo("over-dev");
        Map<String, String> environment = Map.of("COMPOSE_PROJECT_NAME", "env");
        assertThat(projectName(ProjectLocation.find(shop, Optional.empty(), List.of(), Optional.empty(), environment)))
                .isEqualTo("env");
        assertThat(projectName(
                        ProjectLocation.find(shop, Optional.empty(), List.of(), Optional.of("flag"), environment)))
                .isEqualTo("flag");
    }

    @ParameterizedTest
    @CsvSource({"Shop, such as shop.", "-a, such as a.", "äö, first.", "a b, such as ab."})
    void refusesAnImpossibleName(String name, String remedy) throws Exception {
        write("compose.yml", "services: {s: {image: x}}");
        ProjectLocation location =
                ProjectLocation.find(folder, Optional.empty(), List.of(), Optional.of(name), Map.of());
        assertThatThrownBy(() -> projectName(location))
                .hasMessage("'" + name + "' is no project name")
                .extracting("remedy")
                .asString()
                .endsWith(remedy);
    }

    @Test
    void refusesAFolderThatNamesNothing() throws Exception {
        write("äö/compose.yml", "services: {s: {image: x}}");
        ProjectLocation location =
                ProjectLocation.find(folder.resolve("äö"), Optional.empty(), List.of(), Optional.empty(), Map.of());
        assertThatThrownBy(() -> projectName(location)).hasMessageContaining("gives no project name");
    }

    @Test
    void refusesWhatIsNotThere() {
        assertThatThrownBy(() -> projectName(find(Map.of()))).hasMessage("There is no file compose.yml");
        assertThatThrownBy(() -> projectName(find(Map.of(), "x.yml"))).hasMessage("There is no file x.yml");
        assertThatThrownBy(() -> find(Map.of(), "none/x.yml")).hasMessageContaining("There is no folder");
    }
}
