package dev.sparkling.engine.local;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.Observer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Answers from the state folder, the processes and their log files. */
final class LocalObserver implements Observer {
    private final LocalCluster cluster;

    LocalObserver(LocalCluster cluster) {
        this.cluster = cluster;
    }

    @Override
    public List<ServiceState> services(ComposeProject project) {
        List<ServiceState> services = new ArrayList<>(cluster.clients(project));
        services.addAll(cluster.services(project));
        return services;
    }

    @Override
    public List<LogSource> logs(ComposeProject project, LogRequest request) {
        return cluster.state(project).services().values().stream()
                .filter(entry ->
                        request.services().isEmpty() || request.services().contains(entry.service()))
                .map(entry -> (LogSource) new Source(project, entry, request))
                .toList();
    }

    private final class Source implements LogSource {
        private final ComposeProject project;
        private final LocalState.Entry entry;
        private final LogRequest request;

        Source(ComposeProject project, LocalState.Entry entry, LogRequest request) {
            this.project = project;
            this.entry = entry;
            this.request = request;
        }

        @Override
        public String container() {
            return LocalCluster.name(project, entry.service());
        }

        @Override
        public String service() {
            return entry.service();
        }

        @Override
        public void read(Consumer<LogChunk> consumer) {
            cluster.logs(project, entry.service(), entry.process().started())
                    .read(request, () -> entry.process().running().isPresent(), consumer);
        }
    }
}
