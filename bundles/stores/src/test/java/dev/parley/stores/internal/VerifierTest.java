package dev.parley.stores.internal;

import static dev.parley.stores.internal.Nodes.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.internal.StorageComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifierTest {
    private static final Path COUNT = Path.ROOT.at("count", ObjectType.COUNTER);
    private static final int FLOOD = 2000;

    @TempDir private java.nio.file.Path dir;

    private static List<SignedChange> changes(IdentityComponent author, StoreInfo info, int count)
            throws Exception {
        Replica replica = Replica.create(info);
        Id agent = Id.of(author.agent().bytes());
        List<SignedChange> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            changes.add(
                    replica.transact(
                            agent,
                            1_700_000_000_000L + i,
                            id ->
                                    ChangeSeal.encode(
                                            Optional.of(author.agentKey()),
                                            author.signAsAgent(ChangeSeal.CONTEXT, id.bytes())),
                            it -> it.increment(COUNT, 1)));
        }
        return changes;
    }

    @Test
    void aFloodOfWhatNobodyAskedForLeavesRoomForWhatWasAskedFor() throws Exception {
        NetworkId network = new NetworkId("parley.test");
        StorageComponent storage = new StorageComponent(dir);
        IdentityComponent identity = new IdentityComponent(dir, network, "alone");
        Id self = Id.of(identity.agent().bytes());
        StoreInfo info =
                new StoreInfo("parley.test", self, StoreInfo.Mode.OPEN, false, "n", new byte[16]);
        OpenStore store =
                new OpenStore(identity, storage, storage.keyValue("stores"), info, Set.of());
        List<SignedChange> changes = changes(identity, info, 40);
        Actor actor = Actors.create("parley-verifier-test", 100);
        ExecutorService pool = Actors.pool("parley-verifier-test-check", 2, 1024);
        Verifier verifier = new Verifier(network, actor, pool);
        CountDownLatch busy = new CountDownLatch(1);
        for (int i = 0; i < 2; i++) {
            pool.execute(() -> waitFor(busy));
        }
        AtomicInteger told = new AtomicInteger();
        CompletableFuture<Verifier.Checked> asked = new CompletableFuture<>();
        CompletableFuture<Verifier.Checked> later = new CompletableFuture<>();
        actor.tell(
                () -> {
                    for (int i = 0; i < FLOOD; i++) {
                        verifier.checkHeard(
                                store,
                                changes.subList(0, 1),
                                it -> told.addAndGet(it.good().size()));
                    }
                    for (int i = 0; i < FLOOD; i++) {
                        verifier.checkHeard(store, changes, it -> told.addAndGet(it.good().size()));
                    }
                    verifier.check(store, changes, asked::complete);
                    busy.countDown();
                });
        assertThat(get(asked).good()).isEqualTo(changes);
        Nodes.await(10, () -> told.get() == 512);
        actor.tell(() -> verifier.checkHeard(store, changes, later::complete));
        assertThat(get(later).good()).isEqualTo(changes);
        pool.shutdown();
        actor.close();
        store.close();
        storage.close();
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
