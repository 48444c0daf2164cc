package dev.sparkling.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildContextTest {
    @TempDir
    Path folder;

    @Test
    void packsTheSameBytesWhateverTheClockAndTheOwner() throws IOException {
        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\n");
        Files.writeString(folder.resolve("entrypoint"), "#!/bin/sh\n");
        Path first = BuildContext.write(folder, "Dockerfile", Optional.empty());
        Files.setLastModifiedTime(folder.resolve("Dockerfile"), java.nio.file.attribute.FileTime.fromMillis(0));
        Path second = BuildContext.write(folder, "Dockerfile", Optional.empty());

        assertThat(second).hasSameBinaryContentAs(first);
        assertThat(entries(first)).containsExactly("Dockerfile 644", "entrypoint 755");
    }

    @Test
    void addsTheAuthoritiesOnlyWhereTheDockerfileAsksForThem() throws IOException {
        Path bundle = Files.writeString(folder.resolveSibling("bundle.pem"), "# no certificates\n");
        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\nCOPY x ca.pe[m] /\n");
        assertThat(entries(BuildContext.write(folder, "Dockerfile", Optional.of(bundle))))
                .containsExactly("Dockerfile 644", "ca.pem 644", "ca.p12 644");

        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\n");
        assertThat(entries(BuildContext.write(folder, "Dockerfile", Optional.of(bundle))))
                .containsExactly("Dockerfile 644");
    }

    @Test
    void keepsFoldersLinksAndTheMarkOfPrograms() throws IOException {
        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\n");
        Files.createDirectory(folder.resolve("empty"));
        Files.write(folder.resolve("program"), new byte[] {0x7f, 'E', 'L', 'F'});
        assertThat(folder.resolve("program").toFile().setExecutable(true)).isTrue();
        Files.createSymbolicLink(folder.resolve("link"), Path.of("program"));

        assertThat(entries(BuildContext.write(folder, "Dockerfile", Optional.empty())))
                .containsExactly("Dockerfile 644", "empty/ 755", "link -> program 777", "program 755");
    }

    @Test
    void leavesOutWhatTheFileSays() throws IOException {
        for (String file : List.of(
                "Dockerfile",
                "a.md",
                "keep.md",
                "src/a.md",
                "src/a.py",
                "node_modules/x/y.js",
                "tmp/deep/keep/a",
                "z.log")) {
            Files.createDirectories(folder.resolve(file).getParent());
            Files.writeString(folder.resolve(file), "");
        }
        Files.writeString(folder.resolve(".dockerignore"), """
                # notes
                **/*.md
                !keep.md
                /node_modules/
                ./z.log
                Dockerfile
                tmp/**
                !tmp/*/keep
                """);
        assertThat(entries(BuildContext.write(folder, "Dockerfile", Optional.empty())))
                .containsExactly(
                        ".dockerignore 644",
                        "Dockerfile 644",
                        "keep.md 644",
                        "src/ 755",
                        "src/a.py 644",
                        "tmp/ 755",
                        "tmp/deep/keep/ 755",
                        "tmp/deep/keep/a 644");

        Files.writeString(folder.resolve("Dockerfile.dockerignore"), "*\n!src/a.py\n");
        assertThat(entries(BuildContext.write(folder, "Dockerfile", Optional.empty())))
                .containsExactly(".dockerignore 644", "Dockerfile 644", "src/a.py 644");
    }

    @Test
    void namesTheLineThatIsNoPattern() throws IOException {
        Files.writeString(folder.resolve("Dockerfile"), "FROM scratch\n");
        Files.writeString(folder.resolve(".dockerignore"), "a\n[b\n");

        assertThatThrownBy(() -> BuildContext.write(folder, "Dockerfile", Optional.empty()))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining(".dockerignore:2: '[b' is no pattern");
    }

    @Test
    void takesTheBundleThatTheUserNames() throws IOException {
        Path bundle = Files.writeString(folder.resolve("company.pem"), "");
        assertThat(BuildContext.certificateAuthorities(Map.of("SSL_CERT_FILE", bundle.toString())))
                .contains(bundle);
    }

    private static List<String> entries(Path tar) throws IOException {
        List<String> names = new ArrayList<>();
        try (InputStream file = Files.newInputStream(tar);
                TarArchiveInputStream archive = new TarArchiveInputStream(file)) {
            TarArchiveEntry entry;
            while ((entry = archive.getNextEntry()) != null) {
                names.add(entry.getName() + (entry.isSymbolicLink() ? " -> " + entry.getLinkName() : "") + " "
                        + Integer.toOctalString(entry.getMode() & 0777));
            }
        }
        return names;
    }
}
