package dev.sparkling.console;

import dev.sparkling.console.StatusBoard.Mark;
import dev.sparkling.console.StatusBoard.Row;
import dev.sparkling.console.Table.Cell;
import dev.sparkling.console.Table.Column;
import dev.sparkling.console.logs.LogFormat;
import dev.sparkling.console.logs.LogOptions;
import dev.sparkling.console.logs.LogPrinter;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.pipeline.ClientEvent;
import dev.sparkling.pipeline.ClientEvent.Dataset;
import dev.sparkling.pipeline.ClientEvent.Flow;
import dev.sparkling.pipeline.ClientEvent.Hello;
import dev.sparkling.pipeline.ClientEvent.Notice;
import dev.sparkling.pipeline.ClientEvent.Problem;
import dev.sparkling.pipeline.ClientEvent.Server;
import dev.sparkling.pipeline.ClientEvent.Verdict;
import dev.sparkling.pipeline.ClientEvent.View;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows a run of a pipeline: every flow's state and seconds, what the user's code prints, the verdict and the views. */
public final class RunPrinter implements AutoCloseable {
    private static final String APPLICATION = "spark-app";

    private final Console console;
    private final Theme theme;
    private final boolean verbose;
    private final boolean json;
    private final String pipeline;
    private final Path project;
    private final StatusBoard board;
    private final LogPrinter output;
    private final List<View> views = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();
    private final long start = System.nanoTime();
    private int datasets;
    private @Nullable Verdict verdict;

    /**
     * @param json whether the closing table is a JSON document
     * @param pipeline its name
     * @param project absolute; locations are shown relative to it
     */
    public RunPrinter(
            Console console, ProgressMode mode, boolean verbose, boolean json, String pipeline, Path project) {
        this.console = console;
        this.theme = console.errTheme();
        this.verbose = verbose;
        this.json = json;
        this.pipeline = pipeline;
        this.project = project;
        this.board = console.board(mode);
        this.output = new LogPrinter(
                new LogOptions(LogFormat.TEXT, null, null, true, false, false),
                theme,
                console.terminal().columns(),
                List.of(APPLICATION),
                new Lines());
    }

    /** Takes an event of the client. */
    public synchronized void event(ClientEvent event) {
        if (event instanceof Flow flow) {
            show(flow);
        } else if (event instanceof Notice notice) {
            board.note(notice.message());
        } else if (event instanceof Problem problem) {
            problems.add(problem);
        } else if (event instanceof View view) {
            views.add(view);
        } else if (event instanceof Verdict end) {
            verdict = end;
        } else if (event instanceof Dataset) {
            datasets++;
        } else if (event instanceof Hello || event instanceof Server) {
            // of interest in the run's record only
        }
    }

    /** Takes what the user's code printed. */
    public void output(LogChunk chunk) {
        output.accept(chunk);
    }

    /**
     * Prints the end of the run.
     *
     * @param outputFile what the user's code and the libraries printed
     * @param eventsFile the client's events, with whole traces
     */
    public synchronized void finish(Path outputFile, Path eventsFile) {
        close();
        problems.forEach(this::print);
        String state = verdict == null ? "ended without a verdict" : words(verdict.state());
        boolean good = verdict != null && verdict.state().equals("COMPLETED");
        String summary =
                "Pipeline " + pipeline + " " + state + " after " + StatusBoard.seconds(System.nanoTime() - start)
                        + (datasets > 0 ? ", " + datasets + (datasets == 1 ? " dataset" : " datasets") : "") + ".";
        console.err().println(theme.paint(good ? Style.SUCCESS : Style.ERROR, summary));
        if (!good) {
            console.err().println(theme.paint(Style.DIM, "Full log: " + eventsFile + " and " + outputFile));
        }
        views.sort(Comparator.comparing(View::name));
        if (json) {
            new JsonPrinter(console.out())
                    .document(views.stream().map(this::document).toList());
        } else if (!views.isEmpty()) {
            console.print(table());
        }
    }

    private Table table() {
        Table table =
                new Table(Column.left("TABLE"), Column.left("KIND"), Column.right("ROWS"), Column.left("LOCATION"));
        views.forEach(view -> table.row(
                Cell.of(shortName(view.name())),
                Cell.of(view.kind().replace('_', ' '), Style.DIM),
                Cell.of(view.rows().isPresent() ? Long.toString(view.rows().getAsLong()) : "?"),
                Cell.of(view.location().map(this::shortLocation).orElse("?"))));
        return table;
    }

    /** A row of the table for other programs; what is not known is left out. */
    private Map<String, Object> document(View view) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("table", view.name());
        fields.put("kind", view.kind());
        view.rows().ifPresent(rows -> fields.put("rows", rows));
        view.location().ifPresent(location -> fields.put("location", shortLocation(location)));
        return fields;
    }

    @Override
    public synchronized void close() {
        output.close();
        board.close();
    }

    private void show(Flow flow) {
        Mark mark = switch (flow.state()) {
            case "COMPLETED" -> Mark.DONE;
            case "FAILED", "STOPPED", "TERMINATED_WITH_ERROR" -> Mark.FAILED;
            case "QUEUED", "PLANNING", "IDLE", "SKIPPED", "EXCLUDED" -> Mark.IDLE;
            default -> Mark.ACTIVE;
        };
        board.update(
                new Row(flow.flow(), shortName(flow.flow()), mark, flow.state().toLowerCase(Locale.ROOT), ""));
    }

    private void print(Problem problem) {
        String place = problem.file()
                .map(file -> shortLocation(file)
                        + (problem.line().isPresent() ? ":" + problem.line().getAsInt() : ""))
                .orElse("");
        String flow = problem.flow().map(name -> shortName(name) + ": ").orElse("");
        console.err()
                .println(theme.paint(Style.ERROR, "error:") + " " + (place.isEmpty() ? "" : place + ": ") + flow
                        + problem.message().strip());
        problem.source()
                .filter(line -> !line.isBlank())
                .ifPresent(line -> console.err().println(theme.paint(Style.DIM, "  | ") + line.strip()));
        if (verbose) {
            problem.detail().ifPresent(detail -> console.err().println(theme.paint(Style.DIM, detail.strip())));
        }
    }

    private static String words(String verdict) {
        return switch (verdict) {
            case "COMPLETED" -> "completed";
            case "FAILED" -> "failed";
            case "CANCELED" -> "was stopped";
            default -> verdict.toLowerCase(Locale.ROOT);
        };
    }

    /** Without the catalog and database that Spark uses when nobody names any. */
    private static String shortName(String name) {
        return name.startsWith("spark_catalog.default.") ? name.substring("spark_catalog.default.".length()) : name;
    }

    private String shortLocation(String location) {
        for (String root : List.of("/app/", project + "/")) {
            if (location.startsWith(root)) {
                return location.substring(root.length());
            }
        }
        return location;
    }

    /** Turns formatted log text into lines of the board. */
    private final class Lines extends OutputStream {
        private final java.io.ByteArrayOutputStream line = new java.io.ByteArrayOutputStream();

        @Override
        public void write(int value) {
            if (value == '\n') {
                board.line(line.toString(StandardCharsets.UTF_8));
                line.reset();
            } else {
                line.write(value);
            }
        }
    }
}
