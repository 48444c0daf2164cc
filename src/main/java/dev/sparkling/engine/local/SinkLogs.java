package dev.sparkling.engine.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The logs in which Spark's streaming sink names the files of a table (`_spark_metadata`), by absolute paths: those who
 * read a table that was moved would find no file in it, and no error. The image's entry point does the same.
 */
final class SinkLogs {
    /** Of the folders that a project had, for its next run: that looks after the checkpoints. */
    private static final String NOTE = ".moved_from";

    private SinkLogs() {}

    /** Makes the logs of all streaming tables in the warehouse name a project's folder in place of the old one. */
    static void follow(Path project, Path old) throws IOException {
        Pattern named = Pattern.compile(
                "(\"path\":\")file:/+" + Pattern.quote(old.toString().substring(1) + "/"));
        String path = "$1" + Matcher.quoteReplacement("file://" + project + "/");
        for (Path log : logs(project.resolve("spark-warehouse"))) {
            Files.writeString(log.resolve(NOTE), old + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            for (Path batch : entries(log, "[0-9]*")) {
                Path rewritten = log.resolve(".rewritten");
                Files.writeString(
                        rewritten, named.matcher(Files.readString(batch)).replaceAll(path));
                // First: Hadoop takes a file without a checksum, and refuses one that does not fit it.
                Files.deleteIfExists(log.resolve("." + batch.getFileName() + ".crc"));
                Files.move(rewritten, batch, StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    private static List<Path> logs(Path warehouse) throws IOException {
        List<Path> tables = entries(warehouse, "*");
        for (Path database : entries(warehouse, "*.db")) {
            tables.addAll(entries(database, "*"));
        }
        return tables.stream()
                .map(table -> table.resolve("_spark_metadata"))
                .filter(Files::isDirectory)
                .toList();
    }

    private static List<Path> entries(Path folder, String pattern) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, pattern)) {
            found.forEach(entries::add);
        }
        return entries;
    }
}
