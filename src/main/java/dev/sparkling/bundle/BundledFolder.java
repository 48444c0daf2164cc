package dev.sparkling.bundle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder of files on the program's class path. */
public enum BundledFolder {
    /** The image's build context (docker/ in the sources). */
    IMAGE("/dev/sparkling/image"),
    /** The Python client (src/main/python in the sources). */
    CLIENT("/dev/sparkling/client");

    private final String resource;

    BundledFolder(String resource) {
        this.resource = resource;
    }

    /** The files by their path inside the folder, with `/`, in the order of their paths. */
    public Map<String, byte[]> files() {
        URL url = BundledFolder.class.getResource(resource);
        if (url == null) {
            throw new IllegalStateException("the program was packed without " + resource);
        }
        try {
            URI uri = url.toURI();
            if (!uri.getScheme().equals("jar")) {
                return read(Path.of(uri));
            }
            String jar = uri.getSchemeSpecificPart();
            try (FileSystem archive =
                    FileSystems.newFileSystem(Path.of(URI.create(jar.substring(0, jar.indexOf("!")))))) {
                return read(archive.getPath(resource));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Map<String, byte[]> read(Path folder) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(folder)) {
            paths = walk.filter(Files::isRegularFile).sorted().toList();
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Path path : paths) {
            files.put(folder.relativize(path).toString().replace('\\', '/'), Files.readAllBytes(path));
        }
        return files;
    }
}
