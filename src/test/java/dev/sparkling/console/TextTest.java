package dev.sparkling.console;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextTest {
    @ParameterizedTest
    @CsvSource({"spark, 5", "Köln, 4", "日本語, 6", "a🚀b, 4", "e\u0301, 1", "✔, 1", "✅, 2", "한글, 4", "👩\u200D💻, 2"})
    void measuresColumns(String text, int width) {
        assertThat(Text.width(text)).isEqualTo(width);
    }

    @ParameterizedTest
    @CsvSource({
        "spark-worker, 12, spark-worker",
        "spark-worker, 11, spark-work…",
        "日本語, 5, 日本…",
        "日本語, 4, 日…",
        "abc, 1, …",
        "abc, 0, ''",
    })
    void shortensToColumns(String text, int columns, String expected) {
        assertThat(Text.shorten(text, columns, "…")).isEqualTo(expected);
    }

    @Test
    void wrapsBetweenWordsAndKeepsLongOnesWhole() {
        assertThat(Text.wrap("port 8080 is taken by /usr/local/bin/something-long", 14))
                .containsExactly("port 8080 is", "taken by", "/usr/local/bin/something-long");
        assertThat(Text.wrap("one\ntwo", 80)).containsExactly("one", "two");
    }

    @Test
    void takesOutWhatSteersTerminals() {
        assertThat(Text.clean("a\u001b[31mb\u001b[0m\tc\u0007d\u001b]0;title\u0007e\u001b(Bf"))
                .isEqualTo("ab cdef");
        assertThat(Text.clean("cut\u001b[3")).isEqualTo("cut");
        assertThat(Text.clean("\u009b31mx")).isEqualTo("31mx");
    }
}
