package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.logs.ChunkQueue;
import dev.sparkling.console.logs.LogFormat;
import dev.sparkling.console.logs.LogLevel;
import dev.sparkling.console.logs.LogOptions;
import dev.sparkling.console.logs.LogPrinter;
import dev.sparkling.console.logs.OutputClosedException;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Observer.LogRequest;
import dev.sparkling.engine.Observer.LogSource;
import dev.sparkling.pipeline.RunLogs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows logs. */
@Command(
        description = "Shows the logs of system and application as one stream of whole records.",
        footer = {
            "",
            "Examples:",
            "  sparkling logs -f --level warn       follow warnings and errors",
            "  sparkling logs spark-connect --tail 50",
            "  sparkling logs --since 10m --grep 'Job [0-9]+'",
            "  sparkling logs --format json | jq .message"
        })
final class LogsCommand extends ProjectCommand {
    @Mixin
    ServicesParameter wanted = new ServicesParameter();

    @Option(
            names = {"-f", "--follow"},
            description = "Goes on with what comes, until Ctrl-C.")
    boolean follow;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            converter = MomentConverter.class,
            description = "Only from this time on: 2026-01-31T12:00:00Z, or a span before now: 90s, 10m, 2h, 1d.")
    @Nullable
    Instant since;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = MomentConverter.class,
            description = "Only up to this time; as --since.")
    @Nullable
    Instant until;

    @Option(
            names = {"-n", "--tail"},
            paramLabel = "LINES",
            description = "Only the last lines of each service.")
    @Nullable
    Integer tail;

    @Option(
            names = {"-t", "--timestamps"},
            description = "Shows the whole time of each record.")
    boolean timestamps;

    @Option(
            names = "--level",
            paramLabel = "LEVEL",
            description = "Only this level and graver: debug, info, warn, error.")
    @Nullable
    LogLevel level;

    @Option(names = "--grep", paramLabel = "REGEX", description = "Only records with a line that matches.")
    @Nullable
    Pattern grep;

    @Option(names = "--no-prefix", description = "Leaves the service's name out.")
    boolean noPrefix;

    @Option(names = "--format", paramLabel = "FORM", defaultValue = "text", description = "text, json or raw.")
    LogFormat format = LogFormat.TEXT;

    @Override
    public Integer call() throws InterruptedException {
        ComposeProject project = sparkling().clusterWorkspace().read();
        try (Engine engine = sparkling().engine(project, Purpose.LOOK, sparkling()::note)) {
            List<String> existing = Existing.services(engine, project);
            Set<String> services = known(project, existing, wanted.services);
            LogRequest request = request(services);
            List<LogSource> ofServices = engine.observer().logs(project, request);
            if (follow && ofServices.isEmpty()) {
                sparkling().say("The cluster is down. `sparkling up` starts it.");
                return 0;
            }
            List<LogSource> ofRuns = RunLogs.of(project.directory(), request);
            boolean alone = ofServices.size() == 1 && ofRuns.isEmpty();
            if (alone && request.timestamps() && !asksForTimes() && format == LogFormat.TEXT) {
                // Nothing to sort: without its times the engine is quicker by a fifth.
                request = request.withoutTimestamps();
                ofServices = engine.observer().logs(project, request);
            }
            List<LogSource> sources = new ArrayList<>(ofServices);
            sources.addAll(ofRuns);
            if (sources.isEmpty()) {
                sparkling().say("No logs: the cluster is down. `sparkling up` starts it.");
                return 0;
            }
            Set<String> all = new TreeSet<>(project.services().keySet());
            all.addAll(existing);
            LogOptions options =
                    new LogOptions(format, level, grep, !noPrefix, timestamps, request.timestamps(), since, until);
            var console = sparkling().console();
            try (LogPrinter printer = new LogPrinter(
                    options, console.outTheme(), console.terminal().columns(), List.copyOf(all), console.rawOut())) {
                if (follow) {
                    follow(printer, sources);
                } else {
                    merge(printer, sources);
                }
            }
        }
        return 0;
    }

    private LogRequest request(Set<String> services) {
        boolean sorted = !follow && format != LogFormat.RAW;
        return new LogRequest(
                services,
                follow,
                Optional.ofNullable(since),
                Optional.ofNullable(until),
                tail == null ? OptionalInt.empty() : OptionalInt.of(tail),
                sorted || asksForTimes());
    }

    private boolean asksForTimes() {
        return timestamps || since != null || until != null;
    }

    /** One thread for each container, until all end or Ctrl-C, which is no failure here. */
    private void follow(LogPrinter printer, List<LogSource> sources) {
        Thread main = Thread.currentThread();
        sparkling().interrupts();
        printer.whenOutputClosed(main::interrupt);
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        List<Thread> readers = new ArrayList<>();
        for (LogSource source : sources) {
            readers.add(Readers.start(source.container(), () -> {
                try {
                    source.read(printer::accept);
                } catch (OutputClosedException gone) {
                    main.interrupt();
                } catch (RuntimeException broken) {
                    failure.compareAndSet(null, broken);
                    main.interrupt();
                }
            }));
        }
        try {
            for (Thread reader : readers) {
                reader.join();
            }
        } catch (InterruptedException stop) {
            readers.forEach(Thread::interrupt);
        }
        RuntimeException broken = failure.get();
        if (broken != null) {
            throw broken;
        }
    }

    private static void merge(LogPrinter printer, List<LogSource> sources) throws InterruptedException {
        List<ChunkQueue> queues = new ArrayList<>();
        for (LogSource source : sources) {
            ChunkQueue queue = new ChunkQueue();
            queues.add(queue);
            Readers.start(source.container(), () -> {
                try {
                    source.read(chunk -> put(queue, chunk));
                    queue.end();
                } catch (OutputClosedException gone) {
                    // nobody reads any more
                } catch (RuntimeException failure) {
                    queue.fail(failure);
                }
            });
        }
        printer.merge(queues);
    }

    private static void put(ChunkQueue queue, dev.sparkling.engine.LogChunk chunk) {
        try {
            queue.put(chunk);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
