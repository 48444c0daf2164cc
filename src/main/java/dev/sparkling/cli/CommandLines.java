package dev.sparkling.cli;

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
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/** Sets picocli up: how commands are made, how failures are printed, when help is coloured. */
final class CommandLines {
    private CommandLines() {}

    static CommandLine of(Sparkling sparkling) {
        CommandLine commandLine = new CommandLine(sparkling, new Factory(sparkling.invocation()));
        commandLine.setCaseInsensitiveEnumValuesAllowed(true);
        commandLine.setUsageHelpAutoWidth(true);
        commandLine.setParameterExceptionHandler((wrong, arguments) -> {
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

    private static String suggestion(CommandLine.ParameterException wrong) {
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
