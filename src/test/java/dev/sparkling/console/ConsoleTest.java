package dev.sparkling.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.console.StatusBoard.Mark;
import dev.sparkling.console.StatusBoard.Row;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Standard output is a pipe, standard error a terminal of 40 columns. */
    private static final class HalfPiped implements Terminal {
        @Override
        public boolean isTerminal(Stream stream) {
            return stream == Stream.ERR;
        }

        @Override
        public int columns() {
            return 40;
        }

        @Override
        public int rows() {
            return 10;
        }
    }

    private Console console(Map<String, String> environment) {
        return new Console(ColorMode.AUTO, environment, new HalfPiped(), out, err);
    }

    @Test
    void decidesForEachStream() {
        Console console = console(Map.of("TERM", "xterm"));

        assertThat(console.outTheme().colored()).isFalse();
        assertThat(console.errTheme().colored()).isTrue();
        assertThat(console.width(Terminal.Stream.OUT)).isEqualTo(Integer.MAX_VALUE);
        assertThat(console.width(Terminal.Stream.ERR)).isEqualTo(40);
        assertThat(console(Map.of("COLUMNS", "40")).width(Terminal.Stream.OUT)).isEqualTo(40);
    }

    @Test
    void cutsTablesOnTerminalsOnly() {
        Table table = new Table(Table.Column.left("NAME")).row("x".repeat(100));
        console(Map.of()).print(table);

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("NAME\n" + "x".repeat(100) + "\n");
    }

    @Test
    void doesNotAnimateOnADumbTerminal() {
        try (StatusBoard board = console(Map.of("TERM", "dumb")).board(ProgressMode.AUTO)) {
            board.update(new Row("a", "spark-master", Mark.DONE, "ready", ""));
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("spark-master      ready        0.0 s\n");
    }

    @Test
    void givesTheCursorBack() {
        try (StatusBoard board = console(Map.of("TERM", "xterm")).board(ProgressMode.AUTO)) {
            board.update(new Row("a", "spark-master", Mark.DONE, "ready", ""));
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).endsWith("\u001b[?25h").contains("spark-master");
    }

    @Test
    void readsTheSizeFromTheEnvironmentFirst() {
        assertThat(new SystemTerminal(Map.of("COLUMNS", "123")).columns()).isEqualTo(123);
    }
}
