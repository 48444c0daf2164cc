package dev.sparkling.engine.local;

import dev.sparkling.error.SparklingException;
import java.io.File;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds the Java that runs Spark: 17 or 21, as Spark 4.1's documentation asks for. */
final class JavaHomes {
    private static final Set<Integer> FITTING = Set.of(17, 21);
    private static final Pattern VERSION = Pattern.compile("JAVA_VERSION=\"(?:1\\.)?([0-9]+)[^\"]*\"");
    private static final Pattern PRINTED = Pattern.compile("version \"(?:1\\.)?([0-9]+)");

    private JavaHomes() {}

    /**
     * The first fitting Java of this machine: JAVA_HOME's, the PATH's, this program's own, then those in the usual
     * places of Linux and macOS.
     *
     * @throws SparklingException if none fits, with all that were found
     */
    static Path find(Map<String, String> environment, Path home) {
        Map<Path, OptionalInt> found = new LinkedHashMap<>();
        for (Path candidate : candidates(environment, home)) {
            if (Files.isExecutable(candidate.resolve("bin/java"))) {
                found.put(candidate, feature(candidate));
            }
        }
        return choose(found);
    }

    /** The first fitting one. */
    static Path choose(Map<Path, OptionalInt> found) {
        for (Map.Entry<Path, OptionalInt> java : found.entrySet()) {
            if (java.getValue().isPresent() && FITTING.contains(java.getValue().getAsInt())) {
                return java.getKey();
            }
        }
        String unfit = found.entrySet().stream()
                .map(java -> java.getKey() + " ("
                        + (java.getValue().isPresent()
                                ? "Java " + java.getValue().getAsInt()
                                : "does not start") + ")")
                .collect(Collectors.joining(", "));
        throw SparklingException.engineUnavailable(
                unfit.isEmpty()
                        ? "Spark needs Java 17 or 21, and there is no Java"
                        : "Spark needs Java 17 or 21, and found only " + unfit,
                "Install one, such as Debian's openjdk-17-jdk-headless, or point JAVA_HOME at it.");
    }

    private static Set<Path> candidates(Map<String, String> environment, Path home) {
        Set<Path> candidates = new LinkedHashSet<>();
        String named = environment.getOrDefault("JAVA_HOME", "");
        if (!named.isEmpty()) {
            candidates.add(Path.of(named));
        }
        for (String folder : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path java = Path.of(folder.isEmpty() ? "." : folder).resolve("java");
            if (Files.isExecutable(java)) {
                candidates.add(homeOf(java));
            }
        }
        candidates.add(Path.of(System.getProperty("java.home")));
        children(candidates, Path.of("/usr/lib/jvm"), "*", "");
        children(candidates, Path.of("/opt/java"), "*", "");
        children(candidates, home.resolve(".sdkman/candidates/java"), "*", "");
        children(candidates, home.resolve(".jdks"), "*", "");
        children(candidates, Path.of("/Library/Java/JavaVirtualMachines"), "*", "Contents/Home");
        for (String prefix : List.of("/opt/homebrew/opt", "/usr/local/opt")) {
            children(candidates, Path.of(prefix), "openjdk*", "libexec/openjdk.jdk/Contents/Home");
        }
        return candidates;
    }

    private static Path homeOf(Path java) {
        try {
            Path bin = java.toRealPath().getParent();
            return bin == null || bin.getParent() == null ? java : bin.getParent();
        } catch (IOException broken) {
            return java;
        }
    }

    private static void children(Set<Path> candidates, Path folder, String pattern, String below) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, pattern)) {
            stream.forEach(child -> found.add(child.resolve(below)));
        } catch (IOException absent) {
            return;
        }
        found.sort(null);
        candidates.addAll(found);
    }

    /** From its release file: starting it only to ask costs 50 ms. */
    private static OptionalInt feature(Path java) {
        try {
            Matcher matcher = VERSION.matcher(Files.readString(java.resolve("release")));
            if (matcher.find()) {
                return OptionalInt.of(Integer.parseInt(matcher.group(1)));
            }
        } catch (IOException absent) {
            // asked below
        }
        Tool.Result answer =
                Tool.run(List.of(java.resolve("bin/java").toString(), "-version"), Map.of(), Path.of("/"), line -> {});
        return answer.lines().stream()
                .map(PRINTED::matcher)
                .filter(Matcher::find)
                .mapToInt(matcher -> Integer.parseInt(matcher.group(1)))
                .findFirst();
    }
}
