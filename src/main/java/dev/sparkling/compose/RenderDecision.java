package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlDocument;
import dev.sparkling.yaml.YamlNode;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a compose file that was rendered earlier: its settings and its services may both have been changed
 * since.
 *
 * @param difference a unified diff from the services as they stand to those that the settings give; empty if they agree
 */
public record RenderDecision(Outcome outcome, List<String> difference) {
    private static final int CONTEXT_LINES = 3;

    public RenderDecision {
        difference = List.copyOf(difference);
    }

    /** Who changed what since the services were rendered. */
    public enum Outcome {
        /** Nobody anything. */
        UNCHANGED,
        /** Only the settings (or the program) ask for other services: write them. */
        RENDER_AGAIN,
        /** Only the services were changed by hand: they are honoured as they stand. */
        HAND_EDITED,
        /** Both, so that one of the changes would be lost. */
        CONFLICT
    }

    /**
     * Decides from the text of a file and of a fresh rendering of its settings.
     *
     * @param file the file's name for errors and the difference
     * @throws SparklingException of category USAGE if the file is not YAML, or holds no `x-sparkling` block
     */
    public static RenderDecision of(String file, String current, String fresh) {
        YamlNode currentRoot = YamlDocument.parse(file, current);
        if (!(currentRoot instanceof YamlNode.Mapping mapping)
                || !mapping.entries().containsKey(ClusterSettings.KEY)) {
            throw SparklingException.usage(
                    file + " has no x-sparkling block, so it does not describe a cluster",
                    "Rename it to compose.override.yml: then its services run next to Spark's, for which a compose.yml "
                            + "is written. Or add `x-sparkling:` at its top and remove its services.");
        }
        Optional<String> recorded = ClusterSettings.renderedHash(currentRoot);
        String standing = RenderedServices.hash(currentRoot);
        String wanted = RenderedServices.hash(YamlDocument.parse(file, fresh));
        boolean noServices = !mapping.entries().containsKey("services");
        Outcome outcome;
        if (recorded.isEmpty()) {
            outcome = noServices || standing.equals(wanted) ? Outcome.RENDER_AGAIN : Outcome.CONFLICT;
        } else if (standing.equals(recorded.get())) {
            outcome = wanted.equals(standing) ? Outcome.UNCHANGED : Outcome.RENDER_AGAIN;
        } else if (wanted.equals(recorded.get())) {
            outcome = Outcome.HAND_EDITED;
        } else {
            outcome = wanted.equals(standing) ? Outcome.RENDER_AGAIN : Outcome.CONFLICT;
        }
        List<String> difference = standing.equals(wanted)
                ? List.of()
                : UnifiedDiff.of(
                        file + " as it stands",
                        RenderedServices.body(file, current).lines().toList(),
                        file + " as its settings give it",
                        RenderedServices.body(file, fresh).lines().toList(),
                        CONTEXT_LINES);
        return new RenderDecision(outcome, difference);
    }
}
