package dev.sparkling;

import dev.sparkling.cli.Invocation;
import dev.sparkling.cli.Sparkling;
import dev.sparkling.console.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Properties;
import java.util.Set;

/** Wires the parts and starts the program. */
public final class Main {
    /** What scripts ask most; the model of all commands, which they would wait for, takes longer than Java's start. */
    private static final Set<String> VERSION = Set.of("version", "--version", "-V");

    private Main() {}

    public static void main(String[] arguments) {
        if (arguments.length == 1 && VERSION.contains(arguments[0])) {
            System.out.println("sparkling " + version());
            return;
        }
        Invocation invocation = new Invocation(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                Path.of(System.getProperty("user.home")),
                Console::system,
                new Engines(),
                version(),
                Instant.now());
        System.exit(Sparkling.execute(invocation, arguments));
    }

    private static String version() {
        try (InputStream input = Main.class.getResourceAsStream("version.properties")) {
            Properties properties = new Properties();
            properties.load(input);
            return properties.getProperty("version");
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
