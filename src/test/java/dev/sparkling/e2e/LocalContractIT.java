package dev.sparkling.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The contract with processes of this machine. The first run fetches Spark into a cache below target. */
class LocalContractIT extends EngineContract {
    @Override
    Project newProject() {
        return Project.withoutDocker("local-contract");
    }

    @Override
    Map<String, String> running(Project project) {
        return LocalProcesses.running(project);
    }

    @Override
    List<String> alive(Project project) {
        return LocalProcesses.leftovers(project);
    }

    @Override
    List<String> clients(Project project) {
        return LocalProcesses.inFolder(project)
                .filter(line -> line.contains("sparkling_client ") && !line.contains("sparkling_client warm-up"))
                .toList();
    }

    @Override
    List<String> remains(Project project) {
        List<String> remains = new ArrayList<>(LocalProcesses.leftovers(project));
        Path state = project.folder().resolve(".sparkling/local");
        project.files().stream()
                .filter(file -> file.startsWith(state) && !file.equals(state))
                .forEach(file -> remains.add(file.toString()));
        return remains;
    }

    @Override
    List<List<String>> log(Project project, String service) {
        return project.files().stream()
                .filter(file -> file.startsWith(
                        project.folder().resolve(".sparkling/local/" + project.name() + "/logs/" + service)))
                .filter(file -> file.getFileName().toString().matches("(output|role|executor)\\.log"))
                .map(file -> project.read(project.folder().relativize(file).toString())
                        .lines()
                        .toList())
                .toList();
    }

    @Override
    String workingFolder(Project project) {
        return project.folder().toString();
    }

    @Override
    boolean warmsUp(Project project) {
        return LocalProcesses.inFolder(project).anyMatch(line -> line.contains("sparkling_client warm-up"));
    }

    @Override
    List<String> columns() {
        return List.of("SERVICE", "STATE", "STATUS", "PID", "PORTS");
    }
}
