package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.Progress;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.StartTimings;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What the commands that act on a project share. */
abstract class ProjectCommand implements Callable<Integer> {
    @ParentCommand
    @Nullable
    Sparkling parent;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Shows this help.")
    boolean help;

    Sparkling sparkling() {
        return java.util.Objects.requireNonNull(parent);
    }

    /** Waits until no other command changes the project's cluster; the first Ctrl-C ends the wait. */
    ProjectLock lock(ComposeProject project) {
        sparkling().interrupts();
        try {
            return ProjectLock.take(project.directory(), sparkling()::say);
        } catch (InterruptedException stop) {
            throw new SparklingException(
                    Category.INTERRUPTED,
                    "interrupted while waiting for another sparkling: the cluster was not touched",
                    "Run the command again when the other one has ended.",
                    List.of(),
                    stop);
        }
    }

    /** Work that uses an engine. */
    interface EngineWork<T> {
        T apply(Engine engine) throws InterruptedException;
    }

    /** Does the work with progress shown; the first Ctrl-C interrupts it. */
    <T> T withEngine(ComposeProject project, Purpose purpose, EngineWork<T> work) throws InterruptedException {
        sparkling().interrupts();
        StartTimings timings = new StartTimings(sparkling().invocation().began(), Instant::now);
        try (Progress progress = sparkling().console().progress(sparkling().progress);
                Engine engine = sparkling().engine(project, purpose, progress.andThen(timings))) {
            T result = work.apply(engine);
            if (timings.started()) {
                timings.save(project.directory());
            }
            return result;
        } catch (SparklingException failure) {
            if (failure.category() != Category.INTERRUPTED) {
                throw failure;
            }
            throw new SparklingException(
                    Category.INTERRUPTED,
                    "interrupted: what was started keeps running",
                    "`sparkling ps` shows it, `sparkling up` goes on, `sparkling stop` stops it.",
                    List.of(),
                    failure);
        }
    }

    /**
     * Lets the cluster's JVMs load what runs need, while the user is reading. It is a favour: a cluster without it is
     * as good, so whatever goes wrong is of no interest.
     */
    static void warmUp(Engine engine, ComposeProject project) {
        try {
            engine.clients().detached(project, List.of("warm-up"));
        } catch (RuntimeException refused) {
            LoggerFactory.getLogger(ProjectCommand.class).debug("no warm-up", refused);
        }
    }

    /** The wanted services, checked against those of the project and those that exist. */
    static Set<String> known(ComposeProject project, Collection<String> existing, List<String> wanted) {
        Set<String> known = new TreeSet<>(project.services().keySet());
        known.addAll(existing);
        for (String service : wanted) {
            if (!known.contains(service)) {
                throw SparklingException.usage(
                        "there is no service '" + service + "'", "The services are: " + String.join(", ", known) + ".");
            }
        }
        return new TreeSet<>(wanted);
    }

    /** A list for a sentence, without repetition. */
    static String names(List<String> services) {
        return String.join(", ", new ArrayList<>(new java.util.LinkedHashSet<>(services)));
    }
}
