package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** The same cryptography for many, handed to an executor a few at a time. */
public final class Batches {
    private static final int SIZE = 16;

    private Batches() {}

    /** What is done for each. */
    @FunctionalInterface
    public interface Work<T, R> {
        R apply(T item) throws MlsException;
    }

    private record Done<R>(List<R> results, Optional<MlsException> failure) {}

    /**
     * The results in the order of the items.
     *
     * @param executor {@code Runnable::run} does one after the other
     * @throws MlsException of the first item that failed
     */
    public static <T, R> List<R> map(Executor executor, List<T> items, Work<T, R> work)
            throws MlsException {
        List<CompletableFuture<Done<R>>> tasks = new ArrayList<>();
        for (int from = 0; from < items.size(); from += SIZE) {
            List<T> batch = items.subList(from, Math.min(items.size(), from + SIZE));
            tasks.add(CompletableFuture.supplyAsync(() -> run(batch, work), executor));
        }
        List<R> results = new ArrayList<>(items.size());
        for (CompletableFuture<Done<R>> task : tasks) {
            Done<R> done = join(task);
            if (done.failure().isPresent()) {
                throw done.failure().get();
            }
            results.addAll(done.results());
        }
        return results;
    }

    private static <T, R> Done<R> run(List<T> batch, Work<T, R> work) {
        List<R> results = new ArrayList<>(batch.size());
        try {
            for (T each : batch) {
                results.add(work.apply(each));
            }
            return new Done<>(results, Optional.empty());
        } catch (MlsException e) {
            return new Done<>(results, Optional.of(e));
        }
    }

    private static <R> R join(CompletableFuture<R> task) {
        try {
            return task.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException unexpected) {
                throw unexpected;
            }
            throw e;
        }
    }
}
