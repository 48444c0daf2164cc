package dev.sparkling.engine;

import dev.sparkling.compose.ComposeProject;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs programs beside or inside the services. */
public interface Clients {
    /**
     * Runs Sparkling's own client in a short-lived container of the `spark-app` service, and removes it afterwards.
     *
     * @param arguments of the client, the command's name first
     * @param output receives both streams, one chunk at a time
     */
    RunningClient client(ComposeProject project, List<String> arguments, Consumer<LogChunk> output);

    /**
     * Starts Sparkling's own client beside Spark Connect and leaves it to itself: it ends when its work is done, at the
     * latest with the server. What it prints is lost.
     *
     * @param arguments of the client, the command's name first
     */
    void detached(ComposeProject project, List<String> arguments);

    /**
     * Runs a command in a running service.
     *
     * @return the command's exit code
     */
    int execute(ComposeProject project, ExecRequest request, Consumer<LogChunk> output);

    /**
     * A command in a service.
     *
     * @param input whether standard input is connected
     * @param terminal whether the command gets a terminal, which is then the caller's
     */
    record ExecRequest(
            String service, List<String> command, Map<String, String> environment, boolean input, boolean terminal) {
        public ExecRequest {
            command = List.copyOf(command);
        }
    }

    /** A client that runs. */
    interface RunningClient extends AutoCloseable {
        /** Waits for its end; all output was delivered when this returns its exit code. */
        int waitFor() throws InterruptedException;

        /** Asks it to stop its run (SIGTERM), and kills it if it does not within ten seconds. */
        void cancel();

        /** Removes what is left of it. */
        @Override
        void close();
    }
}
