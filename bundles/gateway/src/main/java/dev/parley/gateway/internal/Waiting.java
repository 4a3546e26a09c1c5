package dev.parley.gateway.internal;

import dev.parley.gateway.api.OperationException;
import dev.parley.gateway.api.OperationException.Kind;
import dev.parley.network.api.NetworkException;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a room's answer on the thread of a request, and names what went wrong. */
final class Waiting {
    private Waiting() {}

    static <T> T join(CompletionStage<T> stage, Duration limit) throws OperationException {
        try {
            return stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new OperationException(
                    Kind.TIMEOUT, "TIMEOUT", "no answer within " + limit.toSeconds() + " s", "");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationException(
                    Kind.UNAVAILABLE, "STOPPING", "the container is stopping", "");
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        }
    }

    static OperationException failure(Throwable cause) {
        if (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
            return failure(cause.getCause());
        }
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof NetworkException e) {
            Kind kind =
                    switch (e.code()) {
                        case TIMEOUT -> Kind.TIMEOUT;
                        case UNREACHABLE, BUSY, CLOSED -> Kind.UNAVAILABLE;
                        default -> Kind.REFUSED;
                    };
            return new OperationException(
                    kind, e.code().name(), message, "is it running, and does it listen there?");
        }
        if (cause instanceof IllegalArgumentException) {
            return OperationException.invalid(message, "");
        }
        return new OperationException(Kind.FAILED, "INTERNAL", message, "see the container's log");
    }
}
