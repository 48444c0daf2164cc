package dev.sparkling.console.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sparkling.console.Theme;
import dev.sparkling.engine.LogChunk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Holds the parser to the patterns in the image's own log4j2 files. */
class LogPatternTest {
    private static final Path CONFIGURATION = Path.of("docker", "conf");
    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.067Z");

    /** A conversion of log4j2's PatternLayout: name with flags, and its options. */
    private static final Pattern CONVERSION = Pattern.compile("%(-?\\d*)([a-z]+)((?:\\{[^}]*})*)");

    @ParameterizedTest
    @CsvSource({
        "log4j2.properties,          INFO,  ",
        "log4j2.properties,          ERROR, ",
        "log4j2-executor.properties, WARN,  executor 0",
    })
    void readsWhatLog4j2Writes(String file, String level, String marker) throws IOException {
        String written = render(pattern(file), level);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LogOptions options = new LogOptions(LogFormat.JSON, null, null, true, false, false);
        try (LogPrinter printer = new LogPrinter(options, Theme.plain(), 80, List.of("s"), bytes)) {
            printer.accept(new LogChunk("c", "s", LogChunk.Stream.STDERR, written.getBytes(StandardCharsets.UTF_8)), 0);
        }
        JsonNode record = new ObjectMapper().readTree(bytes.toByteArray());

        assertThat(bytes.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
        assertThat(record.get("time").textValue()).isEqualTo("2026-01-02T03:04:05.067Z");
        assertThat(record.get("level").textValue()).isEqualTo(level);
        assertThat(record.get("marker").textValue()).isEqualTo(marker);
        assertThat(record.get("logger").textValue()).isEqualTo("Executor");
        assertThat(record.get("message").textValue()).isEqualTo("Exception in task 0.0: it broke");
        assertThat(record.get("lines").get(0).textValue()).isEqualTo("java.lang.IllegalStateException: why");
        assertThat(record.get("lines")).hasSize(2);
    }

    /** The pattern of the file's console, with references to its own properties resolved. */
    private static String pattern(String file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(CONFIGURATION.resolve(file))) {
            properties.load(reader);
        }
        String pattern = properties.getProperty("appender.console.layout.pattern");
        return pattern.equals("${pattern}") ? properties.getProperty("property.pattern") : pattern;
    }

    /** What log4j2 makes of a pattern, for the few conversions that ours use; any other one fails the test. */
    private static String render(String pattern, String level) {
        String resolved = pattern.replace("${sys:executor.id:-?}", "0");
        return CONVERSION
                .matcher(resolved)
                .replaceAll(found ->
                        Matcher.quoteReplacement(convert(found.group(2), found.group(3), found.group(1), level)));
    }

    private static String convert(String name, String options, String width, String level) {
        String text = switch (name) {
            case "d" -> {
                Matcher date = Pattern.compile("\\{(.*)}\\{UTC}").matcher(options);
                assertThat(date.matches()).as("a date in UTC: %s", options).isTrue();
                yield DateTimeFormatter.ofPattern(date.group(1))
                        .withZone(ZoneOffset.UTC)
                        .format(TIME);
            }
            case "p" -> level;
            case "c" -> options.equals("{1}") ? "Executor" : "org.apache.spark.executor.Executor";
            case "m" -> "Exception in task 0.0: it broke";
            case "n" -> "\n";
            case "ex" -> "java.lang.IllegalStateException: why\n\tat org.apache.spark.Foo.bar(Foo.scala:1)\n";
            default -> throw new AssertionError("unknown conversion %" + name);
        };
        return width.isEmpty() ? text : String.format("%" + width + "s", text);
    }
}
