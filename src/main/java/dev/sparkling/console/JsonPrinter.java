package dev.sparkling.console;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintStream;

/** Machine output: one document for a list, one line for each object of a stream. */
public final class JsonPrinter {
    private final ObjectMapper mapper = new ObjectMapper().configure(JsonGenerator.Feature.AUTO_CLOSE_TARGET, false);
    private final PrintStream out;

    public JsonPrinter(PrintStream out) {
        this.out = out;
    }

    /** Prints a whole document, indented: a record, list or map of strings, numbers, booleans and the like. */
    public void document(Object value) {
        out.println(write(mapper.copy().enable(SerializationFeature.INDENT_OUTPUT), value));
    }

    /** Prints one line of a stream (JSON Lines) and hands it on at once. */
    public void line(Object value) {
        out.println(write(mapper, value));
        out.flush();
    }

    private static String write(ObjectMapper mapper, Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("cannot be written as JSON: " + value, e);
        }
    }
}
