package dev.sparkling.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The contract with a Docker engine. */
class DockerContractIT extends EngineContract {
    @Override
    Project newProject() {
        return Project.empty("docker-contract");
    }

    @Override
    Map<String, String> running(Project project) {
        Map<String, String> running = new TreeMap<>();
        for (String container : Docker.running(project.name())) {
            String service = container.substring(project.name().length() + 1, container.length() - "-1".length());
            running.put(service, Docker.id(container));
        }
        return running;
    }

    @Override
    List<String> alive(Project project) {
        return Docker.running(project.name());
    }

    @Override
    List<String> clients(Project project) {
        return Docker.containers(project.name()).stream()
                .filter(container -> container.contains("-run-"))
                .toList();
    }

    @Override
    List<String> remains(Project project) {
        List<String> remains = new ArrayList<>(Docker.containers(project.name()));
        remains.addAll(Docker.networks(project.name()));
        return remains;
    }

    @Override
    List<List<String>> log(Project project, String service) {
        Outcome log =
                Docker.attempt("logs", project.name() + "-" + service + "-1").succeeds();
        return List.of(log.lines(), log.err().lines().toList());
    }

    @Override
    String workingFolder(Project project) {
        return "/app";
    }

    @Override
    boolean warmsUp(Project project) {
        return Docker.run("top", project.name() + "-spark-connect-1").contains("warm-up");
    }

    @Override
    List<String> columns() {
        return List.of("SERVICE", "STATE", "STATUS", "PORTS");
    }
}
