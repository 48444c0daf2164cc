package dev.sparkling.compose;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.Problems;
import dev.sparkling.yaml.YamlDocument;
import dev.sparkling.yaml.YamlNode;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is rendered from the settings: the services, networks and volumes of compose.yml, and their shared `x-spark`. */
public final class RenderedServices {
    private static final Set<String> KEYS = Set.of("x-spark", "services", "networks", "volumes");

    private RenderedServices() {}

    /**
     * The SHA-256 of the parsed services, networks and volumes as 64 hexadecimal digits. Comments, layout, quotes and
     * the order of keys do not count.
     *
     * @param file the file's root, its variables not replaced
     */
    public static String hash(YamlNode file) {
        Map<String, Entry> rendered = new LinkedHashMap<>();
        if (file instanceof Mapping mapping) {
            mapping.entries().values().stream()
                    .filter(entry -> KEYS.contains(entry.key()) && !Values.isNull(entry.value()))
                    .forEach(entry -> rendered.put(entry.key(), entry));
        }
        String canonical = CanonicalJson.of(new Mapping(rendered, file.location(), ""));
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * The text of a compose file with the hash of its services in its block.
     *
     * @throws SparklingException of category USAGE if the text is no compose file, or cannot be edited
     */
    public static String stamped(String text) {
        return SettingsEditor.set(text, ClusterSettings.RENDERED, hash(YamlDocument.parse("compose.yml", text)));
    }

    /**
     * The current text with its services, networks and volumes replaced by the fresh ones, and their hash in its block.
     * The block, other top-level keys, and their comments stay.
     *
     * @param file the current file's name for errors
     */
    public static String replace(String file, String current, String fresh) {
        List<Segment> segments = segments(file, current);
        String body = body("the rendered file", fresh);
        StringBuilder text = new StringBuilder();
        boolean placed = false;
        for (Segment segment : segments) {
            if (!KEYS.contains(segment.key())) {
                text.append(segment.text());
            } else if (!placed) {
                text.append(body);
                placed = true;
            }
        }
        if (!placed) {
            text.append(text.isEmpty() || text.charAt(text.length() - 1) == '\n' ? "" : "\n")
                    .append(body);
        }
        String lines = text.toString().replace("\r\n", "\n");
        return stamped(current.contains("\r\n") ? lines.replace("\n", "\r\n") : lines);
    }

    /** The part of a text that holds the services, networks and volumes, with the comments above them. */
    static String body(String file, String text) {
        StringBuilder body = new StringBuilder();
        for (Segment segment : segments(file, text)) {
            if (KEYS.contains(segment.key())) {
                body.append(segment.text());
                if (!segment.text().endsWith("\n")) {
                    body.append('\n');
                }
            }
        }
        return body.toString();
    }

    /** A top-level key with its value and the comments above it; the head of the file has the key "". */
    private record Segment(String key, String text) {}

    private static List<Segment> segments(String file, String text) {
        YamlNode root = YamlDocument.parse(file, text);
        String[] lines = text.split("(?<=\n)");
        List<Entry> entries = root instanceof Mapping mapping
                ? mapping.entries().values().stream()
                        .sorted(java.util.Comparator.comparingInt(
                                entry -> entry.keyLocation().line()))
                        .toList()
                : List.of();
        List<Segment> segments = new ArrayList<>();
        String key = "";
        int start = 0;
        for (Entry entry : entries) {
            int line = entry.keyLocation().line() - 1;
            int begin = line;
            while (begin > start && isCommentOrBlank(lines[begin - 1])) {
                begin--;
            }
            if (entry.keyLocation().column() != 1 || (begin == start && line == start && !key.isEmpty())) {
                throw Problems.at(
                        entry.keyLocation(),
                        "the key '" + entry.key() + "' does not begin a line of its own",
                        "Write every top-level key at the beginning of a line.");
            }
            segments.add(new Segment(key, join(lines, start, begin)));
            key = entry.key();
            start = begin;
        }
        segments.add(new Segment(key, join(lines, start, lines.length)));
        return segments;
    }

    /** An indented comment belongs to what stands above it. */
    private static boolean isCommentOrBlank(String line) {
        return line.startsWith("#") || line.isBlank();
    }

    private static String join(String[] lines, int from, int to) {
        return String.join("", List.of(lines).subList(from, to));
    }
}
