package dev.sparkling.engine.local;

import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ends what a cluster has started: its services, what those left running, its clients. */
final class Shutdown {
    private static final Duration DEFAULT_GRACE = Duration.ofSeconds(10);

    private static final Duration ARCHIVING_GRACE = Duration.ofSeconds(90);

    private final LocalCluster cluster;
    private final Map<String, String> environment;
    private final Consumer<EngineEvent> events;
    private @Nullable Sessions sessions;

    Shutdown(LocalCluster cluster, Map<String, String> environment, Consumer<EngineEvent> events) {
        this.cluster = cluster;
        this.environment = environment;
        this.events = events;
    }

    /** Stops processes at the same time, and notes their ends. */
    void stop(ComposeProject project, List<LocalState.Entry> entries, Optional<Duration> grace) {
        if (entries.isEmpty()) {
            return;
        }
        Sessions sessions = sessions();
        StateFolder folder = StateFolder.of(project);
        if (entries.stream().anyMatch(Shutdown::isConnect)) {
            if (LocalCluster.ClientRecord.all(folder.detached()).stream()
                    .anyMatch(client -> client.process().running().isEmpty())) {
                ClassArchives.noteWork(folder.archives());
            }
            endNoted(sessions, folder.detached(), Duration.ZERO);
        }
        Optional<ClassArchives> archives = ClassArchives.noted(folder.archives());
        if (entries.stream().anyMatch(entry -> writesArchive(archives, entry))) {
            events.accept(new EngineEvent.Notice("this stop takes longer, once: Spark's JVMs write archives of their"
                    + " classes, which make later starts faster"));
        }
        if (grace.isEmpty() && archives.filter(ClassArchives::keptOfExecutors).isPresent()) {
            endExecutors(entries);
        }
        Map<String, CompletableFuture<LocalState.End>> ends = new LinkedHashMap<>();
        for (LocalState.Entry entry : entries) {
            Duration patience = grace.or(
                            () -> Optional.ofNullable(project.services().get(entry.service()))
                                    .flatMap(Service::stopGracePeriod))
                    .orElse(writesArchive(archives, entry) ? ARCHIVING_GRACE : DEFAULT_GRACE);
            boolean ran = entry.process().running().isPresent();
            events.accept(LocalCluster.changed(project, entry.service(), State.STOPPING));
            ends.put(
                    entry.service(),
                    CompletableFuture.supplyAsync(
                            () -> {
                                boolean killed = sessions.stop(entry.process(), patience);
                                // As the JVM ends by either signal.
                                OptionalInt code = ran ? OptionalInt.of(killed ? 137 : 143) : OptionalInt.empty();
                                return new LocalState.End(Instant.now(), code, ran);
                            },
                            task -> new Thread(task, "stop-" + entry.service()).start()));
        }
        LocalState state = cluster.state(project);
        for (LocalState.Entry entry : entries) {
            try {
                state = state.with(entry.ended(
                        Objects.requireNonNull(ends.get(entry.service())).join()));
            } catch (CompletionException failure) {
                throw failure.getCause() instanceof RuntimeException known ? known : failure;
            }
            events.accept(LocalCluster.changed(project, entry.service(), State.STOPPED));
        }
        state.write(folder.state());
        archives.ifPresent(ClassArchives::adopt);
    }

    private static boolean isConnect(LocalState.Entry entry) {
        return entry.service().equals(Role.CONNECT.service());
    }

    /** Before the services: a worker that is told to end kills its executors after ten seconds, half-written archives or not. */
    private static void endExecutors(List<LocalState.Entry> entries) {
        List<ProcessHandle> executors = entries.stream()
                .filter(entry -> Role.of(entry.service()).orElse(Role.OTHER) == Role.WORKER)
                .flatMap(entry -> entry.process().running().stream())
                .flatMap(ProcessHandle::children)
                .toList();
        executors.forEach(ProcessHandle::destroy);
        try {
            CompletableFuture.allOf(
                            executors.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(ARCHIVING_GRACE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException tooSlow) {
            // it ends with its worker, without an archive
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether a service writes an archive when it ends that will be kept: it gets the time for that. */
    private static boolean writesArchive(Optional<ClassArchives> archives, LocalState.Entry entry) {
        return archives.filter(set -> entry.process().running().isPresent() && set.keptOf(entry.service()))
                .isPresent();
    }

    /** Kills what services that have crashed left running; an executor may have outlived its worker. */
    void killLeftovers(List<LocalState.Entry> crashed) {
        if (!crashed.isEmpty()) {
            sessions()
                    .killLeftovers(
                            crashed.stream().map(LocalState.Entry::process).toList());
        }
    }

    /** Ends all clients of the cluster. */
    void endClients(ComposeProject project) {
        StateFolder folder = StateFolder.of(project);
        Sessions sessions = sessions();
        endNoted(sessions, folder.clients(), DEFAULT_GRACE);
        endNoted(sessions, folder.detached(), Duration.ZERO);
    }

    /** Ends the clients that a folder's files note. */
    private static void endNoted(Sessions sessions, Path notes, Duration grace) {
        for (LocalCluster.ClientRecord client : LocalCluster.ClientRecord.all(notes)) {
            sessions.stop(client.process(), grace);
            client.remove();
        }
    }

    /** For stopping alone; a damaged cache must not keep anybody from it. Looked for once: each look starts Pythons. */
    private Sessions sessions() {
        if (sessions == null) {
            sessions = new Sessions(Pythons.any(environment).orElse(Path.of("python3")));
        }
        return sessions;
    }
}
