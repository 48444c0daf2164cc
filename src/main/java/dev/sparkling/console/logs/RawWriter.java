package dev.sparkling.console.logs;

/** The bytes as they came, record by record. */
final class RawWriter implements RecordWriter {
    private final ByteOutput out;

    RawWriter(ByteOutput out) {
        this.out = out;
    }

    @Override
    public void write(LogRecord record, Matches matches) {
        out.write(record.bytes, 0, record.length);
    }
}
