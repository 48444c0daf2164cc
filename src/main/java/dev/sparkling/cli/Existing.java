package dev.sparkling.cli;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Observer.ServiceState;
import java.util.List;

/** What the engine holds of a project, whatever its files say now. */
final class Existing {
    private Existing() {}

    static List<String> services(Engine engine, ComposeProject project) {
        return engine.observer().services(project).stream()
                .map(ServiceState::service)
                .distinct()
                .toList();
    }
}
