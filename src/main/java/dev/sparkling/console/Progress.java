package dev.sparkling.console;

import dev.sparkling.console.StatusBoard.Mark;
import dev.sparkling.console.StatusBoard.Row;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.BuildOutput;
import dev.sparkling.engine.EngineEvent.BuildStep;
import dev.sparkling.engine.EngineEvent.Notice;
import dev.sparkling.engine.EngineEvent.PullProgress;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** Shows an engine's events on a {@link StatusBoard}. */
public final class Progress implements Consumer<EngineEvent>, AutoCloseable {
    /** Lines of a build step that are kept for its error. */
    private static final int KEPT_LINES = 2000;

    private static final int BAR_WIDTH = 10;

    private final StatusBoard board;
    private final boolean unicode;
    private final Map<String, Build> builds = new HashMap<>();
    private final Map<String, Map<String, Layer>> pulls = new HashMap<>();

    private static final class Build {
        private String step = "";
        private final Deque<String> output = new ArrayDeque<>();
    }

    private record Layer(long current, long total, boolean done) {}

    public Progress(StatusBoard board, Theme theme) {
        this.board = board;
        this.unicode = theme.unicode();
    }

    @Override
    public synchronized void accept(EngineEvent event) {
        if (event instanceof ResourceChanged changed) {
            show(changed);
        } else if (event instanceof PullProgress pull) {
            show(pull);
        } else if (event instanceof BuildStep step) {
            show(step);
        } else if (event instanceof BuildOutput output) {
            show(output);
        } else if (event instanceof Notice notice) {
            board.note(notice.text());
        }
    }

    /**
     * What the last step of an image's build printed, oldest line first, at most the last 2000 lines. Shows why a step
     * failed.
     */
    public synchronized List<String> stepOutput(String image) {
        Build build = builds.get(image);
        return build == null ? List.of() : List.copyOf(build.output);
    }

    @Override
    public void close() {
        board.close();
    }

    private void show(ResourceChanged event) {
        if (event.resource() == Resource.IMAGE && event.state() == State.BUILT) {
            builds.remove(event.name());
        }
        board.update(new Row(
                key(event.resource(), event.name()),
                label(event.resource(), event.label()),
                mark(event.state()),
                event.state().name().toLowerCase(Locale.ROOT),
                event.detail()));
    }

    private void show(PullProgress event) {
        Map<String, Layer> layers = pulls.computeIfAbsent(event.image(), image -> new LinkedHashMap<>());
        String status = event.status();
        boolean done = status.equals("Pull complete") || status.equals("Already exists");
        if (!event.layer().isEmpty()) {
            Layer before = layers.getOrDefault(event.layer(), new Layer(0, 0, false));
            boolean downloading = status.equals("Downloading");
            long total = downloading ? Math.max(before.total, event.total()) : before.total;
            long current = downloading ? Math.max(0, event.current()) : done ? total : before.current;
            layers.put(event.layer(), new Layer(current, total, done));
            boolean counted = event.current() >= 0 && event.total() > 0;
            board.update(new Row(
                    "layer " + event.image() + " " + event.layer(),
                    key(Resource.IMAGE, event.image()),
                    event.layer(),
                    done
                            ? Mark.DONE
                            : status.equals("Waiting") || status.equals("Pulling fs layer") ? Mark.IDLE : Mark.ACTIVE,
                    status.toLowerCase(Locale.ROOT),
                    done && total > 0 ? bytes(total) : "",
                    counted ? bar(event.current(), event.total()) + " " + share(event.current(), event.total()) : ""));
        }
        long current = 0;
        long total = 0;
        int finished = 0;
        for (Layer layer : layers.values()) {
            current += layer.current;
            total += layer.total;
            finished += layer.done ? 1 : 0;
        }
        String live = layers.isEmpty() ? status : finished + "/" + layers.size() + " layers";
        if (total > 0) {
            live += "  " + share(current, total);
        }
        board.update(
                new Row(key(Resource.IMAGE, event.image()), null, event.image(), Mark.ACTIVE, "pulling", "", live));
    }

    private void show(BuildStep event) {
        Build build = builds.computeIfAbsent(event.image(), image -> new Build());
        build.output.clear();
        build.step = "step " + event.step() + (event.steps() > 0 ? "/" + event.steps() : "") + " "
                + event.instruction().strip();
        showBuild(event.image(), build, "");
    }

    private void show(BuildOutput event) {
        Build build = builds.computeIfAbsent(event.image(), image -> new Build());
        build.output.addLast(event.line());
        if (build.output.size() > KEPT_LINES) {
            build.output.removeFirst();
        }
        if (!event.line().isBlank()) {
            showBuild(event.image(), build, event.line().strip());
        }
    }

    private void showBuild(String image, Build build, String output) {
        board.update(new Row(key(Resource.IMAGE, image), null, image, Mark.ACTIVE, "building", build.step, output));
    }

    private static String key(Resource resource, String name) {
        return resource + " " + name;
    }

    private static String label(Resource resource, String label) {
        return switch (resource) {
            case CONTAINER, IMAGE -> label;
            case NETWORK -> "network " + label;
            case VOLUME -> "volume " + label;
        };
    }

    private static Mark mark(State state) {
        return switch (state) {
            case PULLING, BUILDING, CREATING, STARTING, WAITING, STOPPING, REMOVING -> Mark.ACTIVE;
            case PULLED, BUILT, CREATED, STARTED, READY, UNCHANGED, STOPPED, REMOVED -> Mark.DONE;
            case FAILED -> Mark.FAILED;
        };
    }

    private String bar(long current, long total) {
        int filled = (int) Math.min(BAR_WIDTH, BAR_WIDTH * current / total);
        return unicode
                ? "━".repeat(filled) + "╌".repeat(BAR_WIDTH - filled)
                : "[" + "=".repeat(filled) + " ".repeat(BAR_WIDTH - filled) + "]";
    }

    private static String share(long current, long total) {
        return bytes(current) + " of " + bytes(total);
    }

    /** Decimal units, as the engines count. */
    private static String bytes(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 999.95) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %cB", value, "kMGT".charAt(unit));
    }
}
