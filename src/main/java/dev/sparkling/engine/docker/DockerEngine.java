package dev.sparkling.engine.docker;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Clients;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.Lifecycle;
import dev.sparkling.engine.Observer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A Docker engine of this machine. */
public final class DockerEngine implements Engine {
    private final DockerConnection connection;
    private final Images images;
    private final Consumer<EngineEvent> events;

    private DockerEngine(DockerConnection connection, Images images, Consumer<EngineEvent> events) {
        this.connection = connection;
        this.images = images;
        this.events = events;
    }

    /**
     * Connects to the engine that the environment names, or to the first one that answers.
     *
     * @param events receives one event at a time
     * @throws dev.sparkling.error.SparklingException if none answers
     */
    public static DockerEngine connect(Map<String, String> environment, Path home, Consumer<EngineEvent> events) {
        DockerConnection connection = DockerConnection.open(environment, home);
        Object turn = new Object();
        Consumer<EngineEvent> oneAtATime = event -> {
            synchronized (turn) {
                events.accept(event);
            }
        };
        return new DockerEngine(connection, new Images(connection, environment, home, oneAtATime), oneAtATime);
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
