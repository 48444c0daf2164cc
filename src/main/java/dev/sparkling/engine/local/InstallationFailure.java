package dev.sparkling.engine.local;

import dev.sparkling.error.SparklingException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Tells why an installation failed, from what its tool printed. */
final class InstallationFailure {
    private static final int EVIDENCE_LINES = 15;
    private static final Pattern NO_SPACE = Pattern.compile("No space left on device|ENOSPC|Disk quota exceeded");
    private static final Pattern NO_NETWORK = Pattern.compile(
            "(?i)dns error|failed to lookup|name resolution|name or service not known|error sending request"
                    + "|network is unreachable|connection refused|tcp connect error|timed out|max retries exceeded"
                    + "|unknownhostexception|could not connect|connectexception|no matching distribution found for uv");
    private static final String ROOM = "Make room, or name a folder of another disk by XDG_CACHE_HOME.";

    /** A tool fills other folders too; what it printed names them. */
    private static final String ROOM_ANYWHERE =
            "Make room where the output above says, or name a folder of another disk: XDG_CACHE_HOME for this cache,"
                    + " UV_CACHE_DIR for uv's own, TMPDIR for temporary files.";

    private InstallationFailure() {}

    /**
     * A tool that failed.
     *
     * @param what was to be installed
     * @param cache the folder that it was to be put into
     * @param otherwise the remedy, if the output names no reason that is known here
     */
    static SparklingException of(String what, Path cache, Tool.Result result, String otherwise) {
        List<String> lines = result.lines();
        String text = String.join("\n", lines);
        SparklingException failure;
        if (NO_SPACE.matcher(text).find()) {
            failure = SparklingException.failed("installing " + what + " failed: " + noSpace(cache), ROOM_ANYWHERE);
        } else if (NO_NETWORK.matcher(text).find()) {
            failure = SparklingException.failed(
                    "installing " + what + " failed: it is not in the cache yet, and the network does not give it",
                    "Check the network, a proxy (HTTPS_PROXY), or a package index of your own (UV_DEFAULT_INDEX)."
                            + " Once it is installed, no network is needed.");
        } else {
            failure = SparklingException.failed("installing " + what + " failed", otherwise);
        }
        return failure.withEvidence(lines.subList(Math.max(0, lines.size() - EVIDENCE_LINES), lines.size()));
    }

    /** Too little room, found before anything is fetched; both in bytes. */
    static SparklingException tooSmall(Path cache, long needed, long free) {
        return SparklingException.failed(
                "installing Spark needs about " + gigabytes(needed) + " in " + cache + ", and " + gigabytes(free)
                        + " are free there",
                ROOM);
    }

    /** A file or folder of the cache that cannot be written. */
    static SparklingException unwritable(Path path, IOException problem) {
        String reason = String.valueOf(problem.getMessage());
        return (NO_SPACE.matcher(reason).find()
                        ? SparklingException.failed(path + " cannot be written: " + noSpace(path), ROOM)
                        : SparklingException.usage(
                                path + " cannot be written: " + reason,
                                "Make it writable, or name another folder for the cache by XDG_CACHE_HOME."))
                .causedBy(problem);
    }

    private static String noSpace(Path place) {
        return "no space is left; " + gigabytes(place.toFile().getUsableSpace()) + " are free in " + place;
    }

    private static String gigabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
