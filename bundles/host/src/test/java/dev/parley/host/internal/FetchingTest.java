package dev.parley.host.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.catalog.api.ReasonCode;
import dev.parley.catalog.api.RefusedException;
import dev.parley.direct.api.RequestException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class FetchingTest {
    private final CompletableFuture<Path> result = new CompletableFuture<>();
    private final AtomicLong fetched = new AtomicLong();
    private final List<Long> told = new ArrayList<>();

    /** Each telling lets the next thing happen, so nothing depends on how long it takes. */
    private Path await(Runnable... then) throws RefusedException {
        return Fetching.await(
                result,
                Duration.ofSeconds(30),
                fetched,
                bytes -> {
                    told.add(bytes);
                    if (told.size() <= then.length) {
                        then[told.size() - 1].run();
                    }
                });
    }

    @Test
    void itIsToldFromNothingToTheEndAndNothingTwice() throws Exception {
        Path file = Path.of("blob");
        assertThat(
                        await(
                                () -> fetched.set(65_536),
                                () -> {
                                    fetched.set(100_000);
                                    result.complete(file);
                                }))
                .isEqualTo(file);
        assertThat(told).containsExactly(0L, 65_536L, 100_000L);
    }

    @Test
    void theReasonOfAFailureStaysWhatItWas() {
        assertThatThrownBy(
                        () ->
                                await(
                                        () ->
                                                result.completeExceptionally(
                                                        new RequestException(
                                                                "FETCH_STALLED", "too slow"))))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(ReasonCode.FETCH_STALLED))
                .hasMessage("too slow");
    }

    @Test
    void whatNeverComesIsGivenUp() {
        assertThatThrownBy(() -> Fetching.await(result, Duration.ofMillis(1), fetched, told::add))
                .hasMessageContaining("longer than");
    }
}
