package dev.sparkling.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PackageIndexesTest {
    @TempDir
    Path home;

    /** Without this machine's own files of pip. */
    private PackageIndexes find(Map<String, String> variables) {
        Map<String, String> environment = new HashMap<>(variables);
        environment.putIfAbsent("PIP_CONFIG_FILE", "/dev/null");
        return PackageIndexes.find(environment, home);
    }

    private Path write(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void areNoneWithoutVariablesAndFiles() throws IOException {
        write(".pip/pip.conf", "[global]\nindex-url = https://unread.example/\n");
        PackageIndexes none = find(Map.of());
        assertThat(none.index()).isEmpty();
        assertThat(none.extra()).isEmpty();
        assertThat(none.trustedHosts()).isEmpty();
        assertThat(none.strategy()).isEmpty();
    }

    @Test
    void takesUvsVariablesBeforePips() {
        Map<String, String> variables = new HashMap<>(Map.of("PIP_INDEX_URL", "https://me:word@pip.example/simple"));
        assertThat(find(variables).index()).contains("https://me:word@pip.example/simple");
        variables.put("UV_INDEX_URL", "https://old.example/simple");
        assertThat(find(variables).index()).contains("https://old.example/simple");
        variables.put("UV_DEFAULT_INDEX", "company=https://uv.example/simple");
        assertThat(find(variables).index()).contains("https://uv.example/simple");
        variables.put("UV_DEFAULT_INDEX", "/srv/index");
        assertThat(find(variables).index())
                .as("a folder is not there during a build")
                .contains("https://old.example/simple");
    }

    @Test
    void choosesBetweenIndexesAsTheirOwnerWould() {
        PackageIndexes pips = find(Map.of("PIP_EXTRA_INDEX_URL", "https://a.example/ https://b.example/?x=1"));
        assertThat(pips.extra()).containsExactly("https://a.example/", "https://b.example/?x=1");
        assertThat(pips.strategy()).contains("unsafe-best-match");
        PackageIndexes uvs =
                find(Map.of("UV_INDEX", "mine=https://u.example/", "PIP_EXTRA_INDEX_URL", "https://a.example/"));
        assertThat(uvs.extra()).containsExactly("https://u.example/", "https://a.example/");
        assertThat(uvs.strategy()).isEmpty();
        assertThat(find(Map.of("PIP_EXTRA_INDEX_URL", "https://a.example/", "UV_INDEX_STRATEGY", "first-index"))
                        .strategy())
                .contains("first-index");
    }

    @Test
    void readsPipsFilesTheNearestLast() throws IOException {
        write(".pip/pip.conf", "[global]\nindex-url = https://old.example/\ntrusted-host = old.example\n");
        write(".config/pip/pip.conf", """
                # the company's
                [global]
                index-url: https://me:p%40ss@user.example/simple
                extra_index_url =
                    https://a.example/
                    ; not this one
                    https://b.example/
                [download]
                index-url = https://elsewhere.example/
                """);
        Path own = write(
                "own.conf", "[install]\nindex-url = https://own.example/\n[global]\nindex-url = https://no.example/\n");
        PackageIndexes ofUser = PackageIndexes.find(Map.of(), home);
        assertThat(ofUser.index()).contains("https://me:p%40ss@user.example/simple");
        assertThat(ofUser.extra()).containsExactly("https://a.example/", "https://b.example/");
        assertThat(ofUser.trustedHosts()).isEqualTo(List.of("old.example"));
        assertThat(PackageIndexes.find(Map.of("PIP_CONFIG_FILE", own.toString()), home)
                        .index())
                .contains("https://own.example/");
        write("xdg/pip/pip.conf", "[global]\nindex-url = https://xdg.example/\n");
        assertThat(PackageIndexes.find(
                                Map.of("XDG_CONFIG_HOME", home.resolve("xdg").toString()), home)
                        .index())
                .contains("https://xdg.example/");
    }
}
