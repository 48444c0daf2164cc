package dev.sparkling.engine;

/** What runs the services of a project: one set of seams, split by who uses them. */
public interface Engine extends AutoCloseable {
    /** The engine in a few words, such as `Docker 28.2.2 at unix:///var/run/docker.sock`. */
    String description();

    Lifecycle lifecycle();

    Observer observer();

    Clients clients();

    @Override
    void close();
}
