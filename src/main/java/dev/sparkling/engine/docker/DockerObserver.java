package dev.sparkling.engine.docker;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer;
import java.util.List;
import java.util.function.Consumer;

/** Answers from the engine's own lists and logs. */
final class DockerObserver implements Observer {
    private final StateReader state;
    private final ContainerLogs logs;

    DockerObserver(DockerConnection connection) {
        this.state = new StateReader(connection.quick());
        this.logs = new ContainerLogs(connection);
    }

    @Override
    public List<ServiceState> services(ComposeProject project) {
        return state.containers(project).stream().map(Observed.Container::state).toList();
    }

    @Override
    public List<LogSource> logs(ComposeProject project, LogRequest request) {
        return state.containers(project).stream()
                // What a short-lived client prints on standard output is its protocol; the run's record has the rest.
                .filter(container -> !container.state().oneOff())
                .filter(container ->
                        request.services().isEmpty() || request.services().contains(container.service()))
                .map(container -> source(container, request))
                .toList();
    }

    private LogSource source(Observed.Container container, LogRequest request) {
        return new LogSource() {
            @Override
            public String container() {
                return container.name();
            }

            @Override
            public String service() {
                return container.service();
            }

            @Override
            public void read(Consumer<LogChunk> consumer) {
                logs.read(container, request, consumer);
            }
        };
    }
}
