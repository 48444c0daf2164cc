package dev.sparkling.cli;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ComposeRenderer;
import dev.sparkling.compose.ImageContext;
import dev.sparkling.compose.ProjectLocation;
import dev.sparkling.compose.ProjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A project's files, read and rendered. */
final class Workspace {
    private final Invocation invocation;
    private final ProjectLocation location;
    private final Consumer<String> notices;

    Workspace(
            Invocation invocation,
            Optional<Path> directory,
            List<Path> files,
            Optional<String> projectName,
            Consumer<String> notices) {
        this.invocation = invocation;
        this.location = ProjectLocation.find(
                invocation.workingDirectory(), directory, files, projectName, invocation.environment());
        this.notices = notices;
    }

    /** The project's folder, absolute. */
    Path directory() {
        return location.directory();
    }

    /** Where the search for a spec begins: the caller's folder if it lies in the project. */
    Path startOfSearch() {
        Path caller = invocation.workingDirectory();
        return caller.startsWith(directory()) ? caller : directory();
    }

    String label() {
        return location.label(location.composeFile());
    }

    ComposeProject read() {
        ProjectReader reader = new ProjectReader(location, notices);
        return Files.exists(location.composeFile()) ? reader.read() : reader.read(fresh());
    }

    ComposeProject prepare(SettingsOptions settings, boolean force) {
        render(settings, force);
        return read();
    }

    boolean render(SettingsOptions settings, boolean force) {
        ImageContext.of(directory()).layDown(directory());
        if (Files.exists(location.composeFile())) {
            return false;
        }
        try {
            Files.writeString(location.composeFile(), fresh());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return true;
    }

    void check() {}

    private String fresh() {
        return "x-sparkling: {}\n\n" + ComposeRenderer.render(ClusterSpec.defaults(), ImageContext.of(directory()));
    }
}
