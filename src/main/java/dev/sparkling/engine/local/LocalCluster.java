package dev.sparkling.engine.local;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;

/** The processes of a project, as its state folder and the operating system know them. */
final class LocalCluster {
    /** Those that this program started itself: only a parent is told the exit code. */
    private final Map<Long, Process> children = new ConcurrentHashMap<>();

    void started(Process process) {
        children.put(process.pid(), process);
    }

    LocalState state(ComposeProject project) {
        return LocalState.read(StateFolder.of(project).state(), project.directory());
    }

    /** The services that were started. */
    List<ServiceState> services(ComposeProject project) {
        return state(project).services().values().stream()
                .sorted(java.util.Comparator.comparing(LocalState.Entry::service))
                .map(entry -> describe(project, entry))
                .toList();
    }

    /** The clients that run beside the services. */
    List<ServiceState> clients(ComposeProject project) {
        List<ServiceState> clients = new ArrayList<>();
        for (ClientRecord client : ClientRecord.all(StateFolder.of(project).clients())) {
            client.process()
                    .running()
                    .ifPresentOrElse(
                            process -> clients.add(new ServiceState(
                                    client.name(),
                                    "spark-app",
                                    "running",
                                    "Up "
                                            + Durations.words(Duration.between(
                                                    client.process().started(), Instant.now())),
                                    OptionalInt.empty(),
                                    Optional.empty(),
                                    image(project),
                                    client.process().started(),
                                    List.of(),
                                    true,
                                    OptionalLong.of(process.pid()),
                                    false)),
                            client::remove);
        }
        return clients;
    }

    /** The names of clusters that run from this folder as it was called before. */
    static List<String> formerNames(ComposeProject project) {
        return StateFolder.others(project).stream()
                .filter(folder -> runsElsewhere(folder, project))
                .map(folder -> folder.root().getFileName().toString())
                .sorted()
                .toList();
    }

    private static boolean runsElsewhere(StateFolder folder, ComposeProject project) {
        try {
            LocalState state = LocalState.read(folder.state(), project.directory());
            return !state.directory().equals(project.directory())
                    && state.services().values().stream().anyMatch(LocalState.Entry::runs);
        } catch (SparklingException damaged) {
            return false; // whoever names it is told
        }
    }

    LogFiles logs(ComposeProject project, String service, Instant started) {
        return new LogFiles(name(project, service), service, StateFolder.of(project), started);
    }

    private ServiceState describe(ComposeProject project, LocalState.Entry entry) {
        Optional<ProcessHandle> process =
                entry.end().isPresent() ? Optional.empty() : entry.process().running();
        boolean endedWithMachine = entry.end().isEmpty() && !entry.process().sameBoot();
        OptionalInt code = entry.end().map(LocalState.End::code).orElseGet(() -> exitCode(entry));
        return new ServiceState(
                name(project, entry.service()),
                entry.service(),
                process.isPresent() ? "running" : "exited",
                process.isPresent()
                        ? "Up "
                                + Durations.words(
                                        Duration.between(entry.process().started(), Instant.now()))
                        : endedWithMachine ? "Ended with the machine" : ended(entry, code),
                process.isPresent() ? OptionalInt.empty() : code,
                Optional.empty(),
                image(project),
                entry.created(),
                entry.ports(),
                false,
                process.isPresent() ? OptionalLong.of(entry.process().number()) : OptionalLong.empty(),
                process.isEmpty() && endedWithMachine);
    }

    private OptionalInt exitCode(LocalState.Entry entry) {
        Process child = children.get(entry.process().number());
        return child == null || child.isAlive() ? OptionalInt.empty() : OptionalInt.of(child.exitValue());
    }

    private static String ended(LocalState.Entry entry, OptionalInt code) {
        String reason = code.isPresent() ? "Exited (" + code.getAsInt() + ")" : "Crashed";
        return reason
                + entry.end()
                        .map(end -> " " + Durations.words(Duration.between(end.at(), Instant.now())) + " ago")
                        .orElse("");
    }

    /** What listeners are told of a service. */
    static ResourceChanged changed(ComposeProject project, String service, State state) {
        return new ResourceChanged(Resource.CONTAINER, name(project, service), service, state, "");
    }

    static String name(ComposeProject project, String service) {
        return project.name() + "-" + service + "-1";
    }

    private static String image(ComposeProject project) {
        return "pyspark==" + project.settings().sparkVersion();
    }

    /**
     * A client that runs, noted in a file of its own: clients of one project come and go at the same time.
     *
     * @param name as a container would be called
     */
    record ClientRecord(String name, Identity process, Path file) {
        private static final com.fasterxml.jackson.databind.ObjectMapper JSON =
                new com.fasterxml.jackson.databind.ObjectMapper();

        static ClientRecord write(Path folder, String name, Identity process) {
            try {
                Files.createDirectories(folder);
                Path file = folder.resolve(name + ".json");
                Files.write(file, JSON.writeValueAsBytes(process.json(JSON)));
                return new ClientRecord(name, process, file);
            } catch (IOException unwritable) {
                throw new java.io.UncheckedIOException(unwritable);
            }
        }

        static List<ClientRecord> all(Path folder) {
            List<ClientRecord> records = new ArrayList<>();
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.json")) {
                for (Path file : files) {
                    String name = file.getFileName().toString().replaceFirst("\\.json$", "");
                    try {
                        records.add(
                                new ClientRecord(name, Identity.read(JSON.readTree(Files.readAllBytes(file))), file));
                    } catch (IOException | java.time.DateTimeException halfWritten) {
                        // it is just beginning, or its end was cut short
                    }
                }
            } catch (IOException none) {
                // no client was ever started
            }
            return records;
        }

        void remove() {
            try {
                Files.deleteIfExists(file);
            } catch (IOException ignored) {
                // a file of an ended process is no harm
            }
        }
    }
}
