package dev.sparkling.console.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-01-02T03:04:05.678Z INFO|24|2026-01-02T03:04:05.678Z",
                "2026-01-02T03:04:05Z|20|2026-01-02T03:04:05Z",
                "2026-01-02T03:04:05.123456789Z x|30|2026-01-02T03:04:05.123456789Z",
                "2026-01-02 03:04:05,678 - x|23|2026-01-02T03:04:05.678Z",
                "2026-01-02 03:04:05.678 UTC [1]|27|2026-01-02T03:04:05.678Z",
                "2024-02-29T23:59:59.000+02:00|29|2024-02-29T21:59:59Z",
                "2026-01-02T03:04:05.5-0130 x|26|2026-01-02T04:34:05.500Z",
                "26/01/02 03:04:05 WARN x|17|2026-01-02T03:04:05Z",
            })
    void readsTimes(String text, int end, Instant expected) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);

        assertThat(Times.end(bytes, 0, bytes.length)).isEqualTo(end);
        assertThat(Instant.ofEpochSecond(0, Times.epochNanoseconds(bytes, 0, end)))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"2026-01-02", "2026-01-02T03:04", "12:00:00", "2026-1-02T03:04:05Z", "20260102T030405Z....", "x"})
    void refusesOtherText(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);

        assertThat(Times.end(bytes, 0, bytes.length)).isEqualTo(Times.NONE);
    }

    @Test
    void agreesWithTheLibraryOnAnyDay() {
        Random random = new Random(42);
        for (int round = 0; round < 10_000; round++) {
            Instant instant = Instant.ofEpochSecond(random.nextInt(), 1 + random.nextInt(999_999_999));
            byte[] bytes =
                    OffsetDateTime.ofInstant(instant, ZoneOffset.UTC).toString().getBytes(StandardCharsets.US_ASCII);
            if (bytes[16] != ':') {
                continue;
            }
            int end = Times.end(bytes, 0, bytes.length);
            assertThat(end).isEqualTo(bytes.length);
            assertThat(Instant.ofEpochSecond(0, Times.epochNanoseconds(bytes, 0, end)))
                    .isEqualTo(instant);
        }
    }
}
