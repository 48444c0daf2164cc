package dev.sparkling.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** The processes of a project's cluster, by the operating system. */
final class LocalProcesses {
    private LocalProcesses() {}

    /** The numbers of the running services' processes, as `ps` tells them; each must be alive. */
    static Map<String, String> running(Project project) {
        Map<String, String> processes = new TreeMap<>();
        for (JsonNode service : project.run("ps", "--format", "json").succeeds().json()) {
            if (service.get("state").asText().equals("running")) {
                long number = service.get("process").asLong();
                if (ProcessHandle.of(number).filter(ProcessHandle::isAlive).isEmpty()) {
                    throw new AssertionError(service + " is no process");
                }
                processes.put(service.get("service").asText(), "" + number);
            }
        }
        return processes;
    }

    /** The command lines of what works in the project's folder: roles and clients. */
    static Stream<String> inFolder(Project project) {
        return ProcessHandle.allProcesses()
                .filter(process -> workingFolder(process)
                        .filter(folder -> folder.equals(project.folder()))
                        .isPresent())
                .flatMap(process -> process.info().commandLine().stream());
    }

    private static Optional<Path> workingFolder(ProcessHandle process) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd")));
        } catch (IOException ended) {
            return Optional.empty();
        }
    }

    /** The command lines of what names the project's folder or works in it: roles, executors, Python's workers. */
    static List<String> leftovers(Project project) {
        Stream<String> naming = ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(project.folder() + "/"));
        return Stream.concat(naming, inFolder(project)).distinct().toList();
    }

    static void kill(String process) {
        ProcessHandle handle = ProcessHandle.of(Long.parseLong(process)).orElseThrow();
        handle.destroyForcibly();
        Awaitility.await().until(() -> !handle.isAlive());
    }
}
