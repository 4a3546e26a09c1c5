package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.identity.api.Identity;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which stores this container follows: opens them, begins and ends to follow one, and says how each
 * is. Its methods run on the room's thread.
 */
final class Followed {
    private static final System.Logger LOG = System.getLogger(Followed.class.getName());
    private static final int MAX_STORES = 10_000;

    private final Actor actor;
    private final Identity identity;
    private final Id self;
    private final Storage storage;
    private final StoreList kept;
    private final Flusher flusher;
    private final Puller puller;
    private final Map<Id, OpenStore> stores;
    private final Map<Id, Lost> lost = new LinkedHashMap<>();

    /** A store that is followed and cannot be opened. */
    private record Lost(StoreInfo info, String why) {}

    /**
     * @param stores is filled with those that are open, and nobody else changes it
     */
    Followed(
            Actor actor,
            Identity identity,
            Storage storage,
            Flusher flusher,
            Puller puller,
            Map<Id, OpenStore> stores)
            throws StorageException {
        this.actor = actor;
        this.identity = identity;
        this.self = Id.of(identity.agent().bytes());
        this.storage = storage;
        this.kept = new StoreList(storage.keyValue("stores"));
        this.flusher = flusher;
        this.puller = puller;
        this.stores = stores;
    }

    /** Opens all that were followed before the last end. */
    void openAll() {
        for (StoreInfo info : kept.all()) {
            try {
                open(info);
            } catch (StorageException | RuntimeException e) {
                // One that cannot be read, for whatever reason, is no reason not to open the
                // others.
                LOG.log(System.Logger.Level.ERROR, "store " + info.id().hex(), e);
                stores.remove(info.id());
                lost.put(
                        info.id(),
                        new Lost(
                                info,
                                e.getMessage()
                                        + "; or leave the store and join it again, to get it from"
                                        + " others who have it"));
            }
        }
    }

    private OpenStore open(StoreInfo info) throws StorageException {
        OpenStore store = new OpenStore(identity, storage, kept.kept(), info, kept.owed(info.id()));
        stores.put(info.id(), store);
        store.readParked(actor.time().now().toEpochMilli());
        flusher.schedule(store);
        return store;
    }

    /** An open store; one that cannot be opened fails as its disk does. */
    OpenStore get(Id id) throws StoreException {
        OpenStore store = stores.get(id);
        if (store != null) {
            return store;
        }
        Lost damaged = lost.get(id);
        if (damaged != null) {
            throw new StoreException(Code.DISK, damaged.why());
        }
        throw new StoreException(Code.NO_SUCH_STORE, "no store " + id.hex() + " is followed here");
    }

    /** Follows a link's store as {@link #follow(StoreInfo)}, and takes the admins it names. */
    void follow(StoreLink link) throws StoreException, StorageException {
        StoreInfo info = link.info();
        follow(info);
        OpenStore store = stores.get(info.id());
        if (store != null && !link.admins().isEmpty()) {
            store.vouched.name(link.admins());
            puller.compareAll();
        }
    }

    /** Follows a store from now on, and asks others for it; nothing if it is followed already. */
    void follow(StoreInfo info) throws StoreException, StorageException {
        if (!info.network().equals(identity.network().name())) {
            throw new StoreException(
                    Code.INVALID,
                    "the store is of the network "
                            + info.network()
                            + ", this container is in "
                            + identity.network().name());
        }
        if (stores.containsKey(info.id())) {
            return;
        }
        if (stores.size() + lost.size() >= MAX_STORES) {
            throw new StoreException(Code.TOO_LARGE, "at most " + MAX_STORES + " stores");
        }
        kept.put(info);
        puller.compareAll(List.of(open(info)));
    }

    /** Follows a store no more and removes it from the disk, also one that cannot be opened. */
    void leave(Id id) throws StoreException, StorageException {
        Lost damaged = lost.remove(id);
        if (damaged == null) {
            OpenStore store = get(id);
            flusher.flush(store);
            Commits.refuseAll(
                    store, new StoreException(Code.NO_SUCH_STORE, "the store was left meanwhile"));
            kept.leave(id, store.ownTips());
            stores.remove(id);
            close(store);
            store.delete();
            Flusher.tell(store.watchers(), -1);
            store.watchers().clear();
        } else {
            kept.leave(id, Set.of(StoreList.UNKNOWN));
            new StoreFiles(storage, kept.kept(), id).delete();
            new Promises(kept.kept(), id).delete(self);
            new Vouched(kept.kept(), id).end();
        }
    }

    /** Once the room's thread has ended: the last indexes, and nothing stays open. */
    void closeAll() {
        for (OpenStore store : stores.values()) {
            flusher.end(store);
            close(store);
        }
    }

    /** What its disk does not take keeps nothing else from being closed or removed. */
    private static void close(OpenStore store) {
        try {
            store.close();
        } catch (StorageException e) {
            LOG.log(System.Logger.Level.WARNING, "closing store " + store.id().hex(), e);
        }
    }

    /** Also of those that cannot be opened. */
    List<StoreInfo> infos() {
        List<StoreInfo> infos = new ArrayList<>();
        stores.values().forEach(store -> infos.add(store.info()));
        lost.values().forEach(damaged -> infos.add(damaged.info()));
        return infos;
    }

    /** How each is, by name. */
    List<StoreStatus> statuses() {
        List<StoreStatus> all = new ArrayList<>();
        stores.values().forEach(store -> all.add(status(store)));
        lost.values().forEach(damaged -> all.add(status(damaged)));
        all.sort(
                Comparator.comparing((StoreStatus it) -> it.info().name())
                        .thenComparing(it -> it.info().id()));
        return List.copyOf(all);
    }

    private StoreStatus status(OpenStore store) {
        Replica replica = store.replica();
        return new StoreStatus(
                store.info(),
                replica.role(self),
                replica.size(),
                replica.heads(),
                replica.waiting(),
                replica.parked(),
                replica.forks().stream().map(Fork::author).toList(),
                StoreLink.of(store.info(), store.admins()),
                obstacle(store),
                store.damage());
    }

    private static StoreStatus status(Lost damaged) {
        return new StoreStatus(
                damaged.info(),
                Role.NONE,
                0,
                List.of(),
                0,
                0,
                List.of(),
                StoreLink.of(damaged.info()),
                "",
                damaged.why());
    }

    private static String obstacle(OpenStore store) {
        return store.replica()
                .idsApart()
                .map(
                        it ->
                                "the ids of "
                                        + it.bytes() / Id.BYTES
                                        + " older changes are still on their way: what builds on"
                                        + " them waits, and the store cannot be compacted")
                .orElse(store.obstacle);
    }
}
