package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.EngineRequest;
import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.cluster.EngineChoice;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.ColorMode;
import dev.sparkling.console.Console;
import dev.sparkling.console.ProgressMode;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.EngineEvent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program: its global options, and what the commands share. */
@Command(
        name = "sparkling",
        mixinStandardHelpOptions = true,
        versionProvider = Sparkling.Version.class,
        description = "One command from nothing to a running Spark cluster and a finished declarative pipeline.",
        synopsisSubcommandLabel = "COMMAND",
        header = {
            "Examples",
            "  sparkling run               run the pipeline; start the cluster if needed",
            "  sparkling up --workers 2    start master, two workers and Spark Connect",
            "  sparkling logs -f           follow the log of system and application",
            "  sparkling clean             remove the cluster; keep the data",
            ""
        },
        exitCodeListHeading = "%nExit codes%n",
        exitCodeList = {
            ExitCodes.OK,
            ExitCodes.FAILED,
            ExitCodes.USAGE,
            ExitCodes.ENGINE,
            ExitCodes.BUG,
            ExitCodes.INTERRUPTED,
            "other:of a script (`run SCRIPT.py`) or a command (`exec`): its own"
        })
public final class Sparkling implements Runnable {
    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "A compose file instead of compose.yml and compose.override.yml; may be repeated.")
    List<Path> files = new ArrayList<>();

    @Option(
            names = {"-p", "--project-name"},
            paramLabel = "NAME",
            scope = ScopeType.INHERIT,
            description = "The project's name; otherwise that of its folder.")
    @Nullable
    String projectName;

    @Option(
            names = {"-C", "--directory"},
            paramLabel = "FOLDER",
            scope = ScopeType.INHERIT,
            description = "The project's folder; otherwise the one of the first file, or this one.")
    @Nullable
    Path directory;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            scope = ScopeType.INHERIT,
            description = "auto, always or never. NO_COLOR and CLICOLOR_FORCE count too.")
    ColorMode color = ColorMode.AUTO;

    @Option(
            names = "--progress",
            paramLabel = "HOW",
            defaultValue = "auto",
            scope = ScopeType.INHERIT,
            description = "How work in progress is shown: auto, tty, plain or quiet.")
    ProgressMode progress = ProgressMode.AUTO;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            scope = ScopeType.INHERIT,
            description =
                    "What runs the cluster: docker, local (processes of this machine), or auto, which takes Docker"
                            + " where it can.")
    @Nullable
    EngineChoice engine;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Shows stack traces and what is usually kept in files.")
    boolean verbose;

    @Spec
    @Nullable
    CommandSpec commandSpec;

    private final Invocation invocation;
    private @Nullable Console console;
    private @Nullable Interrupts interrupts;

    public Sparkling(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Runs a command line and returns its exit code; every failure has been printed then. */
    public static int execute(Invocation invocation, String... arguments) {
        Sparkling sparkling = new Sparkling(invocation);
        return CommandLines.of(sparkling, arguments).execute(arguments);
    }

    @Override
    public void run() {
        CommandLine commandLine = java.util.Objects.requireNonNull(commandSpec).commandLine();
        commandLine.usage(console().out(), commandLine.getColorScheme());
        console().out().flush();
    }

    Invocation invocation() {
        return invocation;
    }

    Console console() {
        if (console == null) {
            console = invocation.consoles().apply(color);
        }
        return console;
    }

    Interrupts interrupts() {
        if (interrupts == null) {
            interrupts = Interrupts.install();
        }
        return interrupts;
    }

    /** The project's files. */
    Workspace workspace() {
        return new Workspace(
                invocation,
                Optional.ofNullable(directory),
                files,
                Optional.ofNullable(projectName),
                notice -> console().err().println("note: " + notice));
    }

    /** The project's files, for a command that will ask the engine; that is looked for while they are read. */
    Workspace clusterWorkspace() {
        prepareEngine();
        return workspace();
    }

    /** Begins to look for the engine that is wanted next. */
    void prepareEngine() {
        if (engine != EngineChoice.LOCAL) {
            invocation.engines().prepare(invocation.environment(), invocation.home());
        }
    }

    /** Connects to the engine of a project. */
    Engine engine(ComposeProject project, Purpose purpose, Consumer<EngineEvent> events) {
        EngineChoice choice = engine == null ? project.settings().engine() : engine;
        return invocation
                .engines()
                .connect(
                        new EngineRequest(project, choice, purpose, invocation.environment(), invocation.home()),
                        events);
    }

    /** Says what an engine wants people to know; what it does is not shown. */
    void note(EngineEvent event) {
        if (event instanceof EngineEvent.Notice notice) {
            say("note: " + notice.text());
        }
    }

    /** A line for people, on standard error, that progress does not silence. */
    void say(String text) {
        if (progress != ProgressMode.QUIET) {
            console().err().println(text);
        }
    }

    /** Reads the version that the build wrote. */
    static final class Version implements CommandLine.IVersionProvider {
        private final Invocation invocation;

        Version(Invocation invocation) {
            this.invocation = invocation;
        }

        @Override
        public String[] getVersion() {
            return new String[] {"sparkling " + invocation.version()};
        }
    }
}
