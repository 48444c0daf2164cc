package dev.sparkling.engine.docker;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Observer.ServiceState;
import dev.sparkling.engine.probe.MasterProbe;
import dev.sparkling.engine.probe.Readiness;
import java.util.List;

/** Shows containers to whoever waits for them. */
record ContainerWatch(StateReader state, ContainerLogs logs) implements Readiness.Watch {
    @Override
    public List<ServiceState> services(ComposeProject project) {
        return state.containers(project).stream()
                .map(Observed.Container::state)
                .filter(container -> !container.oneOff())
                .toList();
    }

    @Override
    public boolean isService(MasterProbe.Worker worker, ServiceState service) {
        return worker.host().equals(service.service());
    }

    @Override
    public List<String> lastLines(ComposeProject project, ServiceState service, int lines) {
        return state.containers(project).stream()
                .filter(container -> container.name().equals(service.name()))
                .findFirst()
                .map(container -> logs.lastLines(container, lines))
                .orElse(List.of());
    }
}
