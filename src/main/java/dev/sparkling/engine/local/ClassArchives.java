package dev.sparkling.engine.local;

import dev.sparkling.cluster.JvmOptions;
import dev.sparkling.cluster.Role;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Archives of the classes that each role loads (AppCDS), which make every later start fast: one set for each Spark in the
 * cache and Java that runs it. The first cluster that ends writes them, each JVM its own, which takes it some seconds.
 * Those of the JVMs that run queries are kept only if they have run some: they are never made better later. The JVM passes
 * over one that does not fit.
 *
 * @param folder of the set
 * @param owner tells what this cluster writes from what others write meanwhile
 * @param worked whether a client has used this cluster
 */
record ClassArchives(Path folder, String owner, boolean worked) {
    /** The name of the executors' archive; they are no service. */
    static final String EXECUTOR = "executor";

    /** Each executor writes an archive when it ends; so many at a time are no burden. */
    private static final int MOST_WRITERS = 2;

    private static final String WORKED = "worked";
    private static final String WRITE = "-XX:ArchiveClassesAtExit=";
    private static final List<String> QUIET = List.of("-Xlog:cds=off,cds+dynamic=off");

    /** @param cluster a name that no other cluster of this user has */
    static ClassArchives of(SparkHome spark, Path java, String cluster) {
        Map<String, String> inputs = new TreeMap<>();
        inputs.put("java", java + " " + release(java));
        inputs.put("classes", spark.folder() + "/jars by size");
        for (Role role : List.of(Role.MASTER, Role.WORKER, Role.CONNECT)) {
            inputs.put(role.name(), JvmOptions.of(role).toString());
        }
        Path folder = spark.python().resolve("../../archives").toAbsolutePath().normalize();
        return new ClassArchives(folder.resolve(hash(inputs.toString())), hash(cluster), false);
    }

    static String hash(String text) {
        return new Command(List.of(text), Map.of()).hash().substring(0, 12);
    }

    /** What tells one build of Java from another at the same place. */
    private static String release(Path java) {
        try {
            return Files.readString(java.resolve("release"), StandardCharsets.UTF_8);
        } catch (IOException unnamed) {
            return "";
        }
    }

    private static String file(Role role) {
        return switch (role) {
            case MASTER -> "master";
            case WORKER -> "worker";
            case CONNECT -> "connect";
            case APP, OTHER -> throw new IllegalArgumentException(role + " has no JVM");
        };
    }

    /**
     * The options with which a service's JVM uses its archive, or writes it when it ends.
     *
     * @param service of several workers the first one writes
     */
    List<String> options(String service) {
        Role role = Role.of(service).orElseThrow();
        boolean writes = role != Role.WORKER || service.equals(Role.WORKER.service());
        return options(file(role), writes, "");
    }

    /** The options of executors, in which Spark puts their numbers. */
    List<String> executorOptions(int workers) {
        return options(EXECUTOR, workers <= MOST_WRITERS, "-{{EXECUTOR_ID}}");
    }

    private List<String> options(String name, boolean writes, String suffix) {
        Path archive = archive(name);
        List<String> options = new ArrayList<>();
        if (Files.exists(archive)) {
            options.add("-XX:SharedArchiveFile=" + archive);
        } else if (writes) {
            options.add(WRITE + archive + "." + owner + suffix);
        } else {
            return List.of();
        }
        options.addAll(QUIET);
        return options;
    }

    /** A JVM writes the first bytes last; one that was killed meanwhile leaves zeros there. */
    private static boolean isWhole(Path archive) throws IOException {
        try (InputStream file = Files.newInputStream(archive)) {
            return file.read() > 0;
        }
    }

    /** Whether an archive that is written now is worth keeping. */
    private boolean kept(String name) {
        return worked || name.equals(file(Role.MASTER)) || name.equals(file(Role.WORKER));
    }

    private Path archive(String name) {
        return folder.resolve(name + ".jsa");
    }

    /** Makes the folder, before JVMs write to it, and notes it; without one they go on without archives. */
    void prepare(Path note) {
        try {
            Files.createDirectories(folder);
            Files.writeString(note, folder + "\n" + owner + "\n");
        } catch (IOException unwritable) {
            // a cache that cannot be written costs speed only
        }
    }

    /** Notes that a client uses the cluster that was started with these. */
    static void noteWork(Path note) {
        try {
            if (noted(note).filter(set -> !set.worked).isPresent()) {
                Files.writeString(note, WORKED + "\n", StandardOpenOption.APPEND);
            }
        } catch (IOException unwritable) {
            // its archives are then not kept
        }
    }

    /** Those that a cluster was started with; empty if it had none. */
    static Optional<ClassArchives> noted(Path note) {
        try {
            List<String> lines = Files.readAllLines(note);
            return lines.size() < 2
                    ? Optional.empty()
                    : Optional.of(new ClassArchives(Path.of(lines.get(0)), lines.get(1), lines.contains(WORKED)));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Whether a service's JVM writes its archive when it ends. */
    boolean writtenBy(String service) {
        return options(service).stream().anyMatch(option -> option.startsWith(WRITE));
    }

    /** Whether a service's JVM writes an archive when it ends that will be kept. */
    boolean keptOf(String service) {
        return writtenBy(service) && kept(file(Role.of(service).orElseThrow()));
    }

    /** Whether executors, if they write an archive when they end, write one that will be kept. */
    boolean keptOfExecutors() {
        return kept(EXECUTOR) && !Files.exists(archive(EXECUTOR));
    }

    /** Takes over what this cluster's JVMs have written, or throws it away; to be called when they have ended. */
    void adopt() {
        List<Path> written;
        try (Stream<Path> files = Files.list(folder)) {
            written = files.filter(file -> file.getFileName().toString().contains(".jsa." + owner))
                    .sorted()
                    .toList();
        } catch (IOException none) {
            return;
        }
        for (Path file : written) {
            String begun = file.getFileName().toString();
            String name = begun.substring(0, begun.indexOf(".jsa."));
            Path archive = archive(name);
            try {
                if (Files.exists(archive) || !isWhole(file) || !kept(name)) {
                    Files.deleteIfExists(file);
                } else {
                    Files.move(file, archive, StandardCopyOption.ATOMIC_MOVE);
                }
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }
}
