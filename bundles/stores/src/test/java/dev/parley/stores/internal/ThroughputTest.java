package dev.parley.stores.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.api.StoreStatus;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Durable, signed key-value writes in a second. */
class ThroughputTest {
    private static final int WRITES = 30_000;
    private static final int UNDER_WAY = 2_000;
    private static final int ROUNDS = 5;
    private static final int WANTED = 10_000;

    @TempDir private java.nio.file.Path dir;

    @Test
    void tenThousandDurableWritesASecond() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        StoresComponent stores = Offline.open(dir, storage);
        Id store = Nodes.get(stores.create("fast", StoreInfo.Mode.OPEN, false)).id();
        double best = 0;
        for (int round = 0; round < ROUNDS && best < WANTED; round++) {
            int before = Nodes.get(stores.list()).get(0).changes();
            long start = System.nanoTime();
            Semaphore room = new Semaphore(UNDER_WAY);
            AtomicInteger written = new AtomicInteger();
            for (int i = 0; i < WRITES; i++) {
                Path path = Path.ROOT.at("key-" + i % 5000, ObjectType.REGISTER);
                Scalar value = Scalar.of("value " + round + " " + i);
                room.acquire();
                stores.write(store, it -> it.set(path, value))
                        .whenComplete(
                                (change, failure) -> {
                                    if (failure == null) {
                                        written.incrementAndGet();
                                    }
                                    room.release();
                                });
            }
            assertThat(room.tryAcquire(UNDER_WAY, 60, TimeUnit.SECONDS)).isTrue();
            assertThat(written).hasValue(WRITES);
            double seconds = (System.nanoTime() - start) / 1e9;
            best = Math.max(best, WRITES / seconds);
            StoreStatus status = Nodes.get(stores.list()).get(0);
            System.out.printf(
                    "%d writes in %.2f s: %.0f a second, in %d signed changes%n",
                    WRITES, seconds, WRITES / seconds, status.changes() - before);
        }
        assertThat(best).as("writes a second").isGreaterThan(WANTED);
        stores.close();
        StorageComponent again = new StorageComponent(dir);
        long start = System.nanoTime();
        StoresComponent reopened = Offline.open(dir, again);
        int keys = Nodes.get(reopened.read(store, it -> it.state().keys(Path.ROOT).size()));
        System.out.printf("read again in %.2f s%n", (System.nanoTime() - start) / 1e9);
        assertThat(keys).isEqualTo(5000);
        Path last = Path.ROOT.at("key-4999", ObjectType.REGISTER);
        Scalar value =
                Nodes.get(reopened.read(store, it -> it.state().register(last))).orElseThrow();
        assertThat(((Scalar.Text) value).value()).endsWith(" " + (WRITES - 1));
        reopened.close();
    }
}
