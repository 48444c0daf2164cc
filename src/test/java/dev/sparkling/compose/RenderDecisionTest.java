package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.compose.RenderDecision.Outcome;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlDocument;
import org.junit.jupiter.api.Test;

class RenderDecisionTest {
    private static final String RENDERED = RenderedServices.stamped(rendered(1));

    /** What a renderer gives for a number of workers, not yet stamped. */
    private static String rendered(int workers) {
        StringBuilder text = new StringBuilder("""
                # Sparkling's cluster.
                x-sparkling:
                  workers: %d  # how many

                # Rendered; lasting additions go to compose.override.yml.
                services:
                  spark-master:
                    image: spark
                    ports: ["8080:8080"]
                """.formatted(workers));
        for (int worker = 1; worker <= workers; worker++) {
            text.append("  spark-worker" + (worker == 1 ? "" : "-" + worker) + ":\n    image: spark\n");
        }
        return text.append("volumes:\n  events: {}\n").toString();
    }

    private static RenderDecision decide(String current, String fresh) {
        return RenderDecision.of("compose.yml", current, fresh);
    }

    @Test
    void nothingChanged() {
        assertThat(decide(RENDERED, rendered(1)).outcome()).isEqualTo(Outcome.UNCHANGED);
        String otherwiseLaidOut = RENDERED.replace("[\"8080:8080\"]", "\n      - '8080:8080' # the UI")
                .replace("# Rendered; lasting additions go to compose.override.yml.\n", "")
                .replace("\n", "\r\n");
        assertThat(decide(otherwiseLaidOut, rendered(1))).isEqualTo(decide(RENDERED, rendered(1)));
    }

    @Test
    void onlyTheSettingsChanged() {
        String current = SettingsEditor.set(RENDERED, "workers", "2");
        RenderDecision decision = decide(current, rendered(2));
        assertThat(decision.outcome()).isEqualTo(Outcome.RENDER_AGAIN);
        assertThat(decision.difference()).contains("+  spark-worker-2:");
        String written = RenderedServices.replace("compose.yml", current, rendered(2));
        assertThat(written).contains("  workers: 2  # how many").contains("spark-worker-2:");
        assertThat(decide(written, rendered(2)).outcome()).isEqualTo(Outcome.UNCHANGED);
    }

    @Test
    void onlyTheServicesChanged() {
        String current = RENDERED.replace("image: spark\n    ports", "image: mine\n    ports");
        RenderDecision decision = decide(current, rendered(1));
        assertThat(decision.outcome()).isEqualTo(Outcome.HAND_EDITED);
        assertThat(String.join("\n", decision.difference())).isEqualTo("""
                --- compose.yml as it stands
                +++ compose.yml as its settings give it
                @@ -2,7 +2,7 @@
                 # Rendered; lasting additions go to compose.override.yml.
                 services:
                   spark-master:
                -    image: mine
                +    image: spark
                     ports: ["8080:8080"]
                   spark-worker:
                     image: spark""");
    }

    @Test
    void bothChanged() {
        String current = RENDERED.replace("8080:8080", "9090:8080");
        RenderDecision decision = decide(current, rendered(2));
        assertThat(decision.outcome()).isEqualTo(Outcome.CONFLICT);
        assertThat(decision.difference())
                .contains("-    ports: [\"9090:8080\"]", "+    ports: [\"8080:8080\"]", "+  spark-worker-2:");
    }

    @Test
    void bothChangedToTheSame() {
        String byHand = RENDERED.replace("volumes:", "  spark-worker-2: {image: spark}\nvolumes:");
        assertThat(decide(byHand, rendered(2)).outcome()).isEqualTo(Outcome.RENDER_AGAIN);
    }

    @Test
    void aBlockAloneIsRendered() {
        assertThat(decide("x-sparkling:\n", rendered(1)).outcome()).isEqualTo(Outcome.RENDER_AGAIN);
        String written = RenderedServices.replace("compose.yml", "x-sparkling:\n  workers: 1", rendered(1));
        assertThat(decide(written, rendered(1)).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(written).startsWith("x-sparkling:\n  workers: 1\n  rendered: ");
    }

    @Test
    void servicesWithoutAHashAreNeverLost() {
        String current = "x-sparkling: {}\nservices: {mine: {image: x}}\n";
        assertThat(decide(current, rendered(1)).outcome()).isEqualTo(Outcome.CONFLICT);
        assertThat(decide(rendered(1), rendered(1)).outcome()).isEqualTo(Outcome.RENDER_AGAIN);
    }

    @Test
    void aFileWithoutABlockIsSomebodyElses() {
        assertThatThrownBy(() -> decide("services: {db: {image: x}}\n", rendered(1)))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("compose.yml has no x-sparkling block");
    }

    @Test
    void replacingKeepsWhatIsNotRendered() {
        String current = """
                # Head.
                name: shop # mine

                # Block.
                x-sparkling:
                  workers: 2
                  # workers: 9
                # Old services.
                services:
                  old: {image: x}

                # Shared.
                x-shared: &shared {a: b}
                networks: {old: {}}
                """;
        String written = RenderedServices.replace("compose.yml", current, rendered(2));
        assertThat(written)
                .startsWith("# Head.\nname: shop # mine\n\n# Block.\nx-sparkling:\n  workers: 2\n  rendered: ")
                .contains("  # workers: 9\n\n# Rendered; lasting additions")
                .endsWith("volumes:\n  events: {}\n\n# Shared.\nx-shared: &shared {a: b}\n")
                .doesNotContain("old");
        String windows = RenderedServices.replace("compose.yml", current.replace("\n", "\r\n"), rendered(2));
        assertThat(windows).isEqualTo(written.replace("\n", "\r\n"));
    }

    @Test
    void theHashSeesMeaningOnly() {
        String hash = hash("services: {a: {image: x, ports: [\"1:1\"]}}");
        assertThat(hash).matches("[0-9a-f]{64}");
        assertThat(hash("x-sparkling: {}\n# c\nservices:\n  a:\n    ports: ['1:1']\n    image: x\n"))
                .isEqualTo(hash);
        assertThat(hash("services: {a: {image: x, ports: [\"1:2\"]}}")).isNotEqualTo(hash);
        assertThat(hash("services: {a: {image: x, ports: [\"1:1\"]}}\nvolumes: {v: }"))
                .isNotEqualTo(hash);
        assertThat(hash("services: {a: {image: x, ports: !reset [\"1:1\"]}}")).isNotEqualTo(hash);
    }

    private static String hash(String text) {
        return RenderedServices.hash(YamlDocument.parse("f", text));
    }
}
