package dev.sparkling.engine.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.BuildResponseItem;
import com.github.dockerjava.api.model.Image;
import com.github.dockerjava.api.model.PullResponseItem;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.engine.PackageIndexes;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Builds, pulls and removes the images that a project's services need. */
final class Images {
    private static final Pattern STEP = Pattern.compile("Step (\\d+)/(\\d+) : (.*)");
    private static final int EVIDENCE_LINES = 40;

    private final DockerConnection docker;
    private final Map<String, String> environment;
    private final Path home;
    private final Consumer<EngineEvent> events;

    Images(DockerConnection docker, Map<String, String> environment, Path home, Consumer<EngineEvent> events) {
        this.docker = docker;
        this.environment = environment;
        this.home = home;
        this.events = events;
    }

    /**
     * Makes every image of the services present.
     *
     * @return the images' ids by reference
     */
    Map<String, String> prepare(ComposeProject project, List<Service> services, boolean build, boolean pull) {
        Map<String, String> ids = new LinkedHashMap<>();
        for (Service service : services) {
            if (!ids.containsKey(service.image())) {
                ids.put(service.image(), prepare(project, service, builder(project, service), build, pull));
            }
        }
        return ids;
    }

    /** The ids of those images that are there and need not be pulled again, by reference. */
    Map<String, String> present(ComposeProject project, List<Service> services) {
        Map<String, String> ids = new LinkedHashMap<>();
        for (Service service : services) {
            boolean pulled =
                    builder(project, service) == null && service.pullPolicy().equals(Optional.of("always"));
            if (!pulled && !ids.containsKey(service.image())) {
                id(service.image()).ifPresent(id -> ids.put(service.image(), id));
            }
        }
        return ids;
    }

    /** The id of an image that is there. */
    Optional<String> id(String reference) {
        try {
            return Optional.ofNullable(
                    docker.quick().inspectImageCmd(reference).exec().getId());
        } catch (NotFoundException absent) {
            return Optional.empty();
        }
    }

    /**
     * Why the project's image can neither be used nor built: its base is not there, and cannot be pulled. Pulls it.
     *
     * @return empty if nothing is in the way
     */
    Optional<String> obstacle(ComposeProject project) {
        for (Service service : project.services().values()) {
            String base = service.build()
                    .map(build -> build.arguments().getOrDefault("BASE", ""))
                    .orElse("");
            if (base.isEmpty() || id(service.image()).isPresent() || id(base).isPresent()) {
                continue;
            }
            try {
                pull(base);
            } catch (SparklingException absent) {
                if (absent.category() == Category.INTERRUPTED) {
                    throw absent;
                }
                return Optional.of("the base image " + base + " is not there and cannot be pulled");
            }
        }
        return Optional.empty();
    }

    /**
     * Removes the images that were built for a project and that no other project's container holds; not those that a
     * project elsewhere has built, of the same name or with the same settings.
     *
     * @return what was removed
     */
    List<String> remove(ComposeProject project) {
        Set<String> references = new java.util.LinkedHashSet<>();
        project.services().values().stream()
                .filter(service -> service.build().isPresent())
                .forEach(service -> references.add(service.image()));
        docker.quick()
                .listImagesCmd()
                .withLabelFilter(Map.of(Labels.BUILT_FOR, project.name()))
                .exec()
                .forEach(image -> references.addAll(references(image)));
        List<String> removed = new ArrayList<>();
        for (String reference : references) {
            Optional<String> other = builtElsewhere(project, reference);
            if (other.isPresent()) {
                events.accept(
                        new EngineEvent.Notice(reference + " is kept: it was built for the project in " + other.get()));
                continue;
            }
            try {
                docker.quick().removeImageCmd(reference).exec();
                removed.add(reference);
                changed(reference, State.REMOVED, "");
            } catch (NotFoundException absent) {
                // never built, or removed by hand
            } catch (ConflictException used) {
                events.accept(new EngineEvent.Notice(reference + " is kept: another project's container uses it"));
            }
        }
        return removed;
    }

    /** An image's names; its id if a later build took them from it. */
    private static List<String> references(Image image) {
        List<String> names = image.getRepoTags() == null
                ? List.of()
                : Stream.of(image.getRepoTags())
                        .filter(name -> !name.startsWith("<none>"))
                        .toList();
        return names.isEmpty() ? List.of(image.getId()) : names;
    }

    private Optional<String> builtElsewhere(ComposeProject project, String reference) {
        try {
            var configuration = docker.quick().inspectImageCmd(reference).exec().getConfig();
            return Labels.otherFolder(
                    project, configuration == null ? null : configuration.getLabels(), Labels.BUILT_IN);
        } catch (NotFoundException absent) {
            return Optional.empty();
        }
    }

    private static @Nullable Service builder(ComposeProject project, Service service) {
        return project.services().values().stream()
                .filter(other ->
                        other.image().equals(service.image()) && other.build().isPresent())
                .findFirst()
                .orElse(null);
    }

    private String prepare(
            ComposeProject project, Service service, @Nullable Service builder, boolean build, boolean pull) {
        Optional<String> present = id(service.image());
        boolean never = service.pullPolicy().equals(Optional.of("never"));
        if (builder != null) {
            return present.isPresent() && !build && !pull ? present.get() : build(project, builder, pull);
        }
        boolean always = pull || service.pullPolicy().equals(Optional.of("always"));
        if (present.isPresent() && (!always || never)) {
            return present.get();
        }
        if (never) {
            throw SparklingException.failed(
                    "the image " + service.image() + " of service " + service.name()
                            + " is not there, and its pull_policy is" + " never",
                    "Build or load it, or change pull_policy.");
        }
        pull(service.image());
        return id(service.image())
                .orElseThrow(() -> SparklingException.failed(
                        "the image " + service.image() + " vanished after it was pulled", "Try again."));
    }

    private String build(ComposeProject project, Service service, boolean pull) {
        Service.Build build = service.build().orElseThrow();
        String base = build.arguments().getOrDefault("BASE", "");
        if (!base.isEmpty() && (pull || id(base).isEmpty())) {
            pull(base);
        }
        changed(service.image(), State.BUILDING, "");
        Path tar = BuildContext.write(
                build.context(), build.dockerfile(), BuildContext.certificateAuthorities(environment));
        BuildOutput output = new BuildOutput(service.image());
        try (InputStream stream = Files.newInputStream(tar)) {
            BuildImageCmd command = docker.patient()
                    .buildImageCmd(stream)
                    .withDockerfilePath(build.dockerfile())
                    .withTags(Set.of(service.image()))
                    .withLabels(Labels.ofImage(project, build))
                    .withRemove(true)
                    .withForcerm(true);
            build.target().ifPresent(command::withTarget);
            ownNetwork().forEach(command::withBuildArg);
            build.arguments().forEach(command::withBuildArg);
            command.exec(output).awaitCompletion();
        } catch (IOException unreadable) {
            throw buildFailure(service, output, unreadable.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw interrupted();
        } catch (RuntimeException failure) {
            throw buildFailure(service, output, failure.getMessage());
        } finally {
            deleteQuietly(tar);
        }
        if (output.error != null) {
            throw buildFailure(service, output, output.error);
        }
        changed(service.image(), State.BUILT, "");
        return id(service.image())
                .orElseThrow(() -> buildFailure(service, output, "the engine finished without an image"));
    }

    /**
     * How this machine reaches the package registries. Proxies are predefined arguments, and the indexes are those of
     * stages that the image only copies files from: none stays in the image or in its history.
     */
    private Map<String, String> ownNetwork() {
        Map<String, String> arguments = new LinkedHashMap<>();
        for (String name : List.of("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")) {
            arguments.put(name, environment.getOrDefault(name, ""));
        }
        PackageIndexes indexes = PackageIndexes.find(environment, home);
        arguments.put("PIP_INDEX_URL", indexes.index().orElse(""));
        arguments.put("PIP_EXTRA_INDEX_URL", String.join(" ", indexes.extra()));
        arguments.put("PIP_TRUSTED_HOST", String.join(" ", indexes.trustedHosts()));
        arguments.put("UV_INDEX_STRATEGY", indexes.strategy().orElse(""));
        arguments.values().removeIf(String::isEmpty);
        return arguments;
    }

    private static SparklingException buildFailure(Service service, BuildOutput output, @Nullable String reason) {
        return SparklingException.failed(
                        "building the image " + service.image() + " failed"
                                + (output.step.isEmpty() ? "" : " at: " + output.step)
                                + (reason == null ? "" : " (" + reason.strip() + ")"),
                        "Mend what the output names (a requirement, a package, the network), then run the command again; or use"
                                + " `--engine local`, which needs no image.")
                .withEvidence(output.lastLines());
    }

    private void pull(String image) {
        changed(image, State.PULLING, "");
        PullImageCmd command =
                docker.patient().pullImageCmd(image.contains(":") || image.contains("@") ? image : image + ":latest");
        RegistryCredentials.find(image, environment, home).ifPresent(command::withAuthConfig);
        try {
            command.exec(new ResultCallback.Adapter<PullResponseItem>() {
                        @Override
                        public void onNext(PullResponseItem item) {
                            if (item.getErrorDetail() != null) {
                                throw new IllegalStateException(
                                        item.getErrorDetail().getMessage());
                            }
                            if (item.getId() != null && item.getStatus() != null) {
                                var detail = item.getProgressDetail();
                                events.accept(new EngineEvent.PullProgress(
                                        image,
                                        item.getId(),
                                        item.getStatus(),
                                        detail == null || detail.getCurrent() == null ? -1 : detail.getCurrent(),
                                        detail == null || detail.getTotal() == null ? -1 : detail.getTotal()));
                            }
                        }
                    })
                    .awaitCompletion();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw interrupted();
        } catch (RuntimeException failure) {
            changed(image, State.FAILED, "");
            throw SparklingException.failed(
                            "the image " + image + " cannot be pulled: " + firstLine(failure),
                            "Check the name, the network and your login (`docker login`). Without an image registry,"
                                    + " docker/base/build makes the Spark image from packages alone.")
                    .causedBy(failure);
        }
        changed(image, State.PULLED, "");
    }

    private static String firstLine(Throwable failure) {
        String message = String.valueOf(failure.getMessage()).strip();
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static SparklingException interrupted() {
        return new SparklingException(dev.sparkling.error.Category.INTERRUPTED, "interrupted", null, List.of(), null);
    }

    private void changed(String image, State state, String detail) {
        events.accept(new ResourceChanged(Resource.IMAGE, image, image, state, detail));
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException ignored) {
            // a file in the temporary folder
        }
    }

    /** Reads the builder's stream: steps, their output, the error. */
    private final class BuildOutput extends ResultCallback.Adapter<BuildResponseItem> {
        private final String image;
        private final List<String> lines = new ArrayList<>();
        private final StringBuilder partial = new StringBuilder();
        private String step = "";
        private @Nullable String error;

        BuildOutput(String image) {
            this.image = image;
        }

        @Override
        public void onNext(BuildResponseItem item) {
            if (item.getErrorDetail() != null) {
                error = item.getErrorDetail().getMessage();
            }
            if (item.getStream() == null) {
                return;
            }
            partial.append(item.getStream());
            int end;
            while ((end = partial.indexOf("\n")) >= 0) {
                line(partial.substring(0, end).stripTrailing());
                partial.delete(0, end + 1);
            }
        }

        private void line(String line) {
            Matcher matcher = STEP.matcher(line);
            if (matcher.matches()) {
                step = matcher.group(3);
                lines.clear();
                events.accept(new EngineEvent.BuildStep(
                        image, Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), step));
            } else if (!line.isBlank()) {
                lines.add(line);
                events.accept(new EngineEvent.BuildOutput(image, line));
            }
        }

        private List<String> lastLines() {
            return lines.subList(Math.max(0, lines.size() - EVIDENCE_LINES), lines.size());
        }
    }
}
