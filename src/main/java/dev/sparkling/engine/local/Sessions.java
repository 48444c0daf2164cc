package dev.sparkling.engine.local;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Starts each process in a session of its own, so that it outlives this program and no Ctrl-C of its terminal reaches it,
 * and ends whole sessions: executors and Python's workers too. Java cannot do either, the environment's Python can.
 *
 * @param python of the environment
 */
record Sessions(Path python) {
    private static final File NOTHING = new File("/dev/null");

    /** Python's shortest start: no site, no variables. */
    private static final List<String> SHORT = List.of("-I", "-S", "-c");

    /** Whoever descends from the leader inherits the variable that tells its session from a later one of its number. */
    private static final String START = """
            import os, sys, time
            os.setsid()
            os.environ["SPARKLING_SESSION"] = "%d:%d" % (os.getpid(), time.time() * 1000)
            os.execv(sys.argv[1], sys.argv[1:])
            """;

    /**
     * Reads numbers of processes; of those whose session's number is an argument, prints number, session and the mark
     * that they inherited, or `?` on a system that does not tell (macOS).
     */
    private static final String MEMBERS = """
            import os, sys
            wanted = set(map(int, sys.argv[1:]))
            name = b"SPARKLING_SESSION="
            def mark(number):
                if not os.path.exists("/proc/self/environ"):
                    return "?"
                with open("/proc/%d/environ" % number, "rb") as file:
                    marks = [v[len(name):].decode() for v in file.read().split(b"\\0") if v.startswith(name)]
                return marks[0] if marks else "-"
            for number in map(int, sys.stdin.read().split()):
                try:
                    session = os.getsid(number)
                    if session in wanted:
                        print(number, session, mark(number))
                except OSError:
                    pass
            """;

    /** How long after its start a process of ours marks its session at most; a number does not go round so fast. */
    private static final Duration MARKING = Duration.ofSeconds(20);

    /**
     * Starts a process that outlives this program.
     *
     * @param output receives both of its streams, at the end of what is there
     */
    Process start(Command command, Map<String, String> inherited, Path folder, Path output) throws IOException {
        return builder(command, inherited, folder)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
    }

    /** Starts a process whose two streams this program reads. */
    Process startPiped(Command command, Map<String, String> inherited, Path folder) throws IOException {
        return builder(command, inherited, folder).start();
    }

    private ProcessBuilder builder(Command command, Map<String, String> inherited, Path folder) {
        List<String> arguments = new ArrayList<>();
        arguments.add(python.toString());
        arguments.addAll(SHORT);
        arguments.add(START);
        arguments.addAll(command.arguments());
        ProcessBuilder builder =
                new ProcessBuilder(arguments).directory(folder.toFile()).redirectInput(NOTHING);
        builder.environment().clear();
        builder.environment().putAll(inherited);
        builder.environment().putAll(command.environment());
        // The environment's python3 is everybody's.
        builder.environment().merge("PATH", python.getParent() + File.pathSeparator, (path, own) -> own + path);
        return builder;
    }

    /**
     * Asks a process to end, waits, and kills what is left of its session.
     *
     * @return whether it had to be killed
     */
    boolean stop(Identity process, Duration grace) {
        boolean killed = false;
        ProcessHandle running = process.running().orElse(null);
        if (running != null) {
            running.destroy();
            if (!ended(running, grace)) {
                killed = true;
                running.destroyForcibly();
                ended(running, Duration.ofSeconds(5));
            }
        }
        killLeftovers(List.of(process));
        return killed;
    }

    /** Kills what processes that have ended left running in their sessions. */
    void killLeftovers(Collection<Identity> ended) {
        Map<Long, Identity> leaders = new TreeMap<>();
        ended.stream()
                .filter(process -> process.sameBoot() && !process.replaced())
                .forEach(process -> leaders.put(process.number(), process));
        if (leaders.isEmpty()) {
            return;
        }
        List<Member> members = members(leaders.keySet());
        // A member may have thrown its variables away; its session is known by any other.
        Set<Long> ours = members.stream()
                .filter(member -> member.marked(Objects.requireNonNull(leaders.get(member.session()))))
                .map(Member::session)
                .collect(Collectors.toSet());
        members.stream()
                .filter(member -> ours.contains(member.session()))
                .forEach(member -> member.process().destroyForcibly());
    }

    /** A process in a session that may be one of ours. */
    private record Member(ProcessHandle process, long session, String mark) {
        boolean marked(Identity leader) {
            if (mark.equals("?")) {
                return true;
            }
            String[] parts = mark.split(":", 2);
            return parts.length == 2
                    && parts[0].equals("" + leader.number())
                    && Duration.between(leader.started(), Instant.ofEpochMilli(Long.parseLong(parts[1])))
                                    .abs()
                                    .compareTo(MARKING)
                            < 0;
        }
    }

    private List<Member> members(Set<Long> sessions) {
        List<String> arguments = new ArrayList<>();
        arguments.add(python.toString());
        arguments.addAll(SHORT);
        arguments.add(MEMBERS);
        sessions.forEach(session -> arguments.add("" + session));
        try {
            Process program = new ProcessBuilder(arguments)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (OutputStream input = program.getOutputStream()) {
                input.write(ProcessHandle.allProcesses()
                        .map(process -> "" + process.pid())
                        .collect(Collectors.joining("\n"))
                        .getBytes(StandardCharsets.US_ASCII));
            }
            String lines = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            List<Member> members = new ArrayList<>();
            for (String line : lines.lines().toList()) {
                String[] parts = line.split(" ", 3);
                ProcessHandle.of(Long.parseLong(parts[0]))
                        .ifPresent(process -> members.add(new Member(process, Long.parseLong(parts[1]), parts[2])));
            }
            return members;
        } catch (IOException absent) {
            // without the environment there is nothing that could run from it
            return List.of();
        }
    }

    private static boolean ended(ProcessHandle process, Duration patience) {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRuns) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new SparklingException(Category.INTERRUPTED, "interrupted", null, List.of(), stop);
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
