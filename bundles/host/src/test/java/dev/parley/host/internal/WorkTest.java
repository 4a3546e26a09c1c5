package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class WorkTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final Work work = new Work();

    @Test
    void anErrorIsAFailureToo() throws Exception {
        CompletableFuture<String> deep =
                work.run(
                        () -> {
                            throw new StackOverflowError("too deep");
                        });
        assertThatThrownBy(() -> Work.await(deep, SOON))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ReasonCode.FAILED))
                .hasMessageContaining("too deep");
        assertThat(Work.await(work.run(() -> "next"), SOON)).isEqualTo("next");
        work.close();
    }

    @Test
    void whatWaitsWhenItClosesIsToldSo() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        work.run(
                () -> {
                    begun.countDown();
                    new CountDownLatch(1).await();
                    return "never";
                });
        CompletableFuture<String> waits = work.run(() -> "never");
        begun.await();
        work.close();
        assertThatThrownBy(() -> Work.await(waits, SOON)).hasMessage("the container stops");
    }
}
