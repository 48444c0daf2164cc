package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Services of compose.override.yml live with the cluster: started, waited for, logged, stopped and cleaned. */
@InOrder
class OverrideIT {
    private Project project;
    private String volume;

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
                  prepare:
                    image: ${WEB_IMAGE:-%s}
                    user: root
                    entrypoint: [sh, -c, "echo prepared > /srv/index.html && cat /srv/index.html"]
                    volumes:
                      - kept:/srv
                  spark-worker:
                    environment:
                      FROM_OVERRIDE: "yes"
                volumes:
                  kept: {}
                """.formatted(Project.BASE_IMAGE, Project.BASE_IMAGE));
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
    void cleanKeepsItsVolumeUnlessAsked() {
        project.run("clean", "--yes").succeeds();
        assertThat(Docker.containers(project.name())).isEmpty();
        assertThat(Docker.run("volume", "ls", "-q")).contains(volume);
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
