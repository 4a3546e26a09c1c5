package dev.parley.host.internal;

import dev.parley.actor.api.Actors;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What the container writes to a child. A child that does not read fills its pipe, and whoever
 * writes to a full pipe waits; so what comes from threads that must not wait goes through a bounded
 * queue and a thread of its own, and how long a write has taken can be asked.
 */
final class Outbox implements AutoCloseable {
    static final int MAX_WAITING_BYTES = 4 << 20;

    private final OutputStream out;
    private final Consumer<String> broken;
    private final ReentrantLock pipe = new ReentrantLock();
    private final Deque<byte[]> waiting = new ArrayDeque<>();
    private int waitingBytes;
    private boolean closed;
    private volatile boolean writing;
    private volatile long since;

    /**
     * @param broken told once when the pipe is closed at the other end
     */
    Outbox(OutputStream out, String name, Consumer<String> broken) {
        this.out = out;
        this.broken = broken;
        Actors.daemon("parley-isolate-out-" + name, this::loop).start();
    }

    /**
     * Writes a frame on the calling thread if nothing waits, which is quicker; it may wait for the
     * child to read.
     *
     * @return false if too much waits, or it is closed
     */
    boolean now(byte[] frame) {
        if (idle() && pipe.tryLock()) {
            try {
                return write(frame);
            } finally {
                pipe.unlock();
            }
        }
        return later(frame);
    }

    /**
     * Leaves the writing to the outbox's own thread; never waits.
     *
     * @return false if too much waits, or it is closed
     */
    boolean later(byte[] frame) {
        synchronized (waiting) {
            if (closed || waitingBytes + frame.length > MAX_WAITING_BYTES) {
                return false;
            }
            waiting.add(frame);
            waitingBytes += frame.length;
            waiting.notifyAll();
            return true;
        }
    }

    /** Whether one write has taken this long. */
    boolean stuck(long nanos) {
        return writing && System.nanoTime() - since > nanos;
    }

    boolean closed() {
        synchronized (waiting) {
            return closed;
        }
    }

    private boolean idle() {
        synchronized (waiting) {
            return waitingBytes == 0 && !closed;
        }
    }

    private boolean write(byte[] frame) {
        since = System.nanoTime();
        writing = true;
        try {
            out.write(frame);
            out.flush();
            return true;
        } catch (IOException e) {
            close();
            broken.accept("its pipe is closed");
            return false;
        } finally {
            writing = false;
        }
    }

    private void loop() {
        for (byte[] frame = next(); frame.length > 0; frame = next()) {
            pipe.lock();
            try {
                write(frame);
            } finally {
                pipe.unlock();
            }
            synchronized (waiting) {
                waitingBytes -= frame.length;
            }
        }
    }

    private byte[] next() {
        synchronized (waiting) {
            while (waiting.isEmpty() && !closed) {
                try {
                    waiting.wait();
                } catch (InterruptedException e) {
                    closed = true; // nobody interrupts it but the end of all
                }
            }
            return closed ? new byte[0] : waiting.remove();
        }
    }

    /** What waits is not written any more. */
    @Override
    public void close() {
        synchronized (waiting) {
            closed = true;
            waiting.clear();
            waiting.notifyAll();
        }
    }
}
