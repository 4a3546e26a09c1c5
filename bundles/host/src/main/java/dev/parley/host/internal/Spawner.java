package dev.parley.host.internal;

import dev.parley.actor.api.Actors;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The one thread that starts confined children. They end by the kernel's hand when the thread that
 * started them ends (not only when its process does), so that thread must last as long as they may.
 */
final class Spawner implements AutoCloseable {
    private record Order(ProcessBuilder builder, CompletableFuture<Process> started) {}

    private final BlockingQueue<Order> orders = new ArrayBlockingQueue<>(256);
    private final Thread thread = Actors.daemon("parley-isolate-spawner", this::loop);
    private volatile boolean closed;

    Spawner() {
        thread.start();
    }

    Process start(ProcessBuilder builder) throws IOException {
        Order order = new Order(builder, new CompletableFuture<>());
        if (closed || !orders.offer(order)) {
            throw new IOException(closed ? "the container stops" : "too many starts wait");
        }
        if (closed) {
            order.started().completeExceptionally(new IOException("the container stops"));
        }
        try {
            return order.started().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e);
        }
    }

    private void loop() {
        while (!closed) {
            try {
                Order order = orders.take();
                try {
                    Process process = order.builder().start();
                    if (!order.started().complete(process)) {
                        process.destroyForcibly();
                    }
                } catch (IOException | RuntimeException e) {
                    order.started().completeExceptionally(e);
                }
            } catch (InterruptedException e) {
                break; // closed
            }
        }
        IOException stops = new IOException("the container stops");
        orders.forEach(order -> order.started().completeExceptionally(stops));
    }

    /** Ends every child that is left. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
