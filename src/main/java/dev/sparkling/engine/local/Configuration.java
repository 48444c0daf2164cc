package dev.sparkling.engine.local;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Spark's configuration for this machine, made from the image's (docker/conf): paths of the container become those of
 * the project, and logs go to files that rotate.
 */
final class Configuration {
    /** A service keeps at most twice this for each of its logs. */
    private static final String LOG_SIZE = "10MB";

    private Configuration() {}

    /**
     * The files of the configuration folder.
     *
     * @param image the files of the image's build context, by path
     * @param folder where they will lie
     * @param executor options of the executors' JVMs
     */
    static Map<String, byte[]> files(Map<String, byte[]> image, PathMapping paths, Path folder, List<String> executor) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        files.put("spark-defaults.conf", bytes(defaults(text(image, "spark-defaults.conf"), paths, folder, executor)));
        files.put("log4j2.properties", bytes(logging(text(image, "log4j2.properties"))));
        files.put("log4j2-executor.properties", bytes(executorLogging(text(image, "log4j2-executor.properties"))));
        return files;
    }

    static String defaults(String image, PathMapping paths, Path folder, List<String> executor) {
        List<String> lines = new ArrayList<>();
        image.lines()
                .filter(line -> !key(line).equals("spark.executor.defaultJavaOptions"))
                .forEach(line -> lines.add(key(line).isEmpty() ? line : escaped(paths.apply(line))));
        lines.add("");
        lines.add("# On this machine");
        StringBuilder options = new StringBuilder();
        executor.forEach(option -> options.append('"').append(option).append("\" "));
        lines.add("spark.executor.defaultJavaOptions  "
                + escaped(options + "\"-Dlog4j2.configurationFile=" + folder.resolve("log4j2-executor.properties")
                        + "\" -Dexecutor.id={{EXECUTOR_ID}} -Duser.timezone=UTC"));
        // Beside the log, executors keep their output where the worker's UI shows it.
        lines.add("spark.executor.logs.rolling.strategy  size");
        lines.add("spark.executor.logs.rolling.maxSize  10485760");
        lines.add("spark.executor.logs.rolling.maxRetainedFiles  2");
        lines.add("spark.executor.logs.redirectConsoleOutputs  stdout,stderr");
        lines.add("spark.driver.log.redirectConsoleOutputs  stdout,stderr");
        return String.join("\n", lines) + "\n";
    }

    /** The log of the roles: the console becomes a file; the file's name is the JVM's property `sparkling.log`. */
    static String logging(String image) {
        List<String> lines = new ArrayList<>();
        for (String line : image.split("\n", -1)) {
            if (key(line).equals("appender.console.type")) {
                lines.addAll(rolling("console", "${sys:sparkling.log}"));
            } else if (!key(line).equals("appender.console.target")) {
                lines.add(line);
            }
        }
        // What functions of Python print in the driver is no error, though it comes that way.
        lines.add("appender.printed.name = printed");
        lines.addAll(rolling("printed", "${sys:sparkling.log}"));
        lines.add("appender.printed.layout.type = PatternLayout");
        lines.add("appender.printed.layout.pattern =" + " %d{yyyy-MM-dd'T'HH:mm:ss.SSS'Z'}{UTC} INFO  %c{1}: %m%n%ex");
        for (String stream : List.of("stdout", "stderr")) {
            lines.add("logger." + stream + ".name = " + stream);
            lines.add("logger." + stream + ".additivity = false");
            lines.add("logger." + stream + ".appenderRef.printed.ref = printed");
        }
        return String.join("\n", lines) + "\n";
    }

    /** The log of executors: what goes to the container's log goes to a file, which rotates. */
    static String executorLogging(String image) {
        List<String> lines = new ArrayList<>();
        for (String line : image.split("\n", -1)) {
            String key = key(line);
            if (key.endsWith("container.type")) {
                lines.addAll(rolling(key.split("\\.", -1)[1], "${log}"));
            } else if (!key.endsWith("container.fileName")) {
                lines.add(line);
            }
        }
        return String.join("\n", lines) + "\n";
    }

    private static List<String> rolling(String appender, String file) {
        String prefix = "appender." + appender + ".";
        return List.of(
                prefix + "type = RollingFile",
                prefix + "fileName = " + file,
                prefix + "filePattern = " + file + ".%i",
                prefix + "policies.type = Policies",
                prefix + "policies.size.type = SizeBasedTriggeringPolicy",
                prefix + "policies.size.size = " + LOG_SIZE,
                prefix + "strategy.type = DefaultRolloverStrategy",
                prefix + "strategy.fileIndex = min",
                prefix + "strategy.max = 1");
    }

    /** The key of a line of a properties file; empty for a comment. */
    private static String key(String line) {
        String text = line.strip();
        return text.startsWith("#") || text.isEmpty() ? "" : text.split("[\\s=]", 2)[0];
    }

    /** A backslash is the properties format's own sign. */
    private static String escaped(String line) {
        return line.replace("\\", "\\\\");
    }

    private static String text(Map<String, byte[]> image, String name) {
        byte[] bytes = image.get("conf/" + name);
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
