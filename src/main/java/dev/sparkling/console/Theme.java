package dev.sparkling.console;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Colours and signs of one output stream; decided once from the flag, the environment and the stream itself. */
public final class Theme {
    /** How a colour ends. */
    private static final String RESET = "\u001b[0m";

    /** Neither red nor yellow, which mean error and warning. */
    private static final List<String> BASIC_PALETTE = List.of("36", "35", "32", "34", "1;36", "1;35", "1;32", "1;34");

    /** Middle tones, so that neighbours differ and both backgrounds serve. */
    private static final List<String> EXTENDED_PALETTE = List.of(
            "38;5;31",
            "38;5;133",
            "38;5;65",
            "38;5;68",
            "38;5;137",
            "38;5;98",
            "38;5;73",
            "38;5;101",
            "38;5;175",
            "38;5;61");

    private enum Depth {
        NONE,
        BASIC,
        EXTENDED
    }

    private final Depth depth;
    private final boolean unicode;

    private Theme(Depth depth, boolean unicode) {
        this.depth = depth;
        this.unicode = unicode;
    }

    /**
     * The theme of a stream.
     *
     * @param environment the process's environment variables
     * @param terminal whether the stream leads to a terminal
     */
    public static Theme of(ColorMode flag, Map<String, String> environment, boolean terminal) {
        Depth depth = Depth.NONE;
        if (colored(flag, environment, terminal)) {
            depth = manyColors(environment) ? Depth.EXTENDED : Depth.BASIC;
        }
        return new Theme(depth, unicode(environment));
    }

    /** No colour and ASCII signs only. */
    public static Theme plain() {
        return new Theme(Depth.NONE, false);
    }

    /**
     * Whether a stream is coloured: the flag, then a non-empty NO_COLOR, then CLICOLOR_FORCE other than 0, then
     * TERM=dumb, then whether the stream is a terminal (no-color.org, bixense.com/clicolors).
     */
    static boolean colored(ColorMode flag, Map<String, String> environment, boolean terminal) {
        if (flag != ColorMode.AUTO) {
            return flag == ColorMode.ALWAYS;
        }
        if (!value(environment, "NO_COLOR").isEmpty()) {
            return false;
        }
        String force = value(environment, "CLICOLOR_FORCE");
        if (!force.isEmpty() && !force.equals("0")) {
            return true;
        }
        return terminal && !value(environment, "TERM").equals("dumb");
    }

    private static boolean manyColors(Map<String, String> environment) {
        String term = value(environment, "TERM");
        return !value(environment, "COLORTERM").isEmpty() || term.contains("256color") || term.contains("direct");
    }

    /** POSIX order of the locale's variables; Linux's own console has no glyphs for the signs. */
    private static boolean unicode(Map<String, String> environment) {
        if (value(environment, "TERM").equals("linux")) {
            return false;
        }
        for (String variable : List.of("LC_ALL", "LC_CTYPE", "LANG")) {
            String locale = value(environment, variable).toLowerCase(Locale.ROOT);
            if (!locale.isEmpty()) {
                return locale.contains("utf-8") || locale.contains("utf8");
            }
        }
        return false;
    }

    private static String value(Map<String, String> environment, String variable) {
        return environment.getOrDefault(variable, "");
    }

    public boolean colored() {
        return depth != Depth.NONE;
    }

    /** Whether signs beyond ASCII can be shown. */
    public boolean unicode() {
        return unicode;
    }

    /** The text in a style, or as it is where the stream has no colours. */
    public String paint(Style style, String text) {
        return text.isEmpty() ? text : start(style) + text + end();
    }

    /** The escape sequence that begins a style; empty without colours. */
    public String start(Style style) {
        return switch (depth) {
            case NONE -> "";
            case BASIC -> sequence(style.basic());
            case EXTENDED -> sequence(style.extended());
        };
    }

    /** The escape sequence that ends every style; empty without colours. */
    public String end() {
        return colored() ? RESET : "";
    }

    /**
     * The escape sequence that begins the colour of the n-th of several things; empty without colours.
     *
     * @param index any number; the palette repeats
     */
    public String palette(int index) {
        return switch (depth) {
            case NONE -> "";
            case BASIC -> sequence(BASIC_PALETTE.get(Math.floorMod(index, BASIC_PALETTE.size())));
            case EXTENDED -> sequence(EXTENDED_PALETTE.get(Math.floorMod(index, EXTENDED_PALETTE.size())));
        };
    }

    /** Marks a shortened text. */
    public String ellipsis() {
        return unicode ? "…" : "~";
    }

    private static String sequence(String parameters) {
        return "\u001b[" + parameters + "m";
    }
}
