package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlDocument;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsEditorTest {
    private static final String RENDERED_FILE = """
            # Head of the file.

            # The cluster.
            x-sparkling:
              spark_version: 4.1.1   # tested
              workers: 2             # how many
              worker_memory: 1g
              ports:
                master_ui: 8080 # UI
                connect: 15002
              packages:
                # The driver of the database.
                - org.postgresql:postgresql:42.7.4  # newest
                - "io.delta:delta-spark_2.13:4.0.0"
              # About the configuration.
              spark_conf:
                spark.sql.ansi.enabled: "true"
              rendered: abc

            # The services.
            services:
              spark-master: {image: x} # inline
            """;

    @Test
    void changesNothingButTheValue() {
        assertThat(SettingsEditor.set(RENDERED_FILE, "workers", "4"))
                .isEqualTo(RENDERED_FILE.replace("workers: 2 ", "workers: 4 "));
        assertThat(SettingsEditor.set(RENDERED_FILE, "ports.connect", "16000"))
                .isEqualTo(RENDERED_FILE.replace("15002", "16000"));
        assertThat(SettingsEditor.set(RENDERED_FILE, "spark_conf.spark.sql.ansi.enabled", "false"))
                .isEqualTo(RENDERED_FILE.replace("\"true\"", "\"false\""));
    }

    @Test
    void insertsAMissingKeyWhereARenderedFileHasIt() {
        assertThat(SettingsEditor.set(RENDERED_FILE, "worker_cores", "3"))
                .isEqualTo(RENDERED_FILE.replace("# how many\n", "# how many\n  worker_cores: 3\n"));
        assertThat(SettingsEditor.set(RENDERED_FILE, "ports.worker_ui", "9000"))
                .isEqualTo(RENDERED_FILE.replace("# UI\n", "# UI\n    worker_ui: 9000\n"));
        assertThat(SettingsEditor.set(RENDERED_FILE, "requirements", List.of("requests>=2.32", "pandas [all]")))
                .isEqualTo(RENDERED_FILE.replace(
                        "4.0.0\"\n", "4.0.0\"\n  requirements:\n    - requests>=2.32\n    - \"pandas [all]\"\n"));
        assertThat(SettingsEditor.set(RENDERED_FILE, "spark_conf.spark.a", "1.5"))
                .isEqualTo(RENDERED_FILE.replace("  spark_conf:\n", "  spark_conf:\n    spark.a: \"1.5\"\n"));
    }

    @Test
    void keepsTheCommentsOfItemsThatStay() {
        assertThat(SettingsEditor.set(RENDERED_FILE, "packages", List.of("org.postgresql:postgresql:42.7.4", "a:b:1")))
                .isEqualTo(RENDERED_FILE.replace("\"io.delta:delta-spark_2.13:4.0.0\"", "a:b:1"));
        assertThat(SettingsEditor.set(RENDERED_FILE, "packages", List.of()))
                .contains("  packages: []\n    # The driver of the database.\n  # About the configuration.")
                .doesNotContain("postgresql");
    }

    @Test
    void insertsTheBlockAboveTheFirstKey() {
        assertThat(SettingsEditor.set("# Mine.\n\n# Services.\nservices:\n  a: {image: x}\n", "workers", "2"))
                .isEqualTo("# Mine.\n\nx-sparkling:\n  workers: 2\n\n# Services.\nservices:\n  a: {image: x}\n");
        assertThat(SettingsEditor.set("name: shop\nservices: {}\n", "workers", "2"))
                .isEqualTo("name: shop\nx-sparkling:\n  workers: 2\nservices: {}\n");
        assertThat(SettingsEditor.set("# Only this", "workers", "2"))
                .isEqualTo("# Only this\nx-sparkling:\n  workers: 2\n");
    }

    @Test
    void refusesWhatItCannotEdit() {
        assertThatThrownBy(() -> SettingsEditor.set("x-sparkling: [1]\n", "workers", "2"))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("'x-sparkling' is no mapping");
        assertThatThrownBy(() -> SettingsEditor.set("x-sparkling: &a {workers: &w 1, other: *w}\n", "workers", "2"))
                .isInstanceOf(SparklingException.class)
                .hasMessageContaining("cannot be written");
    }

    private record Edit(String key, String value, List<String> list) {
        String apply(String text) {
            return list.isEmpty() && !value.equals("[]")
                    ? SettingsEditor.set(text, key, value)
                    : SettingsEditor.set(text, key, list);
        }

        /** What the edited document must hold. */
        Object expected() {
            return list.isEmpty() && !value.equals("[]") ? value : list;
        }
    }

    private static final List<Edit> EDITS = List.of(
            new Edit("workers", "3", List.of()),
            new Edit("worker_memory", "2g", List.of()),
            new Edit("bind_address", "::1", List.of()),
            new Edit("base_image", "registry:5000/spark:4.1.1", List.of()),
            new Edit("ports.connect", "16000", List.of()),
            new Edit("ports.master_ui", "18080", List.of()),
            new Edit("packages", "", List.of("a:b:1")),
            new Edit("packages", "", List.of("a:b:1", "c:d:2", "e:f:3")),
            new Edit("packages", "[]", List.of()),
            new Edit("requirements", "", List.of("x[y]>=1,<2 ; python_version > '3.10'", "- odd: \"text\" # here")),
            new Edit("spark_conf.spark.sql.x", "a: b, {c} \\ 'd'\tё😀", List.of()),
            new Edit("spark_conf.spark.y", "true", List.of()),
            new Edit("rendered", "0123456789", List.of()));

    private static final List<String> LAYOUTS = List.of(
            RENDERED_FILE,
            "",
            "# nothing\n",
            "---\nservices: {}",
            "x-sparkling:\nservices: {}\n",
            "x-sparkling: # settings\n\n# S\nservices: {}\n",
            "x-sparkling: {}\nservices: {}\n",
            "x-sparkling: {workers: 1, packages: [a:b:1, 'c:d:2'], ports: {connect: 1}}\n",
            "x-sparkling: { workers: 1, packages: [], ports: , }\nservices: {}\n",
            "x-sparkling: {\n  workers: 1, # one\n  ports: {}\n}\nservices: {}\n",
            "{\"x-sparkling\": {\"workers\": 1, \"packages\": [\"a:b:1\"]}, \"services\": {}}\n",
            "services: {}\nx-sparkling:\n    workers: '1'\n    packages:\n    - a:b:1\n    - x:y:9 # gone\n    ports:\n          connect: \"1\"",
            "name: x\nx-sparkling:\n worker_memory: \"1g\" # m\n packages: # list\n  - c:d:2\n\n  # before a\n  - a:b:1\n\n\n# end\nservices: {}\n",
            "x-sparkling:\n  workers:\n  ports:\n  packages:\n  # note\n  bind_address: # none\n  spark_conf:\nservices: {}\n",
            "x-sparkling:\n  base_image: >-\n    folded\n    text\n\n  worker_memory: |\n    1g\n  workers: 1\nservices: {}\n",
            "x-sparkling:\n  # workers: 5\n  \"workers\" : 1\n  spark_conf: {spark.y: \"x\"}\n  # packages: []\n",
            "x-common: &c {a: 1}\nx-sparkling:\n  workers: &w 1\n  rendered: old\nservices: {a: {image: ü😀, labels: *c}}\n",
            "\uFEFFx-sparkling:\n  workers: 1\nservices: {}\n");

    static Stream<String> layouts() {
        return LAYOUTS.stream().flatMap(layout -> Stream.of(layout, layout.replace("\n", "\r\n")));
    }

    /** Each edit alone, and all after each other: the value is there, all else and every comment stay. */
    @ParameterizedTest
    @MethodSource("layouts")
    void editsAnyLayout(String layout) {
        String all = layout;
        for (Edit edit : EDITS) {
            check(layout, edit, edit.apply(layout));
            String next = edit.apply(all);
            check(all, edit, next);
            all = next;
        }
    }

    private static void check(String before, Edit edit, String after) {
        Map<String, Object> expected = flat(before);
        expected.remove("");
        expected.keySet()
                .removeIf(key ->
                        key.equals("x-sparkling." + edit.key()) || ("x-sparkling." + edit.key()).startsWith(key + "."));
        expected.put("x-sparkling." + edit.key(), edit.expected());
        Map<String, Object> actual = flat(after);
        actual.keySet().removeIf(key -> ("x-sparkling." + edit.key()).startsWith(key + "."));
        assertThat(actual).as(after).isEqualTo(expected);
        assertThat(edit.apply(after)).as("the same edit again").isEqualTo(after);
        if (before.contains("\r\n")) {
            assertThat(after.replace("\r\n", "")).doesNotContain("\n");
        }
        List<String> comments = comments(before);
        if (!edit.key().equals("packages")) {
            assertThat(comments(after)).containsAll(comments);
        }
    }

    private static List<String> comments(String text) {
        return Arrays.stream(text.split("\\R"))
                .filter(line -> line.contains("# ") && !line.contains("odd"))
                .map(line -> line.substring(line.indexOf("# ")))
                .toList();
    }

    private static Map<String, Object> flat(String text) {
        Map<String, Object> values = new LinkedHashMap<>();
        flatten("", YamlDocument.parse("compose.yml", text), values);
        return values;
    }

    private static void flatten(String path, YamlNode node, Map<String, Object> values) {
        if (node instanceof Mapping mapping && !mapping.entries().isEmpty()) {
            mapping.entries()
                    .forEach((key, entry) -> flatten(path.isEmpty() ? key : path + "." + key, entry.value(), values));
        } else if (node instanceof Sequence sequence) {
            List<String> texts = new ArrayList<>();
            sequence.items().forEach(item -> texts.add(((Scalar) item).text()));
            values.put(path, texts);
        } else {
            values.put(path, node instanceof Scalar scalar ? scalar.text() : "{}");
        }
    }
}
