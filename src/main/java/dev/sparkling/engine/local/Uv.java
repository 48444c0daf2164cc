package dev.sparkling.engine.local;

import dev.sparkling.engine.PackageIndexes;
import dev.sparkling.error.SparklingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The uv that installs Python packages: the PATH's, or one that pip puts into the cache. */
final class Uv {
    private final Path program;
    private final boolean own;
    private final Path cache;
    private final Map<String, String> variables;
    private final InstallationTools tools;
    private final Consumer<String> output;

    private Uv(
            Path program,
            boolean own,
            Path cache,
            Map<String, String> environment,
            PackageIndexes indexes,
            InstallationTools tools,
            Consumer<String> output) {
        this.tools = tools;
        this.program = program;
        this.own = own;
        this.cache = cache;
        this.output = output;
        this.variables = new HashMap<>(environment);
        // Somebody's active environment is not ours.
        List.of("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME").forEach(variables::remove);
        variables.put("UV_PYTHON_DOWNLOADS", "never");
        variables.put("UV_NO_PROGRESS", "1");
        variables.putIfAbsent("UV_HTTP_TIMEOUT", "180");
        // uv reads its own variables and files only; those of pip are what most users have.
        indexes.index().ifPresent(index -> variables.putIfAbsent("UV_DEFAULT_INDEX", index));
        indexes.strategy().ifPresent(strategy -> variables.putIfAbsent("UV_INDEX_STRATEGY", strategy));
        putList("UV_INDEX", indexes.extra());
        putList("UV_INSECURE_HOST", indexes.trustedHosts());
        if (own) {
            // What only this uv has fetched goes away with the rest of our cache.
            variables.putIfAbsent("UV_CACHE_DIR", cache.resolve("uv-cache").toString());
        }
    }

    private void putList(String name, List<String> words) {
        if (!words.isEmpty()) {
            variables.putIfAbsent(name, String.join(" ", words));
        }
    }

    /**
     * Finds it, or installs it.
     *
     * @param folder where it is, or will be, if the PATH has none
     * @param lock a requirements file with the version and hashes of the one that is installed
     * @param interpreter whose pip installs it
     * @param indexes where it looks for packages, unless its own variables say otherwise
     * @param tools run it
     * @param output receives what it prints, by lines
     * @throws SparklingException if there is neither uv nor pip, or pip fails
     */
    static Uv find(
            Installation folder,
            byte[] lock,
            Path interpreter,
            Path cache,
            Map<String, String> environment,
            PackageIndexes indexes,
            InstallationTools tools,
            Consumer<String> output) {
        Optional<Path> present = Pythons.onPath(environment, "uv").filter(uv -> works(uv, environment));
        if (present.isPresent()) {
            return new Uv(present.get(), false, cache, environment, indexes, tools, output);
        }
        Path program = folder.folder().resolve("bin/uv");
        if (!works(program, environment)) {
            Map<String, String> variables = new HashMap<>(environment);
            variables.put("PIP_DISABLE_PIP_VERSION_CHECK", "1");
            List<String> pip = List.of(interpreter.toString(), "-m", "pip");
            Tool.Result answer = Tool.run(with(pip, "--version"), variables, cache, line -> {});
            if (!answer.succeeded()) {
                throw SparklingException.engineUnavailable(
                                "Spark comes as a Python package, and there is neither uv nor pip to fetch it",
                                "Install pip for " + interpreter + " (Debian: python3-pip), or uv.")
                        .withEvidence(answer.lines());
            }
            folder.renew();
            Path requirement = folder.write("uv.txt", lock);
            Tool.Result result = tools.run(
                    with(
                            pip,
                            "install",
                            "--quiet",
                            "--no-deps",
                            "--require-hashes",
                            "--target",
                            folder.folder().toString(),
                            "--requirement",
                            requirement.toString()),
                    variables,
                    cache,
                    output);
            if (!result.succeeded() || !works(program, environment)) {
                throw InstallationFailure.of(
                        "uv", cache, result, "Check the network and pip's settings, or install uv yourself.");
            }
        }
        return new Uv(program, true, cache, environment, indexes, tools, output);
    }

    private static boolean works(Path program, Map<String, String> environment) {
        return Files.isExecutable(program)
                && Tool.run(List.of(program.toString(), "--version"), environment, Path.of("/"), line -> {})
                        .succeeded();
    }

    /** Makes an environment of an interpreter in a folder that is there already. */
    void environment(String what, Installation target, Path interpreter) {
        run(
                what,
                List.of(
                        "venv",
                        "--quiet",
                        "--python",
                        interpreter.toString(),
                        target.folder().toString()));
    }

    /**
     * Installs packages into an environment.
     *
     * @param what they are called in a failure
     * @param arguments as of `uv pip install`
     */
    void install(String what, Installation target, String... arguments) {
        List<String> start =
                List.of("pip", "install", "--python", target.python().toString(), "--compile-bytecode");
        run(what, with(start, arguments));
    }

    /** Removes what only the installation of a package needed, if nobody else uses this uv. */
    void forget(String name) {
        if (own) {
            run(name, List.of("cache", "clean", "--quiet", name));
        }
    }

    private void run(String what, List<String> arguments) {
        List<String> command = with(List.of(program.toString()), arguments.toArray(String[]::new));
        Tool.Result result = tools.run(command, variables, cache, output);
        if (!result.succeeded()) {
            throw InstallationFailure.of(
                    what,
                    cache,
                    result,
                    "Read what uv says above, and check the network, a proxy (HTTPS_PROXY), or a package index of your"
                            + " own (UV_DEFAULT_INDEX).");
        }
    }

    private static List<String> with(List<String> start, String... more) {
        List<String> all = new ArrayList<>(start);
        all.addAll(List.of(more));
        return all;
    }
}
