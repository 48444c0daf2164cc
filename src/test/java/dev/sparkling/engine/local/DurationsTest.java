package dev.sparkling.engine.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "PT-1S, Less than a second",
        "PT0.9S, Less than a second",
        "PT1S, 1 second",
        "PT59S, 59 seconds",
        "PT60S, About a minute",
        "PT59M, 59 minutes",
        "PT60M, About an hour",
        "PT47H, 47 hours",
        "PT48H, 2 days",
        "P14D, 2 weeks",
        "P70D, 2 months",
    })
    void speaksAsDockerDoes(Duration span, String words) {
        assertThat(Durations.words(span)).isEqualTo(words);
    }
}
