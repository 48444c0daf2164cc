package dev.sparkling;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher at the repository's root, beside sources that a Maven of the test builds and a Java of the test runs. */
class LauncherTest {
    @TempDir
    Path folder;

    private Path root;
    private Path java;

    private record Outcome(int exitCode, String out, String err) {}

    @BeforeEach
    void layOut() throws IOException {
        root = Files.createDirectories(folder.resolve("a checkout"));
        Files.copy(Path.of("sparkling"), root.resolve("sparkling"));
        assertThat(root.resolve("sparkling").toFile().setExecutable(true)).isTrue();
        Files.writeString(root.resolve("pom.xml"), "");
        Files.createDirectories(root.resolve("src/main"));
        Files.createDirectories(root.resolve("docker"));
        Files.createDirectories(folder.resolve("tools"));
        java = java("new", "17.0.9");
    }

    /** A Java that prints what it is started with. */
    private Path java(String name, String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        program(home.resolve("bin/java"), "echo \"" + name + ": $*\"");
        return home;
    }

    private static void program(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    /** A Maven that makes the program, and notes each call. */
    private void maven(String script) throws IOException {
        program(folder.resolve("tools/mvn"), "echo \"$@\" >>\"" + folder + "/calls\"; " + script);
    }

    private List<String> builds() throws IOException {
        Path calls = folder.resolve("calls");
        return Files.exists(calls) ? Files.readAllLines(calls) : List.of();
    }

    private Outcome run(Path javaHome, String path) throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(root.resolve("sparkling").toString(), "ps")
                .directory(folder.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("PATH", path, "JAVA_HOME", javaHome.toString(), "HOME", folder.toString()));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Outcome(process.exitValue(), out, Files.readString(err));
    }

    private Outcome run() throws IOException, InterruptedException {
        return run(java, folder.resolve("tools") + ":/usr/bin:/bin");
    }

    @Test
    void buildsOnceAndAgainWhenASourceIsNewer() throws Exception {
        maven("mkdir -p target && echo built >target/sparkling.jar");
        Outcome first = run();
        assertThat(first.exitCode()).as(first.toString()).isZero();
        assertThat(first.out()).startsWith("new: ").contains("-jar " + root.resolve("target/sparkling.jar") + " ps");
        assertThat(run().exitCode()).isZero();
        assertThat(builds()).containsExactly("-q -B -ntp -Dquick=true -DskipTests package");

        Path archive = Files.writeString(root.resolve("target/sparkling-java17.jsa"), "");
        Path source = Files.writeString(root.resolve("src/main/Changed.java"), "");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run().exitCode()).isZero();
        assertThat(builds()).hasSize(2);
        assertThat(archive).as("the old program's archive of classes").doesNotExist();

        Files.setLastModifiedTime(source, FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(run().exitCode()).isZero();
        assertThat(builds()).hasSize(2);
    }

    @Test
    void showsABuildThatFails() throws Exception {
        maven("echo 'cannot find symbol'; exit 1");
        Outcome failed = run();
        assertThat(failed.exitCode()).isEqualTo(1);
        assertThat(failed.out()).isEmpty();
        assertThat(failed.err())
                .contains("cannot find symbol", "error: building Sparkling failed", root + "/target/build.log");
    }

    @Test
    void saysThatMavenIsMissing() throws Exception {
        // Only what the launcher itself calls is on this PATH.
        for (String tool : List.of("sh", "readlink", "find", "head", "sed", "mkdir", "dirname")) {
            Path program = Files.exists(Path.of("/usr/bin", tool)) ? Path.of("/usr/bin", tool) : Path.of("/bin", tool);
            program(folder.resolve("tools").resolve(tool), "exec " + program + " \"$@\"");
        }
        Outcome missing = run(java, folder.resolve("tools").toString());
        assertThat(missing.exitCode()).isEqualTo(3);
        assertThat(missing.err())
                .contains("error: the program is not built yet, and Maven (mvn) is not on the PATH", "hint: Install");
    }

    @Test
    void passesOverAJavaThatIsTooOld() throws Exception {
        maven("mkdir -p target && echo built >target/sparkling.jar");
        Path old = java("old", "11.0.2");
        program(folder.resolve("new/bin/java"), "echo \"new: $*\"");
        Files.createSymbolicLink(folder.resolve("tools/java"), folder.resolve("new/bin/java"));
        Outcome outcome = run(old, folder.resolve("tools") + ":/usr/bin:/bin");
        assertThat(outcome.exitCode()).as(outcome.toString()).isZero();
        assertThat(outcome.out()).startsWith("new: ");
    }
}
