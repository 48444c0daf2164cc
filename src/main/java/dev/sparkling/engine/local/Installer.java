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
import dev.sparkling.engine.PackageIndexes;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
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

    private final CacheFolder cache;
    private final Map<String, String> environment;
    private final Path home;
    private final Consumer<EngineEvent> events;
    private final LongSupplier free;
    private final InstallationTools tools;

    Installer(CacheFolder cache, Map<String, String> environment, Path home, Consumer<EngineEvent> events) {
        this(
                cache,
                environment,
                home,
                events,
                () -> cache.root().toFile().getUsableSpace()); // unlike a FileStore, works in a chroot
    }

    /** @param free the room for the cache, in bytes */
    Installer(
            CacheFolder cache,
            Map<String, String> environment,
            Path home,
            Consumer<EngineEvent> events,
            LongSupplier free) {
        this.cache = cache;
        this.environment = environment;
        this.home = home;
        this.events = events;
        this.free = free;
        this.tools = new InstallationTools(cache.root().resolve("installing"));
    }

    /**
     * Makes everything ready that a cluster of these settings needs.
     *
     * @throws SparklingException if it is not there and cannot be fetched, with the reason
     */
    SparkHome prepare(ClusterSpec settings) {
        try {
            Files.createDirectories(cache.root());
        } catch (IOException problem) {
            throw InstallationFailure.unwritable(cache.root(), problem);
        }
        Installation base = base(settings);
        ensure(base, () -> installBase(base, settings.sparkVersion()));
        Path spark = base.sitePackages().orElseThrow().resolve("pyspark");
        Optional<Installation> requirements = requirements(settings);
        requirements.ifPresent(own -> ensure(own, () -> installRequirements(own, base, settings.requirements())));
        Optional<Installation> packages = packages(settings);
        packages.ifPresent(own -> ensure(own, () -> installPackages(own, spark, base.python(), settings.packages())));
        Installation client = client();
        ensure(client, () -> {
            BundledFolder.CLIENT.files().forEach(client::write);
            client.complete();
        });
        return new SparkHome(
                spark,
                requirements.orElse(base).python(),
                packages.map(own -> own.folder().resolve("jars")),
                client.folder());
    }

    /**
     * Looks for damage in what {@link #prepare} made ready, for when something that runs from it has failed: in Spark's
     * own environment more closely than a start does. Packages of a project may overwrite each other's files.
     *
     * @return the damage as a failure, which is the likely reason of the other one
     */
    Optional<SparklingException> damage(ClusterSpec settings) {
        Installation base = base(settings);
        return base.packageDamage()
                .map(damage -> damaged(base, damage))
                .or(() -> Stream.of(requirements(settings), packages(settings), Optional.of(client()))
                        .flatMap(Optional::stream)
                        .flatMap(own -> own.damage().stream().map(damage -> damaged(own, damage)))
                        .findFirst());
    }

    private static SparklingException damaged(Installation installation, String damage) {
        return SparklingException.failed(
                installation.folder() + " is damaged: " + damage,
                "`sparkling clean --cache` removes it, and the next command installs it anew.");
    }

    private Installation base(ClusterSpec settings) {
        return installation("spark-" + settings.sparkVersion() + "-" + baseKey(settings));
    }

    private Optional<Installation> requirements(ClusterSpec settings) {
        String lines = String.join("\n", settings.requirements());
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(installation("python-" + hash(baseKey(settings), settings.sparkVersion(), lines)));
    }

    private Optional<Installation> packages(ClusterSpec settings) {
        String lines = String.join("\n", settings.packages());
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(installation("packages-" + hash(settings.sparkVersion(), lines)));
    }

    /** The Python client, laid down once for each version of it. */
    private Installation client() {
        MessageDigest digest = sha256();
        BundledFolder.CLIENT.files().forEach((name, bytes) -> {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            digest.update(bytes);
        });
        return installation("client-" + shortened(digest));
    }

    private Installation installation(String name) {
        return new Installation(cache.root().resolve(name));
    }

    /** Installs what cannot be used as it stands. */
    private void ensure(Installation installation, Runnable install) {
        Optional<String> damage = installation.damage();
        if (damage.isEmpty()) {
            return;
        }
        if (installation.completed()) {
            events.accept(new EngineEvent.Notice(
                    installation.folder() + " was damaged (" + damage.get() + "); it is made anew"));
        }
        locked(() -> {
            // Another sparkling may have made it meanwhile.
            if (installation.damage().isPresent()) {
                install.run();
            }
        });
    }

    private void installBase(Installation base, String version) {
        String label = "Spark " + version;
        long room = free.getAsLong();
        if (room < NEEDED_BYTES) {
            throw InstallationFailure.tooSmall(cache.root(), NEEDED_BYTES, room);
        }
        Path interpreter = Pythons.find(environment);
        changed(label, State.BUILDING, "");
        base.renew();
        step(label, 1, 3, "finding uv, which installs Python packages");
        Uv uv = uv(interpreter, label);
        step(label, 2, 3, "fetching the packages of the Connect client");
        uv.environment(label, base, interpreter);
        Path requirements = base.write("requirements.txt", resource("requirements.txt"));
        uv.install(label, base, "--require-hashes", "--no-deps", "--requirement", requirements.toString());
        step(label, 3, 3, "fetching pyspark==" + version + ", about 450 MB");
        uv.install(label, base, "pyspark==" + version);
        // The archive and the wheel made of it: twice the size of what is installed, for nobody.
        uv.forget("pyspark");
        base.packageDamage().ifPresent(damage -> {
            // uv's cache and the environment share files: what was written into the one is in the other too.
            throw SparklingException.failed(
                    "installing " + label + " failed: uv gave a damaged file; " + damage,
                    "`uv cache clean` empties uv's own cache, and `sparkling clean --cache` that of the uv that Sparkling"
                            + " fetched.");
        });
        base.complete();
        changed(label, State.BUILT, "in " + base.folder());
    }

    private void installRequirements(Installation own, Installation base, List<String> requirements) {
        String label = "Python packages";
        changed(label, State.BUILDING, "");
        own.renew();
        step(label, 1, 2, "finding uv, which installs Python packages");
        Uv uv = uv(base.python(), label);
        uv.environment(label, own, base.python());
        step(label, 2, 2, "fetching " + String.join(", ", requirements));
        Path wanted = own.write("requirements.txt", text(String.join("\n", requirements) + "\n"));
        // The Connect client's own packages stay as Spark needs them: a conflict is an error here, not a riddle later.
        Path constraints = own.write("constraints.txt", resource("requirements.in"));
        // Spark itself comes from the environment below.
        Path overrides =
                own.write("overrides.txt", text("pyspark ; sys_platform == 'none'\npy4j ; sys_platform == 'none'\n"));
        uv.install(
                label,
                own,
                "--constraint",
                constraints.toString(),
                "--override",
                overrides.toString(),
                "--requirement",
                wanted.toString());
        Path below = base.sitePackages().orElseThrow();
        Path site = own.folder().relativize(own.sitePackages().orElseThrow());
        own.write(site + "/sparkling.pth", text(below + "\n"));
        own.complete();
        changed(label, State.BUILT, "in " + own.folder());
    }

    /** By Spark's own resolver, as the image does (docker/build/packages). */
    private void installPackages(Installation own, Path spark, Path python, List<String> packages) {
        String label = "Maven packages";
        String coordinates = String.join(",", packages);
        changed(label, State.BUILDING, "");
        own.renew();
        step(label, 1, 1, "fetching " + coordinates);
        Path program = own.write("nothing.py", new byte[0]);
        Path ivy = own.folder().resolve("ivy");
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
                coordinates,
                program.toString()));
        Map<String, String> variables = new HashMap<>(LocalLaunch.inherited(environment));
        variables.putAll(Map.of(
                "SPARK_HOME", spark.toString(), "PYSPARK_PYTHON", python.toString(), "SPARK_SCALA_VERSION", "2.13"));
        Tool.Result result = tools.run(command, variables, own.folder(), line -> output(label, line));
        if (!result.succeeded()) {
            throw InstallationFailure.of(
                    "the packages " + coordinates,
                    cache.root(),
                    result,
                    "Check their coordinates in `packages`, the network, and a proxy (HTTPS_PROXY).");
        }
        try (Stream<Path> jars = Files.list(ivy.resolve("jars"))) {
            Path target = Files.createDirectories(own.folder().resolve("jars"));
            for (Path jar : jars.toList()) {
                Files.move(jar, target.resolve(jar.getFileName()));
            }
            CacheFolder.delete(ivy);
        } catch (IOException problem) {
            throw InstallationFailure.unwritable(own.folder(), problem);
        }
        own.complete();
        changed(label, State.BUILT, "in " + own.folder());
    }

    private Uv uv(Path interpreter, String label) {
        byte[] lock = resource("uv.txt");
        Installation folder = installation("uv-" + hash(new String(lock, StandardCharsets.UTF_8)));
        return Uv.find(
                folder,
                lock,
                interpreter,
                cache.root(),
                environment,
                PackageIndexes.find(environment, home),
                tools,
                line -> output(label, line));
    }

    /** Installations come one at a time, whatever their project; a second one waits and then finds everything there. */
    private void locked(Runnable work) {
        Path lock = cache.root().resolve("lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            boolean told = false;
            while (tryLock(channel) == null) {
                if (!told) {
                    events.accept(new EngineEvent.Notice("another sparkling installs Spark; waiting for it"));
                    told = true;
                }
                Thread.sleep(100);
            }
            tools.endLeftover(
                    process -> events.accept(new EngineEvent.Notice("an installation that was cut off is still"
                            + " at work as process " + process + "; it is ended, and begins anew")));
            work.run();
        } catch (IOException problem) {
            throw InstallationFailure.unwritable(lock, problem);
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

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
        return shortened(digest);
    }

    private static String shortened(MessageDigest digest) {
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
