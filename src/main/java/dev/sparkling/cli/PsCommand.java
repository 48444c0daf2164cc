package dev.sparkling.cli;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.JsonPrinter;
import dev.sparkling.console.Style;
import dev.sparkling.console.Table;
import dev.sparkling.console.Table.Cell;
import dev.sparkling.console.Table.Column;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.Observer.ServiceState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists services. */
@Command(
        name = "ps",
        description = "Lists the services and their states.",
        footer = {
            "",
            "JSON: an array of objects with service, name, state, status, exitCode, health, image, oneOff and ports",
            "(hostAddress, hostPort, containerPort, protocol)."
        })
final class PsCommand extends ProjectCommand {
    @Mixin
    FormatOption format = new FormatOption();

    @Override
    public Integer call() {
        ComposeProject project = sparkling().workspace().read();
        List<ServiceState> services;
        try (Engine engine = sparkling().engine(event -> {})) {
            services = engine.observer().services(project);
        }
        if (format.json()) {
            new JsonPrinter(sparkling().console().out())
                    .document(services.stream().map(PsCommand::json).toList());
            sparkling().console().out().flush();
            return 0;
        }
        if (services.isEmpty()) {
            sparkling().say("No services: the cluster is down. `sparkling up` starts it.");
            return 0;
        }
        Table table =
                new Table(Column.left("SERVICE"), Column.left("STATE"), Column.left("STATUS"), Column.left("PORTS"));
        for (ServiceState service : services) {
            table.row(
                    Cell.of(service.oneOff() ? service.service() + " (one-off)" : service.service()),
                    Cell.of(service.state(), style(service)),
                    Cell.of(service.status()),
                    Cell.of(ports(service.ports())));
        }
        sparkling().console().print(table);
        return 0;
    }

    private static Style style(ServiceState service) {
        if (service.running()) {
            return service.health().filter(health -> !health.equals("healthy")).isPresent()
                    ? Style.WARNING
                    : Style.SUCCESS;
        }
        return service.exitCode().orElse(0) == 0 || service.exitCode().orElse(0) == 143 ? Style.DIM : Style.ERROR;
    }

    private static String ports(List<PublishedPort> ports) {
        return ports.stream()
                .map(port -> port.hostAddress() + ":" + port.hostPort() + "->" + port.containerPort())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static Map<String, @Nullable Object> json(ServiceState service) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("service", service.service());
        json.put("name", service.name());
        json.put("state", service.state());
        json.put("status", service.status());
        json.put("exitCode", service.exitCode().isPresent() ? service.exitCode().getAsInt() : null);
        json.put("health", service.health().orElse(null));
        json.put("image", service.image());
        json.put("oneOff", service.oneOff());
        json.put("ports", service.ports());
        return json;
    }
}
