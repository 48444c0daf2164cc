package dev.sparkling.engine.docker;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The labels by which containers, networks and volumes are found again; those of docker compose, so that it accepts
 * what Sparkling made and the other way round (docker/compose, `pkg/api/labels.go`).
 */
final class Labels {
    static final String PROJECT = "com.docker.compose.project";
    static final String SERVICE = "com.docker.compose.service";
    static final String ONE_OFF = "com.docker.compose.oneoff";
    static final String NUMBER = "com.docker.compose.container-number";
    static final String COMPOSE_HASH = "com.docker.compose.config-hash";
    static final String WORKING_DIRECTORY = "com.docker.compose.project.working_dir";
    static final String NETWORK = "com.docker.compose.network";
    static final String VOLUME = "com.docker.compose.volume";
    static final String SLUG = "com.docker.compose.slug";
    static final String DEPENDS_ON = "com.docker.compose.depends_on";
    private static final String CONFIG_FILES = "com.docker.compose.project.config_files";
    private static final String VERSION = "com.docker.compose.version";
    private static final String IMAGE = "com.docker.compose.image";

    /** Sparkling's own hash of what a container was made from. */
    static final String HASH = "dev.sparkling.config-hash";

    /** Marks images that Sparkling built, with the project that first built it. */
    static final String BUILT_FOR = "dev.sparkling.built-for";

    /** The folder of that project. Not Compose's label for it, since containers inherit their image's. */
    static final String BUILT_IN = "dev.sparkling.built-in";

    /** Compose wants a semantic version here; this is the version of the label's form that we write. */
    private static final String COMPOSE_VERSION = "2.26.1";

    private Labels() {}

    static Map<String, String> ofService(ComposeProject project, Service service, String hash, String imageId) {
        Map<String, String> labels = common(project, service, hash, imageId);
        labels.put(ONE_OFF, "False");
        labels.put(NUMBER, "1");
        return labels;
    }

    static Map<String, String> ofOneOff(ComposeProject project, Service service, String imageId, String slug) {
        Map<String, String> labels = common(project, service, slug, imageId);
        labels.put(ONE_OFF, "True");
        labels.put(SLUG, slug);
        return labels;
    }

    static Map<String, String> ofNetwork(ComposeProject project, String key) {
        return shared(project, NETWORK, key);
    }

    static Map<String, String> ofVolume(ComposeProject project, String key) {
        return shared(project, VOLUME, key);
    }

    /** Compose leaves the folder out, and does not mind it. */
    private static Map<String, String> shared(ComposeProject project, String kind, String key) {
        return Map.of(
                PROJECT,
                project.name(),
                VERSION,
                COMPOSE_VERSION,
                kind,
                key,
                WORKING_DIRECTORY,
                project.directory().toString());
    }

    static Map<String, String> ofImage(ComposeProject project, Service.Build build) {
        Map<String, String> labels = new LinkedHashMap<>(build.labels());
        labels.put(BUILT_FOR, project.name());
        labels.put(BUILT_IN, project.directory().toString());
        return labels;
    }

    /**
     * The folder of another project of the same name, to which something belongs. A folder that was moved or deleted is
     * none: it leaves things that nobody else can remove.
     *
     * @param labels of what was found by the project's name
     * @param label the one that names the folder; docker compose sets none on networks, volumes and images
     */
    static Optional<String> otherFolder(ComposeProject project, @Nullable Map<String, String> labels, String label) {
        return Optional.ofNullable(labels == null ? null : labels.get(label))
                .filter(folder -> !folder.isEmpty())
                .filter(folder -> !Path.of(folder).equals(project.directory()) && !Files.notExists(Path.of(folder)));
    }

    private static Map<String, String> common(ComposeProject project, Service service, String hash, String imageId) {
        Map<String, String> labels = new LinkedHashMap<>(service.labels());
        labels.put(PROJECT, project.name());
        labels.put(SERVICE, service.name());
        labels.put(COMPOSE_HASH, hash);
        labels.put(HASH, hash);
        labels.put(VERSION, COMPOSE_VERSION);
        labels.put(IMAGE, imageId);
        labels.put(WORKING_DIRECTORY, project.directory().toString());
        labels.put(CONFIG_FILES, project.files().stream().map(Path::toString).collect(Collectors.joining(",")));
        labels.put(
                DEPENDS_ON,
                service.dependsOn().entrySet().stream()
                        .map(entry -> entry.getKey() + ":"
                                + entry.getValue().condition().text() + ":"
                                + entry.getValue().restart())
                        .collect(Collectors.joining(",")));
        return labels;
    }
}
