package dev.sparkling.engine.local;

import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.Clients;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.error.SparklingException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/** Short-lived processes beside the services, and commands as the services would run them. */
final class LocalClients implements Clients {
    private static final Duration CANCEL = Duration.ofSeconds(10);

    /** How often the server's process is looked at. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** How long a client has to fail by itself when its server has gone. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Path NOWHERE = Path.of("/dev/null");
    private static final int EVIDENCE_LINES = 5;

    /** How Python ends when it cannot import something. */
    private static final int FAILED = 1;

    /** What a shell returns for a program that is not there. */
    private static final int NOT_FOUND = 127;

    private final Installer installer;
    private final LocalCluster cluster;
    private final Map<String, String> environment;
    private final Path home;

    LocalClients(Installer installer, LocalCluster cluster, Map<String, String> environment, Path home) {
        this.installer = installer;
        this.cluster = cluster;
        this.environment = environment;
        this.home = home;
    }

    @Override
    public RunningClient client(ComposeProject project, List<String> arguments, Consumer<LogChunk> output) {
        Service app = project.app();
        LocalLaunch launch = launch(project);
        Sessions sessions = new Sessions(launch.spark().python());
        String name = newName(project);
        try {
            Process process = sessions.startPiped(
                    launch.client(app, arguments), LocalLaunch.inherited(environment), project.directory());
            ClassArchives.noteWork(StateFolder.of(project).archives());
            return new Running(name, process, sessions, project, output);
        } catch (IOException failure) {
            throw cannotStart(failure);
        }
    }

    @Override
    public void detached(ComposeProject project, List<String> arguments) {
        LocalLaunch launch = launch(project);
        try {
            Process process = new Sessions(launch.spark().python())
                    .start(
                            launch.client(project.app(), arguments),
                            LocalLaunch.inherited(environment),
                            project.directory(),
                            NOWHERE);
            // It ends with the server, as it does on an engine where it runs in the server's container.
            LocalCluster.ClientRecord.write(
                    StateFolder.of(project).detached(), newName(project), Identity.of(process.toHandle()));
        } catch (IOException failure) {
            throw cannotStart(failure);
        }
    }

    private static String newName(ComposeProject project) {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        return project.name() + "-" + Role.APP.service() + "-run-"
                + HexFormat.of().formatHex(random);
    }

    private static SparklingException cannotStart(IOException failure) {
        return SparklingException.failed(
                        "the client cannot be started: " + failure.getMessage(),
                        "`sparkling clean --cache` removes the local engine's Python; the next run installs it anew.")
                .causedBy(failure);
    }

    @Override
    public int execute(ComposeProject project, ExecRequest request, Consumer<LogChunk> output) {
        Service service = cluster.services(project).stream()
                .filter(ServiceState::running)
                .filter(state -> state.service().equals(request.service()))
                .findFirst()
                .flatMap(state -> Optional.ofNullable(project.services().get(state.service())))
                .orElseThrow(() -> SparklingException.failed(
                        request.service() + " does not run",
                        "`sparkling up` starts it; `sparkling ps` shows what runs."));
        LocalLaunch launch = launch(project);
        ProcessBuilder builder = new ProcessBuilder(request.command())
                .directory(project.directory().toFile());
        builder.environment().clear();
        builder.environment().putAll(LocalLaunch.inherited(environment));
        builder.environment().put("TERM", environment.getOrDefault("TERM", "dumb"));
        builder.environment().putAll(launch.environment(service));
        builder.environment()
                .merge("PATH", launch.spark().python().getParent() + File.pathSeparator, (path, own) -> own + path);
        builder.environment().putAll(request.environment());
        String program = request.command().get(0);
        if (!program.contains("/")) {
            // Java would look on its own PATH.
            Pythons.onPath(builder.environment(), program).ifPresent(found -> {
                List<String> command = new ArrayList<>(request.command());
                command.set(0, found.toString());
                builder.command(command);
            });
        }
        if (request.terminal()) {
            // Ctrl-C is the command's; a handler, unlike an ignored signal, is not inherited.
            Signal.handle(new Signal("INT"), signal -> {});
            builder.inheritIO();
        } else {
            builder.redirectInput(
                    request.input()
                            ? ProcessBuilder.Redirect.INHERIT
                            : ProcessBuilder.Redirect.from(new File("/dev/null")));
        }
        try {
            Process process = builder.start();
            Streams streams = new Streams(request.service(), request.service(), process, output);
            int code = process.waitFor();
            streams.join();
            return code;
        } catch (IOException absent) {
            output.accept(new LogChunk(
                    request.service(),
                    request.service(),
                    LogChunk.Stream.STDERR,
                    (absent.getMessage() + "\n").getBytes(StandardCharsets.UTF_8)));
            return NOT_FOUND;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }

    private LocalLaunch launch(ComposeProject project) {
        return new LocalLaunch(
                project,
                installer.prepare(project.settings()),
                JavaHomes.find(environment, home),
                new LocalLaunch.Ports(cluster.state(project).masterPort(), Map.of()));
    }

    /** Hands both outputs of a process on, each from a thread of its own, one chunk at a time. */
    private static final class Streams {
        private final List<Thread> threads = new ArrayList<>();
        private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();

        Streams(String name, String service, Process process, Consumer<LogChunk> output) {
            read(name, service, LogChunk.Stream.STDOUT, process.getInputStream(), output);
            read(name, service, LogChunk.Stream.STDERR, process.getErrorStream(), output);
        }

        private void read(
                String name, String service, LogChunk.Stream stream, InputStream input, Consumer<LogChunk> output) {
            Thread thread = new Thread(
                    () -> {
                        byte[] buffer = new byte[1 << 16];
                        try (input) {
                            int length = input.read(buffer);
                            while (length >= 0) {
                                LogChunk chunk = new LogChunk(name, service, stream, Arrays.copyOf(buffer, length));
                                synchronized (this) {
                                    output.accept(chunk);
                                }
                                length = input.read(buffer);
                            }
                        } catch (IOException ended) {
                            // its end closes the stream
                        } catch (RuntimeException broken) {
                            failure.compareAndSet(null, broken);
                        }
                    },
                    "read-" + name);
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }

        void join() throws InterruptedException {
            for (Thread thread : threads) {
                thread.join();
            }
            RuntimeException broken = failure.get();
            if (broken != null) {
                throw broken;
            }
        }
    }

    private final class Running implements RunningClient {
        private final ComposeProject project;
        private final Optional<LocalState.Entry> server;
        private final Process process;
        private final Sessions sessions;
        private final Identity identity;
        private final LocalCluster.ClientRecord note;
        private final Streams streams;

        Running(String name, Process process, Sessions sessions, ComposeProject project, Consumer<LogChunk> output) {
            this.project = project;
            this.server = Optional.ofNullable(cluster.state(project).services().get(Role.CONNECT.service()));
            this.process = process;
            this.sessions = sessions;
            this.identity = Identity.of(process.toHandle());
            this.note = LocalCluster.ClientRecord.write(StateFolder.of(project).clients(), name, identity);
            this.streams = new Streams(name, Role.APP.service(), process, output);
        }

        @Override
        public int waitFor() throws InterruptedException {
            while (!process.waitFor(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                if (serverIsGone() && !process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    sessions.stop(identity, Duration.ofSeconds(1));
                    streams.join();
                    throw lostServer();
                }
            }
            streams.join();
            int code = process.exitValue();
            if (code == FAILED) {
                installer.damage(project.settings()).ifPresent(damage -> {
                    throw damage;
                });
            }
            return code;
        }

        /** Spark's client would go on asking for ten minutes. */
        private boolean serverIsGone() {
            return server.filter(entry -> entry.process().running().isEmpty()).isPresent();
        }

        private SparklingException lostServer() {
            return SparklingException.failed(
                            Role.CONNECT.service() + " ended while its client was at work",
                            "`sparkling logs " + Role.CONNECT.service()
                                    + "` shows the rest of its log; `sparkling run` starts it again.")
                    .withEvidence(server.map(entry -> cluster.logs(project, entry.service(), entry.created())
                                    .lastLines(EVIDENCE_LINES))
                            .orElse(List.of()));
        }

        @Override
        public void cancel() {
            sessions.stop(identity, CANCEL);
        }

        @Override
        public void close() {
            if (process.isAlive()) {
                sessions.stop(identity, Duration.ZERO);
            }
            note.remove();
        }
    }
}
