package dev.sparkling.compose;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.cluster.Role;
import dev.sparkling.error.SparklingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A project as the engines see it: merged, interpolated, every short form written out.
 *
 * @param name lower-case letters, digits, `-` and `_`, beginning with a letter or digit
 * @param directory absolute; relative paths of the files are resolved against it
 * @param files absolute, in the order of merging
 * @param settings what the `x-sparkling` block asks for
 * @param services by name, in the order of the files
 * @param networks by key
 * @param volumes by key
 * @param configs their files, absolute, by key
 * @param secrets their files, absolute, by key
 */
public record ComposeProject(
        String name,
        Path directory,
        List<Path> files,
        ClusterSpec settings,
        Map<String, Service> services,
        Map<String, Network> networks,
        Map<String, Volume> volumes,
        Map<String, Path> configs,
        Map<String, Path> secrets) {
    public ComposeProject {
        files = List.copyOf(files);
        services = Immutable.ordered(services);
        networks = Immutable.ordered(networks);
        volumes = Immutable.ordered(volumes);
        configs = Immutable.ordered(configs);
        secrets = Immutable.ordered(secrets);
    }

    /**
     * The service of the short-lived client.
     *
     * @throws SparklingException if a hand-written file has none
     */
    public Service app() {
        Service app = services.get(Role.APP.service());
        if (app == null) {
            throw SparklingException.usage(
                    "the project has no service " + Role.APP.service(),
                    "`sparkling render` writes it into compose.yml.");
        }
        return app;
    }
}
