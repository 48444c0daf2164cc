package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.sparkling.cluster.ClusterSpec;
import dev.sparkling.cluster.EngineChoice;
import dev.sparkling.cluster.MemorySize;
import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlDocument;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {
    private static ClusterSpec read(String text, Map<String, String> environment) {
        return ClusterSettings.read(YamlDocument.parse("compose.yml", text), environment);
    }

    @Test
    void readsEverySetting() {
        ClusterSpec spec = read("""
                x-sparkling:
                  spark_version: 4.1.2
                  base_image: "mine/spark:1"
                  workers: 3
                  worker_cores: "4"
                  worker_memory: 2g
                  driver_memory: 1536m
                  bind_address: 0.0.0.0
                  ports: {master_ui: 18080, worker_ui: 18081, application_ui: 14040, connect: 25002}
                  packages: [org.postgresql:postgresql:42.7.4]
                  requirements:
                    - pandas>=2
                  spark_conf:
                    spark.sql.ansi.enabled: true
                    spark.sql.shuffle.partitions: 8
                    spark.hadoop.fs.s3a.secret.key: ${SECRET}
                  rendered: 0123
                """, Map.of());
        assertThat(spec)
                .isEqualTo(new ClusterSpec(
                        "4.1.2",
                        "mine/spark:1",
                        3,
                        4,
                        MemorySize.parse("2g"),
                        MemorySize.parse("1536m"),
                        "0.0.0.0",
                        new ClusterSpec.Ports(18080, 18081, 14040, 25002),
                        List.of("org.postgresql:postgresql:42.7.4"),
                        List.of("pandas>=2"),
                        Map.of(
                                "spark.sql.ansi.enabled", "true",
                                "spark.sql.shuffle.partitions", "8",
                                "spark.hadoop.fs.s3a.secret.key", "${SECRET}"),
                        EngineChoice.AUTO));
    }

    @Test
    void fillsInTheDefaults() {
        for (String text : List.of("", "services: {}", "x-sparkling:", "x-sparkling: {}", "x-sparkling: {ports: }")) {
            assertThat(read(text, Map.of())).isEqualTo(ClusterSpec.defaults());
        }
        assertThat(read("x-sparkling: {spark_version: 4.2.0}", Map.of()).baseImage())
                .isEqualTo("apache/spark:4.2.0");
    }

    @Test
    void theEnvironmentGoesBeforeTheFile() {
        ClusterSpec spec = read(
                "x-sparkling: {workers: 2, worker_memory: 1g, ports: {connect: 1}}",
                Map.ofEntries(
                        Map.entry("SPARKLING_SPARK_VERSION", "4.1.5"),
                        Map.entry("SPARKLING_WORKERS", "4"),
                        Map.entry("SPARKLING_WORKER_CORES", "8"),
                        Map.entry("SPARKLING_WORKER_MEMORY", ""),
                        Map.entry("SPARKLING_DRIVER_MEMORY", "3g"),
                        Map.entry("SPARKLING_BIND_ADDRESS", "::1"),
                        Map.entry("SPARKLING_MASTER_UI_PORT", "2"),
                        Map.entry("SPARKLING_WORKER_UI_PORT", "3"),
                        Map.entry("SPARKLING_APPLICATION_UI_PORT", "8"),
                        Map.entry("SPARKLING_CONNECT_PORT", "9")));
        assertThat(spec.baseImage()).isEqualTo("apache/spark:4.1.5");
        assertThat(spec.workers()).isEqualTo(4);
        assertThat(spec.workerCores()).isEqualTo(8);
        assertThat(spec.workerMemory()).hasToString("1g");
        assertThat(spec.driverMemory()).hasToString("3g");
        assertThat(spec.bindAddress()).isEqualTo("::1");
        assertThat(spec.ports()).isEqualTo(new ClusterSpec.Ports(2, 3, 8, 9));
    }

    @Test
    void namesTheVariableThatIsWrong() {
        assertThatThrownBy(() -> read("x-sparkling:", Map.of("SPARKLING_WORKERS", "many")))
                .hasMessage("The variable SPARKLING_WORKERS: 'many' is no number of workers");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "workers: 0 | 2:12 | '0' is no number of workers | from 1",
                "workers: [2] | 2:12 | x-sparkling.workers must be a single value, but is a list | one value",
                "worker_memory: 2 gb | 2:18 | '2 gb' is no amount of memory | Write 2g.",
                "wokers: 2 | 2:3 | the key 'wokers' in x-sparkling is no setting | Did you mean workers?",
                "worker-cores: 2 | 2:3 | the key 'worker-cores' | Did you mean worker_cores?",
                "memory: 2g | 2:3 | the key 'memory' | Did you mean",
                "colour: red | 2:3 | the key 'colour' | The settings are: spark_version, base_image,",
                "ports: {master: 1} | 2:11 | the key 'master' in x-sparkling.ports | Did you mean master_ui?",
                "ports: {connect: 99999} | 2:20 | '99999' is no port | 65535",
                "ports: 8080 | 2:10 | x-sparkling.ports must be a mapping | key: value",
                "ports: {connect: 8080} | 2:10 | ports.master_ui and ports.connect both are port 8080 | another port",
                "packages: a:b:1 | 2:13 | x-sparkling.packages must be a list | dash",
                "packages: [a:b:1, b] | 2:21 | 'b' is no package | GROUP:ARTIFACT:VERSION",
                "requirements: [a=1] | 2:18 | 'a=1' is no Python requirement | requirements.txt",
                "spark_conf: {sql.x: 1} | 2:16 | 'sql.x' is no key | Keys begin",
                "spark_conf: {spark.master: local} | 2:16 | 'spark.master' is set by Sparkling itself | master",
                "bind_address: localhost | 2:17 | 'localhost' is no IP address | 127.0.0.1",
                "spark_version: 3.5.0 | 2:18 | '3.5.0' is no version | 4.1.1",
                "workers: ${N:-2} | 2:12 | '${N:-2}' is no number of workers | whole number"
            })
    void saysWhatIsWrongAndWhere(String line, String place, String problem, String remedy) {
        assertThatThrownBy(() -> read("x-sparkling:\n  " + line + "\n", Map.of()))
                .asInstanceOf(type(SparklingException.class))
                .satisfies(exception -> {
                    assertThat(exception.category()).isEqualTo(Category.USAGE);
                    assertThat(exception.text())
                            .startsWith("compose.yml:" + place + ": ")
                            .contains(problem);
                    assertThat(exception.remedy()).contains(remedy);
                });
    }
}
