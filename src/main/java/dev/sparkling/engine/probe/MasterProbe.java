package dev.sparkling.engine.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks a standalone master what it knows of its cluster, at `/json/` of its UI. */
public final class MasterProbe {
    private static final ObjectMapper JSON = new ObjectMapper();

    private MasterProbe() {}

    /**
     * What the master says.
     *
     * @param alive whether it accepts workers and applications
     * @param workers those that are alive
     * @param applications those that are registered
     */
    public record Answer(boolean alive, List<Worker> workers, List<Application> applications) {
        public Answer {
            workers = List.copyOf(workers);
            applications = List.copyOf(applications);
        }
    }

    /**
     * A worker at the master.
     *
     * @param host by which the others reach it
     * @param uiPort of its UI, or -1 if the master tells none
     */
    public record Worker(String host, int uiPort) {}

    /**
     * An application at the master.
     *
     * @param cores that executors hold for it
     */
    public record Application(String id, String name, int cores, boolean running) {}

    /** The master's answer, or empty while there is none. */
    public static Optional<Answer> ask(String host, int port, Duration timeout) {
        try {
            HttpURLConnection connection = (HttpURLConnection) URI.create("http://" + host + ":" + port + "/json/")
                    .toURL()
                    .openConnection(java.net.Proxy.NO_PROXY);
            connection.setConnectTimeout(Math.toIntExact(timeout.toMillis()));
            connection.setReadTimeout(Math.toIntExact(timeout.toMillis()));
            try (var body = connection.getInputStream()) {
                return Optional.of(read(JSON.readTree(body)));
            } finally {
                connection.disconnect();
            }
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    static Answer read(JsonNode json) {
        List<Worker> workers = new ArrayList<>();
        for (JsonNode worker : json.path("workers")) {
            if (worker.path("state").asText().equals("ALIVE")) {
                workers.add(new Worker(
                        worker.path("host").asText(),
                        port(worker.path("webuiaddress").asText())));
            }
        }
        List<Application> applications = new ArrayList<>();
        for (JsonNode application : json.path("activeapps")) {
            applications.add(new Application(
                    application.path("id").asText(),
                    application.path("name").asText(),
                    application.path("cores").asInt(),
                    application.path("state").asText().equals("RUNNING")));
        }
        return new Answer(json.path("status").asText().equals("ALIVE"), workers, applications);
    }

    private static int port(String address) {
        try {
            return URI.create(address).getPort();
        } catch (IllegalArgumentException strange) {
            return -1;
        }
    }
}
