package dev.sparkling.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The Python package indexes that this user's pip and uv use: by uv's variables, pip's variables and pip's files, in
 * this order. Their addresses may hold passwords.
 *
 * @param index instead of PyPI
 * @param extra further ones
 * @param trustedHosts whose certificates are not checked
 * @param strategy uv's word for how it chooses between indexes that have the same package
 */
public record PackageIndexes(
        Optional<String> index, List<String> extra, List<String> trustedHosts, Optional<String> strategy) {
    /** pip weighs all indexes alike, and so does whoever has told pip of several. */
    private static final String AS_PIP_DOES = "unsafe-best-match";

    public PackageIndexes {
        extra = List.copyOf(extra);
        trustedHosts = List.copyOf(trustedHosts);
    }

    /** Reads them; a file that cannot be read counts as absent, as it does for pip. */
    public static PackageIndexes find(Map<String, String> environment, Path home) {
        Map<String, String> files = new LinkedHashMap<>();
        files(environment, home).forEach(file -> files.putAll(read(file)));
        Optional<String> index = Stream.of(
                        environment.getOrDefault("UV_DEFAULT_INDEX", ""),
                        environment.getOrDefault("UV_INDEX_URL", ""),
                        environment.getOrDefault("PIP_INDEX_URL", ""),
                        files.getOrDefault("index-url", ""))
                .flatMap(PackageIndexes::addresses)
                .findFirst();
        Set<String> extra = new LinkedHashSet<>();
        Stream.of("UV_INDEX", "UV_EXTRA_INDEX_URL")
                .flatMap(name -> addresses(environment.getOrDefault(name, "")))
                .forEach(extra::add);
        Set<String> ofPip = new LinkedHashSet<>();
        addresses(value(environment, "PIP_EXTRA_INDEX_URL", files, "extra-index-url"))
                .forEach(ofPip::add);
        boolean onlyPips = extra.isEmpty() && !ofPip.isEmpty();
        extra.addAll(ofPip);
        Set<String> trusted = new LinkedHashSet<>();
        words(environment.getOrDefault("UV_INSECURE_HOST", "")).forEach(trusted::add);
        words(value(environment, "PIP_TRUSTED_HOST", files, "trusted-host")).forEach(trusted::add);
        return new PackageIndexes(
                index,
                List.copyOf(extra),
                List.copyOf(trusted),
                Optional.ofNullable(environment.get("UV_INDEX_STRATEGY"))
                        .filter(text -> !text.isEmpty())
                        .or(() -> onlyPips ? Optional.of(AS_PIP_DOES) : Optional.empty()));
    }

    /** pip's variable, or what its files say. */
    private static String value(Map<String, String> environment, String name, Map<String, String> files, String key) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? files.getOrDefault(key, "") : value;
    }

    private static Stream<String> words(String text) {
        return Arrays.stream(text.strip().split("\\s+", -1)).filter(word -> !word.isEmpty());
    }

    /** Those that others than this machine can reach; uv puts a name before some, as in `mine=https://…`. */
    private static Stream<String> addresses(String text) {
        return words(text)
                .map(word -> word.replaceFirst("^[\\w.-]+=(?=https?://)", ""))
                .filter(word -> word.matches("https?://.+"));
    }

    /** pip's files; later ones go before earlier ones (`pip config debug` lists them). */
    private static List<Path> files(Map<String, String> environment, Path home) {
        String own = environment.getOrDefault("PIP_CONFIG_FILE", "");
        if (own.equals("/dev/null")) {
            return List.of(); // pip's way to read none
        }
        List<Path> files = new ArrayList<>(List.of(Path.of("/etc/xdg/pip/pip.conf"), Path.of("/etc/pip.conf")));
        files.add(home.resolve(".pip/pip.conf"));
        files.add(home.resolve("Library/Application Support/pip/pip.conf"));
        String configuration = environment.getOrDefault("XDG_CONFIG_HOME", "");
        files.add((configuration.isEmpty() ? home.resolve(".config") : Path.of(configuration)).resolve("pip/pip.conf"));
        if (!own.isEmpty()) {
            files.add(Path.of(own));
        }
        return files;
    }

    /** What the file's sections for all commands and for `install` say, by key; values of several lines joined. */
    private static Map<String, String> read(Path file) {
        Map<String, String> global = new LinkedHashMap<>();
        Map<String, String> install = new LinkedHashMap<>();
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException absent) {
            return global;
        }
        Map<String, String> section = new LinkedHashMap<>();
        String key = "";
        for (String line : lines) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#") || text.startsWith(";")) {
                continue;
            }
            if (Character.isWhitespace(line.charAt(0)) && !key.isEmpty()) {
                section.merge(key, text, (before, more) -> before + " " + more);
                continue;
            }
            key = "";
            int end = separator(text);
            if (text.startsWith("[")) {
                section = text.equals("[global]") ? global : text.equals("[install]") ? install : new LinkedHashMap<>();
            } else if (end > 0) {
                key = text.substring(0, end).strip().replace('_', '-');
                section.put(key, text.substring(end + 1).strip());
            }
        }
        global.putAll(install);
        return global;
    }

    private static int separator(String text) {
        int equals = text.indexOf('=');
        int colon = text.indexOf(':');
        return equals < 0 || colon < 0 ? Math.max(equals, colon) : Math.min(equals, colon);
    }
}
