package dev.sparkling.e2e;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A small pipeline in a folder of its own, for what needs tables but not the sample's nine: they take their time. */
final class Visits {
    static final String SPEC = "small/spark-pipeline.yml";

    private Visits() {}

    /** A spec whose code is in the folder `definitions` beside it. */
    static String spec(String name) {
        return "name: %s%nstorage: file:///app/checkpoints%nlibraries:%n  - glob:%n      include: definitions/**%n"
                .formatted(name);
    }

    /** Puts the pipeline in, and its first file of data. */
    static void write(Project project) {
        project.write(SPEC, spec("small"));
        project.write("small/definitions/visits.py", """
                from pyspark import pipelines as dp
                from pyspark.sql import SparkSession

                spark = SparkSession.active()


                @dp.table
                def visits():
                    return spark.readStream.schema("visitor string, page int").json("small/data")
                """);
        project.write(
                "small/definitions/visitors.sql",
                "CREATE MATERIALIZED VIEW visitors AS SELECT visitor, count(*) AS pages FROM visits GROUP BY visitor;\n");
        addFile(project, 1);
    }

    static void addFile(Project project, int file) {
        project.write(
                "small/data/" + file + ".json",
                "{\"visitor\": \"a\", \"page\": %d}%n{\"visitor\": \"b\", \"page\": %d}%n".formatted(file, file));
    }

    /** The tables after as many files of two visits each. */
    static Map<String, Integer> rows(int files) {
        return Map.of("visits", 2 * files, "visitors", 2);
    }

    static Outcome run(Project project, String... arguments) {
        return project.run(command(arguments));
    }

    static RunningProcess start(Project project, String... arguments) {
        return project.start(command(arguments));
    }

    private static String[] command(String... arguments) {
        List<String> command = new ArrayList<>(List.of("run", SPEC));
        command.addAll(List.of(arguments));
        return command.toArray(String[]::new);
    }
}
