package dev.sparkling.engine.local;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.CacheFolder;
import dev.sparkling.engine.Clients;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.Lifecycle;
import dev.sparkling.engine.Observer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs Spark's roles as processes of this machine, from a Spark in the user's cache. */
public final class LocalEngine implements Engine {
    private final Map<String, String> environment;
    private final Path home;
    private final Installer installer;
    private final LocalCluster cluster = new LocalCluster();
    private final Consumer<EngineEvent> events;

    /** @param events receives one event at a time */
    public LocalEngine(Map<String, String> environment, Path home, Consumer<EngineEvent> events) {
        this.environment = Map.copyOf(environment);
        this.home = home;
        Object turn = new Object();
        this.events = event -> {
            synchronized (turn) {
                events.accept(event);
            }
        };
        this.installer = new Installer(CacheFolder.of(environment, home), environment, home, this.events);
    }

    @Override
    public String description() {
        return "processes of this machine";
    }

    /** The names of clusters that were started here before the folder was given another name, and that still run. */
    public List<String> formerNames(ComposeProject project) {
        return LocalCluster.formerNames(project);
    }

    @Override
    public Lifecycle lifecycle() {
        return new LocalLifecycle(installer, cluster, environment, home, events);
    }

    @Override
    public Observer observer() {
        return new LocalObserver(cluster);
    }

    @Override
    public Clients clients() {
        return new LocalClients(installer, cluster, environment, home);
    }

    @Override
    public void close() {
        // processes outlive the engine's handle, and nothing else is open
    }
}
