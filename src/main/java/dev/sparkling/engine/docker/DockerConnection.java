package dev.sparkling.engine.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.sparkling.engine.docker.Endpoints.Endpoint;
import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A negotiated connection to a Docker engine.
 *
 * <p>Two clients share one pool: {@link #quick()} gives up when the engine is silent, {@link #patient()} never does, for
 * follows, builds, pulls and waits that may be quiet for hours.
 */
final class DockerConnection implements AutoCloseable {
    /** The newest API version that docker-java and this program were written against. */
    private static final String OURS = "1.44";

    /** Docker Engine 19.03's; older ones are not tried. */
    private static final String OLDEST = "1.40";

    private static final Duration QUICK_TIMEOUT = Duration.ofSeconds(60);
    private static final int POOL = 200;

    private final ZerodepDockerHttpClient quickTransport;
    private final ZerodepDockerHttpClient patientTransport;
    private final DockerClient quick;
    private final DockerClient patient;
    private final URI uri;
    private final String apiVersion;
    private final String description;

    private DockerConnection(
            ZerodepDockerHttpClient quickTransport,
            ZerodepDockerHttpClient patientTransport,
            DockerClientConfig configuration,
            String description) {
        this.quickTransport = quickTransport;
        this.patientTransport = patientTransport;
        this.quick = DockerClientImpl.getInstance(configuration, quickTransport);
        this.patient = DockerClientImpl.getInstance(configuration, patientTransport);
        this.uri = configuration.getDockerHost();
        this.apiVersion = configuration.getApiVersion().getVersion();
        this.description = description;
    }

    DockerClient quick() {
        return quick;
    }

    DockerClient patient() {
        return patient;
    }

    /** Where the engine listens. */
    URI uri() {
        return uri;
    }

    /** As negotiated, such as 1.41. */
    String apiVersion() {
        return apiVersion;
    }

    String description() {
        return description;
    }

    /**
     * Connects to the first engine that answers.
     *
     * @throws SparklingException with every place that was tried and why it failed
     */
    static DockerConnection open(Map<String, String> environment, Path home) {
        List<String> attempts = new ArrayList<>();
        boolean denied = false;
        for (Endpoint endpoint : Endpoints.candidates(environment, home)) {
            refuseRemote(endpoint);
            try {
                probe(endpoint);
                return connect(endpoint);
            } catch (AccessDeniedException noPermission) {
                denied = true;
                attempts.add(endpoint.uri() + " (" + endpoint.origin() + "): no permission on the socket");
            } catch (IOException | RuntimeException failure) {
                if (failure instanceof SparklingException known) {
                    throw known;
                }
                attempts.add(endpoint.uri() + " (" + endpoint.origin() + "): " + reason(failure));
            }
        }
        throw SparklingException.engineUnavailable(
                        denied ? "no permission to use the Docker engine" : "no Docker engine answers",
                        denied
                                ? "Add yourself to the socket's group: `sudo usermod -aG docker $USER`, then log in anew;"
                                        + " or use rootless Docker."
                                : "Start Docker (`sudo systemctl start docker`, or Docker Desktop), name another engine by"
                                        + " DOCKER_HOST, or use `--engine local`.")
                .withEvidence(attempts);
    }

    private static DockerConnection connect(Endpoint endpoint) {
        ZerodepDockerHttpClient quickTransport = transport(endpoint, configuration(endpoint, OURS))
                .responseTimeout(QUICK_TIMEOUT)
                .build();
        Version version;
        try {
            // Unversioned on purpose: an engine refuses even /version under a version that it does not know.
            version = DockerClientImpl.getInstance(configuration(endpoint, null), quickTransport)
                    .versionCmd()
                    .exec();
        } catch (RuntimeException failure) {
            close(quickTransport);
            throw failure;
        }
        String negotiated = smaller(OURS, String.valueOf(version.getApiVersion()));
        if (!smaller(OLDEST, negotiated).equals(OLDEST)) {
            close(quickTransport);
            throw SparklingException.engineUnavailable(
                    "the Docker engine at " + endpoint.uri() + " is too old: it speaks API " + negotiated
                            + ", and Sparkling needs " + OLDEST,
                    "Update Docker to 19.03 or later.");
        }
        DockerClientConfig configuration = configuration(endpoint, negotiated);
        return new DockerConnection(
                quickTransport,
                transport(endpoint, configuration)
                        .responseTimeout(Duration.ZERO)
                        .build(),
                configuration,
                "Docker " + version.getVersion() + " at " + endpoint.uri());
    }

    private static ZerodepDockerHttpClient.Builder transport(Endpoint endpoint, DockerClientConfig configuration) {
        return new ZerodepDockerHttpClient.Builder()
                .dockerHost(endpoint.uri())
                .sslConfig(
                        "unix".equals(endpoint.uri().getScheme()) ? NoTls.CONFIGURATION : configuration.getSSLConfig())
                .connectionTimeout(Duration.ofSeconds(5))
                .maxConnections(POOL);
    }

    private static DockerClientConfig configuration(
            Endpoint endpoint, @org.jspecify.annotations.Nullable String apiVersion) {
        DefaultDockerClientConfig.Builder builder = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(endpoint.uri().toString())
                .withDockerTlsVerify(endpoint.certificates().isPresent())
                .withApiVersion(apiVersion);
        endpoint.certificates().ifPresent(path -> builder.withDockerCertPath(path.toString()));
        return builder.build();
    }

    /** Fails with the operating system's own reason, which docker-java would wrap three times. */
    private static void probe(Endpoint endpoint) throws IOException {
        switch (String.valueOf(endpoint.uri().getScheme())) {
            case "unix" -> {
                Path socket = Path.of(endpoint.uri().getPath());
                if (!Files.exists(socket)) {
                    throw new IOException("no such socket");
                }
                try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                    // the connection itself is the question
                } catch (IOException failure) {
                    if (String.valueOf(failure.getMessage()).contains("Permission denied")) {
                        throw new AccessDeniedException(socket.toString());
                    }
                    throw failure;
                }
            }
            case "tcp", "http", "https", "npipe" -> {
                // asked by the first call
            }
            case "ssh" ->
                throw SparklingException.engineUnavailable(
                        endpoint.origin() + " names " + endpoint.uri() + ", and engines behind ssh are not supported",
                        "Containers there could not see this folder. Use an engine of this machine: `DOCKER_HOST="
                                + "unix:///var/run/docker.sock`.");
            default ->
                throw SparklingException.usage(
                        endpoint.origin() + " names " + endpoint.uri() + ", whose scheme is unknown",
                        "Write it as unix:///var/run/docker.sock or tcp://localhost:2375.");
        }
    }

    /** The project's folder is mounted from the engine's machine: another machine's would be empty. */
    private static void refuseRemote(Endpoint endpoint) {
        String host = endpoint.uri().getHost();
        String scheme = String.valueOf(endpoint.uri().getScheme());
        if (host == null || !List.of("tcp", "http", "https").contains(scheme)) {
            return;
        }
        try {
            if (InetAddress.getByName(host).isLoopbackAddress()) {
                return;
            }
        } catch (UnknownHostException unknown) {
            // a name that cannot be resolved is not this machine either
        }
        throw SparklingException.engineUnavailable(
                "the Docker engine at " + endpoint.uri() + " (" + endpoint.origin()
                        + ") runs on another machine, where the project's folder does not exist",
                "Use an engine of this machine: unset DOCKER_HOST, or `docker context use default`.");
    }

    private static String reason(Exception failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && (cause instanceof UncheckedIOException || cause.getMessage() == null)) {
            cause = cause.getCause();
        }
        if (cause instanceof DockerException answer) {
            return "answered with status " + answer.getHttpStatus();
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
    }

    static String smaller(String left, String right) {
        return compare(left, right) <= 0 ? left : right;
    }

    private static int compare(String left, String right) {
        String[] a = left.split("\\.", -1);
        String[] b = right.split("\\.", -1);
        int major = Integer.compare(Integer.parseInt(a[0]), Integer.parseInt(b[0]));
        return major != 0 ? major : Integer.compare(Integer.parseInt(a[1]), Integer.parseInt(b[1]));
    }

    @Override
    public void close() {
        close(quickTransport);
        close(patientTransport);
    }

    private static void close(ZerodepDockerHttpClient transport) {
        try {
            transport.close();
        } catch (IOException ignored) {
            // nothing depends on a connection that is being thrown away
        }
    }
}
