package dev.sparkling.compose;

import dev.sparkling.bundle.BundledFolder;
import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.error.SparklingException;
import dev.sparkling.error.Unwritable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The image's build context: the project's own docker/ folder where it has one, otherwise the one that the program
 * carries, laid down in `.sparkling/image` so that plain `docker compose` can build from it too.
 *
 * @param path relative to the project's folder, as compose.yml names it
 * @param files by path inside the context; those that do not reach the image are left out
 */
public record ImageContext(String path, Map<String, byte[]> files) {
    private static final String OWN = "docker";
    private static final String CARRIED = ".sparkling/image";

    /** Parts of docker/ that the Dockerfile never copies. */
    private static final List<String> OUTSIDE = List.of("base/", "test", "README.md");

    /** The certificate authorities for pip and uv, for the build alone: they do not reach the image. */
    public static final String AUTHORITIES = "ca.pem";

    /** The same for Java. */
    public static final String TRUST_STORE = "ca.p12";

    public ImageContext {
        files = java.util.Collections.unmodifiableMap(new TreeMap<>(files));
    }

    /** The context of a project. */
    public static ImageContext of(Path project) {
        Path own = project.resolve(OWN);
        if (Files.isRegularFile(own.resolve("Dockerfile"))) {
            return new ImageContext(OWN, relevant(read(own)));
        }
        return new ImageContext(CARRIED, relevant(BundledFolder.IMAGE.files()));
    }

    /** Writes the carried files where they are absent or differ; does nothing for a project's own context. */
    public void layDown(Path project) {
        if (path.equals(OWN)) {
            return;
        }
        try {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path target = project.resolve(path).resolve(file.getKey());
                if (Files.isRegularFile(target) && Arrays.equals(Files.readAllBytes(target), file.getValue())) {
                    continue;
                }
                Files.createDirectories(target.getParent());
                Files.write(target, file.getValue());
                if (isScript(file.getValue()) && !target.toFile().setExecutable(true, false)) {
                    throw new IOException(target + " cannot be made executable");
                }
            }
        } catch (IOException unwritable) {
            throw Unwritable.of(
                    "the image's build context in " + project.resolve(path),
                    unwritable,
                    "Make the project's folder writable, or work in a copy of it.");
        }
    }

    /** The image's name: its tag carries Spark's version and a hash of the context and of the build's arguments. */
    public String reference(ClusterSpec spec) {
        return "sparkling:" + spec.sparkVersion() + "-" + hash(spec).substring(0, 12);
    }

    /** The build's arguments, in the order of the Dockerfile. */
    Map<String, String> arguments(ClusterSpec spec) {
        Map<String, String> arguments = new LinkedHashMap<>();
        arguments.put("BASE", spec.baseImage());
        arguments.put("SPARK_PACKAGES", String.join(",", spec.packages()));
        arguments.put("PYTHON_REQUIREMENTS", String.join("\n", spec.requirements()));
        return arguments;
    }

    private String hash(ClusterSpec spec) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            files.forEach((name, bytes) -> {
                if (!Set.of(AUTHORITIES, TRUST_STORE).contains(name)) {
                    update(digest, name);
                    digest.update(bytes);
                }
            });
            arguments(spec).forEach((name, value) -> {
                update(digest, name);
                update(digest, value);
            });
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void update(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static boolean isScript(byte[] bytes) {
        return bytes.length > 2 && bytes[0] == '#' && bytes[1] == '!';
    }

    private static Map<String, byte[]> relevant(Map<String, byte[]> files) {
        Map<String, byte[]> relevant = new TreeMap<>();
        files.forEach((name, bytes) -> {
            if (OUTSIDE.stream()
                    .noneMatch(outside -> outside.endsWith("/") ? name.startsWith(outside) : name.equals(outside))) {
                relevant.put(name, bytes);
            }
        });
        return relevant;
    }

    private static Map<String, byte[]> read(Path folder) {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
        } catch (IOException unreadable) {
            throw SparklingException.usage(
                            "the image's build context " + folder + " cannot be read: " + unreadable.getMessage(),
                            "Check the permissions of its files.")
                    .causedBy(unreadable);
        }
        return files;
    }
}
