package dev.sparkling.console.logs;

import dev.sparkling.console.Style;
import dev.sparkling.console.Text;
import dev.sparkling.console.Theme;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The services' names before their lines: all of one width, each in a colour that it keeps. */
final class Prefixes {
    private static final int WIDEST = 28;
    private static final int NARROW_TERMINAL = 60;
    private static final int WIDEST_ON_NARROW = 10;

    private final Theme theme;
    private final List<String> services;
    private final String shared;
    private final int width;
    private final Map<String, byte[]> prefixes = new HashMap<>();

    /**
     * @param services all of the project, in its order, from which width and colours follow
     * @param columns of the terminal
     */
    Prefixes(Theme theme, List<String> services, int columns) {
        this.theme = theme;
        this.services = List.copyOf(services);
        boolean narrow = columns < NARROW_TERMINAL;
        this.shared = narrow ? sharedStart(services) : "";
        int widest = 1;
        for (String service : services) {
            widest = Math.max(widest, Text.width(service) - shared.length());
        }
        this.width = Math.min(widest, narrow ? WIDEST_ON_NARROW : WIDEST);
    }

    /** The prefix of a service's lines. */
    byte[] of(String service) {
        return prefixes.computeIfAbsent(service, this::prefix);
    }

    private byte[] prefix(String service) {
        int index = services.indexOf(service);
        String color = theme.palette(index >= 0 ? index : service.hashCode());
        String name = service.startsWith(shared) ? service.substring(shared.length()) : service;
        String cut = Text.padRight(cutMiddle(name), width);
        String bar = theme.unicode() && theme.colored() ? "│" : "|";
        String prefix = color + cut + theme.end() + theme.paint(Style.DIM, " " + bar + " ");
        return prefix.getBytes(StandardCharsets.UTF_8);
    }

    /** Names of services differ at their ends, so that the middle is what can be spared. */
    private String cutMiddle(String name) {
        if (Text.width(name) <= width) {
            return name;
        }
        int tail = Math.min(name.length() - 1, width / 2);
        return Text.shorten(name, width - tail, theme.ellipsis()) + name.substring(name.length() - tail);
    }

    /** What all names begin with, up to a hyphen: {@code spark-}. */
    private static String sharedStart(List<String> services) {
        if (services.size() < 2) {
            return "";
        }
        String first = services.get(0);
        String shared = first.substring(0, first.indexOf('-') + 1);
        boolean all = services.stream().allMatch(name -> name.startsWith(shared) && name.length() > shared.length());
        return all ? shared : "";
    }
}
