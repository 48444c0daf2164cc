package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A process of this machine whose two streams are kept apart, in files, so that nothing blocks it. */
final class RunningProcess implements AutoCloseable {
    private final List<String> command;
    private final Process process;
    private final Path out;
    private final Path err;

    private RunningProcess(List<String> command, Process process, Path out, Path err) {
        this.command = command;
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts a process without standard input.
     *
     * @param environment on top of this process's own; an empty value removes a variable
     */
    static RunningProcess start(List<String> command, Path folder, Map<String, String> environment) {
        try {
            Path out = Files.createTempFile("sparkling-e2e", ".out");
            Path err = Files.createTempFile("sparkling-e2e", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            environment.forEach((name, value) -> {
                if (value.isEmpty()) {
                    builder.environment().remove(name);
                } else {
                    builder.environment().put(name, value);
                }
            });
            return new RunningProcess(command, builder.start(), out, err);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What it has written to standard output so far. */
    String out() {
        return text(out);
    }

    /** What it has written to standard error so far. */
    String err() {
        return text(err);
    }

    boolean running() {
        return process.isAlive();
    }

    /** Waits until standard error holds a text. */
    void awaitErr(String text, Duration timeout) {
        Awaitility.await("'" + text + "' on standard error of " + command)
                .atMost(timeout)
                .pollInterval(Duration.ofMillis(50))
                .failFast(() -> !process.isAlive() && !err().contains(text))
                .until(() -> err().contains(text));
    }

    /** Sends what Ctrl-C sends. */
    void interrupt() {
        try {
            assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        }
    }

    /** Ends it without giving it a chance to do anything about it. */
    void kill() {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        }
    }

    /** Waits for the end; a process that outlives the time is killed and a failure. */
    Outcome await(Duration timeout) {
        try {
            boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            Outcome outcome = new Outcome(command, process.exitValue(), out(), err());
            assertThat(ended).as("ended within " + timeout + ": " + outcome).isTrue();
            return outcome;
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError(stop);
        } finally {
            delete();
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroyForcibly();
        }
        delete();
    }

    private void delete() {
        try {
            Files.deleteIfExists(out);
            Files.deleteIfExists(err);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String text(Path file) {
        try {
            return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
