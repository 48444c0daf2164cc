package dev.sparkling.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jline.nativ.CLibrary;
import org.jline.nativ.JLineNativeLoader;
import org.jspecify.annotations.Nullable;

/** The process's own terminal. Native code is loaded only for a terminal's size, and where /proc
 * does not tell what a stream leads to. */
public final class SystemTerminal implements Terminal {
    private final Map<String, String> environment;
    private final Set<Stream> terminals = EnumSet.noneOf(Stream.class);
    private @Nullable Boolean nativeLoaded;

    public SystemTerminal(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        for (Stream stream : Stream.values()) {
            if (probe(descriptor(stream))) {
                terminals.add(stream);
            }
        }
    }

    @Override
    public boolean isTerminal(Stream stream) {
        return terminals.contains(stream);
    }

    @Override
    public boolean isInputTerminal() {
        return probe(0);
    }

    @Override
    public int columns() {
        try {
            int columns =
                    Integer.parseInt(environment.getOrDefault("COLUMNS", "").strip());
            if (columns > 0) {
                return columns;
            }
        } catch (NumberFormatException e) {
            // Not a number: as if it were not set.
        }
        CLibrary.WinSize size = size();
        return size == null || size.ws_col <= 0 ? DEFAULT_COLUMNS : size.ws_col;
    }

    @Override
    public int rows() {
        CLibrary.WinSize size = size();
        return size == null || size.ws_row <= 0 ? DEFAULT_ROWS : size.ws_row;
    }

    private CLibrary.@Nullable WinSize size() {
        for (Stream stream : Stream.values()) {
            if (isTerminal(stream) && nativeLoaded()) {
                CLibrary.WinSize size = new CLibrary.WinSize();
                if (CLibrary.ioctl(descriptor(stream), CLibrary.TIOCGWINSZ, size) == 0) {
                    return size;
                }
            }
        }
        return null;
    }

    private boolean probe(int descriptor) {
        Optional<Path> target = target(descriptor);
        if (target.isPresent() && target.get().startsWith("/dev/pts")) {
            return true;
        }
        boolean possible = target.isEmpty() || mayBeTerminal(target.get());
        return possible && nativeLoaded() && CLibrary.isatty(descriptor) == 1;
    }

    /** What the descriptor leads to, where /proc tells. */
    private static Optional<Path> target(int descriptor) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor))));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** A pipe's target reads {@code pipe:[4711]}, a socket's {@code socket:[4711]}. */
    private static boolean mayBeTerminal(Path target) {
        return target.isAbsolute() && !target.equals(Path.of("/dev/null")) && !Files.isRegularFile(target);
    }

    /** Loads Jansi's native part; a system where that is impossible gets the defaults. */
    private synchronized boolean nativeLoaded() {
        if (nativeLoaded == null) {
            try {
                nativeLoaded = JLineNativeLoader.initialize();
            } catch (RuntimeException | LinkageError e) {
                nativeLoaded = false;
            }
        }
        return nativeLoaded;
    }

    private static int descriptor(Stream stream) {
        return switch (stream) {
            case OUT -> 1;
            case ERR -> 2;
        };
    }
}
