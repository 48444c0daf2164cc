package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sparkling.bundle.BundledFolder;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** Of the image's real configuration: what it gains must not be lost here. */
class ConfigurationTest {
    private static Properties adapted(String name) throws IOException {
        byte[] bytes = Configuration.files(
                        BundledFolder.IMAGE.files(),
                        new PathMapping(Map.of("/app", "/home/me/my shop")),
                        Path.of("/home/me/my shop/conf"),
                        List.of("-cp", "/home/me/my cache/jars/*"))
                .get(name);
        Properties properties = new Properties();
        properties.load(new StringReader(new String(bytes, StandardCharsets.UTF_8)));
        return properties;
    }

    @Test
    void movesTheCatalogAndTheWarehouseToTheProject() throws IOException {
        Properties defaults = adapted("spark-defaults.conf");
        assertThat(defaults)
                .containsEntry("spark.sql.warehouse.dir", "file:/home/me/my shop/spark-warehouse")
                .containsEntry(
                        "spark.hadoop.javax.jdo.option.ConnectionURL",
                        "jdbc:derby:;databaseName=/home/me/my shop/spark-warehouse/.catalog/metastore_db;create=true")
                .containsEntry("spark.sql.catalogImplementation", "hive");
        assertThat(defaults.getProperty("spark.executor.defaultJavaOptions"))
                .startsWith("\"-cp\" \"/home/me/my cache/jars/*\" ")
                .contains("\"-Dlog4j2.configurationFile=/home/me/my shop/conf/log4j2-executor.properties\"")
                .doesNotContain("/opt/sparkling");
        assertThat(defaults.values()).noneMatch(value -> value.toString().contains("/opt/sparkling"));
    }

    @Test
    void writesLogsToFilesThatRotate() throws IOException {
        Properties roles = adapted("log4j2.properties");
        assertThat(roles)
                .containsEntry("appender.console.type", "RollingFile")
                .containsEntry("appender.console.fileName", "${sys:sparkling.log}")
                .containsEntry("appender.console.strategy.max", "1")
                .containsEntry("logger.jetty.level", "warn")
                .doesNotContainKey("appender.console.target");
        Properties executors = adapted("log4j2-executor.properties");
        assertThat(executors)
                .containsEntry("appender.console.type", "Console")
                .containsEntry("appender.container.type", "RollingFile")
                .containsEntry("appender.container.fileName", "${log}")
                .containsEntry("appender.printed-container.type", "RollingFile");
    }
}
