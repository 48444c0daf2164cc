package dev.sparkling.cli;

import static java.util.Map.entry;

import dev.sparkling.console.Console;
import dev.sparkling.console.ErrorPrinter;
import dev.sparkling.console.logs.OutputClosedException;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Problems;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map.Entry;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Sets picocli up: how commands are made, how failures are printed, when help is coloured. */
final class CommandLines {
    private static final String HELP = "help";
    private static final String COMPLETION = "completion";

    /** In the order of the help. */
    private static final List<Entry<String, Class<?>>> COMMANDS = List.of(
            entry("up", UpCommand.class),
            entry("run", RunCommand.class),
            entry("ps", PsCommand.class),
            entry("logs", LogsCommand.class),
            entry("exec", ExecCommand.class),
            entry("start", StartCommand.class),
            entry("stop", StopCommand.class),
            entry("restart", RestartCommand.class),
            entry("down", DownCommand.class),
            entry("clean", CleanCommand.class),
            entry("render", RenderCommand.class),
            entry("config", ConfigCommand.class),
            entry("version", VersionCommand.class),
            entry(COMPLETION, CompletionCommand.class),
            entry(HELP, CommandLine.HelpCommand.class));

    private CommandLines() {}

    /** For one call with these arguments. */
    static CommandLine of(Sparkling sparkling, String... arguments) {
        CommandLine commandLine = new CommandLine(sparkling, new Factory(sparkling.invocation()));
        addCommands(commandLine, called(commandLine, arguments), List.of(arguments));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setParameterExceptionHandler((wrong, all) -> {
            SparklingException failure = SparklingException.usage(
                    decapitalize(String.valueOf(wrong.getMessage())),
                    suggestion(wrong) + "`"
                            + wrong.getCommandLine().getCommandSpec().qualifiedName()
                            + " --help` lists what there is.");
            return errors(sparkling).print(failure);
        });
        commandLine.setExecutionExceptionHandler((failure, command, result) -> handle(sparkling, failure));
        commandLine.setExecutionStrategy(parsed -> {
            Console console = sparkling.console();
            // picocli takes even an empty NO_COLOR for a wish, so it is told.
            Ansi ansi = console.outTheme().colored() ? Ansi.ON : Ansi.OFF;
            commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
            commandLine.setOut(writer(console.out()));
            commandLine.setErr(writer(console.err()));
            return new CommandLine.RunLast().execute(parsed);
        });
        return commandLine;
    }

    /** The command that is called, or empty: none, an unknown one, or the help. */
    private static Optional<String> called(CommandLine root, String... arguments) {
        try {
            ParseResult global = root.setCaseInsensitiveEnumValuesAllowed(true)
                    .setStopAtUnmatched(true)
                    .parseArgs(arguments);
            return global.unmatched().stream()
                    .limit(global.isUsageHelpRequested() ? 0 : 1)
                    .filter(name -> !name.equals(HELP))
                    .filter(name -> COMMANDS.stream()
                            .anyMatch(command -> command.getKey().equals(name)))
                    .findFirst();
        } catch (ParameterException wrong) {
            return Optional.empty(); // told when it is parsed in earnest
        } finally {
            root.setStopAtUnmatched(false).setUnmatchedArgumentsAllowed(false); // the first sets both to true
        }
    }

    /**
     * Adds the command that is called, or all. picocli models a command by reflection, which takes some
     * milliseconds, so those that no argument names are only listed.
     */
    private static void addCommands(CommandLine root, Optional<String> called, List<String> arguments) {
        boolean all = called.equals(Optional.of(COMPLETION));
        for (Entry<String, Class<?>> command : COMMANDS) {
            String name = command.getKey();
            if (all || called.isEmpty() || called.get().equals(name)) {
                boolean modelled = all || arguments.contains(name);
                root.addSubcommand(name, modelled ? command.getValue() : listed(command.getValue()));
            }
        }
    }

    private static CommandSpec listed(Class<?> type) {
        Command command = type.getAnnotation(Command.class);
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage().header(command.header()).description(command.description());
        return spec;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    private static int handle(Sparkling sparkling, Exception failure) {
        Throwable cause = failure;
        while (cause != null) {
            if (cause instanceof OutputClosedException) {
                return 0;
            }
            cause = cause.getCause();
        }
        if (failure instanceof InterruptedException) {
            return errors(sparkling)
                    .print(new SparklingException(Category.INTERRUPTED, "interrupted", null, List.of(), failure));
        }
        return errors(sparkling).print(failure);
    }

    private static ErrorPrinter errors(Sparkling sparkling) {
        return sparkling
                .console()
                .errors(sparkling.verbose, sparkling.invocation().version());
    }

    private static String suggestion(ParameterException wrong) {
        if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            return suggestions.stream()
                    .findFirst()
                    .or(() -> Problems.nearest(
                            unmatched.getUnmatched().get(0),
                            wrong.getCommandLine().getCommandSpec().optionsMap().keySet()))
                    .map(name -> "Did you mean " + name + "? ")
                    .orElse("");
        }
        return "";
    }

    private static String decapitalize(String message) {
        return message.isEmpty() || (message.length() > 1 && Character.isUpperCase(message.charAt(1)))
                ? message
                : Character.toLowerCase(message.charAt(0)) + message.substring(1);
    }

    /** Gives the invocation to what asks for it. */
    private record Factory(Invocation invocation) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (constructor.getParameterCount() == 1 && constructor.getParameterTypes()[0] == Invocation.class) {
                    return type.cast(constructor.newInstance(invocation));
                }
            }
            return CommandLine.defaultFactory().create(type);
        }
    }
}
