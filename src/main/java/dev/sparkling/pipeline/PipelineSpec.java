package dev.sparkling.pipeline;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A pipeline's spec, checked.
 *
 * @param file as the user named it, or as it was found
 * @param storage an absolute URI, below which the server keeps checkpoints
 * @param configuration Spark configuration of the run
 * @param definitions the files that the globs match, sorted, relative to the spec's folder
 */
public record PipelineSpec(
        Path file, String name, String storage, Map<String, String> configuration, List<Path> definitions) {
    public PipelineSpec {
        configuration = Map.copyOf(configuration);
        definitions = List.copyOf(definitions);
    }
}
