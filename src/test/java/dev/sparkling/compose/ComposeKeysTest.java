package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ComposeKeysTest {
    private static final Path DOCUMENT = Path.of("docs/compose-keys.md");

    /** After a change of the list, run once with `-Dsparkling.golden=write`. */
    @Test
    void areDocumented() throws Exception {
        if ("write".equals(System.getProperty("sparkling.golden"))) {
            Files.writeString(DOCUMENT, ComposeKeys.markdown());
        }
        assertThat(ComposeKeys.markdown()).isEqualTo(Files.readString(DOCUMENT));
    }
}
