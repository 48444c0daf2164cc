package dev.sparkling.engine.docker;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Clients;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.Lifecycle;
import dev.sparkling.engine.Observer;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/** A Docker engine of this machine. */
public final class DockerEngine implements Engine {
    private final DockerConnection connection;
    private final Images images;
    private final Consumer<EngineEvent> events;

    private DockerEngine(
            DockerConnection connection, Map<String, String> environment, Path home, Consumer<EngineEvent> events) {
        this.connection = connection;
        this.images = new Images(connection, environment, home, events);
        this.events = events;
    }

    /** A search for an engine that has begun. */
    @FunctionalInterface
    public interface Search {
        /**
         * Waits for the engine that the environment names, or the first one that answers. To be called once: an engine
         * closes its connection.
         *
         * @param events receives one event at a time
         * @throws SparklingException if none answers
         */
        DockerEngine engine(Consumer<EngineEvent> events);
    }

    /** Begins to look for an engine, on a thread that does not keep the program alive. */
    public static Search search(Map<String, String> environment, Path home) {
        FutureTask<DockerConnection> connection = new FutureTask<>(() -> DockerConnection.open(environment, home));
        Thread thread = new Thread(connection, "docker-search");
        thread.setDaemon(true);
        thread.start();
        return events -> new DockerEngine(found(connection), environment, home, oneAtATime(events));
    }

    private static DockerConnection found(FutureTask<DockerConnection> connection) {
        try {
            return connection.get();
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(failure.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new SparklingException(Category.INTERRUPTED, "interrupted", null, List.of(), stop);
        }
    }

    private static Consumer<EngineEvent> oneAtATime(Consumer<EngineEvent> events) {
        Object turn = new Object();
        return event -> {
            synchronized (turn) {
                events.accept(event);
            }
        };
    }

    @Override
    public String description() {
        return connection.description();
    }

    /** Why this engine cannot run the project, though it answers; pulls the base image if it is not there. */
    public Optional<String> obstacle(ComposeProject project) {
        return images.obstacle(project);
    }

    @Override
    public Lifecycle lifecycle() {
        return new DockerLifecycle(connection, images, events);
    }

    @Override
    public Observer observer() {
        return new DockerObserver(connection);
    }

    @Override
    public Clients clients() {
        return new DockerClients(connection, images);
    }

    @Override
    public void close() {
        connection.close();
    }
}
