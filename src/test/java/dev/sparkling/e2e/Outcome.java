package dev.sparkling.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a process ended, and what it wrote to which stream. */
record Outcome(List<String> command, int exitCode, String out, String err) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern ROW =
            Pattern.compile("(?m)^(\\S+) +(materialized view|streaming table) +(\\d+|\\?) +(\\S+)$");

    /** Asserts the exit code; what the process said is shown if it is another one. */
    Outcome exits(int code) {
        assertThat(exitCode).as(toString()).isEqualTo(code);
        return this;
    }

    Outcome succeeds() {
        return exits(0);
    }

    /** The lines of standard output. */
    List<String> lines() {
        return out.lines().toList();
    }

    /** Standard output as one JSON document. */
    JsonNode json() {
        try {
            return JSON.readTree(out);
        } catch (JsonProcessingException wrong) {
            throw new AssertionError("not JSON: " + this, wrong);
        }
    }

    /** The rows of each table, as the closing table of a run tells them. */
    Map<String, Integer> rows() {
        Map<String, Integer> rows = new TreeMap<>();
        Matcher matcher = ROW.matcher(out);
        while (matcher.find()) {
            rows.put(matcher.group(1), matcher.group(3).equals("?") ? -1 : Integer.parseInt(matcher.group(3)));
        }
        return rows;
    }

    @Override
    public String toString() {
        return String.join(" ", command) + "\nexit code " + exitCode + "\n--- out\n" + out + "--- err\n" + err;
    }
}
