package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.Terminal;
import dev.sparkling.engine.Clients.ExecRequest;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.error.SparklingException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command in a service. */
@Command(
        description = "Runs a command in a running service, and returns its exit code.",
        footer = {"", "Example: `sparkling exec spark-connect -- bash`."})
final class ExecCommand extends ProjectCommand {
    @Parameters(index = "0", paramLabel = "SERVICE", description = "The service.")
    String service = "";

    @Parameters(index = "1..*", paramLabel = "COMMAND", description = "The command, after `--`.")
    List<String> command = new ArrayList<>();

    @Option(
            names = {"-T", "--no-stdin"},
            description = "Leaves standard input alone.")
    boolean noInput;

    private ExecRequest request() {
        Terminal terminal = sparkling().console().terminal();
        boolean interactive = !noInput && terminal.isInputTerminal() && terminal.isTerminal(Terminal.Stream.OUT);
        return new ExecRequest(service, command, Map.of(), !noInput, interactive);
    }

    @Override
    public Integer call() {
        if (command.isEmpty()) {
            throw SparklingException.usage(
                    "exec needs a command", "Example: `sparkling exec " + service + " -- bash`.");
        }
        ComposeProject project = sparkling().clusterWorkspace().read();
        try (Engine engine = sparkling().engine(project, Purpose.LOOK, sparkling()::note)) {
            known(project, Existing.services(engine, project), List.of(service));
            OutputStream out = sparkling().console().rawOut();
            OutputStream err = sparkling().console().err();
            return engine.clients()
                    .execute(
                            project,
                            request(),
                            chunk -> Pipes.write(chunk.stream() == LogChunk.Stream.STDERR ? err : out, chunk.bytes()));
        }
    }
}
