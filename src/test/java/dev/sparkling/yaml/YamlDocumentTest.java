package dev.sparkling.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlDocumentTest {
    private static Mapping mapping(String text) {
        return (Mapping) YamlDocument.parse("compose.yml", text);
    }

    private static Scalar scalar(String text) {
        return (Scalar) mapping("key: " + text).value("key").orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "yes | STRING",
                "on | STRING",
                "80:80 | STRING",
                "1:30:00 | STRING",
                "2024-01-01 | STRING",
                "1_000 | STRING",
                "512m | STRING",
                "'\"8080\"' | STRING",
                "true | BOOLEAN",
                "False | BOOLEAN",
                "~ | NULL",
                "null | NULL",
                "'' | NULL",
                "-12 | INTEGER",
                "0x1F | INTEGER",
                "0o17 | INTEGER",
                "1.10 | FLOAT",
                "1e3 | FLOAT",
                ".inf | FLOAT",
                "'!!str 12' | STRING",
                "'!!int 12' | INTEGER",
                "'! 12' | INTEGER"
            })
    void typesPlainValuesByTheCoreSchema(String text, ScalarType type) {
        assertThat(scalar(text).type()).isEqualTo(type);
    }

    @Test
    void knowsWhereEverythingStands() {
        Mapping root = mapping("# comment\nservices:\n  db:\n    ports:\n      - \"80:80\"\n");
        assertThat(root.entries().get("services").keyLocation()).isEqualTo(new Location("compose.yml", 2, 1));
        Mapping database = (Mapping)
                ((Mapping) root.value("services").orElseThrow()).value("db").orElseThrow();
        Sequence ports = (Sequence) database.value("ports").orElseThrow();
        assertThat(ports.items().get(0).location()).hasToString("compose.yml:5:9");
        assertThat(((Scalar) ports.items().get(0)).text()).isEqualTo("80:80");
    }

    @Test
    void keepsLocalTags() {
        Mapping root = mapping("a: !reset null\nb: !override [1]\nc: !reset {}\nd: !override\n  e: 1\n");
        assertThat(root.entries().values())
                .extracting(entry -> entry.value().tag())
                .containsExactly("!reset", "!override", "!reset", "!override");
    }

    @Test
    void resolvesAnchorsAndMergeKeys() {
        Mapping root = mapping("""
                base: &base {a: 1, b: 2}
                more: &more {b: 3, c: 4}
                one: {<<: *base, b: 5}
                both:
                  d: 6
                  <<: [*base, *more]
                same: *base
                """);
        assertThat(CanonicalText.of(root.value("one").orElseThrow())).isEqualTo("{b=5, a=1}");
        assertThat(CanonicalText.of(root.value("both").orElseThrow())).isEqualTo("{d=6, a=1, b=2, c=4}");
        assertThat(root.value("same")).isEqualTo(root.value("base"));
    }

    @Test
    void readsAnEmptyFileAsNull() {
        for (String text : List.of("", "# only a comment\n", "---\n")) {
            assertThat(YamlDocument.parse("f", text))
                    .asInstanceOf(type(Scalar.class))
                    .extracting(Scalar::type)
                    .isEqualTo(ScalarType.NULL);
        }
    }

    @Test
    void readsWindowsLineEndsAndAByteOrderMark() {
        Mapping root = mapping("\uFEFFa: 1\r\nb: x\r\n");
        assertThat(CanonicalText.of(root)).isEqualTo("{a=1, b=x}");
        assertThat(root.entries().get("b").keyLocation().line()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "a: 1\\n\\tb: 2 | f:2:1 | a tab stands where YAML allows only spaces | Indent with spaces.",
                "a: b: c | f:1:5 | a colon followed by a space | in quotes",
                "a: 'open | f:1:9 | a quoted value that begins in line 1 is not closed | Close it",
                "a: [1, 2\\nb: 3 | f:2:2 | the list that begins in line 1 has no ] | Close it with ].",
                "a: {b: 1\\nc: 2 | f:2:2 | the mapping that begins in line 1 has no } | Close it with }.",
                "a:\\n  b: 1\\n c: 2 | f:3:2 | does not fit in with the lines above it | the same indentation",
                "a: 1\\nb\\nc: 2 | f:3:1 | a key without a colon | `key: value`",
                "a: @b | f:1:4 | a value cannot begin with this character | in quotes",
                "a: - b | f:1:4 | a list cannot begin here | a line of its own",
                "a: 1\\na: 2 | f:2:1 | the key 'a' stands here twice, first in line 1 | Keep one",
                "<<: {a: 1}\\n<<: {b: 1} | f:2:1 | the key '<<' stands here twice | one `<<:`",
                "a: *b | f:1:4 | the alias *b has no anchor above it | Put &b",
                "a: &a [*a] | f:1:8 | the alias *a stands inside its own anchor | Remove",
                "a: !env B | f:1:4 | the tag !env means nothing here | !reset and !override",
                "a: !!binary QQ== | f:1:4 | the tag !!binary means nothing here | !reset",
                "a: !!set {b} | f:1:4 | the tag !!set means nothing here | !reset",
                "a: !!int x | f:1:4 | 'x' does not fit its tag !!int | Remove the tag",
                "a: 1\\n---\\nb: 2 | f:2:1 | a second document begins here | one document",
                "~: x | f:1:1 | a key is missing before the colon | a name",
                "[a]: x | f:1:1 | a list or mapping stands where a key must be | a name",
                "<<: 5 | f:1:1 | `<<` merges mappings, and this is none | an alias of a mapping",
                "a: b\\nc: \\u0007 | f:2:4 | the character U+0007 is not allowed | Remove it"
            })
    void saysWhatIsWrongAndWhere(String text, String place, String problem, String remedy) {
        String yaml = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\u0007", "\u0007");
        assertThatThrownBy(() -> YamlDocument.parse("f", yaml))
                .asInstanceOf(type(SparklingException.class))
                .satisfies(exception -> {
                    assertThat(exception.category()).isEqualTo(Category.USAGE);
                    assertThat(exception.text()).startsWith(place + ": ").contains(problem);
                    assertThat(exception.remedy()).contains(remedy);
                });
    }

    @Test
    void refusesAliasesThatGrowWithoutEnd() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level < 10; level++) {
            String alias = "*a" + (level - 1);
            bomb.append("a" + level + ": &a" + level + " ["
                            + String.join(", ", java.util.Collections.nCopies(10, alias)))
                    .append("]\n");
        }
        assertThatThrownBy(() -> YamlDocument.parse("f", bomb.toString()))
                .hasMessageContaining("stand for more than 20000 values");
    }

    @Test
    void refusesEndlessNesting() {
        assertThatThrownBy(() -> YamlDocument.parse("f", "[".repeat(5000) + "]".repeat(5000)))
                .hasMessageContaining("the nesting is deeper than 64 levels");
    }
}
