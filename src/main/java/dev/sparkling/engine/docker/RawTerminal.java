package dev.sparkling.engine.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The caller's terminal in raw mode for as long as a command in a container owns it: keys go to the command one by one,
 * Ctrl-C included. `stty` does it, as the JDK cannot.
 */
final class RawTerminal implements AutoCloseable {
    private final String saved;

    private RawTerminal(String saved) {
        this.saved = saved;
    }

    static RawTerminal raw() {
        String saved = stty("-g");
        stty("raw", "-echo");
        return new RawTerminal(saved);
    }

    static RawTerminal untouched() {
        return new RawTerminal("");
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
