package dev.parley.actor.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ActorTest {
    @Test
    void inputsRunOneAtATimeInOrder() throws Exception {
        List<Integer> seen = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        try (Actor actor = Actors.create("test", 1000)) {
            for (int i = 0; i < 500; i++) {
                int number = i;
                assertThat(actor.tell(() -> seen.add(number))).isTrue();
            }
            actor.tell(done::countDown);
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(seen).hasSize(500).isSorted();
    }

    @Test
    void aFullMailboxSaysSoAndAClosedActorRunsNothing() throws Exception {
        CountDownLatch hold = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        Actor actor = Actors.create("test", 2);
        actor.tell(
                () -> {
                    held.countDown();
                    try {
                        hold.await(5, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        assertThat(held.await(5, TimeUnit.SECONDS)).isTrue();
        assertThat(actor.tell(() -> {})).isTrue();
        assertThat(actor.tell(() -> {})).isTrue();
        assertThat(actor.tell(() -> {})).isFalse();
        assertThat(actor.refused()).isEqualTo(1);
        hold.countDown();
        actor.close();
        assertThat(actor.tell(() -> {})).isFalse();
    }

    @Test
    void anInputThatFailsStopsNothing() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        try (Actor actor = Actors.create("test", 10)) {
            actor.tell(
                    () -> {
                        throw new IllegalStateException("on purpose");
                    });
            actor.tell(done::countDown);
            assertThat(done.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void timersRunWhenDueAndNotWhenCalledOff() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        AtomicInteger never = new AtomicInteger();
        CountDownLatch five = new CountDownLatch(5);
        try (Actor actor = Actors.create("test", 10)) {
            actor.after(Duration.ofMillis(20), never::incrementAndGet).cancel();
            actor.every(
                    Duration.ofMillis(5),
                    () -> {
                        rounds.incrementAndGet();
                        five.countDown();
                    });
            assertThat(five.await(5, TimeUnit.SECONDS)).isTrue();
        }
        int after = rounds.get();
        TimeUnit.MILLISECONDS.sleep(50);
        assertThat(rounds).hasValue(after);
        assertThat(never).hasValue(0);
    }
}
