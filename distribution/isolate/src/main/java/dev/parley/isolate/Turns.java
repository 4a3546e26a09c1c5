package dev.parley.isolate;

import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Threads that take turns at the pipe. The one whose turn it is reads; when it reads a call, it
 * hands the turn on and runs the call itself. So a call goes from the pipe to the plugin without
 * being handed to another thread, which costs several times what the rest of it does, and yet there
 * is always somebody who reads: there is one thread more than there are calls that run at once.
 */
final class Turns {
    /** What is read and run. */
    interface Pipe {
        /**
         * Sees to everything that comes before the next call. One thread at a time is here.
         *
         * @throws IOException if the pipe has ended
         */
        Value.Map nextCall() throws IOException, MalformedException;

        /** Runs a call; several threads are here at once. */
        void run(Value.Map call);

        /** Answers a call that cannot even wait. */
        void refuse(Value.Map call);
    }

    private final int mostRunning;
    private final int mostWaiting;
    private final Pipe pipe;
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Deque<Value.Map> waiting = new ArrayDeque<>();
    private boolean reading;
    private int running;
    private int idle;
    private int threads;

    Turns(int mostRunning, int mostWaiting, Pipe pipe) {
        this.mostRunning = mostRunning;
        this.mostWaiting = mostWaiting;
        this.pipe = pipe;
    }

    /** Serves until the pipe ends. Calls that run then still run. */
    void serve() throws MalformedException {
        synchronized (this) {
            thread();
        }
        try {
            end.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof MalformedException malformed) {
                throw malformed;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private void thread() {
        threads++;
        Thread thread = new Thread(this::work, "parley-calls-" + threads);
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        try {
            while (!end.isDone()) {
                Optional<Value.Map> waited = turn();
                Value.Map call = waited.isPresent() ? waited.get() : read();
                try {
                    pipe.run(call);
                } finally {
                    Thread.interrupted(); // is not to reach the next call
                    synchronized (this) {
                        running--;
                    }
                }
            }
        } catch (IOException e) {
            end.complete(null);
        } catch (MalformedException | RuntimeException e) {
            end.completeExceptionally(e);
        } finally {
            synchronized (this) {
                threads--;
            }
        }
    }

    /**
     * @return a call that waited; nothing if this thread is to read
     */
    private synchronized Optional<Value.Map> turn() {
        while (true) {
            if (running < mostRunning && !waiting.isEmpty()) {
                running++;
                return Optional.of(waiting.remove());
            }
            if (!reading) {
                reading = true;
                return Optional.empty();
            }
            idle++;
            try {
                wait();
            } catch (InterruptedException e) {
                continue; // a plugin can interrupt whom it likes; nobody here heeds it
            } finally {
                idle--;
            }
        }
    }

    private Value.Map read() throws IOException, MalformedException {
        while (true) {
            Value.Map call = pipe.nextCall();
            synchronized (this) {
                if (running < mostRunning) {
                    running++;
                    waiting.add(call);
                    reading = false;
                    if (idle > 0) {
                        notify();
                    } else if (threads <= mostRunning) {
                        thread();
                    }
                    return waiting.remove();
                }
                if (waiting.size() < mostWaiting) {
                    waiting.add(call);
                    continue;
                }
            }
            pipe.refuse(call);
        }
    }
}
