package dev.sparkling.console;

import dev.sparkling.console.StatusBoard.Mark;
import dev.sparkling.console.StatusBoard.Row;
import dev.sparkling.engine.EngineEvent;
import dev.sparkling.engine.EngineEvent.Awaited;
import dev.sparkling.engine.EngineEvent.BuildOutput;
import dev.sparkling.engine.EngineEvent.BuildStep;
import dev.sparkling.engine.EngineEvent.Notice;
import dev.sparkling.engine.EngineEvent.PullProgress;
import dev.sparkling.engine.EngineEvent.Resource;
import dev.sparkling.engine.EngineEvent.ResourceChanged;
import dev.sparkling.engine.EngineEvent.State;
import java.util.ArrayDeque;
import java.util.Collection;
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

    /**
     * A layer, by the bytes of its download; unpacking counts bytes of its own, which are left out.
     *
     * @param total 0 where unknown
     */
    private record Layer(long current, long total, Mark mark) {
        private static Layer of(PullProgress event) {
            boolean downloading = event.status().equals("Downloading");
            Mark mark = switch (event.status()) {
                case "Pull complete", "Already exists" -> Mark.DONE;
                case "Waiting", "Pulling fs layer" -> Mark.IDLE;
                default -> Mark.ACTIVE;
            };
            return new Layer(
                    downloading ? Math.max(0, event.current()) : 0, downloading ? Math.max(0, event.total()) : 0, mark);
        }

        private Layer then(Layer next) {
            long largest = Math.max(total, next.total);
            // Whatever comes after the bytes were counted means that all of them are here.
            return new Layer(next.total > 0 ? next.current : largest, largest, next.mark);
        }
    }

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
        } else if (event instanceof Awaited awaited) {
            board.update(new Row(
                    key(Resource.CONTAINER, awaited.name()),
                    null,
                    awaited.service(),
                    Mark.ACTIVE,
                    State.STARTED.name().toLowerCase(Locale.ROOT),
                    "",
                    awaited.reason()));
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
        if (!event.layer().isEmpty()) {
            layers.merge(event.layer(), Layer.of(event), Layer::then);
        }
        String image = key(Resource.IMAGE, event.image());
        board.update(new Row(
                image, null, event.image(), Mark.ACTIVE, "pulling", "", summary(layers.values(), event.status())));
        Layer layer = layers.get(event.layer());
        if (layer != null) {
            boolean counted = event.current() >= 0 && event.total() > 0;
            board.update(new Row(
                    "layer " + event.image() + " " + event.layer(),
                    image,
                    event.layer(),
                    layer.mark(),
                    event.status().toLowerCase(Locale.ROOT),
                    layer.mark() == Mark.DONE && layer.total() > 0 ? bytes(layer.total()) : "",
                    counted ? bar(event.current(), event.total()) + " " + share(event.current(), event.total()) : ""));
        }
    }

    private static String summary(Collection<Layer> layers, String status) {
        if (layers.isEmpty()) {
            return status;
        }
        long done = layers.stream().filter(layer -> layer.mark() == Mark.DONE).count();
        long current = layers.stream().mapToLong(Layer::current).sum();
        long total = layers.stream().mapToLong(Layer::total).sum();
        return done + "/" + layers.size() + " layers" + (total > 0 ? "  " + share(current, total) : "");
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
