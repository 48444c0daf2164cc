package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** A company's network: a package index with a password, which only a proxy reaches. */
class PackageIndexIT {
    /** Another one each time: an image that the engine has had from an earlier run would ask nobody. */
    private static final String VERSION = "1." + System.currentTimeMillis();

    private static final String WHEEL = "sparkling_e2e_probe-" + VERSION + "-py3-none-any.whl";
    private static final String HOST = "index.sparkling.invalid";

    private static final String PASSWORD = "canary-of-the-index";
    private static final String PROXY_PASSWORD = "canary-of-the-proxy";

    /** The addresses that the proxy was asked for with the index's password. */
    private final List<String> served = new CopyOnWriteArrayList<>();

    @Test
    void requirementsComeFromTheIndexOfPipConfThroughTheProxyAndNothingOfItStays() throws Exception {
        HttpServer proxy = HttpServer.create(
                new InetSocketAddress(
                        Docker.run("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}"),
                        0),
                0);
        proxy.createContext("/", this::answer);
        proxy.start();
        try (Project project = Project.empty("index")) {
            Path settings = Files.writeString(
                    project.folder().resolveSibling("pip.conf"),
                    "[global]\nextra-index-url =\n    http://me:" + PASSWORD + "@" + HOST + "/simple\n");
            String address = proxy.getAddress().getAddress().getHostAddress() + ":"
                    + proxy.getAddress().getPort();
            Outcome up = project.run(
                            Map.of(
                                    "PIP_CONFIG_FILE",
                                    settings.toString(),
                                    "HTTP_PROXY",
                                    "http://me:" + PROXY_PASSWORD + "@" + address),
                            "up",
                            "--requirement",
                            "sparkling-e2e-probe==" + VERSION)
                    .succeeds();
            assertThat(served)
                    .contains("http://" + HOST + "/simple/sparkling-e2e-probe/", "http://" + HOST + "/files/" + WHEEL);
            assertThat(project.run(
                                    "exec",
                                    "spark-worker",
                                    "--",
                                    "python",
                                    "-c",
                                    "import sparkling_e2e_probe as p; print(p.WORD)")
                            .succeeds()
                            .out())
                    .isEqualTo("found\n");

            String image = project.image();
            String traces = up.out()
                    + up.err()
                    + project.read("compose.yml")
                    + Docker.run("history", "--no-trunc", image)
                    + Docker.run("image", "inspect", image);
            assertThat(traces).doesNotContain(PASSWORD, PROXY_PASSWORD, HOST, address);
            assertThat(Docker.attempt(
                                    "run",
                                    "--rm",
                                    "--entrypoint",
                                    "grep",
                                    image,
                                    "-rlsE",
                                    "canary-of-the|" + HOST,
                                    "/opt/sparkling",
                                    "/etc",
                                    "/root",
                                    "/tmp")
                            .out())
                    .isEmpty();
            assertThat(project.run("up").succeeds().err())
                    .as("the image is the same without them")
                    .contains("Nothing to do");
            project.run("clean", "--yes").succeeds();
        } finally {
            proxy.stop(0);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String expected =
                "Basic " + Base64.getEncoder().encodeToString(("me:" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        String address = exchange.getRequestURI().toString();
        if (!expected.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            exchange.getResponseHeaders().add("WWW-Authenticate", "Basic realm=\"index\"");
            exchange.sendResponseHeaders(401, -1);
        } else if (address.endsWith("/simple/sparkling-e2e-probe/")) {
            served.add(address);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            send(
                    exchange,
                    ("<!DOCTYPE html><html><body><a href=\"/files/" + WHEEL + "\">" + WHEEL + "</a></body></html>")
                            .getBytes(StandardCharsets.UTF_8));
        } else if (address.endsWith(WHEEL)) {
            served.add(address);
            send(exchange, wheel());
        } else {
            exchange.sendResponseHeaders(404, -1);
        }
        exchange.close();
    }

    private static void send(HttpExchange exchange, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(200, head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    private static byte[] wheel() throws IOException {
        String information = "sparkling_e2e_probe-" + VERSION + ".dist-info/";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            add(zip, "sparkling_e2e_probe.py", "WORD = 'found'\n");
            add(
                    zip,
                    information + "METADATA",
                    "Metadata-Version: 2.1\nName: sparkling-e2e-probe\nVersion: " + VERSION + "\n");
            add(zip, information + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
            add(
                    zip,
                    information + "RECORD",
                    "sparkling_e2e_probe.py,,\n" + information + "METADATA,,\n" + information + "WHEEL,,\n"
                            + information + "RECORD,,\n");
        }
        return bytes.toByteArray();
    }

    private static void add(ZipOutputStream zip, String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
