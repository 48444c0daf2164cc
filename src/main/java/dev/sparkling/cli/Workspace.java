package dev.sparkling.cli;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.compose.ClusterSettings;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.ComposeRenderer;
import dev.sparkling.compose.ImageContext;
import dev.sparkling.compose.ProjectLocation;
import dev.sparkling.compose.ProjectReader;
import dev.sparkling.compose.RenderDecision;
import dev.sparkling.compose.RenderDecision.Outcome;
import dev.sparkling.compose.RenderedServices;
import dev.sparkling.error.SparklingException;
import dev.sparkling.error.Unwritable;
import dev.sparkling.yaml.YamlDocument;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A project's files: read as they stand, or rendered from their settings before. */
final class Workspace {
    private final Invocation invocation;
    private final ProjectLocation location;

    /** Whether the user named files: then one that is missing is a mistake, and not a folder without any. */
    private final boolean named;

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
        this.named = !files.isEmpty();
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

    /** The name of the file that holds the settings, for messages. */
    String label() {
        return location.label(location.composeFile());
    }

    /** The project as its files stand; of a folder without any, as the defaults would make it. */
    ComposeProject read() {
        return named || Files.exists(location.composeFile())
                ? new ProjectReader(location, notices).read()
                : new ProjectReader(location, notices)
                        .read(Rendering.of(this, new SettingsOptions(), true).text());
    }

    /** The project as `up` wants it: files written, then read with the environment's settings on top. */
    ComposeProject prepare(SettingsOptions settings, boolean force) {
        Rendering rendering = Rendering.of(this, settings, force);
        write(rendering);
        ProjectLocation place = location.without(settings.overruled());
        return new ProjectReader(place, notices).read(withEnvironment(rendering, place.environment()));
    }

    /**
     * Writes the file from its settings.
     *
     * @return whether it changed
     */
    boolean render(SettingsOptions settings, boolean force) {
        return write(Rendering.of(this, settings, force));
    }

    /** Refuses a file that is not what `render` would write. */
    void check() {
        if (!Files.exists(location.composeFile())) {
            throw SparklingException.failed("there is no " + label(), "`sparkling render` writes it.");
        }
        String current = current();
        Rendering rendering = Rendering.of(this, new SettingsOptions(), true);
        if (!rendering.text().equals(current)) {
            throw SparklingException.failed(
                            label() + " is not what its settings give", "`sparkling render` brings it up to date.")
                    .withEvidence(RenderDecision.of(label(), current, rendering.text())
                            .difference());
        }
    }

    /** What the file shall hold, and the settings that it was rendered from. */
    private record Rendering(String text, ClusterSpec settings, ImageContext context, boolean handEdited) {
        static Rendering of(Workspace workspace, SettingsOptions settings, boolean force) {
            boolean fresh = !Files.exists(workspace.location.composeFile());
            String label = workspace.label();
            String edited = settings.applyTo(fresh ? head() : workspace.current());
            ClusterSpec spec = ClusterSettings.read(YamlDocument.parse(label, edited), Map.of());
            ImageContext context = ImageContext.of(workspace.directory());
            String services = ComposeRenderer.render(spec, context);
            Outcome outcome = Outcome.RENDER_AGAIN;
            if (!fresh && !force) {
                RenderDecision decision = RenderDecision.of(label, edited, services);
                outcome = decision.outcome();
                if (outcome == Outcome.CONFLICT) {
                    throw SparklingException.usage(
                                    label
                                            + " was changed twice: its settings (or the program) ask for other services, and"
                                            + " the services were edited by hand",
                                    "Move your edits to compose.override.yml and repeat the command with `--force`, which"
                                            + " renders the services anew.")
                            .withEvidence(decision.difference());
                }
            }
            boolean handEdited = outcome == Outcome.HAND_EDITED;
            return new Rendering(
                    handEdited ? edited : RenderedServices.replace(label, edited, services), spec, context, handEdited);
        }
    }

    private boolean write(Rendering rendering) {
        rendering.context().layDown(directory());
        if (Files.exists(location.composeFile()) && rendering.text().equals(current())) {
            return false;
        }
        try {
            Files.writeString(location.composeFile(), rendering.text());
            return true;
        } catch (IOException unwritable) {
            throw Unwritable.of(label(), unwritable, "Make the project's folder writable, or work in a copy of it.");
        }
    }

    /** The environment's settings count for this command only; ports and address are variables of the file already. */
    private String withEnvironment(Rendering rendering, Map<String, String> environment) {
        ClusterSpec wanted = ClusterSettings.read(YamlDocument.parse(label(), rendering.text()), environment)
                .withAddresses(rendering.settings());
        if (wanted.equals(rendering.settings())) {
            return rendering.text();
        }
        if (rendering.handEdited()) {
            throw SparklingException.usage(
                    "SPARKLING_* variables ask for other services, and those of " + label() + " were edited by hand",
                    "Unset the variables, or render the services anew by `sparkling render --force`.");
        }
        return RenderedServices.replace(label(), rendering.text(), ComposeRenderer.render(wanted, rendering.context()));
    }

    private String current() {
        try {
            return Files.readString(location.composeFile());
        } catch (IOException unreadable) {
            throw SparklingException.usage(
                            label() + " cannot be read: " + unreadable.getMessage(),
                            "Check its permissions, and that it is UTF-8 text.")
                    .causedBy(unreadable);
        }
    }

    private static String head() {
        try (InputStream input = Workspace.class.getResourceAsStream("compose-head.yml")) {
            return new String(java.util.Objects.requireNonNull(input).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
