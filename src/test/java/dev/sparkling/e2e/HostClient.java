package dev.sparkling.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A Spark Connect client on the host's network, which knows nothing but the server's published address. */
final class HostClient {
    private static final String COUNT = """
            import sys
            from pyspark.sql import SparkSession
            spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
            tables = sys.argv[2:]
            counts = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables)
            for row in spark.sql(counts).collect() if tables else []:
                print(*row)
            """;

    private HostClient() {}

    /** The rows of tables as the client sees them. */
    static Map<String, Integer> rows(Project project, Set<String> tables) {
        List<String> command = new ArrayList<>(project.python());
        command.addAll(List.of("-c", COUNT, "sc://localhost:" + project.connectPort()));
        command.addAll(tables);
        Map<String, Integer> rows = new TreeMap<>();
        Outcome outcome = RunningProcess.start(command, Path.of("/"), Map.of())
                .await(Duration.ofMinutes(2))
                .succeeds();
        outcome.lines().forEach(line -> {
            String[] fields = line.split(" ", -1);
            rows.put(fields[0], Integer.parseInt(fields[1]));
        });
        return rows;
    }
}
