package dev.sparkling.console;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** Says on standard error what failed, with the output that shows it and the way to mend it. */
public final class ErrorPrinter {
    private final PrintStream err;
    private final Theme theme;
    private final int width;
    private final boolean verbose;
    private final String version;

    /**
     * @param width where to break lines, or Integer.MAX_VALUE where nothing is to be broken
     * @param verbose whether to show stack traces
     * @param version of the program, for reports of its own faults
     */
    public ErrorPrinter(PrintStream err, Theme theme, int width, boolean verbose, String version) {
        this.err = err;
        this.theme = theme;
        this.width = width;
        this.verbose = verbose;
        this.version = version;
    }

    /**
     * Prints a failure. Anything but a {@link SparklingException} is a fault of the program, whose trace is shown.
     *
     * @return the exit code of the failure
     */
    public int print(Throwable failure) {
        int exitCode = failure instanceof SparklingException expected ? printExpected(expected) : printFault(failure);
        err.flush();
        return exitCode;
    }

    private int printExpected(SparklingException failure) {
        if (failure.category() == Category.INTERRUPTED) {
            paragraph("", Style.WARNING, failure.text());
        } else {
            paragraph("error: ", Style.ERROR, failure.text());
        }
        evidence(failure.evidence());
        String remedy = failure.remedy();
        if (remedy != null && !remedy.isBlank()) {
            paragraph("hint: ", Style.HINT, remedy);
        }
        if (verbose) {
            err.print(theme.paint(Style.DIM, trace(failure)));
        }
        return failure.category().exitCode();
    }

    private int printFault(Throwable failure) {
        String message = failure.getMessage();
        String kind = failure.getClass().getSimpleName();
        paragraph(
                "error: ",
                Style.ERROR,
                "Sparkling met a fault of its own: " + (message == null ? kind : kind + ": " + message));
        err.print(theme.paint(Style.DIM, trace(failure)));
        evidence(List.of(
                "sparkling " + version,
                "java      " + property("java.version") + " (" + property("java.vendor") + ")",
                "system    " + property("os.name") + " " + property("os.version") + " " + property("os.arch")));
        paragraph("hint: ", Style.HINT, "Please report this with the lines above.");
        return Category.BUG.exitCode();
    }

    /** A label, and the text beside it; further lines are indented. */
    private void paragraph(String label, Style style, String text) {
        String indent = "";
        int room = width == Integer.MAX_VALUE ? width : Math.max(20, width - 2);
        boolean first = true;
        for (String line : Text.wrap(label + printable(text), room)) {
            if (first) {
                err.println(theme.paint(style, label.isEmpty() ? line : label.stripTrailing())
                        + (label.isEmpty() ? "" : line.substring(label.length() - 1)));
            } else {
                err.println(indent + line);
            }
            first = false;
            indent = "  ";
        }
    }

    private void evidence(List<String> lines) {
        String bar = theme.paint(Style.DIM, theme.unicode() ? "│" : "|");
        for (String line : lines) {
            err.println(("  " + bar + " " + printable(line)).stripTrailing());
        }
    }

    /** Text of other programs must not steer the terminal; its line breaks are kept. */
    private static String printable(String text) {
        return String.join("\n", text.lines().map(Text::clean).toList());
    }

    private static String trace(Throwable failure) {
        StringWriter writer = new StringWriter();
        failure.printStackTrace(new PrintWriter(writer));
        return printable(writer.toString()) + "\n";
    }

    private static String property(String name) {
        return System.getProperty(name, "unknown");
    }
}
