package dev.parley.host.internal;

import dev.parley.actor.api.Actors;
import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.direct.api.RequestException;
import dev.parley.host.api.ToolException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The host's one worker: installs, starts and stops come one after the other and may block. Every
 * failure is a {@link RefusedException} with a code.
 */
final class Work implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Work.class.getName());

    private final ExecutorService worker = Actors.pool("parley-host-worker", 1, 256);

    private record Task<T>(Callable<T> work, CompletableFuture<T> result) implements Runnable {
        /** Whatever is thrown, somebody waits for the result. */
        @Override
        public void run() {
            try {
                result.complete(work.call());
            } catch (RefusedException e) {
                result.completeExceptionally(e);
            } catch (Exception | Error e) {
                LOG.log(System.Logger.Level.WARNING, "the host's work failed", e);
                result.completeExceptionally(new RefusedException(ReasonCode.FAILED, e.toString()));
            }
        }
    }

    /** Runs blocking work; what it throws is how the stage fails. */
    <T> CompletableFuture<T> run(Callable<T> task) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            worker.execute(new Task<>(task, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(
                    new RefusedException(ReasonCode.FAILED, "too much waits; try again"));
        }
        return result;
    }

    /** Waits on the worker for what another room does. */
    static <T> T await(CompletionStage<T> stage, Duration limit) throws RefusedException {
        try {
            return stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            while (cause instanceof CompletionException && cause.getCause() != null) {
                cause = cause.getCause();
            }
            if (cause instanceof RefusedException refused) {
                throw refused;
            }
            if (cause instanceof RequestException request) {
                throw new RefusedException(code(request.code()), request.getMessage());
            }
            if (cause instanceof ToolException tool && tool.code().equals("UNHEALTHY")) {
                throw new RefusedException(ReasonCode.UNHEALTHY, tool.getMessage());
            }
            throw new RefusedException(
                    ReasonCode.START_FAILED, cause == null ? e.toString() : cause.getMessage());
        } catch (TimeoutException e) {
            throw new RefusedException(
                    ReasonCode.FAILED, "it took longer than " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(ReasonCode.FAILED, "the container stops");
        }
    }

    /**
     * @return the code of this name; FAILED for a name from another room that is no code here
     */
    static ReasonCode code(String name) {
        try {
            return ReasonCode.valueOf(name);
        } catch (IllegalArgumentException e) {
            return ReasonCode.FAILED;
        }
    }

    @Override
    public void close() {
        for (Runnable waiting : worker.shutdownNow()) {
            if (waiting instanceof Task<?> task) {
                task.result()
                        .completeExceptionally(
                                new RefusedException(ReasonCode.FAILED, "the container stops"));
            }
        }
    }
}
