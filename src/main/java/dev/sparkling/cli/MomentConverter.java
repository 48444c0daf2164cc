package dev.sparkling.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a moment: an ISO 8601 time (UTC if it has no zone), a date, or a span before now. */
final class MomentConverter implements ITypeConverter<Instant> {
    private static final Pattern SPAN = Pattern.compile("(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s?)?");

    @Override
    public Instant convert(String text) {
        Matcher span = SPAN.matcher(text);
        if (!text.isEmpty() && span.matches()) {
            return Instant.now()
                    .minus(Duration.ofDays(number(span.group(1)))
                            .plusHours(number(span.group(2)))
                            .plusMinutes(number(span.group(3)))
                            .plusSeconds(number(span.group(4))));
        }
        try {
            if (text.endsWith("Z") || text.matches(".*T.*[+-]\\d\\d:?\\d\\d")) {
                return java.time.OffsetDateTime.parse(text).toInstant();
            }
            return text.contains("T")
                    ? LocalDateTime.parse(text).toInstant(ZoneOffset.UTC)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        } catch (DateTimeParseException unreadable) {
            throw new TypeConversionException(
                    "'" + text + "' is no time: write 2026-01-31T12:00:00Z, or 10m for ten minutes ago");
        }
    }

    private static long number(@org.jspecify.annotations.Nullable String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }
}
