package dev.sparkling.cli;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Clients;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Lifecycle;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** An engine that notes what it is asked for and answers from lists. */
final class RecordingEngine implements Engine, Lifecycle, Observer, Clients {
    final List<String> calls = new ArrayList<>();
    final List<ServiceState> services = new ArrayList<>();
    final List<String> changed = new ArrayList<>();
    final List<List<String>> clients = new ArrayList<>();
    final Map<String, String> logs = new java.util.LinkedHashMap<>();
    String clientOutput = "";
    String clientErrors = "";
    int exitCode;
    ComposeProject project;

    @Override
    public String description() {
        return "recording";
    }

    @Override
    public Lifecycle lifecycle() {
        return this;
    }

    @Override
    public Observer observer() {
        return this;
    }

    @Override
    public Clients clients() {
        return this;
    }

    @Override
    public UpResult up(ComposeProject project, UpRequest request) {
        this.project = project;
        calls.add("up");
        return new UpResult(changed);
    }

    @Override
    public List<String> start(ComposeProject project, Set<String> services, Duration timeout) {
        calls.add("start " + services);
        return changed;
    }

    @Override
    public List<String> stop(ComposeProject project, Set<String> services, Optional<Duration> grace) {
        calls.add("stop " + services + grace.map(duration -> " " + duration).orElse(""));
        return changed;
    }

    @Override
    public List<String> down(ComposeProject project, DownRequest request) {
        calls.add("down images=" + request.images() + " volumes=" + request.volumes());
        return changed;
    }

    @Override
    public List<ServiceState> services(ComposeProject project) {
        return services;
    }

    @Override
    public List<LogSource> logs(ComposeProject project, LogRequest request) {
        calls.add("logs " + request.services() + " follow=" + request.follow());
        List<LogSource> sources = new ArrayList<>();
        logs.forEach((service, text) -> sources.add(new TextSource(service, text)));
        return sources;
    }

    @Override
    public RunningClient client(ComposeProject project, List<String> arguments, Consumer<LogChunk> output) {
        clients.add(arguments);
        return new RunningClient() {
            @Override
            public int waitFor() {
                emit(output, LogChunk.Stream.STDOUT, clientOutput);
                emit(output, LogChunk.Stream.STDERR, clientErrors);
                return exitCode;
            }

            @Override
            public void cancel() {
                calls.add("cancel");
            }

            @Override
            public void close() {
                calls.add("removed client");
            }
        };
    }

    @Override
    public void detached(ComposeProject project, List<String> arguments) {
        calls.add("detached " + arguments);
    }

    private static void emit(Consumer<LogChunk> output, LogChunk.Stream stream, String text) {
        if (!text.isEmpty()) {
            output.accept(new LogChunk("client", "spark-app", stream, text.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Override
    public int execute(ComposeProject project, ExecRequest request, Consumer<LogChunk> output) {
        calls.add("exec " + request.service() + " " + request.command());
        return exitCode;
    }

    @Override
    public void close() {}

    private record TextSource(String service, String text) implements LogSource {
        @Override
        public String container() {
            return "shop-" + service + "-1";
        }

        @Override
        public void read(Consumer<LogChunk> consumer) {
            consumer.accept(
                    new LogChunk(container(), service, LogChunk.Stream.STDOUT, text.getBytes(StandardCharsets.UTF_8)));
        }
    }
}
