package dev.sparkling.console.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sparkling.console.ColorMode;
import dev.sparkling.console.Theme;
import dev.sparkling.engine.LogChunk;
import dev.sparkling.engine.LogChunk.Stream;
import dev.sparkling.error.SparklingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogPrinterTest {
    private static final LocalDate TODAY = LocalDate.of(2026, 1, 2);
    private static final List<String> SERVICES = List.of("spark-master", "spark-connect");
    private static final Theme COLORED = Theme.of(ColorMode.ALWAYS, Map.of(), false);

    private static final String SAMPLE = """
            2026-01-02T03:04:05.678Z INFO  Master: I have been elected leader! New state: ALIVE
            2026-01-02T03:04:05.680Z WARN  [executor 0] TaskSetManager: Größe 日本 🚀
            2026-01-02T03:04:06.000Z ERROR Executor: Exception in task 0.0
            org.apache.spark.SparkException: [BOOM] it broke
            \tat org.apache.spark.Foo.bar(Foo.scala:1)
            Caused by: java.lang.IllegalStateException: why
            \t... 12 more
            Zeilen ohne Zeit
            """;

    private static final String SAMPLE_PRINTED = """
            spark-master  | 03:04:05.678 INFO  Master: I have been elected leader! New state: ALIVE
            spark-master  | 03:04:05.680 WARN  [executor 0] TaskSetManager: Größe 日本 🚀
            spark-master  | 03:04:06.000 ERROR Executor: Exception in task 0.0
            spark-master  | org.apache.spark.SparkException: [BOOM] it broke
            spark-master  | \tat org.apache.spark.Foo.bar(Foo.scala:1)
            spark-master  | Caused by: java.lang.IllegalStateException: why
            spark-master  | \t... 12 more
            spark-master  | Zeilen ohne Zeit
            """;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private LogPrinter printer(LogOptions options) {
        return printer(options, Theme.plain(), 80);
    }

    private LogPrinter printer(LogOptions options, Theme theme, int columns) {
        return new LogPrinter(options, theme, columns, SERVICES, bytes, TODAY);
    }

    private static LogOptions bare() {
        return new LogOptions(LogFormat.TEXT, null, null, false, false, false);
    }

    private static LogOptions bare(LogLevel level, String grep) {
        return new LogOptions(LogFormat.TEXT, level, grep == null ? null : Pattern.compile(grep), false, false, false);
    }

    private static LogChunk chunk(String service, Stream stream, byte[] bytes) {
        return new LogChunk("demo-" + service + "-1", service, stream, bytes);
    }

    private static LogChunk chunk(String text) {
        return chunk("spark-master", Stream.STDOUT, text.getBytes(StandardCharsets.UTF_8));
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private String print(LogOptions options, String text) {
        bytes.reset();
        try (LogPrinter printer = printer(options)) {
            printer.accept(chunk(text), 0);
        }
        return printed();
    }

    /** In pieces of an odd size, as a pipe hands them over. */
    private String printInPieces(LogOptions options, String text) {
        bytes.reset();
        byte[] all = text.getBytes(StandardCharsets.UTF_8);
        try (LogPrinter printer = printer(options)) {
            for (int from = 0; from < all.length; from += 8191) {
                byte[] piece = Arrays.copyOfRange(all, from, Math.min(all.length, from + 8191));
                printer.accept(chunk("spark-master", Stream.STDOUT, piece), 0);
            }
        }
        return printed();
    }

    @Test
    void printsRecordsInOnePattern() {
        assertThat(print(LogOptions.text(), SAMPLE)).isEqualTo(SAMPLE_PRINTED);
    }

    @Test
    void putsChunksTogetherWhereverTheyAreCut() {
        byte[] sample = SAMPLE.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= sample.length; cut++) {
            bytes.reset();
            try (LogPrinter printer = printer(LogOptions.text())) {
                printer.accept(chunk("spark-master", Stream.STDOUT, Arrays.copyOfRange(sample, 0, cut)), 0);
                printer.accept(chunk("spark-master", Stream.STDOUT, Arrays.copyOfRange(sample, cut, sample.length)), 0);
            }
            assertThat(printed()).as("cut at byte %d", cut).isEqualTo(SAMPLE_PRINTED);
        }
        bytes.reset();
        try (LogPrinter printer = printer(LogOptions.text())) {
            for (byte single : sample) {
                printer.accept(chunk("spark-master", Stream.STDOUT, new byte[] {single}), 0);
            }
        }
        assertThat(printed()).as("byte by byte").isEqualTo(SAMPLE_PRINTED);
    }

    @Test
    void keepsRecordsWholeWhenStreamsInterleave() {
        try (LogPrinter printer = printer(LogOptions.text())) {
            printer.accept(chunk("2026-01-02T03:04:05.000Z ERROR A: first\n"), 0);
            printer.accept(
                    chunk("spark-connect", Stream.STDOUT, "print from conn".getBytes(StandardCharsets.UTF_8)), 0);
            printer.accept(chunk("\tat one\n\tat t"), 0);
            printer.accept(chunk("spark-master", Stream.STDERR, "err\n".getBytes(StandardCharsets.UTF_8)), 0);
            printer.accept(chunk("spark-connect", Stream.STDOUT, "ect\n".getBytes(StandardCharsets.UTF_8)), 0);
            printer.accept(chunk("wo\n2026-01-02T03:04:06.000Z INFO  A: second\n"), 0);
        }
        assertThat(printed())
                .satisfies(text -> assertThat(text).contains("""
                                spark-master  | 03:04:05.000 ERROR A: first
                                spark-master  | \tat one
                                spark-master  | \tat two
                                spark-master  | err
                                spark-master  | 03:04:06.000 INFO  A: second
                                """))
                .contains("spark-connect | print from connect\n");
    }

    @Test
    void flushesARecordAfterAWhileAndStillKnowsItsFurtherLines() {
        try (LogPrinter printer = printer(bare(LogLevel.ERROR, null))) {
            long second = TimeUnit.SECONDS.toNanos(1);
            printer.accept(chunk("2026-01-02T03:04:05.000Z ERROR A: first\n"), 0);
            printer.tick(TimeUnit.MILLISECONDS.toNanos(190));
            assertThat(printed()).isEmpty();
            printer.tick(TimeUnit.MILLISECONDS.toNanos(210));
            assertThat(printed()).isEqualTo("03:04:05.000 ERROR A: first\n");
            printer.accept(chunk("\tat late\n"), second);
            printer.accept(chunk("2026-01-02T03:04:05.000Z INFO  A: dropped\n"), second);
            printer.tick(2 * second);
            printer.accept(chunk("\tat dropped too\n"), 3 * second);
        }
        assertThat(printed()).isEqualTo("03:04:05.000 ERROR A: first\n\tat late\n");
    }

    @Test
    void flushesContainersInTheOrderInWhichTheySpoke() {
        try (LogPrinter printer = printer(LogOptions.text())) {
            for (int moment = 0; moment < 3; moment++) {
                String service = SERVICES.get((moment + 1) % 2);
                byte[] line = ("line " + moment + "\n").getBytes(StandardCharsets.UTF_8);
                printer.accept(chunk(service, Stream.STDOUT, line), moment);
            }
        }
        assertThat(printed().lines())
                .containsExactly("spark-connect | line 0", "spark-master  | line 1", "spark-connect | line 2");
    }

    @Test
    void printsByItselfAfterAWhile() {
        try (LogPrinter printer = printer(bare())) {
            printer.accept(chunk("2026-01-02T03:04:05.000Z INFO  A: alone\n"));
            await().atMost(5, TimeUnit.SECONDS).until(() -> printed().equals("03:04:05.000 INFO  A: alone\n"));
        }
    }

    @Test
    void doesNotLoseALastLineWithoutABreak() {
        assertThat(print(bare(), "one\ntwo")).isEqualTo("one\ntwo\n");
    }

    @Test
    void keepsPythonsTracebacksWithTheirRecord() {
        String traceback = """
                Traceback (most recent call last):
                  File "/app/src/apps/report.py", line 3, in <module>
                    main()
                ValueError: no rows

                During handling of the above exception, another exception occurred:

                Traceback (most recent call last):
                  File "/app/src/apps/report.py", line 5, in <module>
                pyspark.errors.exceptions.connect.AnalysisException: [X] y
                """;
        String logged = "2026-01-02T03:04:05.000Z ERROR report: failed\n" + traceback;
        String after = "printed afterwards\n";

        // One record: whatever is found in it, all of it is printed.
        assertThat(print(bare(null, "failed"), logged + after))
                .isEqualTo("03:04:05.000 ERROR report: failed\n" + traceback);
        assertThat(print(bare(null, "AnalysisException"), "started\n" + traceback + after))
                .isEqualTo(traceback);
        // Below an innocent record it is a failure of its own.
        assertThat(print(bare(LogLevel.ERROR, null), "2026-01-02T03:04:05.000Z INFO  report: on\n" + traceback))
                .isEqualTo(traceback);
    }

    @Test
    void keepsPythonsTracebackInsideJavasWithTheRecord() {
        String text = """
                2026-01-02T03:04:05.000Z ERROR Executor: Exception in task 0.0
                org.apache.spark.api.python.PythonException: Traceback (most recent call last):
                  File "/app/src/pipelines/x.py", line 3, in udf
                ZeroDivisionError: division by zero

                \tat org.apache.spark.api.python.BasePythonRunner.handle(PythonRunner.scala:1)
                """;

        assertThat(print(bare(null, "BasePythonRunner"), text + "next\n"))
                .isEqualTo(text.replace("2026-01-02T03:04:05.000Z", "03:04:05.000"));
    }

    @Test
    void keepsPrintsBelowALogRecordApart() {
        assertThat(print(bare(LogLevel.WARN, null), "2026-01-02T03:04:05.000Z INFO  a: b\nhello\nerror.txt: found\n"))
                .isEqualTo("hello\nerror.txt: found\n");
    }

    @Test
    void filtersByLevelAndKeepsWhatHasNone() {
        assertThat(print(bare(LogLevel.WARN, null), SAMPLE))
                .doesNotContain("INFO")
                .contains("WARN", "ERROR", "... 12 more", "Zeilen ohne Zeit");
    }

    @Test
    void recognisesLevelsOfOtherPrograms() {
        String foreign = """
                [2026-01-02 03:04:05,678] INFO [KafkaServer id=1] started (kafka.server.KafkaServer)
                2026-01-02 03:04:05.678 UTC [1] LOG:  database system is ready to accept connections
                2026-01-02 03:04:05.678 UTC [44] ERROR:  relation "x" does not exist at character 15
                26/01/02 03:04:05 WARN NativeCodeLoader: Unable to load native-hadoop library
                {"level":"warning","ts":1,"msg":"json"}
                time="2026-01-02T03:04:05Z" level=error msg="logfmt"
                INFO:     Uvicorn running
                [error] bracketed
                Exception in thread "main" java.lang.RuntimeException: x
                \tat Main.main(Main.java:1)
                """;

        assertThat(print(bare(LogLevel.WARN, null), foreign)).isEqualTo("""
                        03:04:05.678 [44] ERROR:  relation "x" does not exist at character 15
                        03:04:05 WARN  NativeCodeLoader: Unable to load native-hadoop library
                        {"level":"warning","ts":1,"msg":"json"}
                        time="2026-01-02T03:04:05Z" level=error msg="logfmt"
                        [error] bracketed
                        Exception in thread "main" java.lang.RuntimeException: x
                        \tat Main.main(Main.java:1)
                        """);
        assertThat(print(bare(), foreign)).startsWith("""
                        03:04:05.678 INFO  [KafkaServer id=1] started (kafka.server.KafkaServer)
                        03:04:05.678 [1] LOG:  database system is ready to accept connections
                        """);
    }

    @Test
    void showsTheDateOfOtherDaysAndFullTimesWhenAsked() {
        String yesterday = "2026-01-01T23:59:59.999Z INFO  A: b\n";

        assertThat(print(bare(), yesterday)).isEqualTo("01-01 23:59:59.999 INFO  A: b\n");
        assertThat(print(new LogOptions(LogFormat.TEXT, null, null, false, true, false), yesterday))
                .isEqualTo(yesterday);
        assertThat(print(bare(), "2026-01-02T03:04:05.000+02:00 INFO  A: b\n"))
                .isEqualTo("2026-01-02T03:04:05.000+02:00 INFO  A: b\n");
    }

    @Test
    void colorsPartsAndHighlightsMatches() {
        LogOptions options =
                new LogOptions(LogFormat.TEXT, null, Pattern.compile("é l|leader|A: b"), true, false, false);
        try (LogPrinter printer = printer(options, COLORED, 80)) {
            printer.accept(
                    chunk("2026-01-02T03:04:05.678Z WARN  [executor 1] A: blé leader\nCaused by: leader\nleft out\n"),
                    0);
        }

        assertThat(printed().replaceAll("\u001b\\[([0-9;]*)m", "<$1>"))
                .isEqualTo("<36>spark-master <0><2> | <0><2>03:04:05.678<0> <33>WARN<0>  <36>[executor 1]<0> "
                        + "<30;43>A:<0> <30;43>b<0>l<30;43>é l<0>eader\n"
                        + "<36>spark-master <0><2> | <0><2>Caused by: <0><30;43>leader<0>\n");
    }

    @Test
    void neutralisesWhatSteersTerminals() {
        assertThat(print(bare(), "\u001b[32mINFO\u001b[0m \u001b]0;title\u0007ok\u0007 \u0085x\r\n"))
                .isEqualTo("INFO ok^G \uFFFDx\n");
        assertThat(print(bare(), "10%\r50%\r100%\r\nend\n")).isEqualTo("100%\nend\n");
        bytes.reset();
        try (LogPrinter printer = printer(bare())) {
            printer.accept(chunk("spark-master", Stream.STDOUT, new byte[] {'a', (byte) 0xFF, 'b', '\n'}), 0);
        }
        assertThat(printed()).isEqualTo("a\uFFFDb\n");
    }

    @Test
    void leavesRawBytesAsTheyCame() {
        byte[] odd = {'a', 0x1B, '[', '3', '1', 'm', (byte) 0xFF, '\r', '\n', 'b'};
        for (LogLevel level : new LogLevel[] {null, LogLevel.TRACE}) {
            bytes.reset();
            try (LogPrinter printer = printer(new LogOptions(LogFormat.RAW, level, null, true, false, false))) {
                printer.accept(chunk("spark-master", Stream.STDOUT, odd), 0);
            }
            assertThat(bytes.toByteArray()).isEqualTo(odd);
        }
    }

    @Test
    void cutsEndlessLinesAndRecordsButLosesNothing() {
        String line = "é".repeat(200_000);
        String printed = printInPieces(bare(), line + "\nnext\n");
        assertThat(printed.replace("\n", "")).isEqualTo(line + "next");
        assertThat(printed.lines()).hasSize(4).doesNotContain("\uFFFD");

        String record = "2026-01-02T03:04:05.000Z ERROR A: b\n" + "\tat somewhere\n".repeat(100_000);
        assertThat(print(bare(LogLevel.ERROR, "A: b"), record))
                .isEqualTo(record.replace("2026-01-02T", "").replace("000Z", "000"));
        String raw =
                print(new LogOptions(LogFormat.RAW, LogLevel.ERROR, null, true, false, false), line + "\n" + record);
        assertThat(raw).isEqualTo(line + "\n" + record);
    }

    @Test
    void takesTheEnginesTimesOut() {
        LogOptions options = new LogOptions(LogFormat.TEXT, null, null, false, false, true);
        LogOptions full = new LogOptions(LogFormat.TEXT, null, null, false, true, true);
        String time = "2026-01-02T03:04:05.678901234Z ";
        String text = time + "2026-01-02T03:04:05.677Z ERROR A: b\n" + time + "\tat x\n" + time + "hello\n";

        assertThat(print(options, text)).isEqualTo("03:04:05.677 ERROR A: b\n\tat x\nhello\n");
        assertThat(print(full, text))
                .isEqualTo("2026-01-02T03:04:05.677Z ERROR A: b\n\tat x\n2026-01-02T03:04:05.678Z hello\n");
        assertThat(print(new LogOptions(LogFormat.RAW, null, null, false, false, true), text))
                .isEqualTo(text.replace(time, ""));
        assertThat(print(new LogOptions(LogFormat.RAW, null, null, false, true, true), text))
                .isEqualTo(text);
    }

    @Test
    void choosesBySplitSecondsWhenRecordsCame() {
        String text = "2026-01-02T03:04:05.678000001Z one\n"
                + "2026-01-02T03:04:05.679Z two\n"
                + "2026-01-02T03:04:05.680Z \tbelongs to two\n"
                + "2026-01-02T03:04:05.681Z three\n";
        Instant since = Instant.parse("2026-01-02T03:04:05.679Z");
        for (LogFormat format : List.of(LogFormat.TEXT, LogFormat.RAW)) {
            assertThat(print(new LogOptions(format, null, null, false, false, true, since, null), text))
                    .isEqualTo("two\n\tbelongs to two\nthree\n");
            assertThat(print(new LogOptions(format, null, null, false, false, true, null, since), text))
                    .isEqualTo("one\ntwo\n\tbelongs to two\n");
        }
    }

    @Test
    void joinsLinesThatTheEngineHasSplit() {
        String time = "2026-01-02T03:04:05.678901234Z ";
        String piece = "x".repeat(1 << 14);

        assertThat(print(
                        new LogOptions(LogFormat.TEXT, null, null, false, false, true),
                        time + piece + time + piece + time + "end\n" + time + "next\n"))
                .isEqualTo(piece + piece + "end\nnext\n");
        String endless = (time + piece).repeat(30) + time + "end\n";
        assertThat(printInPieces(new LogOptions(LogFormat.TEXT, null, null, false, false, true), endless)
                        .replace("\n", ""))
                .isEqualTo(piece.repeat(30) + "end");
    }

    @Test
    void narrowsPrefixesOnNarrowTerminals() {
        try (LogPrinter printer = printer(LogOptions.text(), Theme.plain(), 40)) {
            printer.accept(chunk("a\n"), 0);
            printer.accept(chunk("spark-connect", Stream.STDOUT, "b\n".getBytes(StandardCharsets.UTF_8)), 0);
            printer.accept(chunk("another-service", Stream.STDOUT, "c\n".getBytes(StandardCharsets.UTF_8)), 0);
        }
        assertThat(printed().lines()).containsExactlyInAnyOrder("master  | a", "connect | b", "ano~ice | c");
    }

    @Test
    void writesOneJsonObjectForEachRecord() throws IOException {
        String text = print(
                new LogOptions(LogFormat.JSON, null, null, true, false, false), SAMPLE + "a\u001b[1m \"quoted\"\n");
        ObjectMapper mapper = new ObjectMapper();
        List<String> lines = text.lines().toList();

        assertThat(lines).hasSize(5);
        assertThat(lines.get(1))
                .isEqualTo("{\"time\":\"2026-01-02T03:04:05.680Z\",\"service\":\"spark-master\","
                        + "\"container\":\"demo-spark-master-1\",\"stream\":\"stdout\",\"level\":\"WARN\","
                        + "\"marker\":\"executor 0\",\"logger\":\"TaskSetManager\","
                        + "\"message\":\"Größe 日本 🚀\",\"lines\":[]}");
        JsonNode failure = mapper.readTree(lines.get(2));
        assertThat(failure.get("message").textValue()).isEqualTo("Exception in task 0.0");
        assertThat(failure.get("marker").isNull()).isTrue();
        assertThat(failure.get("lines")).hasSize(4);
        assertThat(failure.get("lines").get(1).textValue()).isEqualTo("\tat org.apache.spark.Foo.bar(Foo.scala:1)");
        JsonNode plain = mapper.readTree(lines.get(4));
        assertThat(plain.get("message").textValue()).isEqualTo("a\u001b[1m \"quoted\"");
        assertThat(plain.get("time").isNull()).isTrue();
        assertThat(plain.get("level").isNull()).isTrue();
        assertThat(plain.get("logger").isNull()).isTrue();
    }

    @Test
    void endsQuietlyWhenTheReaderHasGone() throws InterruptedException {
        OutputStream gone = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        CountDownLatch noticed = new CountDownLatch(1);
        LogPrinter printer = new LogPrinter(LogOptions.text(), Theme.plain(), 80, SERVICES, gone);
        printer.whenOutputClosed(noticed::countDown);
        printer.accept(chunk("one\n"));

        assertThat(noticed.await(5, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> printer.accept(chunk("two\n"))).isInstanceOf(OutputClosedException.class);
        printer.close();
    }

    @Test
    void wantsNoMoreWhenItIsClosed() {
        LogPrinter printer = printer(LogOptions.text());
        printer.close();
        assertThatThrownBy(() -> printer.accept(chunk("late\n"))).isInstanceOf(OutputClosedException.class);
    }

    @Test
    void saysWhenTheDiskIsFull() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        LogPrinter printer = new LogPrinter(LogOptions.text(), Theme.plain(), 80, SERVICES, full);
        printer.accept(chunk("one\n"), 0);

        assertThatThrownBy(printer::close)
                .isInstanceOf(SparklingException.class)
                .hasMessage("the output cannot be written: No space left on device");
    }

    @Test
    void takesChunksFromManyThreads() throws InterruptedException {
        List<Thread> threads;
        try (LogPrinter printer = printer(LogOptions.text())) {
            threads = SERVICES.stream()
                    .map(service -> new Thread(() -> {
                        for (int line = 0; line < 5_000; line++) {
                            printer.accept(chunk(
                                    service,
                                    Stream.STDOUT,
                                    (service + " " + line + "\n").getBytes(StandardCharsets.UTF_8)));
                        }
                    }))
                    .toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
        }
        for (String service : SERVICES) {
            List<String> expected = IntStream.range(0, 5_000)
                    .mapToObj(line -> service + " " + line)
                    .toList();
            assertThat(printed()
                            .lines()
                            .map(line -> line.substring(line.indexOf('|') + 2))
                            .filter(line -> line.startsWith(service)))
                    .containsExactlyElementsOf(expected);
        }
    }
}
