package dev.sparkling.yaml;

import dev.sparkling.error.SparklingException;
import dev.sparkling.yaml.YamlNode.Entry;
import dev.sparkling.yaml.YamlNode.Mapping;
import dev.sparkling.yaml.YamlNode.Scalar;
import dev.sparkling.yaml.YamlNode.ScalarType;
import dev.sparkling.yaml.YamlNode.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads a file that holds one YAML document, typed by YAML 1.2's core schema as Docker Compose does: `yes` and `on` are
 * strings, and so is `80:80`. Anchors, aliases and merge keys (`<<`) are resolved; the local tags `!reset` and
 * `!override` stay on their nodes.
 */
public final class YamlDocument {
    private static final String STANDARD_TAG = "tag:yaml.org,2002:";
    private static final Set<String> LOCAL_TAGS = Set.of("!reset", "!override");
    private static final int DEEPEST = 64;
    /** What aliases may add to a document, so that a few lines cannot grow to gigabytes. */
    private static final int ALIASED_NODES = 20_000;

    private final String file;
    private final Parser parser;
    private final Map<String, Anchored> anchors = new HashMap<>();
    private final Set<String> openAnchors = new HashSet<>();
    private int nodes;
    private int aliasedNodes;

    private record Anchored(YamlNode node, int size) {}

    private YamlDocument(String file, String text) {
        this.file = file;
        this.parser = new ParserImpl(new StreamReader(text), new LoaderOptions());
    }

    /**
     * Reads a document; an empty file is a null scalar.
     *
     * @param file the file's name in locations and errors
     * @throws SparklingException of category USAGE, with file, line and column, if the text is not one YAML document
     */
    public static YamlNode parse(String file, String text) {
        try {
            return new YamlDocument(file, text).document();
        } catch (YAMLException problem) {
            throw SyntaxProblem.explain(file, text, problem);
        }
    }

    private YamlNode document() {
        parser.getEvent();
        if (parser.checkEvent(Event.ID.StreamEnd)) {
            return new Scalar("", ScalarType.NULL, new Location(file, 1, 1), "");
        }
        parser.getEvent();
        YamlNode root = node(0);
        parser.getEvent();
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            throw problem(
                    parser.peekEvent().getStartMark(),
                    "a second document begins here",
                    "Keep one document in the file; remove the `---` line and what follows.");
        }
        return root;
    }

    private YamlNode node(int depth) {
        Event event = parser.getEvent();
        if (depth > DEEPEST) {
            throw problem(
                    event.getStartMark(),
                    "the nesting is deeper than " + DEEPEST + " levels",
                    "Write the file with fewer levels.");
        }
        if (event instanceof AliasEvent alias) {
            return aliased(alias);
        }
        int before = nodes++;
        String anchor = ((NodeEvent) event).getAnchor();
        if (anchor != null) {
            openAnchors.add(anchor);
        }
        YamlNode node;
        if (event instanceof ScalarEvent scalar) {
            node = scalar(scalar);
        } else if (event instanceof SequenceStartEvent sequence) {
            node = sequence(sequence, depth);
        } else {
            node = mapping((MappingStartEvent) event, depth);
        }
        if (anchor != null) {
            openAnchors.remove(anchor);
            anchors.put(anchor, new Anchored(node, nodes - before));
        }
        return node;
    }

    private YamlNode aliased(AliasEvent alias) {
        String name = alias.getAnchor();
        if (openAnchors.contains(name)) {
            throw problem(
                    alias.getStartMark(), "the alias *" + name + " stands inside its own anchor", "Remove the alias.");
        }
        Anchored anchored = anchors.get(name);
        if (anchored == null) {
            throw problem(
                    alias.getStartMark(),
                    "the alias *" + name + " has no anchor above it",
                    "Put &" + name + " before the value that the alias stands for.");
        }
        nodes += anchored.size();
        aliasedNodes += anchored.size();
        if (aliasedNodes > ALIASED_NODES) {
            throw problem(
                    alias.getStartMark(),
                    "the aliases of this file stand for more than " + ALIASED_NODES + " values",
                    "Use fewer aliases of aliases.");
        }
        return anchored.node();
    }

    private Scalar scalar(ScalarEvent event) {
        String text = event.getValue();
        String tag = event.getTag() == null ? "" : event.getTag();
        ScalarType implied = event.isPlain() ? CoreSchema.typeOf(text) : ScalarType.STRING;
        if (!tag.startsWith(STANDARD_TAG)) {
            return new Scalar(text, implied, location(event), localTag(tag, event));
        }
        String name = tag.substring(STANDARD_TAG.length());
        ScalarType wanted = switch (name) {
            case "str" -> ScalarType.STRING;
            case "int" -> ScalarType.INTEGER;
            case "float" -> ScalarType.FLOAT;
            case "bool" -> ScalarType.BOOLEAN;
            case "null" -> ScalarType.NULL;
            default -> throw unknownTag("!!" + name, event);
        };
        if (wanted != ScalarType.STRING && wanted != CoreSchema.typeOf(text)) {
            throw problem(
                    event.getStartMark(),
                    "'" + text + "' does not fit its tag !!" + name,
                    "Remove the tag, or write a value of that type.");
        }
        return new Scalar(text, wanted, location(event), "");
    }

    private Sequence sequence(SequenceStartEvent event, int depth) {
        String tag = collectionTag(event.getTag(), "seq", event);
        List<YamlNode> items = new ArrayList<>();
        while (!parser.checkEvent(Event.ID.SequenceEnd)) {
            items.add(node(depth + 1));
        }
        parser.getEvent();
        return new Sequence(items, location(event), tag);
    }

    private Mapping mapping(MappingStartEvent event, int depth) {
        String tag = collectionTag(event.getTag(), "map", event);
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, Entry> merged = new LinkedHashMap<>();
        boolean mergeKeySeen = false;
        while (!parser.checkEvent(Event.ID.MappingEnd)) {
            Event keyEvent = parser.peekEvent();
            boolean mergeKey = keyEvent instanceof ScalarEvent scalar
                    && scalar.isPlain()
                    && scalar.getValue().equals("<<");
            String key = key(keyEvent, depth);
            YamlNode value = node(depth + 1);
            boolean first = mergeKey ? !mergeKeySeen : !entries.containsKey(key);
            if (!first) {
                throw problem(
                        keyEvent.getStartMark(),
                        "the key '" + key + "' stands here twice"
                                + (mergeKey ? "" : ", first in line " + entryLine(entries, key)),
                        mergeKey ? "Write one `<<:` with a list of aliases." : "Keep one of the two.");
            }
            if (mergeKey) {
                mergeKeySeen = true;
                mergeInto(merged, value, keyEvent);
            } else {
                entries.put(key, new Entry(key, location(keyEvent), value));
            }
        }
        parser.getEvent();
        merged.forEach(entries::putIfAbsent);
        return new Mapping(entries, location(event), tag);
    }

    private static int entryLine(Map<String, Entry> entries, String key) {
        Entry entry = entries.get(key);
        return entry == null ? 0 : entry.keyLocation().line();
    }

    private String key(Event event, int depth) {
        YamlNode key = node(depth + 1);
        if (key instanceof Scalar scalar && scalar.type() != ScalarType.NULL) {
            return scalar.text();
        }
        throw problem(
                event.getStartMark(),
                key instanceof Scalar
                        ? "a key is missing before the colon"
                        : "a list or mapping stands where a key must be",
                "Write a name, a colon and a value, such as `image: postgres:17`.");
    }

    private void mergeInto(Map<String, Entry> merged, YamlNode value, Event event) {
        List<YamlNode> sources = value instanceof Sequence sequence ? sequence.items() : List.of(value);
        for (YamlNode source : sources) {
            if (!(source instanceof Mapping mapping)) {
                throw problem(
                        event.getStartMark(),
                        "`<<` merges mappings, and this is none",
                        "Write an alias of a mapping, such as `<<: *defaults`.");
            }
            mapping.entries().forEach(merged::putIfAbsent);
        }
    }

    private String collectionTag(@Nullable String tag, String standard, Event event) {
        if (tag == null || tag.equals(STANDARD_TAG + standard)) {
            return "";
        }
        if (tag.startsWith(STANDARD_TAG)) {
            throw unknownTag("!!" + tag.substring(STANDARD_TAG.length()), event);
        }
        return localTag(tag, event);
    }

    private String localTag(String tag, Event event) {
        if (tag.isEmpty() || tag.equals("!")) {
            return "";
        }
        if (!LOCAL_TAGS.contains(tag)) {
            throw unknownTag(tag, event);
        }
        return tag;
    }

    private SparklingException unknownTag(String tag, Event event) {
        return problem(
                event.getStartMark(), "the tag " + tag + " means nothing here", "Known tags are !reset and !override.");
    }

    private Location location(Event event) {
        return location(file, event.getStartMark());
    }

    static Location location(String file, Mark mark) {
        return new Location(file, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private SparklingException problem(Mark mark, String text, String remedy) {
        return SparklingException.usage(location(file, mark) + ": " + text, remedy);
    }
}
