package dev.sparkling.engine.local;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Runs a program to its end, and reads what it prints. */
final class Tool {
    private static final int KEPT_LINES = 200;
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final File NOTHING = new File("/dev/null");

    private Tool() {}

    /**
     * What a program did.
     *
     * @param code its exit code, 127 if it could not be started
     * @param lines the last 200 lines of both streams
     */
    record Result(int code, List<String> lines) {
        boolean succeeded() {
            return code == 0;
        }
    }

    /**
     * Runs it.
     *
     * @param environment the whole environment of the program
     * @param output receives each line as it comes
     * @throws SparklingException if this thread is interrupted; the program is ended then
     */
    static Result run(List<String> command, Map<String, String> environment, Path folder, Consumer<String> output) {
        return run(command, environment, folder, output, process -> {});
    }

    /** @param started receives the process before anything of it is read */
    static Result run(
            List<String> command,
            Map<String, String> environment,
            Path folder,
            Consumer<String> output,
            Consumer<Process> started) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectInput(NOTHING)
                .redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Deque<String> lines = new ArrayDeque<>();
        Process process;
        try {
            process = builder.start();
        } catch (IOException absent) {
            return new Result(127, List.of(String.valueOf(absent.getMessage())));
        }
        started.accept(process);
        Thread reader = new Thread(() -> read(process, lines, output), "read-" + process.pid());
        reader.setDaemon(true);
        reader.start();
        try {
            int code = process.waitFor();
            reader.join();
            return new Result(code, List.copyOf(lines));
        } catch (InterruptedException stop) {
            end(process.toHandle());
            Thread.currentThread().interrupt();
            throw new SparklingException(Category.INTERRUPTED, "interrupted", null, List.of(), stop);
        }
    }

    /** Ends a process and all that it has started, gently at first, and waits for it. */
    static void end(ProcessHandle process) {
        List<ProcessHandle> all =
                Stream.concat(Stream.of(process), process.descendants()).toList();
        all.forEach(ProcessHandle::destroy);
        try {
            CompletableFuture.allOf(all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
                    .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException stillRuns) {
            all.forEach(ProcessHandle::destroyForcibly);
        } catch (InterruptedException again) {
            all.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    private static void read(Process process, Deque<String> lines, Consumer<String> output) {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = reader.readLine();
            while (line != null) {
                lines.addLast(line);
                if (lines.size() > KEPT_LINES) {
                    lines.removeFirst();
                }
                output.accept(line);
                line = reader.readLine();
            }
        } catch (IOException ended) {
            // its end closes the stream
        }
    }
}
