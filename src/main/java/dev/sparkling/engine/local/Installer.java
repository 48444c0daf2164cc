package dev.sparkling.engine.local;

import dev.sparkling.bundle.BundledFolder;
import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.cluster.JvmOptions;
import dev.sparkling.cluster.Role;
import dev.sparkling.engine.CacheFolder;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts Spark, and the Python and Maven packages of a project, into the user's cache. What is there already is used as it
 * stands, without a look at the network; what an interruption left behind, or a hand has damaged, is made anew.
 *
 * <p>One environment holds PySpark for all projects. Requirements of a project get an environment of their own, which
 * sees that one through a `.pth` file, so that Spark is stored once.
 */
final class Installer {
    /** Raised when the layout of the cache changes: older folders are then left to `clean --cache`. */
    private static final String LAYOUT = "1";

    /** PySpark's archive, what it unpacks to, and the packages that it needs, measured: 1.3 GB. */
    private static final long NEEDED_BYTES = 3_000_000_000L;

    private static final int EVIDENCE_LINES = 15;
    private static final Pattern NO_SPACE = Pattern.compile("No space left on device|ENOSPC|Disk quota exceeded");
    private static final Pattern NO_NETWORK = Pattern.compile(
            "(?i)dns error|failed to lookup|name resolution|name or service not known|error sending request"
                    + "|network is unreachable|connection refused|tcp connect error|timed out|max retries exceeded"
                    + "|unknownhostexception|could not connect|connectexception|no matching distribution found for uv");

    private final CacheFolder cache;
    private final Map<String, String> environment;
    private final Path home;
    private final Consumer<EngineEvent> events;

    Installer(CacheFolder cache, Map<String, String> environment, Path home, Consumer<EngineEvent> events) {
        this.cache = cache;
        this.environment = environment;
        this.home = home;
        this.events = events;
    }

    /**
     * Makes everything ready that a cluster of these settings needs.
     *
     * @throws SparklingException if it is not there and cannot be fetched, with the reason
     */
    SparkHome prepare(ClusterSpec settings) {
        Path root = cache.root();
        try {
            Files.createDirectories(root);
        } catch (IOException unwritable) {
            throw SparklingException.usage(
                            "the cache " + root + " cannot be written: " + unwritable.getMessage(),
                            "Make it writable, or name another folder by XDG_CACHE_HOME.")
                    .causedBy(unwritable);
        }
        Path base = root.resolve("spark-" + settings.sparkVersion() + "-" + baseKey(settings));
        if (!ready(base, Installer::listedInBase)) {
            locked(() -> {
                // Another sparkling may have made it meanwhile.
                if (damage(base, Installer::listedInBase).isPresent()) {
                    installBase(base, settings.sparkVersion());
                }
            });
        }
        Path site = sitePackages(base).orElseThrow();
        Path python = python(base);
        if (!settings.requirements().isEmpty()) {
            Path own = root.resolve("python-"
                    + hash(baseKey(settings), settings.sparkVersion(), String.join("\n", settings.requirements())));
            if (!ready(own, Installer::listedInBase)) {
                locked(() -> installRequirements(own, base, settings));
            }
            python = python(own);
        }
        Optional<Path> packages = Optional.empty();
        if (!settings.packages().isEmpty()) {
            Path own =
                    root.resolve("packages-" + hash(settings.sparkVersion(), String.join("\n", settings.packages())));
            if (!ready(own, folder -> List.of(folder.resolve("jars")))) {
                locked(() -> installPackages(own, site.resolve("pyspark"), python(base), settings));
            }
            packages = Optional.of(own.resolve("jars"));
        }
        return new SparkHome(site.resolve("pyspark"), python, packages, client());
    }

    /** What lists the parts of a complete folder. */
    private interface Listed {
        List<Path> of(Path folder);
    }

    private static List<Path> listedInBase(Path folder) {
        List<Path> listed = new ArrayList<>();
        sitePackages(folder).ifPresent(site -> {
            listed.add(site);
            Path jars = site.resolve("pyspark/jars");
            if (Files.isDirectory(jars)) {
                listed.add(jars);
            }
        });
        return listed;
    }

    /** Whether a folder can be used; says so where it could and no longer can. */
    private boolean ready(Path folder, Listed listed) {
        Optional<String> damage = damage(folder, listed);
        if (damage.isPresent() && Marker.exists(folder)) {
            events.accept(new EngineEvent.Notice(folder + " was damaged (" + damage.get() + "); it is made anew"));
        }
        return damage.isEmpty();
    }

    private static Optional<String> damage(Path folder, Listed listed) {
        if (!Marker.exists(folder)) {
            return Optional.of("its installation did not end");
        }
        return Marker.damage(folder, listed.of(folder))
                .or(() -> Files.isDirectory(folder.resolve("bin")) && !Files.isExecutable(python(folder))
                        ? Optional.of("bin/python does not lead to a Python")
                        : Optional.empty());
    }

    private void installBase(Path base, String version) {
        String label = "Spark " + version;
        checkSpace();
        Path interpreter = Pythons.find(environment);
        changed(label, State.BUILDING, "");
        renew(base);
        step(label, 1, 3, "finding uv, which installs Python packages");
        Uv uv = uv(interpreter, label);
        step(label, 2, 3, "fetching the packages of the Connect client");
        uv.run(label, List.of("venv", "--quiet", "--python", interpreter.toString(), base.toString()));
        Path requirements = base.resolve("requirements.txt");
        write(requirements, resource("requirements.txt"));
        uv.run(
                label,
                install(
                        base,
                        "--require-hashes",
                        "--no-deps",
                        "--compile-bytecode",
                        "--requirement",
                        requirements.toString()));
        step(label, 3, 3, "fetching pyspark==" + version + ", about 450 MB");
        uv.run(label, install(base, "--compile-bytecode", "pyspark==" + version));
        if (uv.ours) {
            // The archive and the wheel made of it: twice the size of what is installed, for nobody.
            uv.run(label, List.of("cache", "clean", "--quiet", "pyspark"));
        }
        complete(base, listedInBase(base));
        changed(label, State.BUILT, "in " + base);
    }

    private void installRequirements(Path own, Path base, ClusterSpec settings) {
        String label = "Python packages";
        changed(label, State.BUILDING, "");
        renew(own);
        step(label, 1, 2, "finding uv, which installs Python packages");
        Path interpreter = python(base);
        Uv uv = uv(interpreter, label);
        uv.run(label, List.of("venv", "--quiet", "--python", interpreter.toString(), own.toString()));
        step(label, 2, 2, "fetching " + String.join(", ", settings.requirements()));
        Path wanted = own.resolve("requirements.txt");
        write(wanted, (String.join("\n", settings.requirements()) + "\n").getBytes(StandardCharsets.UTF_8));
        // The Connect client's own packages stay as Spark needs them: a conflict is an error here, not a riddle later.
        Path constraints = own.resolve("constraints.txt");
        write(constraints, resource("requirements.in"));
        // Spark itself comes from the environment below.
        Path overrides = own.resolve("overrides.txt");
        write(
                overrides,
                "pyspark ; sys_platform == 'none'\npy4j ; sys_platform == 'none'\n".getBytes(StandardCharsets.UTF_8));
        uv.run(
                label,
                install(
                        own,
                        "--compile-bytecode",
                        "--constraint",
                        constraints.toString(),
                        "--override",
                        overrides.toString(),
                        "--requirement",
                        wanted.toString()));
        Path site = sitePackages(own).orElseThrow();
        write(
                site.resolve("sparkling.pth"),
                (sitePackages(base).orElseThrow() + "\n").getBytes(StandardCharsets.UTF_8));
        complete(own, listedInBase(own));
        changed(label, State.BUILT, "in " + own);
    }

    /** By Spark's own resolver, as the image does (docker/build/packages). */
    private void installPackages(Path own, Path spark, Path python, ClusterSpec settings) {
        String label = "Maven packages";
        changed(label, State.BUILDING, "");
        renew(own);
        step(label, 1, 1, "fetching " + String.join(", ", settings.packages()));
        Path program = own.resolve("nothing.py");
        write(program, new byte[0]);
        Path ivy = own.resolve("ivy");
        List<String> command = new ArrayList<>();
        command.add(JavaHomes.find(environment, home).resolve("bin/java").toString());
        command.addAll(JvmOptions.of(Role.MASTER));
        command.addAll(Proxies.properties(environment));
        command.addAll(List.of(
                "-cp",
                spark + "/jars/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                "local[1]",
                "--conf",
                "spark.jars.ivy=" + ivy,
                "--conf",
                "spark.ui.enabled=false",
                "--packages",
                String.join(",", settings.packages()),
                program.toString()));
        Map<String, String> variables = new HashMap<>(LocalLaunch.inherited(environment));
        variables.putAll(Map.of(
                "SPARK_HOME", spark.toString(), "PYSPARK_PYTHON", python.toString(), "SPARK_SCALA_VERSION", "2.13"));
        Tool.Result result = Tool.run(command, variables, own, line -> output(label, line));
        if (!result.succeeded()) {
            throw failure("the packages " + String.join(", ", settings.packages()), result, """
                    Check their coordinates in `packages`, the network, and a proxy (HTTPS_PROXY).""".strip());
        }
        try (Stream<Path> jars = Files.list(ivy.resolve("jars"))) {
            Path target = Files.createDirectories(own.resolve("jars"));
            for (Path jar : jars.toList()) {
                Files.move(jar, target.resolve(jar.getFileName()));
            }
            CacheFolder.delete(ivy);
        } catch (IOException problem) {
            throw unwritable(own, problem);
        }
        complete(own, List.of(own.resolve("jars")));
        changed(label, State.BUILT, "in " + own);
    }

    /** The Python client, laid down once for each version of it. */
    private Path client() {
        Map<String, byte[]> files = BundledFolder.CLIENT.files();
        MessageDigest digest = sha256();
        files.forEach((name, bytes) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        });
        Path folder = cache.root()
                .resolve("client-" + HexFormat.of().formatHex(digest.digest()).substring(0, 12));
        if (Marker.exists(folder)
                && Marker.damage(folder, List.of(folder.resolve("sparkling_client")))
                        .isEmpty()) {
            return folder;
        }
        locked(() -> {
            try {
                for (Map.Entry<String, byte[]> file : files.entrySet()) {
                    Path target = folder.resolve(file.getKey());
                    Files.createDirectories(target.getParent());
                    Files.write(target, file.getValue());
                }
            } catch (IOException problem) {
                throw unwritable(folder, problem);
            }
            complete(folder, List.of(folder.resolve("sparkling_client")));
        });
        return folder;
    }

    /** A uv that works, and the environment that it runs in. */
    private final class Uv {
        private final Path program;
        private final boolean ours;
        private final Map<String, String> variables;

        Uv(Path program, boolean ours) {
            this.program = program;
            this.ours = ours;
            this.variables = new HashMap<>(environment);
            // Somebody's active environment is not ours.
            List.of("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME").forEach(variables::remove);
            variables.put("UV_PYTHON_DOWNLOADS", "never");
            variables.put("UV_NO_PROGRESS", "1");
            variables.putIfAbsent("UV_HTTP_TIMEOUT", "180");
            String index = environment.getOrDefault("PIP_INDEX_URL", "");
            if (!index.isEmpty()) {
                variables.putIfAbsent("UV_DEFAULT_INDEX", index);
            }
            if (ours) {
                // What only this uv has fetched goes away with the rest of our cache.
                variables.putIfAbsent(
                        "UV_CACHE_DIR", cache.root().resolve("uv-cache").toString());
            }
        }

        void run(String label, List<String> arguments) {
            List<String> command = new ArrayList<>(List.of(program.toString()));
            command.addAll(arguments);
            Tool.Result result = Tool.run(command, variables, cache.root(), line -> output(label, line));
            if (!result.succeeded()) {
                throw failure(
                        label,
                        result,
                        "Read what uv says above, and check the network, a proxy (HTTPS_PROXY), or a package index of your"
                                + " own (UV_DEFAULT_INDEX).");
            }
        }
    }

    /** The PATH's uv, or one that pip puts into the cache. */
    private Uv uv(Path interpreter, String label) {
        Optional<Path> present = Pythons.onPath(environment, "uv").filter(this::works);
        if (present.isPresent()) {
            return new Uv(present.get(), false);
        }
        Path folder = cache.root().resolve("uv-" + hash(new String(resource("uv.txt"), StandardCharsets.UTF_8)));
        Path program = folder.resolve("bin/uv");
        if (!works(program)) {
            List<String> pip = List.of(interpreter.toString(), "-m", "pip");
            Map<String, String> variables = new HashMap<>(environment);
            variables.put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
            if (!Tool.run(with(pip, "--version"), variables, cache.root(), line -> {})
                    .succeeded()) {
                throw SparklingException.engineUnavailable(
                        "Spark comes as a Python package, and there is neither uv nor pip to fetch it",
                        "Install pip for " + interpreter + " (Debian: python3-pip), or uv.");
            }
            renew(folder);
            Path lock = folder.resolve("uv.txt");
            write(lock, resource("uv.txt"));
            Tool.Result result = Tool.run(
                    with(
                            pip,
                            "install",
                            "--quiet",
                            "--no-deps",
                            "--require-hashes",
                            "--target",
                            folder.toString(),
                            "--requirement",
                            lock.toString()),
                    variables,
                    cache.root(),
                    line -> output(label, line));
            if (!result.succeeded() || !works(program)) {
                throw failure("uv", result, "Check the network and pip's settings, or install uv yourself.");
            }
        }
        return new Uv(program, true);
    }

    private boolean works(Path program) {
        return Files.isExecutable(program)
                && Tool.run(List.of(program.toString(), "--version"), environment, Path.of("/"), line -> {})
                        .succeeded();
    }

    private static List<String> install(Path target, String... arguments) {
        return with(List.of("pip", "install", "--python", python(target).toString()), arguments);
    }

    private static List<String> with(List<String> start, String... more) {
        List<String> all = new ArrayList<>(start);
        all.addAll(List.of(more));
        return all;
    }

    private SparklingException failure(String what, Tool.Result result, String otherwise) {
        String text = String.join("\n", result.lines());
        List<String> evidence = result.lines()
                .subList(
                        Math.max(0, result.lines().size() - EVIDENCE_LINES),
                        result.lines().size());
        if (NO_SPACE.matcher(text).find()) {
            return SparklingException.failed("installing " + what + " failed: no space is left", spaceRemedy())
                    .withEvidence(evidence);
        }
        if (NO_NETWORK.matcher(text).find()) {
            return SparklingException.failed(
                            "installing " + what
                                    + " failed: it is not in the cache yet, and the network does not give it",
                            "Check the network, a proxy (HTTPS_PROXY), or a package index of your own (UV_DEFAULT_INDEX)."
                                    + " Once it is installed, no network is needed.")
                    .withEvidence(evidence);
        }
        return SparklingException.failed("installing " + what + " failed", otherwise)
                .withEvidence(evidence);
    }

    private void checkSpace() {
        try {
            long free = Files.getFileStore(cache.root()).getUsableSpace();
            if (free < NEEDED_BYTES) {
                throw SparklingException.failed(
                        String.format(
                                Locale.ROOT,
                                "installing Spark needs about %.1f GB in %s, and %.1f GB are free there",
                                NEEDED_BYTES / 1e9,
                                cache.root(),
                                free / 1e9),
                        spaceRemedy());
            }
        } catch (IOException unknown) {
            // the installation itself will tell
        }
    }

    private static String spaceRemedy() {
        return "Make room, or name a folder of another disk by XDG_CACHE_HOME.";
    }

    private static SparklingException unwritable(Path folder, IOException problem) {
        String reason = String.valueOf(problem.getMessage());
        return (NO_SPACE.matcher(reason).find()
                        ? SparklingException.failed("no space is left in " + folder, spaceRemedy())
                        : SparklingException.failed(
                                folder + " cannot be written: " + reason,
                                "Make it writable, or name another cache by XDG_CACHE_HOME."))
                .causedBy(problem);
    }

    /** Installations come one at a time, whatever their project; a second one waits and then finds everything there. */
    private void locked(Runnable work) {
        try (FileChannel channel =
                FileChannel.open(cache.root().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            boolean told = false;
            while (tryLock(channel) == null) {
                if (!told) {
                    events.accept(new EngineEvent.Notice("another sparkling installs Spark; waiting for it"));
                    told = true;
                }
                Thread.sleep(100);
            }
            work.run();
        } catch (IOException problem) {
            throw unwritable(cache.root(), problem);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new SparklingException(Category.INTERRUPTED, "interrupted", null, List.of(), stop);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            return null;
        }
    }

    private static void renew(Path folder) {
        try {
            if (Files.exists(folder)) {
                CacheFolder.delete(folder);
            }
            Files.createDirectories(folder);
        } catch (IOException problem) {
            throw unwritable(folder, problem);
        }
    }

    private static void complete(Path folder, List<Path> listed) {
        try {
            Marker.write(folder, listed);
        } catch (IOException problem) {
            throw unwritable(folder, problem);
        }
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException problem) {
            throw unwritable(file, problem);
        }
    }

    private static Optional<Path> sitePackages(Path environment) {
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(environment.resolve("lib"), "python3*")) {
            for (Path version : versions) {
                return Optional.of(version.resolve("site-packages"));
            }
        } catch (IOException absent) {
            // not installed
        }
        return Optional.empty();
    }

    private static Path python(Path environment) {
        return environment.resolve("bin/python");
    }

    private static byte[] resource(String name) {
        byte[] bytes = BundledFolder.IMAGE.files().get(name);
        if (bytes == null) {
            throw new IllegalStateException("the program was packed without docker/" + name);
        }
        return bytes;
    }

    private static String baseKey(ClusterSpec settings) {
        return hash(LAYOUT, settings.sparkVersion(), new String(resource("requirements.txt"), StandardCharsets.UTF_8));
    }

    private static String hash(String... parts) {
        MessageDigest digest = sha256();
        for (String part : parts) {
            digest.update(part.getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 12);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void step(String label, int step, int steps, String text) {
        events.accept(new EngineEvent.BuildStep(label, step, steps, text));
    }

    private void output(String label, String line) {
        events.accept(new EngineEvent.BuildOutput(label, line));
    }

    private void changed(String label, State state, String detail) {
        events.accept(new ResourceChanged(Resource.IMAGE, label, label, state, detail));
    }
}
