package dev.sparkling.cli;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.Console;
import dev.sparkling.console.Table;
import dev.sparkling.console.Table.Column;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Observer.LogRequest;
import dev.sparkling.engine.Observer.LogSource;
import dev.sparkling.engine.StartTimings.Span;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What `up --timings` prints: a table, or JSON. */
final class TimingsPrinter {
    private TimingsPrinter() {}

    /**
     * Divides what follows each service's start at its first line of output: before it, its JVM loads.
     *
     * @param spans of the start
     */
    static List<Span> withJvms(List<Span> spans, Engine engine, ComposeProject project) {
        List<Span> result = new ArrayList<>(spans);
        for (Span start : spans) {
            if (!start.phase().equals("start")) {
                continue;
            }
            firstLine(engine, project, start)
                    .filter(first -> first.isAfter(start.to()))
                    .ifPresent(first -> {
                        result.replaceAll(span -> span.of().equals(start.of())
                                        && span.from().isBefore(first)
                                        && span.to().isAfter(first)
                                ? new Span(span.of(), span.phase(), first, span.to())
                                : span);
                        result.add(new Span(start.of(), "JVM", start.to(), first));
                    });
        }
        result.sort(Comparator.comparing(Span::from));
        return result;
    }

    private static Optional<Instant> firstLine(Engine engine, ComposeProject project, Span start) {
        var request = new LogRequest(
                Set.of(start.of()), false, Optional.of(start.from()), Optional.empty(), OptionalInt.empty(), true);
        Optional<Instant> first = Optional.empty();
        for (LogSource source : engine.observer().logs(project, request)) {
            Optional<Instant> found = firstLine(source);
            if (first.isEmpty() || found.isPresent() && found.get().isBefore(first.get())) {
                first = found;
            }
        }
        return first;
    }

    /** The engine's time before the first line of a source. */
    private static Optional<Instant> firstLine(LogSource source) {
        final class Enough extends RuntimeException {
            private static final long serialVersionUID = 1;

            private Enough() {
                super(null, null, false, false);
            }
        }
        var text = new ByteArrayOutputStream();
        try {
            source.read(chunk -> {
                text.writeBytes(chunk.bytes());
                if (text.toString(StandardCharsets.US_ASCII).indexOf(' ') >= 0) {
                    throw new Enough();
                }
            });
        } catch (Enough read) {
            // no more is wanted
        }
        try {
            String[] words = text.toString(StandardCharsets.US_ASCII).split(" ", 2);
            return words.length < 2 ? Optional.empty() : Optional.of(Instant.parse(words[0]));
        } catch (DateTimeException other) {
            return Optional.empty();
        }
    }

    static void print(Console console, List<Span> spans) {
        Instant begin = spans.get(0).from();
        Instant end = begin;
        Table table =
                new Table(Column.left("SERVICE"), Column.left("PHASE"), Column.right("FROM"), Column.right("SECONDS"));
        for (Span span : spans) {
            end = span.to().isAfter(end) ? span.to() : end;
            table.row(owner(span), span.phase(), seconds(begin, span.from()), seconds(span.from(), span.to()));
        }
        table.row("sparkling", "ready", seconds(begin, end), "");
        console.print(table);
    }

    /** The same for programs, in seconds since the start began; phases overlap. */
    static List<Map<String, Object>> json(List<Span> spans) {
        List<Map<String, Object>> phases = new ArrayList<>();
        for (Span span : spans) {
            Map<String, Object> phase = new LinkedHashMap<>();
            phase.put("service", owner(span));
            phase.put("phase", span.phase());
            phase.put("from", Duration.between(spans.get(0).from(), span.from()).toMillis() / 1000.0);
            phase.put("seconds", Duration.between(span.from(), span.to()).toMillis() / 1000.0);
            phases.add(phase);
        }
        return phases;
    }

    private static String owner(Span span) {
        return span.of().isEmpty() ? "sparkling" : span.of();
    }

    private static String seconds(Instant from, Instant to) {
        return String.format(Locale.ROOT, "%.2f", Duration.between(from, to).toMillis() / 1000.0);
    }
}
