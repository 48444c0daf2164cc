package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that can be wrong in a compose file is one error with its place, what is wrong, and how to mend it. */
class ComposeErrorsTest {
    @TempDir
    Path folder;

    /** A service's key, its place in the line, the problem, the remedy. */
    static Stream<Arguments> wrongKeys() {
        return Stream.of(
                wrong("imagee: x", 14, "the key 'imagee' in services.a is not supported", "Did you mean image?"),
                wrong("depends-on: [a]", 14, "the key 'depends-on'", "Did you mean depends_on?"),
                wrong("devices: [/dev/x]", 14, "the key 'devices'", "docs/compose-keys.md"),
                wrong("interval: 5s", 14, "the key 'interval'", "Its place is elsewhere: healthcheck."),
                wrong("image: 5", 21, "services.a.image must be a text, but is the number 5", "in quotes"),
                wrong("image: [x]", 21, "services.a.image must be a text, but is a list", "a text"),
                wrong("user: 1000", 20, "services.a.user must be a text", "in quotes"),
                wrong("init: yes", 20, "services.a.init must be true or false, but is 'yes'", "Write true or false"),
                wrong("ports: 80", 21, "services.a.ports must be a list, but is the number 80", "after a dash"),
                wrong("ports: [\"80:99999\"]", 22, "'99999' is not a number from 1 to 65535", "in quotes"),
                wrong("ports: [\"0:80\"]", 22, "'0' is not a number from 1 to 65535", "in quotes"),
                wrong("ports: [\"1-3:1-2\"]", 22, "maps 3 host ports to 2 container ports", "as many"),
                wrong("ports: [\"3-1:3-1\"]", 22, "the range 3-1 ends before it begins", "lower port first"),
                wrong("ports: [\"80:80/sctp\"]", 22, "must be one of tcp, udp, but is 'sctp'", "Write one"),
                wrong("ports: [{published: 80}]", 22, "services.a.ports lacks `target`", "container's port"),
                wrong("ports: [{target: 80, x: 1}]", 35, "the key 'x' in services.a.ports", "Remove it"),
                wrong("ports: [{target: 80, published: 80-90}]", 46, "must be a whole number from 1 to 65535", "Write"),
                wrong("ports: [[80]]", 22, "services.a.ports must be a mapping, but is a list", "key: value"),
                wrong("expose: [http]", 23, "must be a port such as 9092", "container's port"),
                wrong("environment: 5", 27, "services.a.environment must be a mapping, but is the number 5", "Write"),
                wrong("environment: [=x]", 28, "'=x' has no name before the =", "NAME=value"),
                wrong("environment: {A: [1]}", 31, "services.a.environment.A must be a text, but is a list", "Write"),
                wrong("env_file: none.env", 24, "there is none", "required: false"),
                wrong("volumes: [\"a:b:c:d\"]", 24, "'a:b:c:d' is no volume", "SOURCE:TARGET"),
                wrong("volumes: [\"./a:/b:z\"]", 24, "'z' is no mode of a volume", "ro for read-only"),
                wrong("volumes: [\"./a:b\"]", 24, "'b' is no absolute path", "slash"),
                wrong(
                        "volumes: [\"data:/b\"]",
                        24,
                        "names the volume 'data', which there is not",
                        "top-level `volumes:`"),
                wrong("volumes: [\"a/b:/b\"]", 24, "'a/b' is no name of a volume", "./a/b"),
                wrong("volumes: [{type: nfs, target: /x}]", 31, "must be one of bind, tmpfs, volume", "Write one"),
                wrong("volumes: [{target: /x}]", 24, "lacks `type`", "bind, volume or tmpfs"),
                wrong("volumes: [{type: bind, target: /x}]", 24, "lacks `source`", "this machine"),
                wrong("tmpfs: run", 21, "'run' is no absolute path", "slash"),
                wrong("depends_on: [c]", 27, "names the service 'c', which there is not", "The services are: b, a."),
                wrong("depends_on: {bb: }", 27, "names the service 'bb'", "Did you mean b?"),
                wrong(
                        "depends_on: {b: {condition: healthy}}",
                        42,
                        "must be one of service_completed",
                        "Did you mean service_healthy?"),
                wrong("depends_on: {b: {conditon: x}}", 31, "the key 'conditon'", "Did you mean condition?"),
                wrong("depends_on: [a]", 27, "services wait for each other: a → a", "Remove one"),
                wrong("network_mode: \"service:z\"", 28, "names the service 'z'", "The services are"),
                wrong("network_mode: hots", 28, "must be host, none", "Write host"),
                wrong("networks: [n]", 25, "names the network 'n'", "top-level `networks:`"),
                wrong("network_mode: host, networks: [n]", 44, "exclude each other", "Remove one"),
                wrong("healthcheck: {test: [curl, x]}", 34, "begins with 'curl'", "CMD"),
                wrong("healthcheck: {interval: 30}", 38, "must be a duration, but is the number 30", "10s or 1m30s"),
                wrong("healthcheck: {interval: 1m 30}", 38, "must be a duration", "10s or 1m30s"),
                wrong("healthcheck: {retries: -1}", 37, "a whole number, 0 or more", "Write"),
                wrong("healthcheck: {start_interval: 1s}", 28, "the key 'start_interval'", ""),
                wrong("mem_limit: 2 gigs", 25, "must be an amount of memory, but is '2 gigs'", "512m or 2g"),
                wrong("mem_limit: -5", 25, "must be an amount of memory", "512m or 2g"),
                wrong("cpus: -1", 20, "must be a number of cores", "2 or 1.5"),
                wrong("deploy: {replicas: -2}", 33, "must be a whole number, 0 or more", "Write"),
                wrong("deploy: {replicas: 3}", 33, "must be 1", "workers"),
                wrong(
                        "cpus: 1, deploy: {resources: {limits: {cpus: \"2\"}}}",
                        20,
                        "say different things",
                        "Remove one"),
                wrong("restart: never", 23, "must be no, always", "unless-stopped"),
                wrong("pull_policy: sometimes", 27, "must be one of always", "Write one"),
                wrong("ulimits: {nofile: {soft: 1}}", 24, "needs soft and hard", "one number"),
                wrong("ulimits: {nofile: many}", 32, "must be a whole number", "no limit"),
                wrong("command: \"a | b\"", 23, "holds `|`, which only a shell understands", "as a list"),
                wrong("command: a 'b", 23, "an unclosed quote '", "Close it"),
                wrong("extra_hosts: [x]", 28, "does not name a host and its address", "HOST:ADDRESS"),
                wrong("build: {context: ., dockerfile_inline: x}", 34, "the key 'dockerfile_inline'", ""),
                wrong("build: \"https://example.org/x.git\"", 21, "is not a folder of this machine", "Download"),
                wrong("container_name: \"-\"", 30, "must be letters", "Write"),
                wrong("logging: {driver: x, opts: {}}", 35, "the key 'opts'", "Did you mean options?"),
                wrong("labels: !reset [a]", 0, "", ""));
    }

    private static Arguments wrong(String key, int column, String problem, String remedy) {
        return Arguments.of(key, column, problem, remedy);
    }

    @ParameterizedTest
    @MethodSource("wrongKeys")
    void refusesWhatAServiceCannotBe(String key, int column, String problem, String remedy) throws Exception {
        String image = key.startsWith("image") || key.startsWith("build") ? "" : ", image: x";
        String compose = "services:\n  b: {image: x}\n  a:       { " + key + image + " }\n";
        if (column == 0) {
            assertThat(read(compose, "")).isNotNull();
            return;
        }
        assertFails(compose, "", "compose.yml:3:" + column + ": ", problem, remedy);
    }

    static Stream<Arguments> wrongFiles() {
        return Stream.of(
                Arguments.of("services: {a: }", "", "services.a is empty", "image"),
                Arguments.of(
                        "services: {a: {command: x}}",
                        "",
                        "compose.yml:1:15: services.a has neither image nor build",
                        ""),
                Arguments.of("services: [a]", "", "compose.yml:1:11: services must be a mapping, but is a list", ""),
                Arguments.of("services: {\"a b\": {image: x}}", "", "'a b' is no name", "letters"),
                Arguments.of("- a", "", "compose.yml:1:1: a compose file is a mapping", "services"),
                Arguments.of(
                        "serivces: {}",
                        "",
                        "compose.yml:1:1: the key 'serivces' at the top level",
                        "Did you mean services?"),
                Arguments.of("image: x", "", "the key 'image' at the top level", "elsewhere: Services"),
                Arguments.of(
                        "secrets: {s: {environment: S}}",
                        "",
                        "compose.yml:1:15: the key 'environment' in secrets.s",
                        ""),
                Arguments.of("configs: {c: }", "", "configs.c lacks `file`", "file of this machine"),
                Arguments.of(
                        "services: {a: {image: x, secrets: [pasword]}}\nsecrets: {password: {file: p}}",
                        "",
                        "compose.yml:1:36: services.a.secrets names 'pasword', which there is not",
                        "Did you mean password?"),
                Arguments.of("name: My Shop", "", "compose.yml:1:7: 'My Shop' is no project name", "such as myshop"),
                Arguments.of(
                        "volumes: {v: {external: true, driver: local}}", "", "volumes.v is external", "Remove driver"),
                Arguments.of("networks: {n: {ipam: {options: {}}}}", "", "the key 'options' in networks.n.ipam", ""),
                Arguments.of(
                        "networks: {n: {ipam: {config: [{subnet: 172.28.0.0}]}}}",
                        "",
                        "compose.yml:1:41: networks.n.ipam.config.subnet must be an address range",
                        "172.28.0.0/16"),
                Arguments.of(
                        "services: {a: {image: x, networks: {n: {ipv4_address: 10.1.0.9}}}}\nnetworks: {n: }",
                        "",
                        "compose.yml:1:37: services.a.networks.n asks for the address 10.1.0.9, and networks.n has no",
                        "ipam: {config: [{subnet: 172.28.0.0/16}]}"),
                Arguments.of("services: {a: {image: \"$\"}}", "", "compose.yml:1:23: a single `$`", "$$"),
                Arguments.of("x-note: ${A:?}", "", "the variable A is needed", ".env"),
                Arguments.of(
                        "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [c]}, c: {image: x, depends_on: [a]}}",
                        "",
                        "services wait for each other: a → b → c → a",
                        "Remove"),
                Arguments.of(
                        "",
                        "x-sparkling: {workers: 2}",
                        "compose.override.yml:1:1: the settings",
                        "x-sparkling block of compose.yml"),
                Arguments.of(
                        "services: {a: {image: x, volumes: [a:/a]}}\nvolumes: {a: }",
                        "services: {a: {volumes: {b: /b}}}",
                        "compose.override.yml:1:25: services.a.volumes is a mapping here and a list at compose.yml:1:35",
                        "!override"),
                Arguments.of(
                        "services: {a: {image: x, dns: [1.1.1.1]}}",
                        "services: {a: {dns: [!reset 1.1.1.1]}}",
                        "!reset stands before an item of a list",
                        "whole list"),
                Arguments.of(
                        "services: {a: {image: x}}",
                        "services: {a: {image: y, imgae: z}}",
                        "compose.override.yml:1:26: the key 'imgae'",
                        "Did you mean image?"));
    }

    @ParameterizedTest
    @MethodSource("wrongFiles")
    void refusesWhatAFileCannotBe(String compose, String override, String problem, String remedy) throws Exception {
        assertFails(compose, override, "", problem, remedy);
    }

    @Test
    void namesTheEnvironmentFileThatIsWrong() throws Exception {
        Files.writeString(folder.resolve("a.env"), "OK=1\n=2\n");
        assertFails(
                "services: {a: {image: x, env_file: a.env}}",
                "",
                "a.env:2:1: ",
                "does not begin with the name",
                "NAME=value");
        Files.writeString(folder.resolve(".env"), "A=\"1\n");
        assertFails("services: {a: {image: x}}", "", ".env:1:1: ", "is not closed", "NAME=value");
    }

    @Test
    void refusesAFileThatIsNoText() throws Exception {
        Files.write(folder.resolve("compose.yml"), new byte[] {(byte) 0xff, 'a'});
        assertThatThrownBy(() -> ProjectReaderTest.read(folder)).hasMessage("The file compose.yml is not UTF-8 text");
    }

    private ComposeProject read(String compose, String override) throws Exception {
        Files.writeString(folder.resolve("compose.yml"), compose);
        if (!override.isEmpty()) {
            Files.writeString(folder.resolve("compose.override.yml"), override);
        }
        return ProjectReaderTest.read(folder);
    }

    private void assertFails(String compose, String override, String place, String problem, String remedy) {
        assertThatThrownBy(() -> read(compose, override))
                .asInstanceOf(type(SparklingException.class))
                .satisfies(exception -> {
                    assertThat(exception.category()).isEqualTo(Category.USAGE);
                    assertThat(exception.text()).startsWith(place).contains(problem);
                    assertThat(exception.remedy()).contains(remedy).matches("(?s).+[.?]");
                });
    }
}
