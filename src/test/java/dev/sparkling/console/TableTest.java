package dev.sparkling.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.console.Table.Cell;
import dev.sparkling.console.Table.Column;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Theme UNICODE = Theme.of(ColorMode.NEVER, Map.of("LANG", "C.UTF-8"), true);

    private static Table views() {
        return new Table(Column.left("VIEW"), Column.right("ROWS"), Column.left("LOCATION"))
                .row("gold_revenue", "42", "spark-warehouse/gold_revenue")
                .row("bronze_日本", "1000", "spark-warehouse/bronze_日本");
    }

    @Test
    void alignsColumns() {
        String expected = """
                VIEW          ROWS  LOCATION
                gold_revenue    42  spark-warehouse/gold_revenue
                bronze_日本   1000  spark-warehouse/bronze_日本
                """;

        assertThat(views().render(UNICODE, 80)).isEqualTo(expected);
        assertThat(views().render(UNICODE, 200)).isEqualTo(expected);
        assertThat(views().render(UNICODE, Integer.MAX_VALUE)).isEqualTo(expected);
    }

    @Test
    void shortensTheWidestColumnOnANarrowTerminal() {
        assertThat(views().render(UNICODE, 40))
                .isEqualTo("""
                        VIEW          ROWS  LOCATION
                        gold_revenue    42  spark-warehouse/gol…
                        bronze_日本   1000  spark-warehouse/bro…
                        """)
                .satisfies(text -> assertThat(text.lines()).allMatch(line -> Text.width(line) <= 40));
    }

    @Test
    void shortensTheFirstColumnLast() {
        assertThat(views().render(UNICODE, 26)).isEqualTo("""
                        VIEW          ROWS  LOCAT…
                        gold_revenue    42  spark…
                        bronze_日本   1000  spark…
                        """);
    }

    @Test
    void leavesTheLastColumnOutBeforeAllSayNothing() {
        Table services = new Table(
                        Column.left("SERVICE"),
                        Column.left("STATE"),
                        Column.left("STATUS"),
                        Column.left("PID"),
                        Column.left("PORTS"))
                .row("spark-worker-2", "running", "Up 12 s", "10211", "127.0.0.1:8081->8081");

        assertThat(services.render(UNICODE, 50)).isEqualTo("""
                SERVICE         STATE    STATUS   PID    PORTS
                spark-worker-2  running  Up 12 s  10211  127.0.0.…
                """);
        assertThat(services.render(UNICODE, 40)).isEqualTo("""
                SERVICE         STATE    STATUS   PID
                spark-worker-2  running  Up 12 s  10211
                """);
    }

    @Test
    void neverWrapsHoweverNarrow() {
        for (int width = 1; width < 60; width++) {
            int limit = width;
            assertThat(views().render(UNICODE, width).lines()).hasSize(3).allMatch(line -> Text.width(line) <= limit);
        }
    }

    @Test
    void paintsTextButNotPadding() {
        Theme colored = Theme.of(ColorMode.ALWAYS, Map.of(), false);
        Table table =
                new Table(Column.left("STATE"), Column.left("NAME")).row(Cell.of("up", Style.SUCCESS), Cell.of("x"));

        assertThat(table.render(colored, 80))
                .isEqualTo("\u001b[1mSTATE\u001b[0m  \u001b[1mNAME\u001b[0m\n\u001b[32mup\u001b[0m     x\n");
    }

    @Test
    void keepsARowOnOneLineWhateverItsText() {
        assertThat(new Table(Column.left("A")).row("one\ntwo\u001b[2J").render(UNICODE, 80))
                .isEqualTo("A\none two\n");
    }

    @Test
    void refusesARowOfAnotherLength() {
        assertThatThrownBy(() -> new Table(Column.left("A")).row("1", "2"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("2 cells for 1 columns");
    }
}
