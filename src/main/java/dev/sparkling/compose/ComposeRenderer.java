package dev.sparkling.compose;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.cluster.Launch;
import dev.sparkling.cluster.Launch.Places;
import dev.sparkling.cluster.Role;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Renders the services of a cluster as the lower part of compose.yml. Equal settings give equal text. */
public final class ComposeRenderer {
    /** The first line of the rendered part: what stands above it belongs to the user. */
    public static final String MARKER =
            "# ---- Below this line `sparkling render` writes; lasting additions go to compose.override.yml ----";

    private static final String JVM_OPTIONS = "@/opt/sparkling/jvm/";
    private static final String MASTER = Role.MASTER.service();
    private static final int UI_PORT_OF_ANY = 0;

    private final StringBuilder text = new StringBuilder();
    private final ClusterSpec spec;

    private ComposeRenderer(ClusterSpec spec) {
        this.spec = spec;
    }

    /** The services, beginning with an empty line and {@link #MARKER}, and ending with a newline. */
    public static String render(ClusterSpec spec, ImageContext context) {
        ComposeRenderer renderer = new ComposeRenderer(spec);
        renderer.common(context);
        renderer.line("");
        renderer.line("services:");
        renderer.master();
        for (int worker = 1; worker <= spec.workers(); worker++) {
            renderer.worker(worker);
        }
        renderer.connect();
        renderer.app();
        return renderer.text.toString();
    }

    private void common(ImageContext context) {
        line("");
        line(MARKER);
        line("x-spark: &spark");
        line("  # The tag is a hash of the build context and of the settings, so a change of either builds anew.");
        line("  image: " + context.reference(spec));
        line("  build:");
        line("    context: " + context.path());
        line("    args:");
        context.arguments(spec).forEach((name, value) -> line("      " + name + ": " + quote(value)));
        line(
                "  # The project: relative paths mean the same file in every service. Files made there belong to its owner.");
        line("  volumes:");
        line("    - .:/app");
        line("  working_dir: /app");
    }

    private void master() {
        Launch launch = Launch.master(places(MASTER), Role.MASTER.port());
        service(MASTER, "The standalone master: keeps the list of workers and hands out their cores.");
        command("master", launch);
        environment(launch.environment());
        ports(port("SPARKLING_MASTER_UI_PORT", spec.ports().masterUi(), Role.MASTER.port()));
    }

    private void worker(int number) {
        String name = Role.worker(number);
        int ui = spec.ports().workerUi(number);
        Launch launch = Launch.worker(places(name), spec, ui);
        String variable = number == 1 ? "SPARKLING_WORKER_UI_PORT" : "SPARKLING_WORKER_" + number + "_UI_PORT";
        service(
                name,
                number == 1
                        ? "Workers start the executors. Each is a service of its own, so that scaling renames nothing."
                        : "");
        command("worker", launch);
        environment(launch.environment());
        ports(port(variable, ui, ui));
    }

    private void connect() {
        Launch launch = Launch.connect(places(Role.CONNECT.service()), spec);
        service(
                Role.CONNECT.service(),
                "The gateway, sc://localhost:" + spec.ports().connect()
                        + ": the one driver, which every client talks to by gRPC.");
        command("connect", launch);
        environment(launch.environment());
        ports(
                port("SPARKLING_CONNECT_PORT", spec.ports().connect(), Role.CONNECT.port()),
                port("SPARKLING_APPLICATION_UI_PORT", spec.ports().applicationUi(), Role.APPLICATION_UI_PORT));
    }

    private void app() {
        service(
                Role.APP.service(),
                "The short-lived client. In a profile, so that `up` leaves it out: `docker compose run --rm spark-app`.");
        line("    profiles: [app]");
        line("    command: [python3, -m, pyspark.pipelines.cli, run]");
        environment(Map.of("SPARK_REMOTE", "sc://" + Role.CONNECT.service() + ":" + Role.CONNECT.port()));
    }

    private void service(String name, String comment) {
        if (!comment.isEmpty()) {
            line("  # " + comment);
        }
        line("  " + name + ":");
        line("    <<: *spark");
    }

    private void command(String role, Launch launch) {
        line("    command:");
        words(role, launch).forEach(argument -> line("      - " + quote(argument)));
    }

    private static List<String> words(String role, Launch launch) {
        List<String> command = new ArrayList<>();
        command.add("java");
        launch.heap().ifPresent(heap -> command.add("-Xmx" + heap));
        command.add(JVM_OPTIONS + role);
        command.add(launch.mainClass());
        command.addAll(launch.arguments());
        return command;
    }

    /**
     * Whether a service's command was changed by hand, or by another file: an engine that does not run the image starts
     * the role from the settings, and can only say so. The UI's port of a worker may differ: variables change it.
     */
    public static boolean commandEdited(ClusterSpec spec, Service service) {
        Launch launch = switch (Role.of(service.name()).orElse(Role.OTHER)) {
            case MASTER -> Launch.master(places(MASTER), Role.MASTER.port());
            case WORKER -> Launch.worker(places(service.name()), spec, UI_PORT_OF_ANY);
            case CONNECT -> Launch.connect(places(Role.CONNECT.service()), spec);
            case APP, OTHER -> null;
        };
        if (launch == null || service.command().isEmpty()) {
            return launch != null;
        }
        List<String> actual = new ArrayList<>(service.command().get());
        int port = actual.indexOf("--webui-port") + 1;
        if (service.name().startsWith(Role.WORKER.service()) && port > 0 && port < actual.size()) {
            actual.set(port, "" + UI_PORT_OF_ANY);
        }
        String role = service.name().startsWith(Role.WORKER.service())
                ? "worker"
                : service.name().equals(MASTER) ? "master" : "connect";
        return !actual.equals(words(role, launch));
    }

    private void environment(Map<String, String> variables) {
        if (variables.isEmpty()) {
            return;
        }
        line("    environment:");
        new TreeMap<>(variables).forEach((name, value) -> line("      " + name + ": " + quote(value)));
    }

    private void ports(String... ports) {
        line("    ports:");
        for (String port : ports) {
            line("      - " + port);
        }
    }

    private String port(String variable, int hostPort, int containerPort) {
        return String.format(
                Locale.ROOT,
                "\"${SPARKLING_BIND_ADDRESS:-%s}:${%s:-%d}:%d\"",
                spec.bindAddress(),
                variable,
                hostPort,
                containerPort);
    }

    private static Places places(String host) {
        return new Places(host, MASTER, Role.MASTER_PORT);
    }

    /** A YAML scalar that is read as this string by every reader; `$` is Compose's own sign. */
    static String quote(String value) {
        String escaped = value.replace("$", "$$");
        if (escaped.matches("(-{1,2}[A-Za-z]|[A-Za-z_/.])[A-Za-z0-9_/.=:@-]*")
                && !escaped.endsWith(":")
                && !escaped.matches("(?i)true|false|null|yes|no|on|off|~|\\.inf|\\.nan|\\.")
                && !escaped.contains(": ")) {
            return escaped;
        }
        return "\"" + escaped.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private void line(String line) {
        text.append(line).append('\n');
    }
}
