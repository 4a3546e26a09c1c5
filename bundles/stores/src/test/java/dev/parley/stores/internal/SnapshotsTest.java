package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.stores.api.Compaction;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A store that is written while a worker reads all of it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SnapshotsTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

    @TempDir private java.nio.file.Path dir;
    private final CountDownLatch reading = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private StorageComponent storage;
    private CountingStorage holding;
    private StoresComponent stores;
    private Id store;

    @BeforeEach
    void open() throws Exception {
        storage = new StorageComponent(dir);
        holding = new CountingStorage(storage);
        holding.beforeRead = this::hold;
        stores = Offline.open(dir, holding, 64);
        store = get(stores.create("busy", StoreInfo.Mode.OPEN, false)).id();
    }

    @AfterEach
    void close() throws Exception {
        released.countDown();
        stores.close();
        storage.close();
    }

    private void hold() {
        if (Thread.currentThread().getName().startsWith("parley-stores-work")) {
            reading.countDown();
            try {
                released.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void count(int times) throws Exception {
        for (int i = 0; i < times; i++) {
            get(stores.write(store, it -> it.increment(COUNT, 1)));
        }
    }

    private long counted() throws Exception {
        return get(stores.read(store, view -> view.state().counter(COUNT)));
    }

    @Test
    void writesGoOnWhileASnapshotIsMadeAndAreAboveIt() throws Exception {
        count(50);
        CompletableFuture<Compaction> compaction = stores.compact(store).toCompletableFuture();
        assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
        count(3);
        assertThat(counted()).isEqualTo(53);
        assertThat(compaction.isDone()).isFalse();
        released.countDown();
        Compaction done = get(compaction);
        assertThat(done.why()).isEmpty();
        assertThat(done.givenUp()).isEqualTo(50);
        assertThat(done.kept()).isEqualTo(3);
        assertThat(counted()).isEqualTo(53);
        stores.close();
        storage.close();
        storage = new StorageComponent(dir);
        stores = Offline.open(dir, storage, 64);
        assertThat(counted()).isEqualTo(53);
        assertThat(get(stores.list()).get(0).damage()).isEmpty();
    }

    /** Writes one after the other until it is told to stop. */
    private void writeOn(AtomicInteger written, AtomicBoolean stopped) {
        stores.write(store, it -> it.increment(COUNT, 1))
                .thenAccept(
                        change -> {
                            written.incrementAndGet();
                            if (!stopped.get()) {
                                writeOn(written, stopped);
                            }
                        });
    }

    @Test
    void aStoreThatIsWrittenToAllTheTimeOnASlowDiskIsCompactedToo() throws Exception {
        released.countDown();
        count(50);
        holding.beforeForce = SnapshotsTest::aMoment;
        AtomicInteger written = new AtomicInteger();
        AtomicBoolean stopped = new AtomicBoolean();
        for (int i = 0; i < 8; i++) {
            writeOn(written, stopped);
        }
        Compaction done = stores.compact(store).toCompletableFuture().get(10, TimeUnit.SECONDS);
        stopped.set(true);
        assertThat(done.why()).isEmpty();
        assertThat(done.givenUp()).isGreaterThanOrEqualTo(50);
        Nodes.await(10, () -> counted() == 50 + written.get());
    }

    private static void aMoment() {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void writesGoOnWhileAnIndexIsMade() throws Exception {
        count(64);
        assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
        count(3);
        assertThat(counted()).isEqualTo(67);
    }

    @Test
    void whoLeavesMeanwhileHearsThatNothingWasDone() throws Exception {
        count(50);
        CompletableFuture<Compaction> compaction = stores.compact(store).toCompletableFuture();
        assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
        get(stores.leave(store));
        released.countDown();
        assertThat(get(compaction).done()).isFalse();
        assertThat(get(stores.list())).isEmpty();
    }
}
