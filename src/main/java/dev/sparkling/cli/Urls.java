package dev.sparkling.cli;

import dev.sparkling.cluster.Role;
import dev.sparkling.console.Style;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.Observer.ServiceState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where the cluster can be reached from the host. */
final class Urls {
    private Urls() {}

    /** Prints the addresses on standard output, Spark Connect's first. */
    static void print(Sparkling sparkling, List<ServiceState> services) {
        var out = sparkling.console().out();
        var theme = sparkling.console().outTheme();
        of(services)
                .forEach((label, url) ->
                        out.println("  " + theme.paint(Style.DIM, String.format("%-16s", label)) + url));
        out.flush();
    }

    /** The addresses as machine output, in the same order. */
    static List<Map<String, String>> json(List<ServiceState> services) {
        return of(services).entrySet().stream()
                .map(address -> {
                    Map<String, String> json = new LinkedHashMap<>();
                    json.put("name", address.getKey());
                    json.put("url", address.getValue());
                    return json;
                })
                .toList();
    }

    static Map<String, String> of(List<ServiceState> services) {
        Map<String, String> urls = new LinkedHashMap<>();
        for (ServiceState service : services) {
            for (PublishedPort port : service.ports()) {
                if (Role.of(service.service()).orElse(Role.OTHER) == Role.CONNECT
                        && port.containerPort() == Role.CONNECT.port()) {
                    urls.put("Spark Connect", "sc://" + address(port));
                }
            }
        }
        for (ServiceState service : services) {
            for (PublishedPort port : service.ports()) {
                switch (Role.of(service.service()).orElse(Role.OTHER)) {
                    case MASTER -> urls.put("Master", "http://" + address(port));
                    case WORKER -> urls.put(workerLabel(service.service()), "http://" + address(port));
                    case CONNECT -> {
                        if (port.containerPort() == Role.APPLICATION_UI_PORT) {
                            urls.put("Application", "http://" + address(port));
                        }
                    }
                    case APP, OTHER -> urls.putIfAbsent(service.service() + ":" + port.containerPort(), address(port));
                }
            }
        }
        return urls;
    }

    private static String workerLabel(String service) {
        String number = service.substring(Role.WORKER.service().length()).replace("-", "");
        return number.isEmpty() ? "Worker" : "Worker " + number;
    }

    private static String address(PublishedPort port) {
        boolean local = port.hostAddress().startsWith("127.")
                || port.hostAddress().equals("0.0.0.0")
                || port.hostAddress().startsWith("::");
        return (local ? "localhost" : port.hostAddress()) + ":" + port.hostPort();
    }
}
