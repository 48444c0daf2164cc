package dev.sparkling.engine.local;

import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A proxy as Java wants to be told of it: it does not read the variables that other programs read. */
final class Proxies {
    private Proxies() {}

    /** The JVM's options, from http_proxy, https_proxy and no_proxy in either case. */
    static List<String> properties(Map<String, String> environment) {
        List<String> options = new ArrayList<>();
        add(options, "http", value(environment, "http_proxy"));
        add(options, "https", value(environment, "https_proxy"));
        String exceptions = value(environment, "no_proxy");
        if (!exceptions.isEmpty()) {
            // A leading dot means "every host below" there, an asterisk here.
            options.add("-Dhttp.nonProxyHosts="
                    + Arrays.stream(exceptions.replace(" ", "").split(",", -1))
                            .filter(host -> !host.isEmpty())
                            .map(host -> host.startsWith(".") ? "*" + host : host)
                            .collect(Collectors.joining("|")));
        }
        if (!options.isEmpty()) {
            // Proxies that ask for a password over https are refused by default.
            options.add("-Djdk.http.auth.tunneling.disabledSchemes=");
        }
        return options;
    }

    private static void add(List<String> options, String scheme, String address) {
        if (address.isEmpty()) {
            return;
        }
        URI proxy;
        try {
            proxy = URI.create(address.contains("://") ? address : "http://" + address);
        } catch (IllegalArgumentException strange) {
            return;
        }
        if (proxy.getHost() == null) {
            return;
        }
        options.add("-D" + scheme + ".proxyHost=" + proxy.getHost());
        if (proxy.getPort() > 0) {
            options.add("-D" + scheme + ".proxyPort=" + proxy.getPort());
        }
        if (proxy.getUserInfo() != null) {
            String[] user = proxy.getUserInfo().split(":", 2);
            options.add("-D" + scheme + ".proxyUser=" + user[0]);
            options.add("-D" + scheme + ".proxyPassword=" + (user.length > 1 ? user[1] : ""));
        }
    }

    private static String value(Map<String, String> environment, String name) {
        String lower = environment.getOrDefault(name, "");
        return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(java.util.Locale.ROOT), "") : lower;
    }
}
