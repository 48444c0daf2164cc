package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sparkling.error.SparklingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DotEnvTest {
    private static Map<String, String> parse(String text) {
        return DotEnv.parse(".env", text, Map.of("CALLER", "caller", "SHADOWED", "outer")::get);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "A=1 | 1",
                "  export A=1 | 1",
                "A = spaced words   | spaced words",
                "A: yaml | yaml",
                "A=x # comment | x",
                "A=x#kept | x#kept",
                "A=#all comment | ^^",
                "A= | ^^",
                "A='as $it stands' | as $it stands",
                "A='it\\'s' | it's",
                "A='x' # comment | x",
                "A=\"a\\tb\\\"c\\\\\" | a\tb\"c\\",
                "A=\"$CALLER\" | caller",
                "A=${CALLER}/x | caller/x",
                "A=\"\\$CALLER\" | $CALLER",
                "A=${NONE:-d} | d"
            })
    void readsAValue(String line, String value) {
        assertThat(parse(line + "\nB=2\n")).containsExactlyInAnyOrderEntriesOf(Map.of("A", value, "B", "2"));
    }

    @Test
    void readsWholeFiles() {
        assertThat(parse(
                        "\uFEFF# head\r\n\r\nA=1\r\nSHADOWED=inner\r\nC=$A-$SHADOWED\r\nCALLER\r\nMISSING\r\nD=\"one\ntwo\"\r\n"
                                + "F='three\nfour'"))
                .isEqualTo(Map.of(
                        "A", "1",
                        "SHADOWED", "inner",
                        "C", "1-outer",
                        "CALLER", "caller",
                        "D", "one\ntwo",
                        "F", "three\nfour"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "A=1\\n=2 | .env:2:1: '=2' does not begin with the name of a variable",
                "A=1\\n\\n  B C=3 | .env:3:3: 'C=3' follows the name B, where = is expected",
                "A=\"x | .env:1:1: the quote \" is not closed",
                "A='x' y | .env:1:1: 'y' follows the closing quote",
                "A=${B | .env:1:1: `${` has no closing brace in '${B'"
            })
    void saysWhichLineIsWrong(String text, String message) {
        assertThatThrownBy(() -> parse(text.replace("\\n", "\n")))
                .isInstanceOf(SparklingException.class)
                .hasMessage(message);
    }
}
