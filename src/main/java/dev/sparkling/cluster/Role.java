package dev.sparkling.cluster;

import java.util.Optional;
import java.util.regex.Pattern;

/** The parts that a service can play in a Spark cluster, told by its name. */
public enum Role {
    /** The standalone master; its port is that of the UI. */
    MASTER("spark-master", 8080),
    /** A standalone worker; its port is that of the UI. */
    WORKER("spark-worker", 8081),
    /** The Spark Connect server, which is the only driver; its port is that of gRPC. */
    CONNECT("spark-connect", 15002),
    /** The short-lived client. */
    APP("spark-app", 0),
    /** A service that is not Spark's. */
    OTHER("", 0);

    /** Spark's own port of the master, for workers and drivers. */
    public static final int MASTER_PORT = 7077;

    /** The port of the driver's UI. */
    public static final int APPLICATION_UI_PORT = 4040;

    private static final Pattern FURTHER_WORKER = Pattern.compile("spark-worker-([2-9]|[1-9][0-9]+)");

    private final String service;
    private final int port;

    Role(String service, int port) {
        this.service = service;
        this.port = port;
    }

    /** The service's name; of workers, the first one's. */
    public String service() {
        return service;
    }

    /** The port in the container, 0 where there is none. */
    public int port() {
        return port;
    }

    /** The role of a service, or empty for a service that is not Spark's. */
    public static Optional<Role> of(String service) {
        if (FURTHER_WORKER.matcher(service).matches()) {
            return Optional.of(WORKER);
        }
        for (Role role : values()) {
            if (role != OTHER && role.service.equals(service)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }

    /**
     * The service's name of a worker.
     *
     * @param number 1 or more; the first one carries no number, so that scaling renames nothing
     */
    public static String worker(int number) {
        return number == 1 ? WORKER.service : WORKER.service + "-" + number;
    }
}
