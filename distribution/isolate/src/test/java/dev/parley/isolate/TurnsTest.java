package dev.parley.isolate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that run until the test lets them go, from a pipe that the test fills. */
@Timeout(30)
class TurnsTest implements Turns.Pipe {
    private static final Value.Map END = Value.map().put("end", 1).build();
    private static final Value.Map NOISE = Value.map().put("noise", 1).build();

    private final BlockingQueue<Value.Map> pipe = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> started = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> finished = new LinkedBlockingQueue<>();
    private final BlockingQueue<Long> refused = new LinkedBlockingQueue<>();
    private final Semaphore mayFinish = new Semaphore(0);
    private final AtomicInteger readers = new AtomicInteger();
    private final AtomicInteger mostReaders = new AtomicInteger();
    private volatile Runnable inCall = () -> {};
    private final CompletableFuture<Void> served =
            CompletableFuture.runAsync(
                    () -> {
                        try {
                            new Turns(2, 3, this).serve();
                        } catch (MalformedException e) {
                            throw new IllegalArgumentException(e);
                        }
                    });

    @Override
    public Value.Map nextCall() throws IOException, MalformedException {
        mostReaders.accumulateAndGet(readers.incrementAndGet(), Math::max);
        try {
            Value.Map call = pipe.take();
            if (call.equals(END)) {
                throw new IOException("the pipe ended");
            }
            if (call.equals(NOISE)) {
                throw new MalformedException(MalformedException.Reason.UNSUPPORTED, "noise");
            }
            return call;
        } catch (InterruptedException e) {
            throw new IllegalStateException("the reader was interrupted", e);
        } finally {
            readers.decrementAndGet();
        }
    }

    @Override
    public void run(Value.Map call) {
        started.add(HostContext.number(call, "id"));
        inCall.run();
        mayFinish.acquireUninterruptibly();
        finished.add(HostContext.number(call, "id"));
    }

    @Override
    public void refuse(Value.Map call) {
        refused.add(HostContext.number(call, "id"));
    }

    private void calls(long from, long to) {
        for (long id = from; id <= to; id++) {
            pipe.add(Value.map().put("id", id).build());
        }
    }

    private static List<Long> take(BlockingQueue<Long> from, int count)
            throws InterruptedException {
        List<Long> found = new java.util.ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(from.take());
        }
        return found;
    }

    @AfterEach
    void end() {
        mayFinish.release(1_000_000);
        pipe.add(END);
    }

    @Test
    void someRunSomeWaitInOrderAndTheRestIsRefused() throws Exception {
        calls(1, 7);
        assertThat(take(refused, 2)).containsExactly(6L, 7L);
        assertThat(take(started, 2)).containsExactlyInAnyOrder(1L, 2L);
        assertThat(started).isEmpty();
        mayFinish.release();
        assertThat(take(started, 1)).containsExactly(3L);
        mayFinish.release(2);
        assertThat(take(started, 2)).containsExactlyInAnyOrder(4L, 5L);
        mayFinish.release(2);
        assertThat(take(finished, 5)).hasSize(5);
    }

    @Test
    void thePipeIsReadByOneThreadAtATimeHoweverManyCallsComeAndGo() throws Exception {
        mayFinish.release(20_000);
        for (long id = 1; id <= 20_000; id++) {
            pipe.add(Value.map().put("id", id).build());
            if (id % 4 == 0) {
                while (finished.size() + refused.size() < id) {
                    Thread.onSpinWait();
                }
            }
        }
        assertThat(finished.size() + refused.size()).isEqualTo(20_000);
        assertThat(refused).isEmpty();
        assertThat(mostReaders).hasValue(1);
    }

    @Test
    void theEndOfThePipeIsSeenWhileEveryCallHangs() throws Exception {
        calls(1, 2);
        take(started, 2);
        pipe.add(END);
        served.get(10, TimeUnit.SECONDS);
        assertThat(finished).isEmpty();
    }

    @Test
    void noiseEndsItAndSaysWhy() {
        pipe.add(NOISE);
        assertThatThrownBy(() -> served.get(10, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(MalformedException.class);
    }

    @Test
    void aCallThatInterruptsItsThreadDisturbsNoOther() throws Exception {
        inCall = () -> Thread.currentThread().interrupt();
        mayFinish.release(50);
        for (long id = 1; id <= 50; id++) {
            calls(id, id);
            assertThat(take(finished, 1)).containsExactly(id);
        }
        CountDownLatch quiet = new CountDownLatch(1);
        inCall =
                () -> {
                    if (!Thread.currentThread().isInterrupted()) {
                        quiet.countDown();
                    }
                };
        mayFinish.release();
        calls(51, 51);
        assertThat(quiet.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
