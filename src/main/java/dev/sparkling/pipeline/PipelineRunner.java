package dev.sparkling.pipeline;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Clients;
import dev.sparkling.engine.LogChunk;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Runs pipelines on a cluster through the short-lived client. */
public final class PipelineRunner {
    /**
     * Spark tries a failed flow again after 5 and after 10 seconds. What fails here is nearly always the definition, so
     * the verdict comes at once; the spec's configuration or `--conf` sets another number.
     */
    private static final String RETRIES = "spark.sql.pipelines.maxFlowRetryAttempts";

    private final Clients clients;
    private final ComposeProject project;

    public PipelineRunner(Clients clients, ComposeProject project) {
        this.clients = clients;
        this.project = project;
    }

    /**
     * What is to be run.
     *
     * @param command `run` or `check`
     * @param refresh datasets to bring up to date; empty means all
     * @param fullRefresh datasets to compute anew
     * @param configuration Spark configuration of this run, below the spec's own
     */
    public record Request(
            String command,
            Path spec,
            List<String> refresh,
            List<String> fullRefresh,
            boolean fullRefreshAll,
            Map<String, String> configuration) {
        public Request {
            refresh = List.copyOf(refresh);
            fullRefresh = List.copyOf(fullRefresh);
            configuration = Map.copyOf(configuration);
        }
    }

    /**
     * A run that has ended.
     *
     * @param exitCode the client's own
     * @param outputFile what the user's code and the libraries printed
     * @param eventsFile the client's events, with full traces
     */
    public record Result(int exitCode, Path outputFile, Path eventsFile) {}

    /**
     * Runs and waits.
     *
     * @param events receives the client's events
     * @param output receives what the user's code printed
     * @param started is given the client as soon as it runs, so that it can be cancelled
     */
    public Result run(
            Request request,
            Consumer<ClientEvent> events,
            Consumer<LogChunk> output,
            Consumer<Clients.RunningClient> started)
            throws InterruptedException {
        try (RunRecord record = RunRecord.create(project.directory(), Instant.now())) {
            EventReader reader = new EventReader(events, record::event);
            Consumer<LogChunk> split = chunk -> {
                if (chunk.stream() == LogChunk.Stream.STDOUT) {
                    reader.accept(chunk.bytes());
                } else {
                    record.output(chunk.bytes());
                    output.accept(chunk);
                }
            };
            try (Clients.RunningClient client = clients.client(project, arguments(request), split)) {
                started.accept(client);
                return new Result(client.waitFor(), record.outputFile(), record.eventsFile());
            }
        }
    }

    /**
     * Runs a Python program as a Spark Connect client, and waits.
     *
     * @param arguments of the client's `script` command: flags, the program's path in the project, its arguments
     * @param output receives what the program prints
     * @param started is given the client as soon as it runs, so that it can be cancelled
     * @return the program's exit code
     */
    public int script(List<String> arguments, Consumer<LogChunk> output, Consumer<Clients.RunningClient> started)
            throws InterruptedException {
        // The program may name the server as it is reached from the host.
        List<String> command = new ArrayList<>(List.of(
                "script",
                "--gateway-port",
                Integer.toString(project.settings().ports().connect())));
        command.addAll(arguments);
        try (RunRecord record = RunRecord.create(project.directory(), Instant.now());
                Clients.RunningClient client = clients.client(project, command, chunk -> {
                    record.output(chunk.bytes());
                    output.accept(chunk);
                })) {
            started.accept(client);
            return client.waitFor();
        }
    }

    private List<String> arguments(Request request) {
        String spec = project.directory()
                .relativize(request.spec().toAbsolutePath().normalize())
                .toString();
        List<String> arguments = new ArrayList<>(List.of(request.command(), "--spec", spec));
        if (request.command().equals("run")) {
            RunHistory.lastSeconds(project.directory(), spec).ifPresent(seconds -> {
                arguments.add("--last-seconds");
                arguments.add(Double.toString(seconds));
            });
        }
        list(arguments, "--refresh", request.refresh());
        list(arguments, "--full-refresh", request.fullRefresh());
        if (request.fullRefreshAll()) {
            arguments.add("--full-refresh-all");
        }
        Map<String, String> configuration = new LinkedHashMap<>(Map.of(RETRIES, "0"));
        configuration.putAll(request.configuration());
        configuration.forEach((key, value) -> {
            arguments.add("--conf");
            arguments.add(key + "=" + value);
        });
        return arguments;
    }

    private static void list(List<String> arguments, String flag, List<String> names) {
        if (!names.isEmpty()) {
            arguments.add(flag);
            arguments.add(String.join(",", names));
        }
    }
}
