package dev.sparkling.engine;

/** What an engine tells while it works; the console shows it. Events may arrive from several threads, one at a time. */
public sealed interface EngineEvent {
    /**
     * A network, volume, container or image changed its state.
     *
     * @param name as the engine names it
     * @param label what to show: the service for a container, otherwise the name
     * @param detail a few words more, or an empty string
     */
    record ResourceChanged(Resource resource, String name, String label, State state, String detail)
            implements EngineEvent {}

    /**
     * A layer of an image that is being pulled.
     *
     * @param current bytes so far, or -1
     * @param total bytes in all, or -1
     */
    record PullProgress(String image, String layer, String status, long current, long total) implements EngineEvent {}

    /**
     * A step of an image's build begins.
     *
     * @param step 1 or more
     * @param steps how many there are, or 0 where the builder does not say
     */
    record BuildStep(String image, int step, int steps, String instruction) implements EngineEvent {}

    /** A line that a build step printed. */
    record BuildOutput(String image, String line) implements EngineEvent {}

    /**
     * A service runs and is not ready yet; told when what it lacks changes.
     *
     * @param name of the container
     * @param phase what it does meanwhile, in a word or two
     * @param reason what is not so yet, such as `does not answer at its port yet`
     */
    record Awaited(String name, String service, String phase, String reason) implements EngineEvent {}

    /** Something that the user should know, though the command goes on. */
    record Notice(String text) implements EngineEvent {}

    /** The kinds of things that engines make. */
    enum Resource {
        NETWORK,
        VOLUME,
        IMAGE,
        CONTAINER
    }

    /** Where a thing is on its way. */
    enum State {
        PULLING,
        PULLED,
        BUILDING,
        BUILT,
        CREATING,
        CREATED,
        STARTING,
        STARTED,
        WAITING,
        READY,
        UNCHANGED,
        STOPPING,
        STOPPED,
        REMOVING,
        REMOVED,
        FAILED
    }
}
