package dev.sparkling.compose;

import java.util.Map;
import java.util.Optional;

/**
 * A network of the project.
 *
 * @param key as the file names it
 * @param name as the engine names it: `PROJECT_KEY` unless the file says otherwise
 * @param external made and removed by somebody else
 */
public record Network(
        String key,
        String name,
        boolean external,
        Optional<String> driver,
        Map<String, String> driverOptions,
        Map<String, String> labels,
        boolean internal) {
    public Network {
        driverOptions = Immutable.ordered(driverOptions);
        labels = Immutable.ordered(labels);
    }
}
