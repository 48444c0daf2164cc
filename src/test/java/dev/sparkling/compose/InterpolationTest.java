package dev.sparkling.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Location;
import dev.sparkling.yaml.YamlDocument;
import dev.sparkling.yaml.YamlNode.Mapping;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterpolationTest {
    private static final Location PLACE = new Location("compose.yml", 3, 9);
    private static final Map<String, String> ENVIRONMENT = Map.of("SET", "value", "EMPTY", "", "_a1", "low");

    private final Interpolation interpolation = new Interpolation(ENVIRONMENT::get);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "plain | plain",
                "$SET | value",
                "${SET} | value",
                "a${SET}b$SET. | avaluebvalue.",
                "$_a1 | low",
                "$$SET $${SET} | $SET ${SET}",
                "$$$SET | $value",
                "${SET:-d} | value",
                "${EMPTY:-d} | d",
                "${EMPTY-d}. | .",
                "${UNSET-d} | d",
                "${UNSET:-} . | ^ .^",
                "${UNSET:-${UNSET2:-${SET}}} | value",
                "${UNSET:-{\"a\": {}}} | {\"a\": {}}",
                "${UNSET:-http://x:80/?q} | http://x:80/?q",
                "${UNSET:-$$5} | $5",
                "${SET:+x$SET}${UNSET:+y}${EMPTY:+z}${EMPTY+e} | xvaluee",
                "${SET?must}${EMPTY?must} | value",
                "${SET:?must} | value"
            })
    void replacesVariables(String text, String expected) {
        assertThat(interpolation.substitute(text, PLACE)).isEqualTo(expected);
        assertThat(interpolation.unsetVariables()).isEmpty();
    }

    @Test
    void remembersVariablesThatAreNotSet() {
        assertThat(interpolation.substitute("$NONE-${NONE}-${OTHER}", PLACE)).isEqualTo("--");
        assertThat(interpolation.unsetVariables()).containsOnlyKeys("NONE", "OTHER");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "100$ | a single `$` names no variable in '100$'",
                "$5 | a single `$` names no variable in '$5'",
                "a${SET | `${` has no closing brace in 'a${SET'",
                "${} | the name of a variable is missing in '${}'",
                "${5A} | the name of a variable is missing in '${5A}'",
                "${SET!x} | after the name `SET` only - ? + may follow in '${SET!x}'",
                "${SET:} | after the name `SET` only - ? + may follow in '${SET:}'"
            })
    void refusesMalformedVariables(String text, String problem) {
        assertThatThrownBy(() -> interpolation.substitute(text, PLACE))
                .isInstanceOf(SparklingException.class)
                .hasMessage("compose.yml:3:9: " + problem);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "${UNSET?} | the variable UNSET is needed but not set",
                "${UNSET:?in $SET} | the variable UNSET is needed but not set: in value",
                "${EMPTY:?give one} | the variable EMPTY is needed but not set: give one"
            })
    void refusesMissingVariablesThatAreNeeded(String text, String problem) {
        assertThatThrownBy(() -> interpolation.substitute(text, PLACE))
                .asInstanceOf(type(SparklingException.class))
                .satisfies(exception -> {
                    assertThat(exception.text()).isEqualTo("compose.yml:3:9: " + problem);
                    assertThat(exception.remedy()).contains(".env");
                });
    }

    @Test
    void replacesValuesOnlyNeverKeys() {
        Mapping root = (Mapping) YamlDocument.parse("f", "$SET: [$SET, {a: $SET}]\nnumber: 5\n");
        assertThat(CanonicalJson.of(interpolation.apply(root)))
                .isEqualTo("{\"$SET\":[\"value\",{\"a\":\"value\"}],\"number\":5}");
    }
}
