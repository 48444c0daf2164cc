package dev.sparkling.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A project's folder of its own, whose cluster has ports and a name that nobody else has; removed on closing. */
final class Project implements AutoCloseable {
    /** Long enough for a first build of the image on a slow machine. */
    static final Duration PATIENCE = Duration.ofMinutes(15);

    /** The image that every build starts from; it is on the machine already. */
    static final String BASE_IMAGE = "apache/spark:4.1.1";

    private final Path folder;
    private final Path parent;
    private final Map<String, String> environment = new TreeMap<>();
    private List<String> prefix = List.of();
    private boolean forgotten;
    private boolean docker = true;

    private Project(Path parent, Path folder) {
        this.parent = parent;
        this.folder = folder;
    }

    /** An empty folder, as a user's own is before the first command. */
    static Project empty(String label) {
        Docker.mustAnswer();
        return make(label);
    }

    /** An empty folder on a machine where no Docker engine answers: its cluster's services are processes. */
    static Project withoutDocker(String label) {
        Project project = make(label);
        project.docker = false;
        project.environment.put("DOCKER_HOST", "unix:///no-docker-here.sock");
        project.environment.put("SPARKLING_ENGINE", "");
        project.environment.put("XDG_CACHE_HOME", sparkCache());
        return project;
    }

    /** An empty folder whose commands name the engine; the caller ends what runs without Docker. */
    static Project onEitherEngine(String label) {
        Project project = empty(label);
        project.environment.put("XDG_CACHE_HOME", sparkCache());
        return project;
    }

    /** Spark is fetched once for all runs of the tests, and `mvn clean` removes it. */
    private static String sparkCache() {
        return Path.of("target/e2e-cache").toAbsolutePath().toString();
    }

    private static Project make(String label) {
        try {
            // Not below /tmp: the folder of the tests shall look like a user's, with a name that gives the project's.
            Path parent = Files.createTempDirectory("sparkling-e2e").toRealPath();
            Path folder = Files.createDirectory(parent.resolve("e2e-" + label + "-" + random()));
            Project project = new Project(parent, folder);
            // Whoever has no Docker gets another engine by default; these tests are about Docker's.
            project.environment.put("SPARKLING_ENGINE", "docker");
            project.environment.put("XDG_CACHE_HOME", Program.cache());
            List<Integer> ports = freePorts(5);
            project.environment.put("SPARKLING_CONNECT_PORT", ports.get(0).toString());
            project.environment.put(
                    "SPARKLING_APPLICATION_UI_PORT", ports.get(1).toString());
            project.environment.put("SPARKLING_MASTER_UI_PORT", ports.get(2).toString());
            project.environment.put("SPARKLING_WORKER_UI_PORT", ports.get(3).toString());
            project.environment.put("SPARKLING_WORKER_2_UI_PORT", ports.get(4).toString());
            return project;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The same project after its folder was given another name; this one is void then. */
    Project moved(String name) {
        try {
            Project project = new Project(parent, Files.move(folder, parent.resolve(name)));
            project.environment.putAll(environment);
            project.environment.put("COMPOSE_PROJECT_NAME", name());
            project.docker = docker;
            return project;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A folder with this repository's sample pipeline, and nothing else of the repository. */
    static Project sample(String label) {
        Project project = empty(label);
        project.addSample();
        return project;
    }

    /** A folder of the same name elsewhere, with ports of its own. */
    Project twin() {
        try {
            Path other = Files.createTempDirectory("sparkling-e2e").toRealPath();
            Project twin = new Project(other, Files.createDirectory(other.resolve(name())));
            Project ports = empty("ports");
            twin.environment.putAll(ports.environment);
            ports.close();
            return twin;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Puts the sample pipeline in. */
    void addSample() {
        for (String part : List.of("spark-pipeline.yml", "data", "src/pipelines", "src/apps")) {
            copy(Path.of(part).toAbsolutePath(), folder.resolve(part));
        }
    }

    /** The folder's name is the project's. */
    String name() {
        return environment.getOrDefault(
                "COMPOSE_PROJECT_NAME", folder.getFileName().toString());
    }

    Path folder() {
        return folder;
    }

    int connectPort() {
        return Integer.parseInt(environment.getOrDefault("SPARKLING_CONNECT_PORT", ""));
    }

    /** The cluster has this port from now on. */
    void connectPort(int port) {
        environment.put("SPARKLING_CONNECT_PORT", "" + port);
    }

    /** The host's port of a page of Spark's: MASTER, WORKER or APPLICATION. */
    int uiPort(String page) {
        return Integer.parseInt(environment.getOrDefault("SPARKLING_" + page + "_UI_PORT", ""));
    }

    /** A Python with Spark's client that is on the host's network, as the beginning of a command. */
    List<String> python() {
        if (docker) {
            return List.of("docker", "run", "--rm", "--network", "host", "--entrypoint", "python3", image());
        }
        try (Stream<Path> installed = Files.list(
                Path.of(environment.getOrDefault("XDG_CACHE_HOME", "")).resolve("sparkling"))) {
            return List.of(installed
                    .map(folder -> folder.resolve("bin/python"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow()
                    .toString());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The variables that the project's commands see on top of this process's; an empty value removes one. */
    Map<String, String> environment() {
        return environment;
    }

    /** Commands run behind this one from now on, such as `setpriv`. */
    void prefix(List<String> command) {
        prefix = List.copyOf(command);
    }

    /** Runs `sparkling` in the project's folder to its end. */
    Outcome run(String... arguments) {
        return start(arguments).await(PATIENCE);
    }

    /** Runs `sparkling` with more variables. */
    Outcome run(Map<String, String> more, String... arguments) {
        return start(more, folder, arguments).await(PATIENCE);
    }

    /** Runs `sparkling` in another folder. */
    Outcome runIn(Path other, String... arguments) {
        return start(Map.of(), other, arguments).await(PATIENCE);
    }

    RunningProcess start(String... arguments) {
        return start(Map.of(), folder, arguments);
    }

    private RunningProcess start(Map<String, String> more, Path where, String... arguments) {
        // Work in the background may have Ctrl-C switched off for all its children; the tests press it.
        List<String> command = new ArrayList<>(List.of("env", "--default-signal=INT"));
        command.addAll(prefix);
        command.add(Program.path());
        command.addAll(List.of(arguments));
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.putAll(more);
        return RunningProcess.start(command, where, all);
    }

    /** Runs `docker compose` in the project's folder. */
    Outcome compose(String... arguments) {
        List<String> command = new ArrayList<>(List.of("docker", "compose"));
        command.addAll(List.of(arguments));
        return RunningProcess.start(command, folder, environment).await(PATIENCE);
    }

    /** Runs a shell's command line, in which `sparkling` can be called as "$SPARKLING". */
    Outcome shell(String script) {
        Map<String, String> all = new LinkedHashMap<>(environment);
        all.put("SPARKLING", Program.path());
        return RunningProcess.start(List.of("bash", "-c", script), folder, all).await(PATIENCE);
    }

    Project write(String file, String text) {
        try {
            Path path = folder.resolve(file);
            Files.createDirectories(path.getParent());
            Files.writeString(path, text);
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    String read(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Replaces a text that must be there in a file. */
    Project edit(String file, String old, String replacement) {
        String text = read(file);
        if (!text.contains(old)) {
            throw new AssertionError(file + " holds no '" + old + "':\n" + text);
        }
        return write(file, text.replace(old, replacement));
    }

    /** The image that the project's services run from, as compose.yml names it. */
    String image() {
        Matcher matcher = Pattern.compile("(?m)^  image: (\\S+)$").matcher(read("compose.yml"));
        if (!matcher.find()) {
            throw new AssertionError("compose.yml names no image");
        }
        return matcher.group(1);
    }

    /** Keeps the image's layers under a name that no clean knows, so that the next build takes seconds. */
    void keepImage() {
        if (docker) {
            Docker.run("tag", image(), "sparkling-e2e:keep");
        }
    }

    /** All files below the folder, folders too. */
    List<Path> files() {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A table's data. */
    List<Path> parquetFiles(String table) {
        return files().stream()
                .filter(file ->
                        file.startsWith(folder.resolve("spark-warehouse").resolve(table)))
                .filter(file -> file.getFileName().toString().endsWith(".parquet"))
                .toList();
    }

    /** Deletes the folders of all tables, whatever the catalog says. */
    void deleteTables() {
        try (Stream<Path> tables = Files.list(folder.resolve("spark-warehouse"))) {
            tables.filter(table -> !table.getFileName().toString().startsWith("."))
                    .forEach(Project::delete);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    void delete(String name) {
        delete(folder.resolve(name));
    }

    /** Removes the cluster by the docker command, whatever Sparkling did before, and the folder. */
    @Override
    public void close() {
        if (!docker) {
            run("down");
        } else if (!forgotten) {
            Docker.removeProject(name());
        }
        delete(parent);
    }

    /** The cluster of this name is somebody else's: closing removes the folder only. */
    void forget() {
        forgotten = true;
    }

    static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        List<Integer> ports = new ArrayList<>();
        try {
            for (int index = 0; index < count; index++) {
                ServerSocket socket = new ServerSocket(0);
                sockets.add(socket);
                ports.add(socket.getLocalPort());
            }
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String random() {
        return HexFormat.of().toHexDigits((short) ThreadLocalRandom.current().nextInt());
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path path : walk.toList()) {
                Path target = to.resolve(from.relativize(path).toString());
                if (path.toString().contains("__pycache__")) {
                    continue;
                }
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(path, target);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path visited, java.io.IOException failure)
                        throws IOException {
                    Files.delete(visited);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
