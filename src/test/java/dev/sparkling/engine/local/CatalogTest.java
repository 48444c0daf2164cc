package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Without a Derby: where one would be started, these tests fail, since there is no Java at that place. */
class CatalogTest {
    private static final Path NO_JAVA = Path.of("/nonexistent");

    @TempDir
    Path project;

    private Catalog catalog;
    private Path database;

    @BeforeEach
    void layOut() throws IOException {
        catalog = Catalog.of(project);
        database = catalog.folder().resolve("metastore_db");
        Files.createDirectories(database.resolve("seg0"));
        Files.writeString(database.resolve("seg0/c10.dat"), "page");
    }

    private Optional<Path> follow() {
        SparkHome spark = new SparkHome(NO_JAVA, NO_JAVA, Optional.empty(), NO_JAVA);
        return catalog.follow(project, "", spark, NO_JAVA);
    }

    @Test
    void remainsOfADatabaseAreMovedAside() throws IOException {
        Path aside = catalog.folder().resolve("metastore_db.damaged");
        assertThat(catalog.setRemainsAside()).contains(aside);
        assertThat(database).doesNotExist();
        assertThat(aside.resolve("seg0/c10.dat")).hasContent("page");
        assertThat(follow()).as("nothing is there to be moved").isEmpty();
        assertThat(catalog.note()).hasContent(project.toString());

        assertThat(catalog.setRemainsAside()).isEmpty();
        Files.createDirectories(database.resolve("log"));
        assertThat(catalog.setRemainsAside()).as("only the last ones are kept").contains(aside);
        assertThat(aside.resolve("seg0")).doesNotExist();
    }

    @Test
    void aWholeDatabaseStays() throws IOException {
        Files.writeString(database.resolve("service.properties"), "");
        Files.writeString(catalog.note(), project + "\n");
        assertThat(catalog.setRemainsAside()).isEmpty();
        assertThat(follow()).isEmpty();
        assertThat(database.resolve("seg0/c10.dat")).hasContent("page");
    }

    @Test
    void aDatabaseWithoutANoteWasMadeInContainers() throws IOException {
        Files.writeString(database.resolve("service.properties"), "");
        assertThatThrownBy(this::follow)
                .hasMessage("the catalog was made for /app and cannot be changed to " + project);
        assertThat(database).isDirectory();
    }
}
