package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.compose.Service.Build;
import dev.sparkling.compose.Service.Condition;
import dev.sparkling.compose.Service.Dependency;
import dev.sparkling.compose.Service.Grant;
import dev.sparkling.compose.Service.HealthCheck;
import dev.sparkling.compose.Service.Logging;
import dev.sparkling.compose.Service.Mount;
import dev.sparkling.compose.Service.MountType;
import dev.sparkling.compose.Service.NetworkAttachment;
import dev.sparkling.compose.Service.PortMapping;
import dev.sparkling.compose.Service.Ulimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComposeReaderTest {
    /** Uses every key of a service. */
    private static final String EVERY_KEY = """
            name: shop
            services:
              other: {image: y, x-note: free}
              all:
                image: x
                build: {context: sub, dockerfile: D, args: {A: 1, HOME: }, target: t, labels: [l=m]}
                cap_add: [A]
                cap_drop: [B]
                command: run --now
                configs: [{source: c, target: /etc/c}, {source: c, target: d}, c]
                container_name: all-1
                cpus: "1.5"
                depends_on: {other: {condition: service_healthy, restart: true}, gone: {required: false}}
                deploy: {replicas: 1, resources: {limits: {memory: 1g, cpus: 1.5}}}
                dns: 1.1.1.1
                entrypoint: [sh, -c]
                env_file: [{path: none.env, required: false}]
                environment: {A: 1, HOME: , MISSING: }
                expose: [9000]
                extra_hosts: {h: [1.2.3.4, "::1"]}
                healthcheck: {test: [CMD, t], interval: 1m30s, timeout: 500ms, retries: 3, start_period: 1.5s}
                hostname: host
                init: true
                labels: [a=b]
                logging: {driver: local, options: {max-size: 1m}}
                mem_limit: 1gb
                networks: {back: {aliases: [z], ipv4_address: 10.0.0.9}}
                platform: linux/arm64
                ports: ["127.0.0.1:80:81/udp"]
                privileged: true
                profiles: [p]
                pull_policy: always
                read_only: true
                restart: on-failure:2
                secrets: [s, {source: s, target: t}]
                security_opt: [s]
                shm_size: 64m
                stdin_open: true
                stop_grace_period: 1h
                stop_signal: SIGINT
                sysctls: {net.x: 1}
                tmpfs: /run
                tty: true
                ulimits: {nofile: 5}
                user: "1:2"
                volumes: ["~/h:/h:ro", "./p:/p", data:/d, /anonymous, {type: tmpfs, target: /t}]
                working_dir: /w
            networks: {back: {external: true, name: shared}}
            configs: {c: {file: c.conf}, unused: {file: u}}
            secrets: {s: {file: ~/s.txt}}
            volumes: {data: {driver: local, driver_opts: {o: p}, labels: {k: v}}}
            """;

    @TempDir
    Path folder;

    private ComposeProject read(String text) throws Exception {
        Files.writeString(folder.resolve("compose.yml"), text);
        return ProjectReaderTest.read(folder);
    }

    @Test
    void readsEveryKey() throws Exception {
        ComposeProject project = read(EVERY_KEY);
        Service expected = new Service(
                "all",
                "x",
                Optional.of(new Build(
                        folder.resolve("sub"),
                        "D",
                        Map.of("A", "1", "HOME", MergeCase.HOME),
                        Optional.of("t"),
                        Map.of("l", "m"))),
                Optional.of(List.of("run", "--now")),
                Optional.of(List.of("sh", "-c")),
                Map.of("A", "1", "HOME", MergeCase.HOME),
                Map.of("a", "b"),
                List.of(new PortMapping("127.0.0.1", OptionalInt.of(80), 81, "udp")),
                List.of("9000"),
                List.of(
                        new Mount(MountType.BIND, MergeCase.HOME + "/h", "/h", true, true),
                        new Mount(MountType.BIND, folder.resolve("p").toString(), "/p", false, true),
                        new Mount(MountType.VOLUME, "data", "/d", false, false),
                        new Mount(MountType.VOLUME, "", "/anonymous", false, false),
                        new Mount(MountType.TMPFS, "", "/t", false, false)),
                List.of("/run"),
                Map.of("other", new Dependency(Condition.HEALTHY, true, true)),
                Optional.of(new HealthCheck(
                        List.of("CMD", "t"),
                        Optional.of(Duration.ofSeconds(90)),
                        Optional.of(Duration.ofMillis(500)),
                        Optional.of(Duration.ofMillis(1500)),
                        OptionalInt.of(3))),
                Map.of("back", new NetworkAttachment(List.of("z"), Optional.of("10.0.0.9"))),
                Optional.empty(),
                List.of("p"),
                Optional.of("all-1"),
                Optional.of("host"),
                Optional.of("1:2"),
                Optional.of("/w"),
                Optional.of("on-failure:2"),
                Optional.of("SIGINT"),
                Optional.of(Duration.ofHours(1)),
                Optional.of("linux/arm64"),
                Optional.of("always"),
                OptionalLong.of(1L << 30),
                Optional.of(1.5),
                OptionalLong.of(64L << 20),
                true,
                true,
                true,
                true,
                true,
                List.of("A"),
                List.of("B"),
                List.of("s"),
                List.of("h:1.2.3.4", "h:::1"),
                List.of("1.1.1.1"),
                Map.of("net.x", "1"),
                Map.of("nofile", new Ulimit(5, 5)),
                Optional.of(new Logging("local", Map.of("max-size", "1m"))),
                List.of(
                        new Grant("c", folder.resolve("c.conf"), "/etc/c"),
                        new Grant("c", folder.resolve("c.conf"), "/d"),
                        new Grant("c", folder.resolve("c.conf"), "/c")),
                List.of(
                        new Grant("s", Path.of(MergeCase.HOME, "s.txt"), "/run/secrets/s"),
                        new Grant("s", Path.of(MergeCase.HOME, "s.txt"), "/run/secrets/t")));
        assertThat(project.configs()).isEqualTo(Map.of("c", folder.resolve("c.conf")));
        assertThat(project.secrets()).isEqualTo(Map.of("s", Path.of(MergeCase.HOME, "s.txt")));
        assertThat(expected.allMounts())
                .hasSize(10)
                .contains(new Mount(MountType.BIND, folder.resolve("c.conf").toString(), "/etc/c", true, false));
        assertThat(project.services().get("all")).isEqualTo(expected);
        assertThat(project.networks())
                .containsEntry(
                        "back",
                        new Network(
                                "back", "shared", true, Optional.empty(), Map.of(), Map.of(), false, Optional.empty()));
        assertThat(project.volumes())
                .containsEntry(
                        "data",
                        new Volume(
                                "data", "shop_data", false, Optional.of("local"), Map.of("o", "p"), Map.of("k", "v")));
    }

    /** A key that is documented but not read would be ignored without a word. */
    @Test
    void theExampleHasEveryDocumentedKeyOfAService() {
        Set<String> missing = new TreeSet<>(ComposeKeys.SERVICE.names());
        missing.removeIf(key -> EVERY_KEY.contains("\n    " + key + ": "));
        assertThat(missing).containsExactly("network_mode");
    }

    @Test
    void leavesEverythingElseToImageAndEngine() throws Exception {
        Service service = read("services: {a: {build: .}}").services().get("a");
        assertThat(service.image())
                .isEqualTo(
                        folder.getFileName()
                                        .toString()
                                        .toLowerCase(java.util.Locale.ROOT)
                                        .replaceAll("[^a-z0-9_-]", "") + "-a");
        assertThat(service.command()).isEmpty();
        assertThat(service.healthCheck()).isEmpty();
        assertThat(service.networks()).containsOnlyKeys("default");
        assertThat(service.memoryLimit()).isEmpty();
        assertThat(service.init()).isFalse();
    }

    @Test
    void switchesAHealthCheckOff() throws Exception {
        ComposeProject project = read("services: {a: {image: x, healthcheck: {disable: true}}}");
        assertThat(project.services().get("a").healthCheck())
                .get()
                .extracting(HealthCheck::test)
                .isEqualTo(List.of("NONE"));
    }

    @Test
    void oneMappingOfAPortStaysHoweverItIsWritten() throws Exception {
        ComposeProject project = read(
                "services: {a: {image: x, ports: [\"8443:443\", {target: 443, published: 8443}, \"8443:443/tcp\"]}}");
        assertThat(project.services().get("a").ports())
                .containsExactly(new PortMapping("", OptionalInt.of(8443), 443, "tcp"));
    }

    @Test
    void aNameAloneHidesTheValueOfAnEnvironmentFile() throws Exception {
        Files.writeString(folder.resolve("a.env"), "GONE=1\nKEPT=2\n");
        ComposeProject project = read("services: {a: {image: x, env_file: a.env, environment: [GONE]}}");
        assertThat(project.services().get("a").environment()).containsExactly(Map.entry("KEPT", "2"));
    }

    @Test
    void variablesMakeNumbersAndBooleans() throws Exception {
        Files.writeString(folder.resolve(".env"), "PORT=5432\nYES=true\nSIZE=1g\nEVERY=10s\n");
        Service service = read("""
                        services:
                          a:
                            image: x
                            init: ${YES}
                            mem_limit: ${SIZE}
                            ports: ["${PORT}:${PORT}", {target: $PORT, published: 1}]
                            healthcheck: {test: x, retries: "${RETRIES:-7}", interval: $EVERY}
                        """).services().get("a");
        assertThat(service.init()).isTrue();
        assertThat(service.memoryLimit()).hasValue(1L << 30);
        assertThat(service.ports()).extracting(PortMapping::containerPort).containsExactly(5432, 5432);
        assertThat(service.healthCheck().orElseThrow().retries()).hasValue(7);
    }

    @Test
    void printsDurationsAsGoDoes() {
        assertThat(List.of(0L, 1_000L, 500_000_000L, 1_500_000_000L, 90_000_000_000L, 3_600_000_000_000L))
                .extracting(nanoseconds -> ConfigPrinter.duration(Duration.ofNanos(nanoseconds)))
                .containsExactly("0s", "1us", "500ms", "1.5s", "1m30s", "1h0m0s");
    }
}
