package dev.sparkling.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThemeTest {
    private static final Theme MANY = Theme.of(ColorMode.ALWAYS, Map.of("TERM", "xterm-256color"), false);

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // flag, NO_COLOR, CLICOLOR_FORCE, TERM, terminal, expected
                "AUTO,   -,  -, xterm, true,  true",
                "AUTO,   -,  -, xterm, false, false",
                "AUTO,   -,  -, dumb,  true,  false",
                "AUTO,   -,  -, -,     true,  true",
                "AUTO,   1,  -, xterm, true,  false",
                "AUTO,   '', -, xterm, true,  true",
                "AUTO,   1,  1, xterm, true,  false",
                "AUTO,   -,  1, xterm, false, true",
                "AUTO,   -,  1, dumb,  true,  true",
                "AUTO,   -,  0, xterm, true,  true",
                "AUTO,   -,  0, xterm, false, false",
                "AUTO,   -, '', xterm, false, false",
                "ALWAYS, 1,  0, dumb,  false, true",
                "NEVER,  -,  1, xterm, true,  false",
            })
    void decidesByFlagThenEnvironmentThenStream(
            ColorMode flag, String noColor, String force, String term, boolean terminal, boolean expected) {
        Map<String, String> environment = new HashMap<>();
        put(environment, "NO_COLOR", noColor);
        put(environment, "CLICOLOR_FORCE", force);
        put(environment, "TERM", term);

        assertThat(Theme.of(flag, environment, terminal).colored()).isEqualTo(expected);
    }

    private static void put(Map<String, String> environment, String name, String value) {
        if (value != null) {
            environment.put(name, value);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'',          '',          en_US.UTF-8, xterm, true",
        "'',          '',          de_DE.utf8,  xterm, true",
        "C,           '',          en_US.UTF-8, xterm, false",
        "'',          C.UTF-8,     C,           xterm, true",
        "'',          '',          '',          xterm, false",
        "'',          '',          en_US.UTF-8, linux, false",
    })
    void takesSignsFromTheLocale(String all, String type, String lang, String term, boolean expected) {
        Map<String, String> environment = Map.of("LC_ALL", all, "LC_CTYPE", type, "LANG", lang, "TERM", term);

        assertThat(Theme.of(ColorMode.AUTO, environment, true).unicode()).isEqualTo(expected);
    }

    @Test
    void paintsByDepth() {
        Theme few = Theme.of(ColorMode.ALWAYS, Map.of("TERM", "xterm"), false);

        assertThat(few.paint(Style.WARNING, "x")).isEqualTo("\u001b[33mx\u001b[0m");
        assertThat(MANY.paint(Style.WARNING, "x")).isEqualTo("\u001b[38;5;172mx\u001b[0m");
        assertThat(Theme.plain().paint(Style.WARNING, "x")).isEqualTo("x");
        assertThat(MANY.paint(Style.WARNING, "")).isEmpty();
    }

    @Test
    void repeatsThePalette() {
        assertThat(MANY.palette(0)).isNotEqualTo(MANY.palette(1));
        assertThat(MANY.palette(10)).isEqualTo(MANY.palette(0));
        assertThat(MANY.palette(-1)).isEqualTo(MANY.palette(9));
        assertThat(Theme.plain().palette(3)).isEmpty();
    }
}
