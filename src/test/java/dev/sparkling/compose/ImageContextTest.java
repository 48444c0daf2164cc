package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.cluster.ClusterSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageContextTest {
    @TempDir
    Path project;

    @Test
    void takesTheProjectsOwnFolder() throws IOException {
        Files.createDirectories(project.resolve("docker/base"));
        Files.writeString(project.resolve("docker/Dockerfile"), "FROM scratch\n");
        Files.writeString(project.resolve("docker/base/build"), "not part of the image");
        Files.writeString(project.resolve("docker/README.md"), "not part of the image");

        ImageContext context = ImageContext.of(project);

        assertThat(context.path()).isEqualTo("docker");
        assertThat(context.files()).containsOnlyKeys("Dockerfile");
    }

    @Test
    void aCertificateAuthorityIsPartOfTheBuildAndNotOfTheName() throws IOException {
        Files.createDirectories(project.resolve("docker"));
        Files.writeString(project.resolve("docker/Dockerfile"), "FROM scratch\n");
        String name = ImageContext.of(project).reference(ClusterSpec.defaults());
        Files.writeString(project.resolve("docker/ca.pem"), "-----BEGIN CERTIFICATE-----\n");

        ImageContext context = ImageContext.of(project);

        assertThat(context.files()).containsKey("ca.pem");
        assertThat(context.reference(ClusterSpec.defaults())).isEqualTo(name);
    }

    @Test
    void laysDownTheCarriedOneOnlyWhereItDiffers() throws IOException {
        ImageContext context = ImageContext.of(project);
        context.layDown(project);
        Path dockerfile = project.resolve(".sparkling/image/Dockerfile");
        var written = Files.getLastModifiedTime(dockerfile);

        context.layDown(project);
        assertThat(Files.getLastModifiedTime(dockerfile)).isEqualTo(written);

        Files.writeString(dockerfile, "FROM something-else\n");
        context.layDown(project);
        assertThat(Files.readString(dockerfile)).contains("apache/spark");
        assertThat(project.resolve(".sparkling/image/entrypoint")).isExecutable();
    }
}
