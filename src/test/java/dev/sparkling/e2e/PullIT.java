package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Images come from a registry when they are not there, and again by `--pull`. */
class PullIT {
    @Test
    void theBaseIsPulledOnceAndAgainWhenAsked() {
        try (TinyRegistry registry = new TinyRegistry();
                Project project = Project.empty("pull")) {
            String base = registry.reference();
            project.environment().put("SPARKLING_BASE_IMAGE", base);
            // No service can start from this image, which is built in no time: the test ends where they fail.
            project.write("docker/Dockerfile", "ARG BASE\nFROM ${BASE} AS base\nFROM " + Project.BASE_IMAGE + "\n");
            try {
                Outcome first = project.run("up", "--wait-timeout", "1").exits(1);
                assertThat(first.err()).contains(base, "pulled");
                int pulls = registry.pulls();
                assertThat(content(base)).isEqualTo("first");

                registry.publish("second");
                project.run("up", "--build", "--wait-timeout", "1").exits(1);
                assertThat(registry.pulls()).isEqualTo(pulls);
                assertThat(project.run("up", "--pull", "--wait-timeout", "1")
                                .exits(1)
                                .err())
                        .contains(base, "pulled");
                assertThat(registry.pulls()).isGreaterThan(pulls);
                assertThat(content(base)).isEqualTo("second");
            } finally {
                project.run("clean", "--yes");
                Docker.attempt("rmi", base);
            }
        }
    }

    private static String content(String image) {
        return Docker.run("image", "inspect", "--format", "{{index .Config.Labels \"content\"}}", image);
    }
}
