package dev.sparkling.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ErrorPrinterTest {
    private static final Theme UNICODE = Theme.of(ColorMode.NEVER, Map.of("LANG", "C.UTF-8"), true);

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private ErrorPrinter printer(Theme theme, int width, boolean verbose) {
        return new ErrorPrinter(new PrintStream(bytes, true, StandardCharsets.UTF_8), theme, width, verbose, "0.1.0");
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    @Test
    void saysWhatFailedWithEvidenceAndRemedy() {
        int exitCode = printer(UNICODE, 60, false)
                .print(SparklingException.failed(
                                "spark-connect stopped with exit code 1 while it was starting",
                                "Run `sparkling logs spark-connect` to see the whole log, then `sparkling up` again.")
                        .withEvidence(
                                List.of("Address already in use\u001b[31m", "\tat java.base/sun.nio.ch.Net.bind")));

        assertThat(exitCode).isEqualTo(1);
        assertThat(printed()).isEqualTo("""
                        error: spark-connect stopped with exit code 1 while it was
                          starting
                          │ Address already in use
                          │  at java.base/sun.nio.ch.Net.bind
                        hint: Run `sparkling logs spark-connect` to see the whole
                          log, then `sparkling up` again.
                        """);
    }

    @Test
    void doesNotBreakLinesOnAPipe() {
        printer(Theme.plain(), Integer.MAX_VALUE, false)
                .print(SparklingException.usage("word ".repeat(60) + "end", "x"));

        assertThat(printed().lines()).hasSize(2);
    }

    @Test
    void paintsTheLabelOnly() {
        Theme colored = Theme.of(ColorMode.ALWAYS, Map.of(), false);
        int exitCode =
                printer(colored, 80, false).print(SparklingException.usage("no such file: x.yml", "Name another."));

        assertThat(exitCode).isEqualTo(2);
        assertThat(printed())
                .isEqualTo("\u001b[1;31merror:\u001b[0m no such file: x.yml\n\u001b[36mhint:\u001b[0m Name another.\n");
    }

    @Test
    void showsTheTraceOfAnExpectedFailureOnlyWhenAsked() {
        SparklingException failure = SparklingException.failed("no", null).causedBy(new IllegalStateException("why"));
        printer(UNICODE, 80, false).print(failure);
        assertThat(printed()).isEqualTo("error: no\n");

        printer(UNICODE, 80, true).print(failure);
        assertThat(printed()).contains("Caused by: java.lang.IllegalStateException: why");
    }

    @Test
    void asksForAReportOfAFault() {
        int exitCode = printer(UNICODE, 80, false).print(new IllegalStateException("impossible"));

        assertThat(exitCode).isEqualTo(Category.BUG.exitCode());
        assertThat(printed())
                .startsWith("error: Sparkling met a fault of its own: IllegalStateException: impossible\n")
                .contains("ErrorPrinterTest.asksForAReportOfAFault", "sparkling 0.1.0", System.getProperty("os.name"))
                .contains("java      " + System.getProperty("java.version"))
                .endsWith("hint: Please report this with the lines above.\n");
    }

    @Test
    void callsAnInterruptionNoError() {
        int exitCode = printer(UNICODE, 80, false)
                .print(new SparklingException(
                        Category.INTERRUPTED, "interrupted; what had started keeps running", null, List.of(), null));

        assertThat(exitCode).isEqualTo(130);
        assertThat(printed()).isEqualTo("interrupted; what had started keeps running\n");
    }
}
