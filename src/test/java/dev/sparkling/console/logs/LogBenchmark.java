package dev.sparkling.console.logs;

import dev.sparkling.console.ColorMode;
import dev.sparkling.console.Theme;
import dev.sparkling.engine.LogChunk;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Measures the log printer, apart from any engine: {@code LogBenchmark MODE [LINES] [FILE]} with MODE one of follow,
 * merge, json, raw, grep. Prints lines a second and the CPU time of the whole process.
 */
final class LogBenchmark {
    private static final List<String> SERVICES =
            List.of("spark-master", "spark-worker", "spark-worker-2", "spark-connect");

    private LogBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        String mode = arguments[0];
        int lines = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1_000_000;
        Path file = Path.of(arguments.length > 2 ? arguments[2] : "/dev/null");
        LogOptions options = switch (mode) {
            case "json" -> new LogOptions(LogFormat.JSON, null, null, true, false, false);
            case "raw" -> new LogOptions(LogFormat.RAW, LogLevel.TRACE, null, true, false, false);
            case "grep" ->
                new LogOptions(LogFormat.TEXT, null, Pattern.compile("task [0-9]*7\\.0"), true, false, false);
            default -> LogOptions.text();
        };
        Theme theme = Theme.of(ColorMode.ALWAYS, Map.of("TERM", "xterm-256color", "LANG", "C.UTF-8"), false);
        long begun = System.nanoTime();
        try (OutputStream out = Files.newOutputStream(file);
                LogPrinter printer = new LogPrinter(options, theme, 120, SERVICES, out)) {
            if (mode.equals("merge")) {
                merge(printer, lines);
            } else {
                for (int line = 0; line < lines; line++) {
                    printer.accept(chunk(line, SERVICES.get(line & 3)));
                }
            }
        }
        double wall = (System.nanoTime() - begun) / 1e9;
        double cpu = ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                        .getProcessCpuTime()
                / 1e9;
        System.out.printf(
                Locale.ROOT,
                "%s: %,d lines in %.2f s, %,.0f lines/s; CPU of the process %.2f s, %s%n",
                mode,
                lines,
                wall,
                lines / wall,
                cpu,
                residentMemory());
    }

    private static void merge(LogPrinter printer, int lines) throws InterruptedException {
        List<ChunkQueue> queues = new ArrayList<>();
        for (String service : SERVICES) {
            ChunkQueue queue = new ChunkQueue();
            queues.add(queue);
            Thread thread = new Thread(() -> {
                try {
                    for (int line = 0; line < lines / SERVICES.size(); line++) {
                        queue.put(chunk(line, service));
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                queue.end();
            });
            thread.start();
        }
        printer.merge(queues);
    }

    /** One line in a chunk of its own, as Docker frames them, and now and then a stack trace. */
    private static LogChunk chunk(int line, String service) {
        int seconds = line / 1000;
        String text = line % 200 == 199
                ? "\tat org.apache.spark.executor.Executor$TaskRunner.run(Executor.scala:" + line + ")\n"
                : "2026-01-02T" + two(seconds / 3600 % 24) + ":" + two(seconds / 60 % 60) + ":" + two(seconds % 60)
                        + "." + (1000 + line % 1000 + "").substring(1)
                        + "Z INFO  TaskSetManager: Starting task " + line % 1000
                        + ".0 in stage 12.0 (TID 4711) (172.18.0.4,executor 0, partition 3, PROCESS_LOCAL)\n";
        return new LogChunk(
                "demo-" + service + "-1", service, LogChunk.Stream.STDERR, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String two(int value) {
        return value < 10 ? "0" + value : Integer.toString(value);
    }

    private static String residentMemory() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return "memory unknown";
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("memory unknown")
                .replaceAll("\\s+", " ");
    }
}
