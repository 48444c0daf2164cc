package dev.sparkling.console.logs;

/** Writes whole records in one of the formats. */
interface RecordWriter {
    /**
     * Writes a record.
     *
     * @param matches where the search has found something
     */
    void write(LogRecord record, Matches matches);
}
