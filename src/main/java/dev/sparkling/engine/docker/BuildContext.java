package dev.sparkling.engine.docker;

import dev.sparkling.compose.ImageContext;
import dev.sparkling.error.SparklingException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * The tar that a build sends to the engine: the folder's files but those of `.dockerignore`, and beside them the
 * certificate authorities that this machine trusts, since a company's proxy answers the build's downloads too. The image
 * keeps none of them.
 */
final class BuildContext {
    /** How a Dockerfile copies a file that may be absent: as the pattern `ca.pe[m]`. */
    private static final String MENTION = "ca.pe";

    private static final char[] PASSWORD = "changeit".toCharArray();

    private static final List<String> VARIABLES =
            List.of("SPARKLING_CA_BUNDLE", "SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE");

    private static final List<Path> SYSTEM_BUNDLES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/cert.pem"));

    private BuildContext() {}

    /** The bundle of certificate authorities that this machine's tools use. */
    static Optional<Path> certificateAuthorities(Map<String, String> environment) {
        return Stream.concat(
                        VARIABLES.stream()
                                .map(name -> environment.getOrDefault(name, ""))
                                .filter(value -> !value.isEmpty())
                                .map(Path::of),
                        SYSTEM_BUNDLES.stream())
                .filter(Files::isReadable)
                .findFirst();
    }

    /**
     * Writes the tar to a new temporary file, which the caller deletes.
     *
     * @param authorities added only where the Dockerfile asks for them
     */
    static Path write(Path folder, String dockerfile, Optional<Path> authorities) {
        try {
            boolean wanted = authorities.isPresent()
                    && Files.readString(folder.resolve(dockerfile)).contains(MENTION);
            Path tar = Files.createTempFile("sparkling-context-", ".tar");
            try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(tar));
                    TarArchiveOutputStream archive = new TarArchiveOutputStream(file)) {
                archive.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                archive.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
                for (Path path : files(folder, dockerfile)) {
                    add(archive, folder.relativize(path).toString().replace('\\', '/'), path);
                }
                if (wanted) {
                    byte[] bundle = Files.readAllBytes(authorities.orElseThrow());
                    add(archive, ImageContext.AUTHORITIES, bundle, false);
                    add(archive, ImageContext.TRUST_STORE, trustStore(bundle), false);
                }
            }
            return tar;
        } catch (IOException unreadable) {
            throw SparklingException.usage(
                            "the build context " + folder + " cannot be read: " + unreadable.getMessage(),
                            "Check that the folder holds a Dockerfile and that you may read its files.")
                    .causedBy(unreadable);
        }
    }

    /** What the builder gets, folders too: all but what `.dockerignore` names. That file and the Dockerfile always go. */
    private static List<Path> files(Path folder, String dockerfile) throws IOException {
        DockerIgnore ignore = DockerIgnore.read(folder, dockerfile);
        Set<Path> always = Set.of(folder.resolve(dockerfile).normalize(), folder.resolve(".dockerignore"));
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            private boolean ignored(Path path) {
                return !always.contains(path)
                        && ignore.ignores(folder.relativize(path).toString().replace('\\', '/'));
            }

            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                if (visited.equals(folder)) {
                    return FileVisitResult.CONTINUE;
                }
                if (!ignored(visited)) {
                    files.add(visited);
                } else if (!ignore.takesBack() && always.stream().noneMatch(file -> file.startsWith(visited))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (!attributes.isOther() && !ignored(file)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        files.sort(null);
        return files;
    }

    private static void add(TarArchiveOutputStream archive, String name, Path path) throws IOException {
        if (Files.isSymbolicLink(path)) {
            TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
            link.setLinkName(Files.readSymbolicLink(path).toString());
            put(archive, link, 0120777);
        } else if (Files.isDirectory(path)) {
            put(archive, new TarArchiveEntry(name + "/"), 040755);
        } else {
            TarArchiveEntry entry = new TarArchiveEntry(name);
            entry.setSize(Files.size(path));
            put(archive, entry, executable(path) ? 0100755 : 0100644);
            Files.copy(path, archive);
        }
        archive.closeArchiveEntry();
    }

    /** Also a script whose mark was lost on the way, as in an archive of the sources. */
    private static boolean executable(Path path) throws IOException {
        if (Files.isExecutable(path)) {
            return true;
        }
        try (InputStream input = Files.newInputStream(path)) {
            return Arrays.equals(input.readNBytes(2), new byte[] {'#', '!'});
        }
    }

    private static void put(TarArchiveOutputStream archive, TarArchiveEntry entry, int mode) throws IOException {
        entry.setMode(mode);
        entry.setModTime(0);
        archive.putArchiveEntry(entry);
    }

    /** Adds a file with no owner and no time of its own, so that the engine's cache sees only what it holds. */
    static void add(TarArchiveOutputStream archive, String name, byte[] bytes, boolean executable) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        put(archive, entry, executable ? 0100755 : 0100644);
        archive.write(bytes);
        archive.closeArchiveEntry();
    }

    static byte[] trustStore(byte[] bundle) throws IOException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, PASSWORD);
            int number = 0;
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            try (InputStream input = new java.io.ByteArrayInputStream(onlyCertificates(bundle))) {
                for (Certificate certificate : factory.generateCertificates(input)) {
                    store.setCertificateEntry("ca-" + number++, certificate);
                }
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            store.store(bytes, PASSWORD);
            return bytes.toByteArray();
        } catch (GeneralSecurityException unusable) {
            throw new IOException(
                    "the bundle of certificate authorities is damaged: " + unusable.getMessage(), unusable);
        }
    }

    /** Bundles carry comments between certificates, on which the JDK's reader stumbles. */
    private static byte[] onlyCertificates(byte[] bundle) {
        StringBuilder kept = new StringBuilder();
        boolean inside = false;
        for (String line : new String(bundle, StandardCharsets.UTF_8).split("\\R", -1)) {
            inside |= line.startsWith("-----BEGIN CERTIFICATE");
            if (inside) {
                kept.append(line).append('\n');
            }
            inside &= !line.startsWith("-----END CERTIFICATE");
        }
        return kept.toString().getBytes(StandardCharsets.UTF_8);
    }
}
