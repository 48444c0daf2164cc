package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Services of compose.override.yml live with the cluster: started, waited for, logged, stopped and cleaned. */
@InOrder
class OverrideIT {
    private Project project;
    private String volume;

    /** The beginning of the addresses of a network that hardly anybody has. */
    private final String network = "10.213." + ThreadLocalRandom.current().nextInt(256);

    @BeforeAll
    void makeFolder() {
        project = Project.empty("override");
        volume = project.name() + "_kept";
        int port = Project.freePorts(1).get(0);
        project.write(".env", "WEB_PORT=" + port + "\n");
        project.write("compose.override.yml", """
                services:
                  web:
                    image: ${WEB_IMAGE:-%s}
                    entrypoint: [python3, -u, -m, http.server, "8000"]
                    working_dir: /srv
                    volumes:
                      - kept:/srv
                    ports:
                      - "127.0.0.1:${WEB_PORT}:8000"
                    healthcheck:
                      test: [CMD, python3, -c, "import urllib.request as u; u.urlopen('http://localhost:8000')"]
                      interval: 1s
                      retries: 30
                    depends_on:
                      prepare:
                        condition: service_completed_successfully
                    networks:
                      back: {ipv4_address: %s}
                      default:
                    secrets: [password]
                    configs:
                      - source: settings
                        target: /etc/web.conf
                  prepare:
                    build: prepare
                    user: root
                    entrypoint: [sh, /prepare/program]
                    volumes:
                      - kept:/srv
                  spark-worker:
                    environment:
                      FROM_OVERRIDE: "yes"
                volumes:
                  kept: {}
                networks:
                  back:
                    ipam:
                      config: [{subnet: %s, gateway: %s}]
                secrets:
                  password: {file: secrets/password.txt}
                configs:
                  settings: {file: settings.conf}
                """.formatted(
                        Project.BASE_IMAGE, network + ".9", network + ".0/24", network + ".1"));
        project.write("secrets/password.txt", "s3cret").write("settings.conf", "a=1");
        // A program by its mark alone: it does not begin with #!.
        project.write("prepare/program", "echo prepared > /srv/index.html; cat /srv/index.html; ls /prepare\n");
        assertThat(project.folder().resolve("prepare/program").toFile().setExecutable(true))
                .isTrue();
        project.write("prepare/left-out.log", "").write("prepare/.dockerignore", "**/*.log\n");
        project.write(
                "prepare/Dockerfile",
                "FROM " + Project.BASE_IMAGE + "\nCOPY . /prepare/\nRUN test -x /prepare/program\n");
    }

    @AfterAll
    void remove() {
        project.close();
    }

    @Test
    @Order(10)
    void upWaitsForItsHealth() {
        Outcome up = project.run("up").succeeds();
        project.keepImage();
        assertThat(up.err()).contains("web ", "ready");
        assertThat(up.out()).contains("web:8000");
        JsonNode services = project.run("ps", "--format", "json").succeeds().json();
        for (JsonNode service : services) {
            if (service.get("service").asText().equals("web")) {
                assertThat(service.get("health").asText()).isEqualTo("healthy");
            }
            if (service.get("service").asText().equals("prepare")) {
                assertThat(service.get("exitCode").asInt()).isZero();
            }
        }
        assertThat(services).hasSize(5);
        assertThat(Docker.run("exec", project.name() + "-spark-worker-1", "printenv", "FROM_OVERRIDE"))
                .isEqualTo("yes");
        assertThat(project.run(
                                "exec",
                                "spark-connect",
                                "--",
                                "python3",
                                "-c",
                                "import urllib.request as u; print(u.urlopen('http://web:8000').read().decode())")
                        .succeeds()
                        .out())
                .contains("prepared");
        assertThat(project.run("up").succeeds().err()).contains("Nothing to do");
    }

    @Test
    @Order(15)
    void itHasItsAddressSecretsAndFiles() {
        String web = project.name() + "-web-1";
        assertThat(Docker.run("inspect", "--format", "{{json .NetworkSettings.Networks}}", web))
                .contains("\"IPAddress\":\"" + network + ".9\"", project.name() + "_default");
        assertThat(Docker.run("exec", web, "cat", "/run/secrets/password", "/etc/web.conf"))
                .isEqualTo("s3creta=1");
        assertThat(Docker.attempt("exec", "--user", "0", web, "sh", "-c", "echo x > /run/secrets/password")
                        .err())
                .contains("Read-only file system");
        assertThat(project.run("logs", "prepare", "--format", "raw").succeeds().lines())
                .containsExactly("prepared", "Dockerfile", "program");
        project.compose("config", "--quiet").succeeds();
    }

    @Test
    @Order(20)
    void itsLogsAndStateAreThoseOfTheCluster() {
        assertThat(project.run("logs", "web").succeeds().lines())
                .isNotEmpty()
                .allMatch(line -> line.startsWith("web "));
        assertThat(project.run("logs").succeeds().out()).contains("prepare ", "spark-master ", "prepared");
        assertThat(project.run("config").succeeds().out())
                .contains("web:", "FROM_OVERRIDE", "service_completed_successfully");
        assertThat(project.run("config", "--format", "json")
                        .succeeds()
                        .json()
                        .at("/services/web/image")
                        .asText())
                .isEqualTo(Project.BASE_IMAGE);
        project.run("restart", "web").succeeds();
        project.run("stop", "web").succeeds();
        assertThat(Docker.running(project.name())).hasSize(3).doesNotContain(project.name() + "-web-1");
        project.run("up").succeeds();
        assertThat(Docker.running(project.name())).hasSize(4);
    }

    @Test
    @Order(30)
    void cleanRemovesItsImageAndKeepsItsVolumeUnlessAsked() {
        project.run("down").succeeds();
        String image = project.name() + "-prepare";
        assertThat(Docker.hasImage(image)).isTrue();
        try (Project twin = project.twin()) {
            twin.forget();
            assertThat(twin.run("clean", "--yes").succeeds().err())
                    .contains(image, "is kept", project.folder().toString());
        }
        assertThat(Docker.hasImage(image)).isTrue();
        assertThat(project.run("clean", "--yes").succeeds().err()).doesNotContain(image + " is kept");
        assertThat(Docker.hasImage(image)).isFalse();
        assertThat(Docker.containers(project.name())).isEmpty();
        assertThat(Docker.run("volume", "ls", "-q")).contains(volume);
    }

    @Test
    @Order(31)
    void aFolderOfTheSameNameGetsNoneOfIt() {
        try (Project twin = project.twin()) {
            twin.forget();
            twin.write("compose.override.yml", "services: {}\n");
            twin.run("clean", "--volumes", "--yes").succeeds();
            assertThat(Docker.run("volume", "ls", "-q")).contains(volume);
            twin.write("compose.override.yml", """
                    services:
                      web: {image: %s, volumes: ["kept:/srv"]}
                    volumes: {kept: }
                    """.formatted(Project.BASE_IMAGE));
            for (List<String> command : List.of(List.of("up"), List.of("clean", "--volumes", "--yes"))) {
                assertThat(twin.run(command.toArray(String[]::new)).exits(2).err())
                        .contains("volume " + volume, project.folder().toString(), "-p");
            }
            assertThat(Docker.run("volume", "ls", "-q")).contains(volume);
        }
    }

    @Test
    @Order(32)
    void cleanDeletesItsVolumeWhenAsked() {
        Outcome asked = project.run("clean", "--volumes").exits(2);
        assertThat(asked.err()).contains("kept", "--yes");
        assertThat(Docker.run("volume", "ls", "-q")).contains(volume);
        // The volume is asked for, even where no file names it any more.
        String override = project.read("compose.override.yml");
        project.write("compose.override.yml", "services: {}\n");
        assertThat(project.run("clean", "--volumes").exits(2).err()).contains("volumes of " + project.name(), "--yes");
        assertThat(Docker.run("volume", "ls", "-q")).contains(volume);
        project.write("compose.override.yml", override);
        Docker.run(
                "run",
                "--detach",
                "--name",
                project.name() + "-holder",
                "--volume",
                volume + ":/x",
                Project.BASE_IMAGE,
                "sleep",
                "600");
        try {
            assertThat(project.run("clean", "--volumes", "--yes").exits(1).err())
                    .contains("the volume " + volume + " cannot be removed", "docker ps");
        } finally {
            Docker.run("rm", "--force", project.name() + "-holder");
        }
        project.run("clean", "--volumes", "--yes").succeeds();
        assertThat(Docker.run("volume", "ls", "-q")).doesNotContain(volume);
        assertThat(project.read("compose.override.yml")).contains("web:");
    }
}
