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

/** Wires the parts and starts the program. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
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
