package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.RunPrinter;
import dev.sparkling.engine.Clients.RunningClient;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Lifecycle.UpRequest;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import dev.sparkling.pipeline.PipelineRunner;
import dev.sparkling.pipeline.PipelineSpec;
import dev.sparkling.pipeline.SpecReader;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a pipeline or a program. */
@Command(
        description =
                "Runs a pipeline or a Python program on the cluster, and starts the cluster before if it is not up.",
        footer = {
            "",
            "Examples:",
            "  sparkling run                               the pipeline of spark-pipeline.yml",
            "  sparkling run --full-refresh daily_sales    compute one table anew",
            "  sparkling run src/apps/report.py -- 10      a program with arguments"
        },
        exitCodeListHeading = "%nExit codes%n",
        exitCodeList = {
            ExitCodes.OK,
            "1:the pipeline failed",
            "2:the spec, a file or a flag is wrong",
            ExitCodes.ENGINE,
            "130:interrupted; the run was stopped on the server too",
            "other:of a program: its own"
        })
final class RunCommand extends ProjectCommand {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SPEC|SCRIPT.py",
            description = "A pipeline's spec or a Python program; otherwise spark-pipeline.yml here or above.")
    @Nullable
    Path target;

    @Parameters(index = "1..*", paramLabel = "ARGS", description = "Arguments of the program, after `--`.")
    List<String> arguments = new ArrayList<>();

    @Option(names = "--refresh", split = ",", paramLabel = "TABLE", description = "Only these tables.")
    List<String> refresh = new ArrayList<>();

    @Option(names = "--full-refresh", split = ",", paramLabel = "TABLE", description = "Compute these tables anew.")
    List<String> fullRefresh = new ArrayList<>();

    @Option(names = "--full-refresh-all", description = "Compute all tables anew.")
    boolean fullRefreshAll;

    @Option(names = "--dry-run", description = "Checks the definitions on the cluster and computes nothing.")
    boolean dryRun;

    @Option(names = "--conf", paramLabel = "KEY=VALUE", description = "A Spark setting of this run; may be repeated.")
    Map<String, String> configuration = new LinkedHashMap<>();

    @Mixin
    FormatOption format = new FormatOption();

    @Mixin
    WaitOption wait = new WaitOption();

    @Override
    public Integer call() throws InterruptedException {
        Workspace workspace = sparkling().clusterWorkspace();
        Path project = workspace.directory();
        Path file = target == null
                ? SpecReader.find(workspace.startOfSearch(), project)
                : sparkling().invocation().workingDirectory().resolve(target).normalize();
        refuseOutside(file, project);
        boolean script = file.toString().endsWith(".py");
        PipelineSpec spec = script ? null : SpecReader.read(file);
        if (script) {
            checkScript(file);
            if (format.json()) {
                throw SparklingException.usage(
                        "`--format json` is for pipelines; a program prints what it likes",
                        "Leave it out, or give it to the program after `--`.");
            }
        }
        ComposeProject model = workspace.prepare(new SettingsOptions(), false);
        try (ProjectLock lock = lock(model)) {
            withEngine(model, Purpose.CREATE, engine -> {
                sparkling().prepareEngine(); // the run's own, found while this one looks at the cluster
                return engine.lifecycle().up(model, new UpRequest(false, false, wait.timeout()));
            });
        }
        return spec == null ? program(model, file) : pipeline(model, spec);
    }

    private int pipeline(ComposeProject project, PipelineSpec spec) throws InterruptedException {
        var request = new PipelineRunner.Request(
                dryRun ? "check" : "run", spec.file(), refresh, fullRefresh, fullRefreshAll, configuration);
        try (Engine engine = sparkling().engine(project, Purpose.USE, event -> {});
                RunPrinter printer = new RunPrinter(
                        sparkling().console(),
                        sparkling().progress,
                        sparkling().verbose,
                        format.json(),
                        spec.name(),
                        project.directory())) {
            PipelineRunner.Result result = new PipelineRunner(engine.clients(), project)
                    .run(request, printer::event, printer::output, this::cancelOnSignal);
            printer.finish(result.outputFile(), result.eventsFile());
            if (sparkling().interrupts().interrupted()) {
                throw canceled();
            }
            return result.exitCode();
        }
    }

    private int program(ComposeProject project, Path script) throws InterruptedException {
        List<String> command = new ArrayList<>();
        if (sparkling().verbose) {
            command.add("--verbose");
        }
        command.add(project.directory().relativize(script).toString());
        command.addAll(arguments);
        OutputStream out = sparkling().console().rawOut();
        OutputStream err = sparkling().console().err();
        try (Engine engine = sparkling().engine(project, Purpose.USE, event -> {})) {
            int code = new PipelineRunner(engine.clients(), project)
                    .script(
                            command,
                            chunk -> Pipes.write(chunk.stream() == LogChunk.Stream.STDERR ? err : out, chunk.bytes()),
                            this::cancelOnSignal);
            if (sparkling().interrupts().interrupted()) {
                throw canceled();
            }
            return code;
        }
    }

    /** The first Ctrl-C asks the client to stop its run on the server; the client's end then ends this command. */
    private void cancelOnSignal(RunningClient client) {
        sparkling().interrupts().onSignal(() -> {
            sparkling().say("Stopping the run; Ctrl-C again gives up waiting.");
            Readers.start("cancel", client::cancel);
        });
    }

    private static SparklingException canceled() {
        return new SparklingException(
                Category.INTERRUPTED,
                "interrupted: the run was stopped on the server too",
                "The cluster is still up; `sparkling run` starts the run anew.",
                List.of(),
                null);
    }

    private static void checkScript(Path file) {
        if (!Files.isRegularFile(file)) {
            throw SparklingException.usage(
                    "the program " + file + " does not exist", "Check the path; it counts from the current folder.");
        }
    }

    private static void refuseOutside(Path file, Path project) {
        if (!file.startsWith(project)) {
            throw SparklingException.usage(
                    file + " lies outside the project " + project + ", which alone the cluster can see",
                    "Move it into the project, or name the project by `-C FOLDER`.");
        }
    }
}
