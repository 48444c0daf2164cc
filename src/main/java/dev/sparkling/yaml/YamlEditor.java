package dev.sparkling.yaml;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.TextPart.Kind;
import dev.sparkling.yaml.TextPart.Member;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Sets values in the text of a YAML document, so that comments, order, quotes and layout of all the rest survive. It
 * knows block and flow style, any indentation and CRLF line ends.
 */
public final class YamlEditor {
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z0-9_./+][A-Za-z0-9_./+$@%=<>~^-]*(:[A-Za-z0-9_./+$@%=<>~^-]+)*");

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final String text;
    private final String lineBreak;

    private YamlEditor(String text) {
        this.text = text;
        this.lineBreak = text.contains("\r\n") ? "\r\n" : "\n";
    }

    /** What a key is set to. */
    public sealed interface Value {}

    /** A single value; quoted where YAML would read something else than a text or a whole number. */
    public record Single(String text) implements Value {}

    /** A list of single values. */
    public record Items(List<String> texts) implements Value {
        public Items {
            texts = List.copyOf(texts);
        }
    }

    /**
     * A key on the way to a value.
     *
     * @param siblings the order in which the keys of this mapping stand; a missing key comes after the last of those
     *     before it, and first if there is none
     */
    public record Step(String key, List<String> siblings) {
        public Step {
            siblings = List.copyOf(siblings);
        }
    }

    /**
     * The text with one value set; keys that are missing on the way are inserted.
     *
     * @param text one YAML document whose root is a mapping, or nothing
     * @param path at least one step
     * @throws SparklingException of category USAGE if a key on the way holds something else than a mapping
     */
    public static String set(String text, List<Step> path, Value value) {
        boolean marked = text.startsWith(BYTE_ORDER_MARK);
        String unmarked = marked ? text.substring(1) : text;
        String edited = new YamlEditor(unmarked).set(TextPart.read(unmarked), path, value);
        return marked ? BYTE_ORDER_MARK + edited : edited;
    }

    private String set(TextPart root, List<Step> path, Value value) {
        TextPart part = root;
        if (part.empty()) {
            return insertLines(text.length(), block(path, value, 0));
        }
        boolean inFlow = false;
        for (int depth = 0; depth < path.size(); depth++) {
            if (part.kind() != Kind.MAPPING) {
                throw SparklingException.usage(
                        (depth == 0 ? "The file" : "'" + path.get(depth - 1).key() + "'")
                                + " is no mapping that a value can be written to",
                        "Write it as a mapping, or set the value by hand.");
            }
            inFlow |= part.flow();
            Optional<Member> found = part.member(path.get(depth).key());
            List<Step> below = path.subList(depth + 1, path.size());
            if (found.isEmpty()) {
                return insert(part, path.subList(depth, path.size()), value, depth == 0);
            }
            Member member = found.get();
            if (below.isEmpty()) {
                return replace(member, value, inFlow);
            }
            if (member.value().empty()) {
                return fill(member, below, value, inFlow);
            }
            part = member.value();
        }
        return text;
    }

    private String replace(Member member, Value value, boolean inFlow) {
        TextPart old = member.value();
        boolean block = !old.flow() && (old.kind() == Kind.SEQUENCE || old.kind() == Kind.MAPPING);
        if (value instanceof Items items && !items.texts().isEmpty() && !inFlow) {
            if (block && old.kind() == Kind.SEQUENCE) {
                return replaceItems(old, items.texts());
            }
            if (old.empty()) {
                int indentation = column(member.keyStart()) + 2;
                return insertLines(lineEnd(member.colonEnd()), listLines(items.texts(), indentation));
            }
        }
        if (block) {
            String without = text.substring(0, lineStart(old.start())) + text.substring(lineEnd(old.end()));
            return without.substring(0, member.colonEnd())
                    + " "
                    + inline(value, "", false)
                    + without.substring(member.colonEnd());
        }
        String space = old.start() == member.colonEnd() ? " " : "";
        return text.substring(0, old.start())
                + space
                + inline(value, old.quote(), inFlow || old.flow())
                + text.substring(old.end());
    }

    /** Items that stay keep their lines and the comments above and behind them; new ones come after them. */
    private String replaceItems(TextPart old, List<String> wanted) {
        List<TextPart> staying = new ArrayList<>(old.items());
        staying.removeIf(item -> !wanted.contains(item.scalar()));
        List<String> stayingTexts = staying.stream().map(TextPart::scalar).toList();
        boolean sameOrder = stayingTexts.size() <= wanted.size()
                && wanted.subList(0, stayingTexts.size()).equals(stayingTexts);
        if (!sameOrder) {
            staying.clear();
        }
        StringBuilder lines = new StringBuilder();
        int from = lineStart(old.start());
        for (TextPart item : old.items()) {
            int to = lineEnd(item.end());
            if (staying.contains(item)) {
                lines.append(text, from, to);
            }
            from = to;
        }
        if (lines.length() > 0 && lines.charAt(lines.length() - 1) != '\n') {
            lines.append(lineBreak);
        }
        lines.append(listLines(wanted.subList(staying.size(), wanted.size()), column(old.start())));
        return text.substring(0, lineStart(old.start())) + lines + text.substring(from);
    }

    /** A key with nothing behind it gets a mapping. */
    private String fill(Member member, List<Step> path, Value value, boolean inFlow) {
        if (inFlow) {
            return splice(member.colonEnd(), " {" + flowEntry(path, value) + "}");
        }
        return insertLines(lineEnd(member.colonEnd()), block(path, value, column(member.keyStart()) + 2));
    }

    private String insert(TextPart mapping, List<Step> path, Value value, boolean topLevel) {
        Step step = path.get(0);
        Member before = null;
        for (String sibling :
                step.siblings().subList(0, Math.max(0, step.siblings().indexOf(step.key())))) {
            before = mapping.member(sibling).orElse(before);
        }
        List<Member> members = mapping.members();
        if (mapping.flow()) {
            if (members.isEmpty()) {
                return splice(
                        mapping.start() + text.substring(mapping.start()).indexOf('{') + 1, flowEntry(path, value));
            }
            return before == null
                    ? splice(members.get(0).keyStart(), flowEntry(path, value) + ", ")
                    : splice(before.end(), ", " + flowEntry(path, value));
        }
        Member first = members.get(0);
        String lines = block(path, value, column(first.keyStart()));
        if (before != null) {
            return insertLines(lineEnd(before.end()), lines);
        }
        int place = lineStart(first.keyStart());
        return topLevel ? insertLines(aboveComments(place), lines + lineBreak) : insertLines(place, lines);
    }

    /** Where the comment right above a line begins, unless it opens the file and so belongs to the whole. */
    private int aboveComments(int start) {
        int place = start;
        while (place > 0 && text.startsWith("#", lineStart(place - 1))) {
            place = lineStart(place - 1);
        }
        return place == 0 ? start : place;
    }

    private String block(List<Step> path, Value value, int indentation) {
        StringBuilder lines = new StringBuilder();
        int column = indentation;
        for (Step step : path.subList(0, path.size() - 1)) {
            lines.append(" ".repeat(column))
                    .append(scalar(step.key(), "", false))
                    .append(':')
                    .append(lineBreak);
            column += 2;
        }
        lines.append(" ".repeat(column))
                .append(scalar(path.get(path.size() - 1).key(), "", false))
                .append(':');
        if (value instanceof Items items && !items.texts().isEmpty()) {
            return lines.append(lineBreak)
                    .append(listLines(items.texts(), column + 2))
                    .toString();
        }
        return lines.append(' ')
                .append(inline(value, "", false))
                .append(lineBreak)
                .toString();
    }

    private String listLines(List<String> items, int indentation) {
        StringBuilder lines = new StringBuilder();
        items.forEach(item -> lines.append(" ".repeat(indentation))
                .append("- ")
                .append(scalar(item, "", false))
                .append(lineBreak));
        return lines.toString();
    }

    private static String flowEntry(List<Step> path, Value value) {
        StringBuilder entry = new StringBuilder();
        for (Step step : path.subList(0, path.size() - 1)) {
            entry.append(scalar(step.key(), "", true)).append(": {");
        }
        entry.append(scalar(path.get(path.size() - 1).key(), "", true)).append(": ");
        return entry.append(inline(value, "", true))
                .append("}".repeat(path.size() - 1))
                .toString();
    }

    private static String inline(Value value, String quote, boolean flow) {
        if (value instanceof Items items) {
            return "["
                    + String.join(
                            ", ",
                            items.texts().stream()
                                    .map(item -> scalar(item, "", true))
                                    .toList()) + "]";
        }
        return scalar(((Single) value).text(), quote, flow);
    }

    private static String scalar(String value, String quote, boolean flow) {
        YamlNode.ScalarType type = CoreSchema.typeOf(value);
        boolean readAsWritten = type == YamlNode.ScalarType.STRING || type == YamlNode.ScalarType.INTEGER;
        // In flow style a colon ends a key in some readers even without a space behind it.
        boolean plain = PLAIN.matcher(value).matches() && !(flow && value.contains(":"));
        if (quote.isEmpty() && readAsWritten && plain) {
            return value;
        }
        boolean control = value.chars().anyMatch(character -> character < ' ');
        if (quote.equals("'") && !control) {
            return "'" + value.replace("'", "''") + "'";
        }
        StringBuilder quoted = new StringBuilder("\"");
        value.chars().forEach(character -> {
            if (character == '"' || character == '\\') {
                quoted.append('\\').append((char) character);
            } else if (character < ' ') {
                quoted.append(String.format("\\x%02x", character));
            } else {
                quoted.append((char) character);
            }
        });
        return quoted.append('"').toString();
    }

    private String splice(int place, String inserted) {
        return text.substring(0, place) + inserted + text.substring(place);
    }

    /** Inserts whole lines; the last line of the text before them is ended if it is not. */
    private String insertLines(int place, String lines) {
        boolean unfinished = place > 0 && text.charAt(place - 1) != '\n';
        return splice(place, (unfinished ? lineBreak : "") + lines);
    }

    private int lineStart(int place) {
        return text.lastIndexOf('\n', place - 1) + 1;
    }

    /** Behind the line's end, or the end of the text. */
    private int lineEnd(int place) {
        int end = text.indexOf('\n', place);
        return end < 0 ? text.length() : end + 1;
    }

    private int column(int place) {
        return place - lineStart(place);
    }
}
