package dev.sparkling.engine.probe;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.compose.ClusterSettings;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlDocument;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PreflightTest {
    /** What a virtual machine for containers gets of a laptop with 8 GB, in bytes: half. */
    private static final long HALF_A_LAPTOP = 4_000_000_000L;

    private static void check(String settings, long total) {
        ClusterSpec spec =
                ClusterSettings.read(YamlDocument.parse("compose.yml", "x-sparkling: " + settings + "\n"), Map.of());
        Preflight.memory(
                "the Docker engine",
                total,
                new ComposeProject(
                        "shop", Path.of("/shop"), List.of(), spec, Map.of(), Map.of(), Map.of(), Map.of(), Map.of()));
    }

    @Test
    void theDefaultsFitALaptop() {
        assertThatCode(() -> check("{}", HALF_A_LAPTOP)).doesNotThrowAnyException();
    }

    @Test
    void saysWhatIsWantedAndWhatIsThere() {
        assertThatThrownBy(() -> check("{workers: 2, worker_memory: 2g}", HALF_A_LAPTOP))
                .isInstanceOf(SparklingException.class)
                .hasMessage("the settings need about 7.2 GB of memory and the Docker engine has 3.7 GB"
                        + " (2 × worker_memory 2g, driver_memory 1g, and the daemons' own)");
    }
}
