package dev.sparkling.yaml;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * A value of a YAML document as a range of its text.
 *
 * @param start where its first character stands
 * @param end behind its last character, without line ends, blank lines and comments that follow it
 * @param flow whether it is written with brackets or braces
 * @param quote the quote of a quoted scalar, or an empty string
 * @param scalar the text of a scalar, or an empty string
 */
record TextPart(
        Kind kind,
        int start,
        int end,
        boolean flow,
        String quote,
        String scalar,
        List<TextPart> items,
        List<Member> members) {
    enum Kind {
        SCALAR,
        BLOCK_SCALAR,
        ALIAS,
        SEQUENCE,
        MAPPING
    }

    /**
     * A key and its value.
     *
     * @param colonEnd behind the colon
     */
    record Member(String key, int keyStart, int colonEnd, TextPart value) {
        int end() {
            return Math.max(colonEnd, value.end());
        }
    }

    Optional<Member> member(String key) {
        return members.stream().filter(member -> member.key().equals(key)).findFirst();
    }

    boolean empty() {
        return kind == Kind.SCALAR && start == end;
    }

    /** The root of a text that {@link YamlDocument} can parse; a text without a value gives an empty scalar. */
    static TextPart read(String text) {
        Reader reader = new Reader(text);
        reader.parser.getEvent();
        if (reader.parser.checkEvent(Event.ID.StreamEnd)) {
            return reader.scalar(text.length(), text.length(), "", "", Kind.SCALAR);
        }
        reader.parser.getEvent();
        return reader.part();
    }

    private static final class Reader {
        private final String text;
        private final Parser parser;

        Reader(String text) {
            this.text = text;
            this.parser = new ParserImpl(new StreamReader(text), new LoaderOptions());
        }

        TextPart part() {
            Event event = parser.getEvent();
            int start = place(event.getStartMark());
            int end = place(event.getEndMark());
            if (event.is(Event.ID.Alias)) {
                return scalar(start, end, "", "", Kind.ALIAS);
            }
            if (event instanceof ScalarEvent scalar) {
                ScalarStyle style = scalar.getScalarStyle();
                boolean block = style == ScalarStyle.LITERAL || style == ScalarStyle.FOLDED;
                String quote = switch (style) {
                    case SINGLE_QUOTED -> "'";
                    case DOUBLE_QUOTED -> "\"";
                    default -> "";
                };
                return block
                        ? scalar(start, strippedEnd(start, end), "", scalar.getValue(), Kind.BLOCK_SCALAR)
                        : scalar(start, end, quote, scalar.getValue(), Kind.SCALAR);
            }
            boolean flow = ((CollectionStartEvent) event).isFlow();
            return event.is(Event.ID.SequenceStart) ? sequence(start, flow) : mapping(start, flow);
        }

        TextPart scalar(int start, int end, String quote, String value, Kind kind) {
            return new TextPart(kind, start, end, false, quote, value, List.of(), List.of());
        }

        private TextPart sequence(int start, boolean flow) {
            List<TextPart> items = new ArrayList<>();
            int end = start;
            while (!parser.checkEvent(Event.ID.SequenceEnd)) {
                TextPart item = part();
                items.add(item);
                end = Math.max(end, item.end());
            }
            int closed = place(parser.getEvent().getEndMark());
            return new TextPart(Kind.SEQUENCE, start, flow ? closed : end, flow, "", "", items, List.of());
        }

        private TextPart mapping(int start, boolean flow) {
            List<Member> members = new ArrayList<>();
            int end = start;
            while (!parser.checkEvent(Event.ID.MappingEnd)) {
                TextPart key = part();
                int colon = text.indexOf(':', key.end());
                TextPart value = part();
                int colonEnd = colon < 0 ? key.end() : colon + 1;
                if (value.empty()) {
                    value = scalar(colonEnd, colonEnd, "", "", Kind.SCALAR);
                }
                members.add(new Member(key.scalar(), key.start(), colonEnd, value));
                end = Math.max(end, members.get(members.size() - 1).end());
            }
            int closed = place(parser.getEvent().getEndMark());
            return new TextPart(Kind.MAPPING, start, flow ? closed : end, flow, "", "", List.of(), members);
        }

        private int strippedEnd(int start, int end) {
            return start + text.substring(start, end).stripTrailing().length();
        }

        /** SnakeYAML counts code points. */
        private int place(Mark mark) {
            return text.offsetByCodePoints(0, mark.getIndex());
        }
    }
}
