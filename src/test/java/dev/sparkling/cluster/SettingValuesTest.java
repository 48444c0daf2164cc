package dev.sparkling.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingValuesTest {
    private static final Map<String, Consumer<String>> READERS = Map.of(
            "workers", SettingValues::workers,
            "cores", SettingValues::cores,
            "port", SettingValues::port,
            "memory", SettingValues::memory,
            "version", SettingValues::sparkVersion,
            "image", SettingValues::image,
            "address", SettingValues::bindAddress,
            "package", SettingValues::mavenCoordinates,
            "requirement", SettingValues::requirement,
            "conf", SettingValues::sparkConfKey);

    private static Consumer<String> reader(String what) {
        return java.util.Objects.requireNonNull(READERS.get(what));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "workers | 1",
                "workers | 100",
                "cores | 16",
                "port | 65535",
                "memory | 512m",
                "memory | 2g",
                "memory | 4G",
                "version | 4.1.1",
                "version | 4.2.0",
                "image | apache/spark:4.1.1",
                "image | localhost:5000/team/spark:4.1.1-java21",
                "image | registry.example.org/spark",
                "image | spark@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "address | 127.0.0.1",
                "address | 0.0.0.0",
                "address | ::1",
                "address | fe80::1%eth0",
                "package | org.postgresql:postgresql:42.7.4",
                "package | io.delta:delta-spark_2.13:4.0.0",
                "package | g:a:1.0-SNAPSHOT",
                "requirement | pandas",
                "requirement | pandas==2.2.3",
                "requirement | requests[socks] >= 2.32, < 3",
                "requirement | numpy~=2.0 ; python_version >= '3.10'",
                "requirement | mine @ https://example.org/mine.whl",
                "conf | spark.sql.shuffle.partitions",
                "conf | spark.hadoop.fs.s3a.access.key",
                "conf | spark.sql.catalog.my-catalog"
            })
    void accepts(String what, String value) {
        assertThatCode(() -> reader(what).accept(value)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "workers | 0 | '0' is no number of workers | Write a whole number from 1 to 100.",
                "workers | -1 | '-1' is no number of workers | from 1 to 100",
                "workers | two | 'two' is no number of workers | from 1 to 100",
                "workers | 1.5 | '1.5' is no number of workers | from 1 to 100",
                "cores | 0 | '0' is no number of cores | from 1 to 1024",
                "port | 99999 | '99999' is no port | from 1 to 65535",
                "port | 0 | '0' is no port | from 1 to 65535",
                "memory | 2 gb | '2 gb' is no amount of memory | Write 2g.",
                "memory | 512 MiB | '512 MiB' is no amount of memory | Write 512m.",
                "memory | 2 | '2' is no amount of memory | such as 512m or 2g",
                "memory | 1.5g | '1.5g' is no amount of memory | such as 512m or 2g",
                "memory | 0g | '0g' is no amount of memory | such as 512m or 2g",
                "memory | 100m | '100m' is too little memory for Spark | 512m or more",
                "version | 3.5.1 | '3.5.1' is no version of Spark that Sparkling can run | 4.1.1",
                "version | 4.1 | '4.1' is no version | 4.1.1",
                "version | latest | 'latest' is no version | 4.1.1",
                "image | Apache Spark | 'Apache Spark' is no image reference | NAME:TAG",
                "image | spark: | 'spark:' is no image reference | NAME:TAG",
                "address | localhost | 'localhost' is no IP address | 127.0.0.1",
                "address | 256.0.0.1 | '256.0.0.1' is no IP address | 127.0.0.1",
                "address | 127.1 | '127.1' is no IP address | 127.0.0.1",
                "package | postgresql | 'postgresql' is no package | GROUP:ARTIFACT:VERSION",
                "package | a:b | 'a:b' is no package | GROUP:ARTIFACT:VERSION",
                "package | a:b:c:d | 'a:b:c:d' is no package | GROUP:ARTIFACT:VERSION",
                "requirement | -r other.txt | '-r other.txt' is no Python requirement | requirements.txt",
                "requirement | pandas=2 | 'pandas=2' is no Python requirement | requirements.txt",
                "conf | sql.ansi | 'sql.ansi' is no key of Spark's configuration | Keys begin with `spark.`.",
                "conf | spark.a b | 'spark.a b' is no key of Spark's configuration | Use letters",
                "conf | spark.master | 'spark.master' is set by Sparkling itself | starts the master",
                "conf | spark.driver.memory | 'spark.driver.memory' is set by Sparkling itself | Set driver_memory.",
                "conf | spark.executor.cores | 'spark.executor.cores' is set by Sparkling itself | Set worker_cores."
            })
    void refuses(String what, String value, String problem, String remedy) {
        assertThatThrownBy(() -> reader(what).accept(value))
                .asInstanceOf(type(InvalidSettingException.class))
                .satisfies(exception -> {
                    assertThat(exception.problem()).startsWith(problem);
                    assertThat(exception.remedy()).contains(remedy);
                });
    }

    @Test
    void publishesEveryPortOnce() {
        ClusterSpec defaults = ClusterSpec.defaults();
        SettingValues.differentPorts(defaults);
        assertThatThrownBy(() -> SettingValues.differentPorts(with(1, new ClusterSpec.Ports(8080, 8081, 4040, 8080))))
                .hasMessage("ports.master_ui and ports.connect both are port 8080");
        assertThatThrownBy(() -> SettingValues.differentPorts(with(3, new ClusterSpec.Ports(8080, 8079, 4040, 15002))))
                .hasMessage("ports.master_ui and the UI of worker 2 (from ports.worker_ui on) both are port 8080");
        assertThatThrownBy(() -> SettingValues.differentPorts(with(2, new ClusterSpec.Ports(8080, 65535, 4040, 15002))))
                .hasMessageContaining("port 65536")
                .hasMessageContaining("above 65535");
    }

    private static ClusterSpec with(int workers, ClusterSpec.Ports ports) {
        ClusterSpec defaults = ClusterSpec.defaults();
        return new ClusterSpec(
                defaults.sparkVersion(),
                defaults.baseImage(),
                workers,
                defaults.workerCores(),
                defaults.workerMemory(),
                defaults.driverMemory(),
                defaults.bindAddress(),
                ports,
                List.of(),
                List.of(),
                Map.of(),
                EngineChoice.AUTO);
    }
}
