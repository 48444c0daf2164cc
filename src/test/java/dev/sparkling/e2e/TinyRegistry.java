package dev.sparkling.e2e;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * An image registry of this machine with one image of one file, by the OCI distribution specification. An engine takes a
 * registry at 127.0.0.1 without TLS.
 */
final class TinyRegistry implements AutoCloseable {
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    private final HttpServer server;
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final AtomicInteger pulls = new AtomicInteger();
    private volatile byte[] manifest = {};

    TinyRegistry() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        publish("first");
        server.createContext("/v2/", this::answer);
        server.start();
    }

    /** The image's name, for pulls. */
    String reference() {
        return "127.0.0.1:" + server.getAddress().getPort() + "/e2e/tiny:1";
    }

    /** How often the image's tag was looked up. */
    int pulls() {
        return pulls.get();
    }

    /** Puts another image under the same tag. */
    void publish(String content) {
        byte[] layer = layer(content);
        byte[] configuration = """
                {"architecture": "%s", "os": "linux", "config": {"Labels": {"content": "%s"}},
                 "rootfs": {"type": "layers", "diff_ids": ["%s"]}}
                """.formatted(
                        Docker.run("version", "--format", "{{.Server.Arch}}"), content, digest(layer))
                .getBytes(StandardCharsets.UTF_8);
        blobs.put(digest(layer), layer);
        blobs.put(digest(configuration), configuration);
        manifest = """
                {"schemaVersion": 2, "mediaType": "%s",
                 "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": %d, "digest": "%s"},
                 "layers": [{"mediaType": "application/vnd.docker.image.rootfs.diff.tar", "size": %d, "digest": "%s"}]}
                """.formatted(MANIFEST, configuration.length, digest(configuration), layer.length, digest(layer))
                .getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] layer(String content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream archive = new TarArchiveOutputStream(bytes)) {
            byte[] text = content.getBytes(StandardCharsets.UTF_8);
            TarArchiveEntry entry = new TarArchiveEntry("content");
            entry.setSize(text.length);
            archive.putArchiveEntry(entry);
            archive.write(text);
            archive.closeArchiveEntry();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String last = path.substring(path.lastIndexOf('/') + 1);
        byte[] manifest = this.manifest;
        if (path.equals("/v2/")) {
            send(exchange, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith("/v2/e2e/tiny/manifests/") && (last.equals("1") || last.equals(digest(manifest)))) {
            if (last.equals("1")) {
                pulls.incrementAndGet();
            }
            exchange.getResponseHeaders().add("Docker-Content-Digest", digest(manifest));
            send(exchange, MANIFEST, manifest);
        } else if (path.startsWith("/v2/e2e/tiny/blobs/") && blobs.containsKey(last)) {
            send(exchange, "application/octet-stream", blobs.getOrDefault(last, new byte[0]));
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
        exchange.close();
    }

    private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", "" + body.length);
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
