package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.engine.CacheFolder;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a uv, a pip and a Python that are small scripts: they note how they are called, and make what the real ones make. */
class InstallerTest {
    private static final long PLENTY = 1_000_000_000_000L;

    /** Makes environments and "installs" a few files; `fail` holds what it shall say instead. */
    private static final String UV = """
            #!/bin/sh
            echo "$*" >>"%1$s/calls"
            [ "$1" != --version ] || exit 0
            env | grep '^UV_.*IN[DS]' | sort >"%1$s/variables"
            if [ -e "%1$s/fail" ]; then
                cat "%1$s/fail" >&2
                exit 2
            fi
            if [ "$1" = venv ]; then
                for folder in "$@"; do :; done
                mkdir -p "$folder/bin" "$folder/lib/python3.11/site-packages"
                ln -sf "%1$s/bin/python3.11" "$folder/bin/python"
            else
                site="$(dirname "$(dirname "$4")")/lib/python3.11/site-packages"
                case "$*" in
                *pyspark==*)
                    mkdir -p "$site/pyspark/jars" "$site/pyspark/sql"
                    echo jar >"$site/pyspark/jars/spark-core.txt"
                    echo code >"$site/pyspark/sql/session.py"
                    mkdir "$site/pyspark-1.dist-info"
                    echo "pyspark/sql/session.py,sha256=x,$(cat "%1$s/size" || echo 5)" \
                        >"$site/pyspark-1.dist-info/RECORD" ;;
                *) echo code >"$site/six.py" ;;
                esac
            fi
            """;

    @TempDir
    Path folder;

    private final List<EngineEvent> events = new CopyOnWriteArrayList<>();
    private long free = PLENTY;

    @BeforeEach
    void layOut() throws IOException {
        Files.createDirectory(folder.resolve("bin"));
        program("python3.11", "#!/bin/sh\ncase \"$*\" in *platform*) echo 3.11.2 ;; *) exit 1 ;; esac\n");
        Files.createSymbolicLink(folder.resolve("bin/python3"), Path.of("python3.11"));
        program("uv", UV.formatted(folder));
    }

    private void program(String name, String script) throws IOException {
        Path program = Files.writeString(folder.resolve("bin").resolve(name), script);
        assertThat(program.toFile().setExecutable(true)).isTrue();
    }

    /** The scripts come before the system's programs, which they use. */
    private Installer installer() {
        return installer(folder.resolve("bin") + ":/usr/bin:/bin");
    }

    private Installer installer(String path) {
        Map<String, String> environment = Map.of("PATH", path);
        return new Installer(
                new CacheFolder(folder.resolve("cache")), environment, folder.resolve("home"), events::add, () -> free);
    }

    private SparkHome prepare() {
        return installer().prepare(ClusterSpec.defaults());
    }

    private static SparklingException failure(Runnable work) {
        SparklingException failure = catchThrowableOfType(SparklingException.class, work::run);
        assertThat(failure).isNotNull();
        return failure;
    }

    private List<String> calls() throws IOException {
        return Files.exists(folder.resolve("calls")) ? Files.readAllLines(folder.resolve("calls")) : List.of();
    }

    private List<String> notices() {
        return events.stream()
                .filter(EngineEvent.Notice.class::isInstance)
                .map(event -> ((EngineEvent.Notice) event).text())
                .toList();
    }

    @Test
    void installsOnceAndThenNeedsNothing() throws IOException {
        SparkHome spark = prepare();
        assertThat(spark.folder().resolve("jars/spark-core.txt")).exists();
        assertThat(spark.python()).isExecutable();
        assertThat(spark.client().resolve("sparkling_client/__main__.py")).exists();
        assertThat(calls()).anyMatch(call -> call.contains("--require-hashes"));

        Files.delete(folder.resolve("calls"));
        Files.writeString(folder.resolve("fail"), "error: no network at all");
        free = 0;
        assertThat(prepare()).as("a warm cache needs neither network nor room").isEqualTo(spark);
        assertThat(calls()).isEmpty();
        assertThat(notices()).isEmpty();
    }

    @Test
    void tellsUvOfTheIndexesThatPipUses() throws IOException {
        Path file = folder.resolve("home/.config/pip/pip.conf");
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                [global]
                index-url = https://me:secret@packages.example/simple
                extra-index-url = https://more.example/simple
                trusted-host = more.example
                """);

        prepare();

        assertThat(Files.readAllLines(folder.resolve("variables")))
                .containsExactly(
                        "UV_DEFAULT_INDEX=https://me:secret@packages.example/simple",
                        "UV_INDEX=https://more.example/simple",
                        "UV_INDEX_STRATEGY=unsafe-best-match",
                        "UV_INSECURE_HOST=more.example");
    }

    @Test
    void requirementsLieAboveTheSameSpark() throws IOException {
        SparkHome plain = prepare();
        SparkHome own = installer().prepare(withRequirements("emoji==2.14.1"));
        assertThat(own.folder()).isEqualTo(plain.folder());
        assertThat(own.python()).isNotEqualTo(plain.python());
        Path site = new Installation(own.python().getParent().getParent())
                .sitePackages()
                .orElseThrow();
        assertThat(site.resolve("sparkling.pth"))
                .hasContent(plain.folder().getParent().toString());
    }

    private static ClusterSpec withRequirements(String... requirements) {
        ClusterSpec defaults = ClusterSpec.defaults();
        return new ClusterSpec(
                defaults.sparkVersion(),
                defaults.baseImage(),
                1,
                1,
                defaults.workerMemory(),
                defaults.driverMemory(),
                defaults.bindAddress(),
                defaults.ports(),
                List.of(),
                List.of(requirements),
                Map.of(),
                defaults.engine());
    }

    @Test
    void twoAtTheSameTimeInstallOnce() throws IOException {
        CompletableFuture<SparkHome> other =
                CompletableFuture.supplyAsync(this::prepare, task -> new Thread(task, "other").start());
        SparkHome spark = prepare();
        assertThat(other.join()).isEqualTo(spark);
        assertThat(calls()).filteredOn(call -> call.contains("pyspark==")).hasSize(1);
    }

    @Test
    void anInterruptedInstallationIsMended() throws IOException {
        Files.writeString(folder.resolve("fail"), "killed");
        failure(this::prepare);
        Files.delete(folder.resolve("fail"));
        assertThat(prepare().folder().resolve("jars/spark-core.txt")).exists();
        assertThat(notices()).isEmpty();
    }

    /** As after a SIGKILL of sparkling: its uv, and what that has started, go on. */
    @Test
    void anInstallationThatIsStillAtWorkIsEndedBeforeTheNext() throws IOException {
        Process killed = new ProcessBuilder("/bin/sh", "-c", "sleep 60 & wait").start();
        Awaitility.await().until(() -> killed.descendants().findAny().isPresent());
        ProcessHandle child = killed.descendants().findAny().orElseThrow();
        LocalCluster.ClientRecord.write(folder.resolve("cache/installing"), "tool", Identity.of(killed.toHandle()));
        assertThat(prepare().folder().resolve("jars/spark-core.txt")).exists();
        assertThat(killed.isAlive()).isFalse();
        assertThat(child.info().command()).as("the program of its child").isEmpty();
        assertThat(notices())
                .containsExactly("an installation that was cut off is still at work as process " + killed.pid()
                        + "; it is ended, and begins anew");
        assertThat(folder.resolve("cache/installing")).isEmptyDirectory();
    }

    @Test
    void aJarThatIsGoneIsNoticedAndMended() throws IOException {
        Path jar = prepare().folder().resolve("jars/spark-core.txt");
        Files.delete(jar);
        prepare();
        assertThat(jar).exists();
        assertThat(notices())
                .singleElement()
                .asString()
                .contains("was damaged (", "jars/spark-core.txt is missing or was changed); it is made anew");
    }

    @Test
    void aPythonThatIsGoneOrAnotherOneIsNoticedAndMended() throws IOException {
        Path python = prepare().python();
        Files.delete(python);
        assertThat(prepare().python()).isExecutable();
        assertThat(notices()).singleElement().asString().contains("bin/python does not lead to a Python");

        events.clear();
        program("python3.12", "#!/bin/sh\n");
        Files.delete(python);
        Files.createSymbolicLink(python, folder.resolve("bin/python3.12"));
        prepare();
        assertThat(notices())
                .singleElement()
                .asString()
                .contains("it was made for python3.11, and bin/python is python3.12 now");
        assertThat(python.toRealPath().getFileName()).hasToString("python3.11");
    }

    @Test
    void aMarkThatIsGoneMeansAnotherInstallation() throws IOException {
        Path base = prepare().python().getParent().getParent();
        Files.delete(base.resolve(".complete"));
        prepare();
        assertThat(calls()).filteredOn(call -> call.contains("pyspark==")).hasSize(2);
    }

    @Test
    void deeperDamageIsNamedAfterAFailure() throws IOException {
        Path spark = prepare().folder();
        assertThat(installer().damage(ClusterSpec.defaults())).isEmpty();
        Files.delete(spark.resolve("sql/session.py"));
        prepare();
        assertThat(notices()).as("a start looks at what is quick to see").isEmpty();
        assertThat(installer().damage(ClusterSpec.defaults())).get().satisfies(damage -> {
            assertThat(damage.text())
                    .endsWith(" is damaged: lib/python3.11/site-packages/pyspark/sql/session.py is missing");
            assertThat(damage.remedy()).contains("sparkling clean --cache");
            assertThat(damage.category()).isEqualTo(Category.FAILED);
        });
    }

    @Test
    void whatComesDamagedIsNotTakenForWhole() throws IOException {
        Files.writeString(folder.resolve("size"), "99");
        SparklingException failure = failure(this::prepare);
        assertThat(failure.text()).contains("uv gave a damaged file; ", "sql/session.py was changed");
        assertThat(failure.remedy()).contains("uv cache clean");
        Files.delete(folder.resolve("size"));
        prepare();
        assertThat(notices()).isEmpty();
    }

    @Test
    void aClientThatWasDamagedIsLaidDownAgain() throws IOException {
        Path main = prepare().client().resolve("sparkling_client/__main__.py");
        Files.writeString(main, "");
        prepare();
        assertThat(main).isNotEmptyFile();
    }

    @Test
    void neitherUvNorPip() throws IOException {
        Files.delete(folder.resolve("bin/uv"));
        program("python3.11", """
                #!/bin/sh
                case "$*" in *platform*) echo 3.11.2 ;; *) echo "No module named pip" >&2; exit 1 ;; esac
                """);
        SparklingException failure =
                failure(() -> installer(folder.resolve("bin").toString()).prepare(ClusterSpec.defaults()));
        assertThat(failure.category()).isEqualTo(Category.ENGINE_UNAVAILABLE);
        assertThat(failure.text())
                .isEqualTo("Spark comes as a Python package, and there is neither uv nor pip to fetch it");
        assertThat(failure.remedy()).contains("Install pip for " + folder.resolve("bin/python3"), "or uv");
    }

    @Test
    void aPythonThatIsTooOldIsFoundBeforeAnythingIsMade() throws IOException {
        program("python3.11", "#!/bin/sh\necho 3.9.2\n");
        SparklingException failure =
                failure(() -> installer(folder.resolve("bin").toString()).prepare(ClusterSpec.defaults()));
        assertThat(failure.category()).isEqualTo(Category.ENGINE_UNAVAILABLE);
        assertThat(failure.text()).contains("Spark needs Python 3.10 or later", "(3.9.2)");
        assertThat(calls()).isEmpty();
    }

    @Test
    void noNetworkAndAColdCache() throws IOException {
        Files.writeString(folder.resolve("fail"), """
                error: Request failed after 3 retries in 4.1s
                  cause: tcp connect error
                """);
        SparklingException failure = failure(this::prepare);
        assertThat(failure.category()).isEqualTo(Category.FAILED);
        assertThat(failure.text())
                .isEqualTo(
                        "installing Spark 4.1.1 failed: it is not in the cache yet, and the network does not give it");
        assertThat(failure.remedy()).contains("HTTPS_PROXY", "UV_DEFAULT_INDEX");
        assertThat(failure.evidence()).contains("  cause: tcp connect error");
    }

    @Test
    void noNetworkAndPipAlone() throws IOException {
        Files.delete(folder.resolve("bin/uv"));
        program("python3.11", """
                #!/bin/sh
                case "$*" in
                *platform*) echo 3.11.2 ;;
                *--version*) exit 0 ;;
                *) echo "ERROR: No matching distribution found for uv==0" >&2; exit 1 ;;
                esac
                """);
        SparklingException failure =
                failure(() -> installer(folder.resolve("bin").toString()).prepare(ClusterSpec.defaults()));
        assertThat(failure.text())
                .isEqualTo("installing uv failed: it is not in the cache yet, and the network does not give it");
    }

    @Test
    void tooLittleRoomIsSaidBeforeAnythingIsFetched() throws IOException {
        free = 400_000_000;
        SparklingException failure = failure(this::prepare);
        assertThat(failure.category()).isEqualTo(Category.FAILED);
        assertThat(failure.text())
                .isEqualTo("installing Spark needs about 3.0 GB in " + folder.resolve("cache")
                        + ", and 0.4 GB are free there");
        assertThat(failure.remedy()).contains("XDG_CACHE_HOME");
        assertThat(calls()).isEmpty();
    }

    @Test
    void roomThatEndsInTheMiddleIsSaidWithThePlace() throws IOException {
        Files.writeString(
                folder.resolve("fail"),
                "error: failed to write to file `x.so`: No space left on device (os error 28)\n");
        SparklingException failure = failure(this::prepare);
        assertThat(failure.text())
                .matches("installing Spark 4\\.1\\.1 failed: no space is left; [0-9.]+ GB are free in "
                        + Pattern.quote(folder.resolve("cache").toString()));
        assertThat(failure.evidence()).singleElement().asString().contains("x.so");
        assertThat(failure.remedy()).contains("XDG_CACHE_HOME", "UV_CACHE_DIR");
    }

    @Test
    void aCacheThatCannotBeWritten() throws IOException {
        Files.writeString(folder.resolve("cache"), "a file where the folder shall be");
        SparklingException failure = failure(this::prepare);
        assertThat(failure.category()).isEqualTo(Category.USAGE);
        assertThat(failure.text()).startsWith(folder.resolve("cache") + " cannot be written: ");
        assertThat(failure.remedy()).contains("XDG_CACHE_HOME");
    }

    @Test
    void whatUvSaysIsShownWhereNoReasonIsKnown() throws IOException {
        Files.writeString(folder.resolve("fail"), "error: No solution found: emoji==99 does not exist\n");
        SparklingException failure = failure(this::prepare);
        assertThat(failure.text()).isEqualTo("installing Spark 4.1.1 failed");
        assertThat(failure.evidence()).containsExactly("error: No solution found: emoji==99 does not exist");
        assertThat(failure.remedy()).contains("what uv says");
    }
}
