package dev.sparkling.cli;

import dev.sparkling.cluster.EngineChoice;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.ColorMode;
import dev.sparkling.console.Console;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.EngineEvent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * What surrounds one call of the program; tests bring their own.
 *
 * @param environment the process's variables
 * @param workingDirectory absolute
 * @param home the user's home folder
 * @param consoles opens the standard streams, once the colour flag is known
 * @param engines connects to an engine
 * @param version of the program
 * @param began when it was called
 */
public record Invocation(
        Map<String, String> environment,
        Path workingDirectory,
        Path home,
        Function<ColorMode, Console> consoles,
        EngineFactory engines,
        String version,
        Instant began) {
    public Invocation {
        environment = Map.copyOf(environment);
    }

    /** Connects to the engine that serves a project. */
    @FunctionalInterface
    public interface EngineFactory {
        /** The engine, or a SparklingException with every place that was tried. */
        Engine connect(EngineRequest request, Consumer<EngineEvent> events);

        /** Begins what takes time and needs no project, so that {@link #connect} need not wait for it. */
        default void prepare(Map<String, String> environment, Path home) {}
    }

    /**
     * What an engine is wanted for.
     *
     * @param choice by flag, variable or file
     */
    public record EngineRequest(
            ComposeProject project, EngineChoice choice, Purpose purpose, Map<String, String> environment, Path home) {}

    /** What a command does with the services. */
    public enum Purpose {
        /** Makes and starts them. */
        CREATE,
        /** Starts those that exist. */
        START,
        /** Looks at them for a person, who is told what else there is of the project. */
        LOOK,
        /** Uses or stops them. */
        USE,
        /** Removes them. */
        REMOVE
    }
}
