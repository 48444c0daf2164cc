package dev.sparkling.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The two output streams of the process with what is needed to print on them: data goes to standard output, progress
 * and messages to standard error. Text is UTF-8.
 */
public final class Console {
    private final Terminal terminal;
    private final Map<String, String> environment;
    private final OutputStream rawOut;
    private final PrintStream out;
    private final PrintStream err;
    private final Theme outTheme;
    private final Theme errTheme;

    /** A console over any two streams, as tests need it. */
    public Console(
            ColorMode color, Map<String, String> environment, Terminal terminal, OutputStream out, OutputStream err) {
        this.terminal = terminal;
        this.environment = Map.copyOf(environment);
        this.rawOut = out;
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
        this.err = new PrintStream(err, true, StandardCharsets.UTF_8);
        this.outTheme = Theme.of(color, environment, terminal.isTerminal(Terminal.Stream.OUT));
        this.errTheme = Theme.of(color, environment, terminal.isTerminal(Terminal.Stream.ERR));
    }

    /** The process's own console. */
    public static Console system(ColorMode color) {
        Map<String, String> environment = System.getenv();
        return new Console(
                color,
                environment,
                new SystemTerminal(environment),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err));
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    /** Standard output without a buffer, whose errors are not swallowed. Not to be mixed with {@link #out}. */
    public OutputStream rawOut() {
        return rawOut;
    }

    public Theme outTheme() {
        return outTheme;
    }

    public Theme errTheme() {
        return errTheme;
    }

    public Terminal terminal() {
        return terminal;
    }

    /** Prints a table on standard output, cut to the width of a terminal; a pipe or file gets it whole. */
    public void print(Table table) {
        out.print(table.render(outTheme, width(Terminal.Stream.OUT)));
        out.flush();
    }

    /** What prints errors on standard error. */
    public ErrorPrinter errors(boolean verbose, String version) {
        return new ErrorPrinter(err, errTheme, width(Terminal.Stream.ERR), verbose, version);
    }

    /** A board on standard error. */
    public StatusBoard board(ProgressMode mode) {
        boolean dumb = environment.getOrDefault("TERM", "").equals("dumb");
        return StatusBoard.create(
                dumb && mode == ProgressMode.AUTO ? ProgressMode.PLAIN : mode, terminal, err, errTheme);
    }

    /** What shows an engine's events on standard error. */
    public Progress progress(ProgressMode mode) {
        return new Progress(board(mode), errTheme);
    }

    /**
     * Where lines on a stream have to end: at COLUMNS or the terminal's width, or nowhere (Integer.MAX_VALUE) on a pipe
     * or file.
     */
    public int width(Terminal.Stream stream) {
        boolean limited = terminal.isTerminal(stream)
                || !environment.getOrDefault("COLUMNS", "").isBlank();
        return limited ? terminal.columns() : Integer.MAX_VALUE;
    }
}
