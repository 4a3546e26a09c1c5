package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.internal.StorageComponent;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlusherTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);

    @TempDir private java.nio.file.Path dir;

    /** A pool whose queue is full for a while. */
    private static final class Full extends AbstractExecutorService {
        final AtomicInteger refused = new AtomicInteger();

        @Override
        public void execute(Runnable work) {
            if (refused.incrementAndGet() <= 3) {
                throw new RejectedExecutionException("full");
            }
            work.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }
    }

    @Test
    void aStoreForWhichThereIsNoRoomAtTheDiskIsWrittenLaterAndNotDamaged() throws Exception {
        StorageComponent storage = new StorageComponent(dir);
        IdentityComponent identity =
                new IdentityComponent(dir, new NetworkId("parley.test"), "alone");
        Id self = Id.of(identity.agent().bytes());
        StoreInfo info =
                new StoreInfo("parley.test", self, StoreInfo.Mode.OPEN, false, "n", new byte[16]);
        OpenStore store =
                new OpenStore(identity, storage, storage.keyValue("stores"), info, Set.of());
        Actor actor = Actors.create("parley-flusher-test", 100);
        Full full = new Full();
        Flusher flusher = new Flusher(actor, full, full, self, 4096, (changed, made) -> {});
        CompletableFuture<Id> written = new CompletableFuture<>();
        CompletableFuture<String> damage = new CompletableFuture<>();
        actor.tell(
                () -> {
                    store.writes.add(new Write.Gathered(it -> it.increment(COUNT, 1), written));
                    flusher.flush(store);
                });
        assertThat(get(written)).isNotNull();
        actor.tell(() -> damage.complete(store.damage()));
        assertThat(get(damage)).isEmpty();
        assertThat(full.refused).hasValue(4);
        actor.close();
        store.close();
        storage.close();
    }
}
