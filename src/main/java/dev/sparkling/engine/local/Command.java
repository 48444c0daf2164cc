package dev.sparkling.engine.local;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program with its arguments.
 *
 * @param environment what the program needs; the caller's own variables come beside it
 */
record Command(List<String> arguments, Map<String, String> environment) {
    Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    /** The same with options between the program and its arguments. */
    Command withOptions(List<String> options) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(1, options);
        return new Command(all, environment);
    }

    /** SHA-256 over all of it: a service whose hash differs must be started anew. */
    String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(arguments.toString().getBytes(StandardCharsets.UTF_8));
            digest.update(new TreeMap<>(environment).toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
