package dev.sparkling.engine.docker;

import dev.sparkling.error.Category;
import dev.sparkling.error.SparklingException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** Runs a piece of work for each item at the same time, after the items that it depends on. */
final class Parallel {
    private Parallel() {}

    /**
     * Works on all items and returns when all are done. The first failure is thrown, after the others have ended; items
     * that depend on a failed one are left alone.
     *
     * @param dependencies the names that must be done before; unknown names do not count, cycles are not allowed
     */
    static <T> void forEach(Map<String, T> items, Function<T, Collection<String>> dependencies, Consumer<T> work) {
        ExecutorService threads = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "sparkling-work");
            thread.setDaemon(true);
            return thread;
        });
        Map<String, CompletableFuture<Void>> done = new LinkedHashMap<>();
        try {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (String name : items.keySet()) {
                all.add(schedule(name, items, dependencies, work, threads, done));
            }
            await(all);
        } finally {
            threads.shutdownNow();
        }
    }

    private static <T> CompletableFuture<Void> schedule(
            String name,
            Map<String, T> items,
            Function<T, Collection<String>> dependencies,
            Consumer<T> work,
            ExecutorService threads,
            Map<String, CompletableFuture<Void>> done) {
        CompletableFuture<Void> known = done.get(name);
        if (known != null) {
            return known;
        }
        T item = java.util.Objects.requireNonNull(items.get(name));
        List<CompletableFuture<Void>> before = new ArrayList<>();
        for (String dependency : dependencies.apply(item)) {
            if (items.containsKey(dependency)) {
                before.add(schedule(dependency, items, dependencies, work, threads, done));
            }
        }
        CompletableFuture<Void> future = CompletableFuture.allOf(before.toArray(CompletableFuture[]::new))
                .thenRunAsync(() -> work.accept(item), threads);
        done.put(name, future);
        return future;
    }

    private static void await(List<CompletableFuture<Void>> futures) {
        RuntimeException first = null;
        for (CompletableFuture<Void> future : futures) {
            try {
                future.get();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new SparklingException(Category.INTERRUPTED, "interrupted", null, List.of(), null);
            } catch (ExecutionException failure) {
                Throwable cause = failure.getCause();
                while (cause instanceof CompletionException && cause.getCause() != null) {
                    cause = cause.getCause();
                }
                if (first == null) {
                    first = cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
