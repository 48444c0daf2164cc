package dev.sparkling.engine.local;

import dev.sparkling.compose.ComposeProject;
import dev.sparkling.compose.Service;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the folders of a container lie on this machine. A path is replaced as whole segments only: `/app` in
 * `file:/app/data`, not in `/apple` or `/srv/app`. The client does the same with a pipeline's spec.
 *
 * @param folders absolute paths by absolute paths, the longest first
 */
record PathMapping(Map<String, String> folders) {
    /** Where the image has the project. */
    static final String PROJECT = "/app";

    private static final String BEFORE = "(?<![\\w.~-])";
    private static final String AFTER = "(?=/|$|[,;:?\"'\\s])";

    PathMapping {
        folders = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(folders));
    }

    /** The project's folder, and the folders that a service mounts. */
    static PathMapping of(ComposeProject project, Service service) {
        Map<String, String> mounts = new LinkedHashMap<>();
        mounts.put(PROJECT, project.directory().toString());
        for (Service.Mount mount : service.allMounts()) {
            if (mount.type() == Service.MountType.BIND) {
                mounts.put(withoutSlash(mount.target()), withoutSlash(mount.source()));
            }
        }
        List<String> targets = new ArrayList<>(mounts.keySet());
        targets.sort(Comparator.comparingInt(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        Map<String, String> folders = new LinkedHashMap<>();
        targets.forEach(target -> folders.put(target, mounts.getOrDefault(target, target)));
        return new PathMapping(folders);
    }

    /** A text with the container's folders replaced. */
    String apply(String text) {
        if (folders.keySet().stream().noneMatch(text::contains)) {
            return text;
        }
        // In one pass, so that what was put in is not looked at again.
        List<String> alternatives =
                folders.keySet().stream().map(Pattern::quote).toList();
        Matcher matcher = Pattern.compile(BEFORE + "(" + String.join("|", alternatives) + ")" + AFTER)
                .matcher(text);
        return matcher.replaceAll(
                found -> Matcher.quoteReplacement(folders.getOrDefault(found.group(1), found.group(1))));
    }

    private static String withoutSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
