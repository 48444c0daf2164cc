package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxiesTest {
    @Test
    void tellsJavaWhatOtherProgramsRead() {
        assertThat(Proxies.properties(Map.of(
                        "HTTPS_PROXY", "http://me:se%40cret@proxy.example:3128/",
                        "no_proxy", "localhost, .example.org")))
                .containsExactly(
                        "-Dhttps.proxyHost=proxy.example",
                        "-Dhttps.proxyPort=3128",
                        "-Dhttps.proxyUser=me",
                        "-Dhttps.proxyPassword=se@cret",
                        "-Dhttp.nonProxyHosts=localhost|*.example.org",
                        "-Djdk.http.auth.tunneling.disabledSchemes=");
        assertThat(Proxies.properties(Map.of())).isEmpty();
    }
}
