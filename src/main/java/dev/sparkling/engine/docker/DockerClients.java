package dev.sparkling.engine.docker;

import static java.util.Objects.requireNonNull;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.WaitContainerResultCallback;
import com.github.dockerjava.api.exception.ConflictException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.WaitContainerCondition;
import dev.sparkling.bundle.BundledFolder;
import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.Clients;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.error.SparklingException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/** Short-lived containers and commands in running ones. */
final class DockerClients implements Clients {
    /** Where the image expects the client: on Python's path (docker/Dockerfile). */
    private static final String CLIENT_FOLDER = "opt/sparkling/client";

    private static final int CANCEL_SECONDS = 10;

    private final DockerConnection connection;
    private final DockerClient docker;
    private final StateReader state;
    private final Images images;

    DockerClients(DockerConnection connection, Images images) {
        this.connection = connection;
        this.docker = connection.quick();
        this.state = new StateReader(docker);
        this.images = images;
    }

    @Override
    public RunningClient client(ComposeProject project, List<String> arguments, Consumer<LogChunk> output) {
        Service app = project.app();
        String slug = HexFormat.of().formatHex(randomBytes(32));
        String name = project.name() + "-" + app.name() + "-run-" + slug.substring(0, 12);
        String image = images.id(app.image())
                .orElseThrow(() -> SparklingException.failed(
                        "the image " + app.image() + " is not there", "`sparkling up` builds it."));
        Service client = app.withCommand(command(arguments));
        String id = new Translator(project)
                .make(connection, client, name, Labels.ofOneOff(project, client, image, slug), true);
        Running running = new Running(id, name, output);
        try {
            copyClient(id);
            running.start();
        } catch (RuntimeException failure) {
            running.close();
            throw failure;
        }
        return running;
    }

    @Override
    public void detached(ComposeProject project, List<String> arguments) {
        Service app = project.app();
        Observed.Container server = running(project, Role.CONNECT.service());
        copyClient(server.id());
        var create = docker.execCreateCmd(server.id())
                .withCmd(command(arguments).toArray(String[]::new))
                .withEnv(app.environment().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList());
        owner(project.directory()).ifPresent(create::withUser);
        try (var started =
                docker.execStartCmd(create.exec().getId()).withDetach(true).exec(new ResultCallback.Adapter<>())) {
            started.awaitStarted();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException closing) {
            throw new UncheckedIOException(closing);
        }
    }

    private void copyClient(String container) {
        docker.copyArchiveToContainerCmd(container)
                .withRemotePath("/")
                .withTarInputStream(new ByteArrayInputStream(clientArchive()))
                .exec();
    }

    private Observed.Container running(ComposeProject project, String service) {
        return state.containers(project).stream()
                .filter(candidate ->
                        candidate.service().equals(service) && candidate.state().running())
                .findFirst()
                .orElseThrow(() -> SparklingException.failed(
                        service + " does not run", "`sparkling up` starts it; `sparkling ps` shows what runs."));
    }

    @Override
    public int execute(ComposeProject project, ExecRequest request, Consumer<LogChunk> output) {
        Observed.Container container = running(project, request.service());
        var create = docker.execCreateCmd(container.id())
                .withCmd(request.command().toArray(String[]::new))
                .withAttachStdout(true)
                .withAttachStderr(true)
                .withAttachStdin(request.input())
                .withTty(request.terminal())
                .withEnv(request.environment().entrySet().stream()
                        .map(variable -> variable.getKey() + "=" + variable.getValue())
                        .toList());
        if (Role.of(request.service()).isPresent()) {
            owner(project.directory()).ifPresent(create::withUser);
        }
        String exec = create.exec().getId();
        boolean piped = request.input() && !request.terminal() && EngineSocket.canReach(connection.uri());
        try (RawTerminal raw = request.terminal() ? RawTerminal.raw() : RawTerminal.untouched();
                ContainerLogs.Frames frames = new ContainerLogs.Frames(container.name(), container.service(), output)) {
            if (piped) {
                PipedExec.run(
                        connection.uri(),
                        connection.apiVersion(),
                        exec,
                        System.in,
                        (stream, bytes) ->
                                output.accept(new LogChunk(container.name(), container.service(), stream, bytes)));
            } else {
                var start = connection.patient().execStartCmd(exec).withTty(request.terminal());
                if (request.input()) {
                    start.withStdIn(System.in);
                }
                start.exec(frames).awaitCompletion();
                frames.rethrow();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (IOException closing) {
            throw new UncheckedIOException(closing);
        }
        Long code = docker.inspectExecCmd(exec).exec().getExitCodeLong();
        return code == null ? 1 : code.intValue();
    }

    /** The user as whom the image's services run: the owner of the project's folder (docker/entrypoint). */
    private static Optional<String> owner(Path directory) {
        try {
            return Optional.of(
                    Files.getAttribute(directory, "unix:uid") + ":" + Files.getAttribute(directory, "unix:gid"));
        } catch (IOException | UnsupportedOperationException notUnix) {
            return Optional.empty();
        }
    }

    private static List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of("python3", "-m", "sparkling_client"));
        command.addAll(arguments);
        return command;
    }

    private static byte[] clientArchive() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream archive = new TarArchiveOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> file : BundledFolder.CLIENT.files().entrySet()) {
                BuildContext.add(archive, CLIENT_FOLDER + "/" + file.getKey(), file.getValue(), false);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return bytes.toByteArray();
    }

    private static byte[] randomBytes(int count) {
        byte[] bytes = new byte[count];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    /** The engine removes the container when it ends, so that none stays behind a caller that was killed. */
    private final class Running implements RunningClient {
        private final String id;
        private final ContainerLogs.Frames frames;
        private @Nullable WaitContainerResultCallback end;
        private boolean ended;

        Running(String id, String name, Consumer<LogChunk> output) {
            this.id = id;
            this.frames = new ContainerLogs.Frames(name, Role.APP.service(), output);
        }

        void start() {
            try {
                connection
                        .patient()
                        .attachContainerCmd(id)
                        .withStdOut(true)
                        .withStdErr(true)
                        .withFollowStream(true)
                        .withLogs(true)
                        .exec(frames)
                        .awaitStarted();
                // Asked before the start: afterwards the container, and with it the answer, may be gone.
                end = connection
                        .patient()
                        .waitContainerCmd(id)
                        .withCondition(WaitContainerCondition.NEXT_EXIT)
                        .start();
                end.awaitStarted();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
            docker.startContainerCmd(id).exec();
        }

        @Override
        public int waitFor() throws InterruptedException {
            frames.awaitCompletion();
            frames.rethrow();
            int code = requireNonNull(end).awaitStatusCode();
            ended = true;
            return code;
        }

        @Override
        public void cancel() {
            try {
                connection
                        .patient()
                        .stopContainerCmd(id)
                        .withTimeout(CANCEL_SECONDS)
                        .exec();
            } catch (NotModifiedException | NotFoundException ended) {
                // it ended by itself
            }
        }

        @Override
        public void close() {
            try (frames;
                    var waited = end) {
                if (waited == null || !ended) {
                    docker.removeContainerCmd(id)
                            .withForce(true)
                            .withRemoveVolumes(true)
                            .exec();
                }
            } catch (NotFoundException | ConflictException gone) {
                // removed, or about to be
            } catch (IOException ignored) {
                // its streams ended with the container
            }
        }
    }
}
