package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathMappingTest {
    @ParameterizedTest
    @CsvSource({
        "/app, /home/me/shop",
        "/app/data, /home/me/shop/data",
        "file:/app/data, file:/home/me/shop/data",
        "file:///app, file:///home/me/shop",
        "spark.sql.warehouse.dir=file:/app/w, spark.sql.warehouse.dir=file:/home/me/shop/w",
        "jdbc:derby:;databaseName=/app/db;create=true, jdbc:derby:;databaseName=/home/me/shop/db;create=true",
        "/app:/app/x, /home/me/shop:/home/me/shop/x",
        "/apple, /apple",
        "/app-data, /app-data",
        "/srv/app, /srv/app",
        "s3a://bucket/app/x, s3a://bucket/app/x",
        "./app, ./app",
        "app, app",
    })
    void replacesWholeSegmentsOnly(String text, String mapped) {
        assertThat(new PathMapping(Map.of("/app", "/home/me/shop")).apply(text)).isEqualTo(mapped);
    }

    @Test
    void leavesAloneWhatItPutIn() {
        Map<String, String> folders = new LinkedHashMap<>();
        folders.put("/app/data", "/app/other");
        folders.put("/app", "/srv/$1\\shop");
        assertThat(new PathMapping(folders).apply("/app/data/x,/app/y")).isEqualTo("/app/other/x,/srv/$1\\shop/y");
    }
}
