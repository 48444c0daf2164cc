package dev.sparkling.cli;

import dev.sparkling.cli.Invocation.Purpose;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.console.JsonPrinter;
import dev.sparkling.console.Style;
import dev.sparkling.console.Table;
import dev.sparkling.console.Table.Cell;
import dev.sparkling.console.Table.Column;
import dev.sparkling.engine.Engine;
import dev.sparkling.engine.Observer.LogRequest;
import dev.sparkling.engine.Observer.PublishedPort;
import dev.sparkling.engine.Observer.ServiceState;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists services. */
@Command(
        description = "Lists the services and their states.",
        footer = {
            "",
            "JSON: an array of objects with service, name, state, status, exitCode, health, image, oneOff, process and ports",
            "(hostAddress, hostPort, containerPort, protocol)."
        })
final class PsCommand extends ProjectCommand {
    /** Of a service that crashed. */
    private static final int LAST_LINES = 5;

    @Mixin
    FormatOption format = new FormatOption();

    @Override
    public Integer call() {
        ComposeProject project = sparkling().clusterWorkspace().read();
        List<ServiceState> services;
        Map<String, List<String>> crashed = Map.of();
        try (Engine engine = sparkling().engine(project, Purpose.LOOK, sparkling()::note)) {
            services = engine.observer().services(project);
            if (!format.json()) {
                crashed = crashed(engine, project, services);
            }
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
        sparkling().console().print(table(services));
        if (services.stream().anyMatch(ServiceState::endedWithMachine)) {
            sparkling().say("The machine was restarted since. `sparkling up` starts the services again.");
        }
        crashed.forEach((service, lines) -> {
            sparkling()
                    .say(service + " crashed; the end of its log (`sparkling logs " + service + "` shows the rest):");
            lines.forEach(line -> sparkling().say("  " + line));
        });
        return 0;
    }

    /** Process numbers only where services are processes. */
    private static Table table(List<ServiceState> services) {
        boolean processes =
                services.stream().anyMatch(service -> service.process().isPresent());
        List<Column> columns =
                new ArrayList<>(List.of(Column.left("SERVICE"), Column.left("STATE"), Column.left("STATUS")));
        if (processes) {
            columns.add(Column.left("PID"));
        }
        columns.add(Column.left("PORTS"));
        Table table = new Table(columns.toArray(Column[]::new));
        for (ServiceState service : services) {
            List<Cell> cells = new ArrayList<>(List.of(
                    Cell.of(service.oneOff() ? service.service() + " (one-off)" : service.service()),
                    Cell.of(service.state(), style(service)),
                    Cell.of(service.status())));
            if (processes) {
                cells.add(Cell.of(
                        service.process().isPresent() ? "" + service.process().getAsLong() : ""));
            }
            cells.add(Cell.of(ports(service.ports())));
            table.row(cells.toArray(Cell[]::new));
        }
        return table;
    }

    /** The last lines of the services that crashed. */
    private static Map<String, List<String>> crashed(Engine engine, ComposeProject project, List<ServiceState> states) {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        states.stream().filter(ServiceState::crashed).map(ServiceState::service).forEach(service -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            LogRequest request = new LogRequest(
                    Set.of(service), false, Optional.empty(), Optional.empty(), OptionalInt.of(LAST_LINES), false);
            engine.observer()
                    .logs(project, request)
                    .forEach(source -> source.read(chunk -> bytes.writeBytes(chunk.bytes())));
            lines.put(service, bytes.toString(StandardCharsets.UTF_8).lines().toList());
        });
        return lines;
    }

    private static Style style(ServiceState service) {
        if (service.running()) {
            return service.health().filter(health -> !health.equals("healthy")).isPresent()
                    ? Style.WARNING
                    : Style.SUCCESS;
        }
        return service.crashed() ? Style.ERROR : Style.DIM;
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
        json.put("process", service.process().isPresent() ? service.process().getAsLong() : null);
        json.put("ports", service.ports());
        return json;
    }
}
