package dev.sparkling.engine.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The caller's terminal in raw mode for as long as a command in a container owns it: keys go to the command one by one,
 * Ctrl-C included. `stty` does it, as the JDK cannot.
 */
final class SystemTerminal implements AutoCloseable {
    private final String saved;

    private SystemTerminal(String saved) {
        this.saved = saved;
    }

    /** Whether standard input is a terminal. */
    static boolean isTerminal() {
        return !stty("-g").isEmpty();
    }

    static SystemTerminal raw() {
        String saved = stty("-g");
        stty("raw", "-echo");
        return new SystemTerminal(saved);
    }

    static SystemTerminal untouched() {
        return new SystemTerminal("");
    }

    @Override
    public void close() {
        if (!saved.isEmpty()) {
            stty(saved);
        }
    }

    private static String stty(String... arguments) {
        java.util.List<String> command = new java.util.ArrayList<>(java.util.List.of("stty"));
        command.addAll(java.util.List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor() == 0 ? answer : "";
        } catch (IOException noStty) {
            return "";
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
