package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.SealKey;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.storage.api.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * Gets the keys of sealed values that a store met without them: asks one peer after the other, and
 * all of them again a little later, because who has the value may get the key after us. All of it
 * runs on the room's thread, but that keys are put on disk on a pool.
 */
final class KeyFetcher {
    private static final System.Logger LOG = System.getLogger(KeyFetcher.class.getName());
    private static final int ATTEMPTS = 6;

    /** After so many questions that brought nothing the next peer is asked. */
    private static final int MAX_IN_VAIN = 16;

    private static final Duration AGAIN = Duration.ofMillis(250);

    private final Actor actor;
    private final ExecutorService disk;
    private final Network network;
    private final Requests requests;
    private final Map<Id, OpenStore> stores;

    /** Stores for which somebody is asked, or will be soon. */
    private final Set<Id> underWay = new HashSet<>();

    KeyFetcher(
            Actor actor,
            ExecutorService disk,
            Network network,
            Requests requests,
            Map<Id, OpenStore> stores) {
        this.actor = actor;
        this.disk = disk;
        this.network = network;
        this.requests = requests;
        this.stores = stores;
    }

    /** For all stores that lack keys. */
    void fetchAll() {
        List.copyOf(stores.values()).forEach(this::fetch);
    }

    /** Does nothing if no key is missing, or is asked for already. */
    void fetch(OpenStore store) {
        if (store.sealKeys().missingCount() > 0 && underWay.add(store.id())) {
            round(store, 0);
        }
    }

    private boolean goesOn(OpenStore store) {
        return stores.get(store.id()) == store
                && store.damage().isEmpty()
                && store.sealKeys().missingCount() > 0
                && store.sealKeys().ring().roomForOthers() > 0;
    }

    private void round(OpenStore store, int attempt) {
        List<MachineId> peers = new ArrayList<>();
        for (Peer peer : network.peers()) {
            peers.add(peer.machine());
        }
        next(store, peers.iterator(), attempt);
    }

    private void next(OpenStore store, Iterator<MachineId> peers, int attempt) {
        if (!goesOn(store)) {
            underWay.remove(store.id());
        } else if (peers.hasNext()) {
            int missing = store.sealKeys().missingCount();
            int questions = (missing + SyncMessage.MAX_IDS - 1) / SyncMessage.MAX_IDS;
            ask(store, new Turn(peers.next(), questions, 0), () -> next(store, peers, attempt));
        } else if (attempt < ATTEMPTS) {
            actor.after(AGAIN.multipliedBy(1L << attempt), () -> round(store, attempt + 1));
        } else {
            underWay.remove(store.id());
        }
    }

    /**
     * One peer's.
     *
     * @param left how many questions until it was asked for all
     * @param inVain how many brought nothing
     */
    private record Turn(MachineId peer, int left, int inVain) {
        boolean isOver() {
            return left == 0 || inVain == MAX_IN_VAIN;
        }

        Turn asked(boolean brought) {
            return new Turn(peer, left - 1, inVain + (brought ? 0 : 1));
        }
    }

    private void ask(OpenStore store, Turn turn, Runnable then) {
        if (turn.isOver() || !goesOn(store)) {
            then.run();
            return;
        }
        List<KeyId> asked = store.sealKeys().ask(SyncMessage.MAX_IDS);
        requests.send(
                turn.peer(),
                new SyncMessage.AskKeys(store.id(), asked),
                answer -> {
                    if (answer instanceof SyncMessage.Keys keys) {
                        take(
                                store,
                                asked,
                                keys.keys(),
                                brought -> ask(store, turn.asked(brought), then));
                    } else {
                        then.run();
                    }
                },
                code -> then.run());
    }

    private void take(
            OpenStore store,
            List<KeyId> asked,
            List<SyncMessage.GivenKey> given,
            Consumer<Boolean> then) {
        int room = store.sealKeys().ring().roomForOthers();
        List<KeyRing.Held> good = new ArrayList<>();
        for (SyncMessage.GivenKey each : given) {
            SealKey key = SealKey.of(store.id(), each.author(), each.key());
            if (good.size() < room
                    && asked.contains(key.id())
                    && !store.replica().isShredded(key.id())) {
                good.add(new KeyRing.Held(key, ""));
            }
        }
        if (good.isEmpty() || !goesOn(store)) {
            then.accept(false);
            return;
        }
        try {
            disk.execute(
                    () -> {
                        List<KeyRing.Held> kept = keep(store, good);
                        actor.after(
                                Duration.ZERO,
                                () -> {
                                    then.accept(use(store, kept));
                                });
                    });
        } catch (RejectedExecutionException e) {
            then.accept(false);
        }
    }

    private static List<KeyRing.Held> keep(OpenStore store, List<KeyRing.Held> keys) {
        List<KeyRing.Held> kept = new ArrayList<>();
        for (KeyRing.Held each : keys) {
            try {
                store.sealKeys().ring().keep(each);
                kept.add(each);
            } catch (StorageException e) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "store " + store.id().hex() + ": a key has to be asked for again",
                        e);
            }
        }
        return kept;
    }

    /** Whether it was of use. */
    private boolean use(OpenStore store, List<KeyRing.Held> kept) {
        int before = store.sealKeys().missingCount();
        try {
            if (stores.get(store.id()) == store) {
                store.unsealed(kept).ifPresent(event -> Flusher.tell(store.listeners(), event));
            } else {
                for (KeyRing.Held each : kept) {
                    store.sealKeys().ring().discard(each);
                }
            }
        } catch (StorageException e) {
            store.damaged("a key could not be destroyed: " + e.getMessage());
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), e);
        }
        return store.sealKeys().missingCount() < before;
    }
}
