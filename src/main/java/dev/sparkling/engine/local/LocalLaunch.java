package dev.sparkling.engine.local;

import dev.sparkling.cluster.JvmOptions;
import dev.sparkling.cluster.Launch;
import dev.sparkling.cluster.Launch.Places;
import dev.sparkling.cluster.Role;
import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import dev.sparkling.compose.Service.PortMapping;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Resolves how a role is launched, for processes of this machine: all roles meet at 127.0.0.1, and each listens itself at
 * the ports that its service publishes.
 *
 * @param java the home of the Java that runs Spark
 * @param ports those of Spark's own that nobody publishes
 */
record LocalLaunch(ComposeProject project, SparkHome spark, Path java, Ports ports) {
    private static final String HOST = "127.0.0.1";

    /** Variables of the caller that mean the machine or the user, and that no container would need. */
    private static final List<String> INHERITED = List.of(
            "HOME",
            "USER",
            "LOGNAME",
            "TMPDIR",
            "PATH",
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "http_proxy",
            "https_proxy",
            "no_proxy",
            "HTTP_PROXY",
            "HTTPS_PROXY",
            "NO_PROXY");

    /**
     * Ports that nobody but the cluster itself needs to know.
     *
     * @param master for workers and drivers
     * @param ui of roles whose UI is not published, by service
     */
    record Ports(int master, Map<String, Integer> ui) {
        Ports {
            ui = Map.copyOf(ui);
        }
    }

    /** The caller's variables that every process gets. */
    static Map<String, String> inherited(Map<String, String> environment) {
        Map<String, String> inherited = new HashMap<>(environment);
        inherited.keySet().retainAll(INHERITED);
        return inherited;
    }

    /**
     * The command of a service that plays a role with a JVM.
     *
     * @param classPath of Spark
     */
    Command command(Service service, SparkHome.ArgumentFile classPath) {
        Role role = Role.of(service.name()).orElseThrow();
        StateFolder folder = StateFolder.of(project);
        Places places = new Places(HOST, HOST, ports.master());
        Launch launch = switch (role) {
            case MASTER -> Launch.master(places, uiPort(service));
            case WORKER -> Launch.worker(places, project.settings(), uiPort(service));
            case CONNECT -> Launch.connect(places, project.settings(), connectSettings(service));
            case APP, OTHER -> throw new IllegalArgumentException(service.name() + " is no daemon");
        };
        List<String> arguments = new ArrayList<>();
        arguments.add(java.resolve("bin/java").toString());
        arguments.addAll(JvmOptions.of(role));
        launch.heap().ifPresent(heap -> arguments.add("-Xmx" + heap));
        arguments.add("-Duser.timezone=UTC");
        // Hive and Connect leave folders behind, which must end with the cluster.
        arguments.add("-Djava.io.tmpdir=" + folder.scratch());
        arguments.add("-Dlog4j2.configurationFile=" + folder.configuration().resolve("log4j2.properties"));
        arguments.add("-Dsparkling.log=" + folder.log(service.name()));
        arguments.add("-Dderby.stream.error.file=" + folder.logs(service.name()).resolve("derby.log"));
        // A port that is taken is an error: the next free one is not where anybody looks.
        arguments.add("-Dspark.port.maxRetries=0");
        if (role == Role.MASTER) {
            // Its second way of submitting applications: nobody uses it, and its port is the same for every project.
            arguments.add("-Dspark.master.rest.enabled=false");
        }
        arguments.add(classPath.argument());
        arguments.add(launch.mainClass());
        PathMapping paths = PathMapping.of(project, service);
        launch.arguments().forEach(argument -> arguments.add(paths.apply(argument)));
        Map<String, String> environment = environment(service);
        launch.environment().forEach(environment::putIfAbsent);
        return new Command(arguments, environment);
    }

    /** The client's command. */
    Command client(Service app, List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(spark.python().toString(), "-m", "sparkling_client"));
        command.addAll(arguments.subList(0, 1));
        if (arguments.get(0).equals("run") || arguments.get(0).equals("check")) {
            PathMapping.of(project, app)
                    .folders()
                    .forEach((from, to) -> command.addAll(List.of("--map-path", from + "=" + to)));
        }
        command.addAll(arguments.subList(1, arguments.size()));
        return new Command(command, environment(app));
    }

    /** The variables of a service: the image's, as they are here, and the service's own. */
    Map<String, String> environment(Service service) {
        StateFolder folder = StateFolder.of(project);
        PathMapping paths = PathMapping.of(project, service);
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("JAVA_HOME", java.toString());
        environment.put("SPARK_HOME", spark.folder().toString());
        environment.put("SPARK_CONF_DIR", folder.configuration().toString());
        environment.put("SPARK_SCALA_VERSION", "2.13");
        environment.put("SPARK_WORKER_DIR", folder.work(service.name()).toString());
        environment.put("SPARK_LOCAL_DIRS", folder.scratch().toString());
        environment.put("PYSPARK_PYTHON", spark.python().toString());
        environment.put("PYTHONPATH", spark.client().toString());
        environment.put("PYTHONUTF8", "1");
        environment.put("SPARKLING_PROJECT", project.directory().toString());
        environment.put("SPARKLING_CONSOLE", folder.executorLog(service.name()).toString());
        environment.put("LANG", "C.UTF-8");
        environment.put("LC_ALL", "C.UTF-8");
        environment.put("TZ", "UTC");
        bindAddress(service).ifPresent(address -> environment.put("SPARK_LOCAL_IP", address));
        service.environment().forEach((name, value) -> environment.put(name, paths.apply(value)));
        String remote = environment.getOrDefault("SPARK_REMOTE", "");
        String container = "sc://" + Role.CONNECT.service() + ":" + Role.CONNECT.port();
        if (remote.startsWith(container)) {
            environment.put("SPARK_REMOTE", "sc://" + connectAddress() + remote.substring(container.length()));
        }
        return environment;
    }

    /** The port of a role's UI: the published one, or one of the cluster's own. */
    int uiPort(Service service) {
        Optional<Integer> published = Role.of(service.name()).orElseThrow() == Role.MASTER
                ? hostPort(service, Role.MASTER.port())
                : workerUi(service);
        return published.orElseGet(() -> ports.ui().getOrDefault(service.name(), 0));
    }

    /** The worker's UI comes first of its ports; its number in a container is that of the file, whatever variables say. */
    private static Optional<Integer> workerUi(Service service) {
        return service.ports().stream()
                .filter(mapping -> mapping.protocol().equals("tcp"))
                .findFirst()
                .flatMap(mapping -> hostPort(service, mapping.containerPort()));
    }

    private Map<String, String> connectSettings(Service service) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                "spark.connect.grpc.binding.port",
                "" + hostPort(service, Role.CONNECT.port()).orElse(Role.CONNECT.port()));
        bindAddress(service).ifPresent(address -> settings.put("spark.connect.grpc.binding.address", address));
        settings.put(
                "spark.ui.port",
                "" + hostPort(service, Role.APPLICATION_UI_PORT).orElse(0));
        spark.packages().ifPresent(jars -> settings.put("spark.executor.extraClassPath", jars + "/*"));
        return settings;
    }

    private String connectAddress() {
        Service connect = project.services().get(Role.CONNECT.service());
        if (connect == null) {
            return HOST + ":" + Role.CONNECT.port();
        }
        String address = bindAddress(connect).orElse(HOST);
        return (address.contains(":") ? "[" + address + "]" : address) + ":"
                + hostPort(connect, Role.CONNECT.port()).orElse(Role.CONNECT.port());
    }

    /** The address at which a service's ports are published; empty means every one. */
    private static Optional<String> bindAddress(Service service) {
        return service.ports().stream()
                .map(PortMapping::hostAddress)
                .findFirst()
                .map(address -> address.replace("[", "").replace("]", ""))
                .filter(address -> !address.isEmpty() && !address.equals("0.0.0.0") && !address.equals("::"));
    }

    private static Optional<Integer> hostPort(Service service, int containerPort) {
        return published(service, containerPort)
                .flatMap(mapping -> mapping.hostPort().isPresent()
                        ? Optional.of(mapping.hostPort().getAsInt())
                        : Optional.empty());
    }

    private static Optional<PortMapping> published(Service service, int containerPort) {
        return service.ports().stream()
                .filter(mapping -> mapping.containerPort() == containerPort
                        && mapping.protocol().equals("tcp"))
                .findFirst();
    }
}
