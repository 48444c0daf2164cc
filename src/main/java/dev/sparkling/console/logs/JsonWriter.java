package dev.sparkling.console.logs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** One JSON object for each record, on a line of its own; {@link LogPrinter} describes it. */
final class JsonWriter implements RecordWriter {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final ByteOutput out;
    private final JsonGenerator json;

    JsonWriter(ByteOutput out) {
        this.out = out;
        try {
            this.json = new JsonFactory()
                    .disable(JsonGenerator.Feature.FLUSH_PASSED_TO_STREAM)
                    .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                    .createGenerator(out)
                    .setRootValueSeparator(null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void write(LogRecord record, Matches matches) {
        try {
            json.writeStartObject();
            if (record.timed) {
                json.writeStringField("time", TIME.format(Instant.ofEpochSecond(0, record.time)));
            } else {
                json.writeNullField("time");
            }
            json.writeStringField("service", record.origin.container().service());
            json.writeStringField("container", record.origin.container().container());
            json.writeStringField(
                    "stream",
                    switch (record.stream()) {
                        case STDOUT -> "stdout";
                        case STDERR -> "stderr";
                    });
            LogLevel level = record.level;
            json.writeStringField("level", level == null ? null : level.name());
            // Without its brackets.
            field("marker", record, record.markerStart + 1, record.markerEnd - 1);
            field("logger", record, record.loggerStart, record.loggerEnd);
            json.writeFieldName("message");
            int message = record.structured ? record.messageStart : 0;
            json.writeUTF8String(record.bytes, message, record.lineEnds[0] - message);
            json.writeArrayFieldStart("lines");
            for (int line = 1; line < record.lines; line++) {
                int start = record.lineStarts[line];
                json.writeUTF8String(record.bytes, start, record.lineEnds[line] - start);
            }
            json.writeEndArray();
            json.writeEndObject();
            json.flush();
            out.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void field(String name, LogRecord record, int from, int to) throws IOException {
        if (to <= from) {
            json.writeNullField(name);
        } else {
            json.writeFieldName(name);
            json.writeUTF8String(record.bytes, from, to - from);
        }
    }
}
