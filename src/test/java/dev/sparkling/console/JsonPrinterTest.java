package dev.sparkling.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonPrinterTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final JsonPrinter printer = new JsonPrinter(new PrintStream(bytes, true, StandardCharsets.UTF_8));

    record Row(String service, int port) {}

    @Test
    void printsOneDocumentForAList() {
        printer.document(List.of(new Row("spark-master", 8080)));

        assertThat(bytes.toString(StandardCharsets.UTF_8).replaceAll("\\s", ""))
                .isEqualTo("[{\"service\":\"spark-master\",\"port\":8080}]");
    }

    @Test
    void printsOneLineForEachObjectOfAStream() {
        printer.line(new Row("köln", 1));
        printer.line(new Row("b", 2));

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("{\"service\":\"köln\",\"port\":1}", "{\"service\":\"b\",\"port\":2}");
    }
}
