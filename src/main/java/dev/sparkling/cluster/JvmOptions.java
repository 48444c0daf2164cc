package dev.sparkling.cluster;

import java.util.ArrayList;
import java.util.List;

/** The options of each role's JVM. The image's build writes the same ones into its argument files (docker/build/jvm). */
public final class JvmOptions {
    /** Spark on Java 17 and later: JavaModuleOptions in Spark's launcher. */
    private static final List<String> MODULES = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.cs=ALL-UNNAMED",
            "--add-opens=java.base/sun.security.action=ALL-UNNAMED",
            "--add-opens=java.base/sun.util.calendar=ALL-UNNAMED",
            "--add-opens=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
            "-Djdk.reflect.useDirectMethodHandle=false",
            "-Dio.netty.tryReflectionSetAccessible=true",
            "-Dio.netty.allocator.type=pooled",
            "-Dio.netty.handler.ssl.defaultEndpointVerificationAlgorithm=NONE",
            "--enable-native-access=ALL-UNNAMED");

    /** The daemons do little: small heaps, one thread for garbage, and no time spent on optimising code. */
    private static final List<String> DAEMON = List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    /**
     * Of JVMs that run queries. Code is optimised by C2 after two hundred times the usual calls, loops after fifty times
     * the usual rounds, which a query that takes a second has long passed. By default a cold JVM on few cores spends
     * more time on optimising what runs some thousand times than it wins.
     *
     * <p>Reflection makes a class for every method that it calls for the fifteenth time by default, some five hundred in
     * a first run; as often as here it calls only what is worth one.
     */
    public static final List<String> QUERIES = List.of(
            "-Dsun.reflect.inflationThreshold=1000",
            "-XX:Tier4InvocationThreshold=1000000",
            "-XX:Tier4MinInvocationThreshold=120000",
            "-XX:Tier4CompileThreshold=1500000",
            "-XX:Tier4BackEdgeThreshold=2000000");

    private JvmOptions() {}

    /** The options of a role that has a JVM of its own: master, worker or Connect. */
    public static List<String> of(Role role) {
        List<String> options = new ArrayList<>(MODULES);
        switch (role) {
            case MASTER -> options.addAll(DAEMON);
            case WORKER -> {
                options.addAll(DAEMON);
                options.add("-Dspark.worker.cleanup.enabled=true");
            }
            case CONNECT -> {
                options.add("--add-modules=jdk.incubator.vector");
                options.addAll(QUERIES);
            }
            case APP, OTHER -> throw new IllegalArgumentException(role + " has no JVM");
        }
        return List.copyOf(options);
    }
}
