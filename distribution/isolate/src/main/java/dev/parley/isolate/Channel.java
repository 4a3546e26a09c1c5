package dev.parley.isolate;

import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.PipeFrames;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;

/** The child's side of the pipe: writes frames, and waits for the answers to its own calls. */
final class Channel {
    private final OutputStream out;
    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, CompletableFuture<Value.Map>> waiting = new ConcurrentHashMap<>();

    Channel(OutputStream out) {
        this.out = out;
    }

    /**
     * @throws IllegalArgumentException if a frame cannot hold the message; nothing was sent
     */
    synchronized void send(Value.MapBuilder message) {
        try {
            PipeFrames.write(out, message.build());
        } catch (IOException e) {
            if (e.getCause() instanceof MalformedException tooLong) {
                throw new IllegalArgumentException(tooLong.getMessage(), tooLong);
            }
            Runtime.getRuntime().halt(3); // the host is gone: nothing is left to do
        }
    }

    /** Asks the host and waits for its answer. */
    Value.Map ask(String operation, Value.MapBuilder arguments) {
        long id = ids.incrementAndGet();
        CompletableFuture<Value.Map> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        send(
                Value.map()
                        .put("kind", "ask")
                        .put("id", id)
                        .put("op", operation)
                        .put("args", arguments.build()));
        try {
            return answer.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the container was asked", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            waiting.remove(id);
        }
    }

    void answered(long id, Value.Map answer) {
        CompletableFuture<Value.Map> waiter = waiting.get(id);
        if (waiter != null) {
            waiter.complete(answer);
        }
    }
}
