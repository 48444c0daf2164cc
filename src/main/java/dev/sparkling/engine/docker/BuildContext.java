package dev.sparkling.engine.docker;

import dev.sparkling.compose.ImageContext;
import dev.sparkling.error.SparklingException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * The tar that a build sends to the engine: the folder's files, and beside them the certificate authorities that this
 * machine trusts, since a company's proxy answers the build's downloads too. The image keeps none of them.
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
                List<Path> files;
                try (Stream<Path> walk = Files.walk(folder)) {
                    files = walk.filter(Files::isRegularFile).sorted().toList();
                }
                for (Path path : files) {
                    String name = folder.relativize(path).toString();
                    byte[] bytes = Files.readAllBytes(path);
                    add(archive, name, bytes, bytes.length > 1 && bytes[0] == '#' && bytes[1] == '!');
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

    /** Adds a file with no owner and no time of its own, so that the engine's cache sees only what it holds. */
    static void add(TarArchiveOutputStream archive, String name, byte[] bytes, boolean executable) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes.length);
        entry.setMode(executable ? 0100755 : 0100644);
        entry.setModTime(0);
        archive.putArchiveEntry(entry);
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
