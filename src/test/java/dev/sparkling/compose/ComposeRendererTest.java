package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.cluster.ClusterSpec.Ports;
import dev.sparkling.cluster.EngineChoice;
import dev.sparkling.cluster.MemorySize;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComposeRendererTest {
    private static final ImageContext CONTEXT =
            new ImageContext("docker", Map.of("Dockerfile", "FROM scratch\n".getBytes(StandardCharsets.UTF_8)));

    private final ClusterSpec rich = new ClusterSpec(
            "4.1.1",
            "registry.example/spark:4.1.1",
            2,
            3,
            MemorySize.parse("1536m"),
            MemorySize.parse("2g"),
            "0.0.0.0",
            new Ports(18080, 18081, 14040, 16002),
            List.of("org.example:one:1.0", "org.example:two:2.0"),
            List.of("faker==37.1.0", "six>=1.16"),
            Map.of("spark.sql.ansi.enabled", "true: \"quoted\" $HOME"),
            EngineChoice.AUTO);

    @Test
    void rendersTheDefaults() throws IOException {
        assertGolden("rendered-defaults.yml", ComposeRenderer.render(ClusterSpec.defaults(), CONTEXT));
    }

    @Test
    void rendersEverySetting() throws IOException {
        assertGolden("rendered-settings.yml", ComposeRenderer.render(rich, CONTEXT));
    }

    @Test
    void givesEqualTextForEqualSettings() {
        assertThat(ComposeRenderer.render(rich, CONTEXT)).isEqualTo(ComposeRenderer.render(rich, CONTEXT));
    }

    @Test
    void theTagFollowsContextAndImageSettingsOnly() {
        ImageContext other =
                new ImageContext("docker", Map.of("Dockerfile", "FROM other\n".getBytes(StandardCharsets.UTF_8)));
        ClusterSpec defaults = ClusterSpec.defaults();

        assertThat(CONTEXT.reference(rich)).isNotEqualTo(CONTEXT.reference(defaults));
        assertThat(CONTEXT.reference(rich)).isNotEqualTo(other.reference(rich));
        assertThat(CONTEXT.reference(rich)).isEqualTo(CONTEXT.reference(rich.withAddresses(defaults)));
    }

    @Test
    void quotesWhatYamlWouldReadAsSomethingElse() {
        assertThat(List.of("7077", "true", "1g", "a b", "@file", "a: b", ""))
                .allSatisfy(text -> assertThat(ComposeRenderer.quote(text)).isEqualTo("\"" + text + "\""));
        assertThat(List.of("java", "--host", "-Xmx1g", "spark://spark-master:7077", "org.apache.spark.Main"))
                .allSatisfy(text -> assertThat(ComposeRenderer.quote(text)).isEqualTo(text));
        assertThat(ComposeRenderer.quote("$HOME \"x\"")).isEqualTo("\"$$HOME \\\"x\\\"\"");
    }

    /** Renewed by `-Dsparkling.golden=write`, and read by a person before it is committed. */
    private static void assertGolden(String name, String rendered) throws IOException {
        if ("write".equals(System.getProperty("sparkling.golden"))) {
            Files.writeString(Path.of("src/test/resources/dev/sparkling/compose", name), rendered);
        }
        try (InputStream golden = ComposeRendererTest.class.getResourceAsStream(name)) {
            assertThat(golden).as(name).isNotNull();
            assertThat(rendered).isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
