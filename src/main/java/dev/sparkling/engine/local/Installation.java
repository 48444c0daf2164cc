package dev.sparkling.engine.local;

import dev.sparkling.engine.CacheFolder;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A folder of the cache that is installed as a whole: a Python environment, jars, or the Python client. */
record Installation(Path folder) {
    private static final Pattern PYTHON = Pattern.compile("python3\\.[0-9]+");

    /** The interpreter of an environment. */
    Path python() {
        return folder.resolve("bin/python");
    }

    /** Where an environment keeps its packages; none if this is no environment. */
    Optional<Path> sitePackages() {
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(folder.resolve("lib"), "python3*")) {
            for (Path version : versions) {
                return Optional.of(version.resolve("site-packages"));
            }
        } catch (IOException absent) {
            // not installed
        }
        return Optional.empty();
    }

    /** An empty folder again, as before its installation. */
    void renew() {
        try {
            if (Files.exists(folder)) {
                CacheFolder.delete(folder);
            }
            Files.createDirectories(folder);
        } catch (IOException problem) {
            throw InstallationFailure.unwritable(folder, problem);
        }
    }

    /** Writes a file, and the folders above it. */
    Path write(String name, byte[] bytes) {
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(file.getParent());
            return Files.write(file, bytes);
        } catch (IOException problem) {
            throw InstallationFailure.unwritable(file, problem);
        }
    }

    /** The last step: from now on it counts as installed. */
    void complete() {
        try {
            Marker.write(folder, listed());
        } catch (IOException problem) {
            throw InstallationFailure.unwritable(folder, problem);
        }
    }

    /** Whether it was once complete. */
    boolean completed() {
        return Marker.exists(folder);
    }

    /** What hinders its use, as each start looks for it, in some milliseconds. */
    Optional<String> damage() {
        if (!completed()) {
            return Optional.of("its installation did not end");
        }
        return Marker.damage(folder, listed())
                .map(file -> file + " is missing or was changed")
                .or(this::pythonDamage);
    }

    /** A file of any Python package that is not as the package has it. */
    Optional<String> packageDamage() {
        return sitePackages().flatMap(site -> WheelRecords.damage(folder, site));
    }

    /** The folders whose loss would be noticed last; their files are looked at before every start. */
    private List<Path> listed() {
        return Stream.concat(
                        sitePackages().stream().flatMap(site -> Stream.of(site, site.resolve("pyspark/jars"))),
                        Stream.of("jars", "sparkling_client").map(folder::resolve))
                .filter(Files::isDirectory)
                .toList();
    }

    /** An upgrade of the system can take away the interpreter, or put another version in its place. */
    private Optional<String> pythonDamage() {
        Optional<Path> version = sitePackages().map(Path::getParent).map(Path::getFileName);
        if (version.isEmpty()) {
            return Optional.empty();
        }
        try {
            Path real = python().toRealPath();
            String now = real.getFileName().toString();
            if (PYTHON.matcher(now).matches() && !now.equals(version.get().toString())) {
                return Optional.of("it was made for " + version.get() + ", and bin/python is " + now + " now");
            }
            return Files.isExecutable(real) ? Optional.empty() : Optional.of(real + " cannot be run");
        } catch (IOException broken) {
            return Optional.of("bin/python does not lead to a Python");
        }
    }
}
