package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.ChangeSigner;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.UndoHistory;
import dev.parley.crdt.api.Undone;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestHandler;
import dev.parley.gossip.api.Gossip;
import dev.parley.identity.api.Identity;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.network.api.PeerListener;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.stores.api.Compaction;
import dev.parley.stores.api.SealStatus;
import dev.parley.stores.api.StoreException;
import dev.parley.stores.api.StoreException.Code;
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.UndoList;
import dev.parley.trust.api.TrustStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The stores on one actor. A write waits for the next commit, a few milliseconds away: all that
 * came until then becomes one change. What a commit made is forced to disk on a pool, and only then
 * acknowledged, told to listeners, published and given to others ({@link Flusher}).
 */
@Component(service = Stores.class)
public final class StoresComponent implements Stores, PeerListener {
    private static final System.Logger LOG = System.getLogger(StoresComponent.class.getName());
    private static final int MAX_WAITING = 50_000;
    private static final int MAX_STORES = 10_000;

    /** Between two rounds of comparing, and as much again by chance. */
    private static final Duration ROUND = Duration.ofSeconds(30);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Actor actor = Actors.create("parley-stores", MAX_WAITING);
    private final ExecutorService disk = Actors.pool("parley-stores-disk", 2, 4096);
    private final ExecutorService checks = Actors.pool("parley-stores-check", 2, 1024);

    /** Reads whole stores. */
    private final ExecutorService work = Actors.pool("parley-stores-work", 1, 256);

    private final Identity identity;
    private final Id self;
    private final Storage storage;
    private final Flusher flusher;
    private final StoreList kept;
    private final Map<Id, OpenStore> stores = new LinkedHashMap<>();
    private final Map<Id, Lost> lost = new LinkedHashMap<>();
    private final Puller puller;
    private final KeyFetcher keyFetcher;
    private final Compactor compactor;
    private final IdsBehind ids;
    private final Joins joins;
    private final SyncServer server;
    private final Live live;
    private final List<ServiceRegistration<?>> registrations;

    /** A store that is followed and cannot be opened. */
    private record Lost(StoreInfo info, String why) {}

    @Activate
    public StoresComponent(
            BundleContext context,
            @Reference Identity identity,
            @Reference Storage storage,
            @Reference Network network,
            @Reference Gossip gossip,
            @Reference Direct direct,
            @Reference TrustStore trust)
            throws StorageException {
        this(identity, storage, network, gossip, direct, trust, context, Limits.USUAL);
    }

    /** For tests and tools that have no framework; the caller adds {@link #handler} and this. */
    public StoresComponent(
            Identity identity,
            Storage storage,
            Network network,
            Gossip gossip,
            Direct direct,
            TrustStore trust)
            throws StorageException {
        this(identity, storage, network, gossip, direct, trust, null, Limits.USUAL);
    }

    /** The same with smaller limits. */
    StoresComponent(
            Identity identity,
            Storage storage,
            Network network,
            Gossip gossip,
            Direct direct,
            TrustStore trust,
            Limits limits)
            throws StorageException {
        this(identity, storage, network, gossip, direct, trust, null, limits);
    }

    private StoresComponent(
            Identity identity,
            Storage storage,
            Network network,
            Gossip gossip,
            Direct direct,
            TrustStore trust,
            @Nullable BundleContext context,
            Limits limits)
            throws StorageException {
        this.identity = identity;
        this.self = Id.of(identity.agent().bytes());
        this.storage = storage;
        this.flusher = new Flusher(actor, disk, work, self, limits.indexEvery(), this::publish);
        this.kept = new StoreList(storage.keyValue("stores"));
        Verifier verifier = new Verifier(identity.network(), actor, checks);
        Requests requests = new Requests(actor, direct);
        Background checking = new Background(actor, checks);
        Background keeping = new Background(actor, disk);
        Background working = new Background(actor, work);
        Snapshots snapshots = new Snapshots(working);
        Rebuilding rebuilding =
                new Rebuilding(actor, working, flusher::whenQuiet, this::renumbered);
        this.compactor =
                new Compactor(
                        actor,
                        identity,
                        network,
                        new Acknowledging(actor, identity, requests, checking, keeping),
                        new Proposals(identity, requests, checking, keeping, snapshots),
                        rebuilding,
                        stores,
                        flusher);
        Adoption adoption = new Adoption(actor, identity.network(), requests, checks, rebuilding);
        this.keyFetcher = new KeyFetcher(actor, disk, network, requests, stores);
        this.puller =
                new Puller(
                        actor,
                        network,
                        requests,
                        adoption,
                        verifier,
                        stores,
                        this::changed,
                        limits.summaryBytes());
        this.ids = new IdsBehind(actor, network, requests, disk, adoption, flusher::schedule);
        this.joins = new Joins(network, direct);
        this.server = new SyncServer(actor, disk, trust, compactor, stores, puller::pull);
        actor.tell(this::openAll);
        this.live = new Live(actor, identity, network, gossip, puller, stores);
        nextRound();
        this.registrations = new ArrayList<>();
        if (context != null) {
            // Not by declaration: the rooms that take these are ones that we need ourselves.
            registrations.add(context.registerService(RequestHandler.class, server, null));
            registrations.add(context.registerService(PeerListener.class, this, null));
        }
    }

    RequestHandler handler() {
        return server;
    }

    @Deactivate
    public void close() throws Exception {
        registrations.forEach(ServiceRegistration::unregister);
        live.close();
        CountDownLatch committed = new CountDownLatch(1);
        if (actor.tell(
                () -> {
                    stores.values().forEach(flusher::flush);
                    committed.countDown();
                })) {
            committed.await(5, TimeUnit.SECONDS);
        }
        actor.close();
        disk.shutdown();
        work.shutdown();
        disk.awaitTermination(5, TimeUnit.SECONDS);
        work.awaitTermination(5, TimeUnit.SECONDS);
        checks.shutdownNow();
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

    private void openAll() {
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
        stores.values().forEach(flusher::index);
        puller.compareAll();
        ids.fetch(stores.values());
        keyFetcher.fetchAll();
    }

    private OpenStore open(StoreInfo info) throws StorageException {
        OpenStore store = new OpenStore(identity, storage, kept.kept(), info, kept.owed(info.id()));
        stores.put(info.id(), store);
        store.readParked(actor.time().now().toEpochMilli());
        flusher.schedule(store);
        return store;
    }

    /** Not all containers of a network at one moment. */
    private void nextRound() {
        long millis = ROUND.toMillis();
        actor.after(
                Duration.ofMillis(millis + ThreadLocalRandom.current().nextLong(millis)),
                () -> {
                    nextRound();
                    long now = actor.time().now().toEpochMilli();
                    for (OpenStore store : stores.values()) {
                        tick(store, now);
                        flusher.schedule(store);
                    }
                    puller.compareAll();
                    compactor.round();
                    ids.fetch(stores.values());
                    keyFetcher.fetchAll();
                });
    }

    /** Something was taken in. */
    private void changed(OpenStore store) {
        flusher.schedule(store);
        keyFetcher.fetch(store);
    }

    /** One whose disk fails keeps no other from being compared. */
    private static void tick(OpenStore store, long now) {
        try {
            if (store.damage().isEmpty()) {
                store.tick(now);
            }
        } catch (LogHistory.DiskException e) {
            store.diskFailed(e);
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), e);
        }
    }

    private void publish(OpenStore store, List<SignedChange> changes) {
        live.publish(store, changes);
    }

    /** After a checkpoint: what was given out before means something else. */
    private void renumbered(OpenStore store) {
        server.restart(store.id());
        if (!store.unforced && !store.flushing) {
            store.onDisk = store.replica().size();
            Flusher.tell(store.watchers(), store.onDisk);
        }
        flusher.schedule(store);
        flusher.index(store);
        ids.fetch(store);
    }

    @Override
    public void connected(Peer peer) {
        actor.tell(
                () -> {
                    puller.compare(peer.machine());
                    ids.connected(stores.values(), peer.machine());
                    keyFetcher.fetchAll();
                });
    }

    @Override
    public void disconnected(Peer peer, String reason) {
        // What it was asked for fails by itself.
    }

    private interface Work<T> {
        void run(CompletableFuture<T> done) throws Exception;
    }

    /** On the room's thread; what is thrown fails the stage. */
    private <T> CompletableFuture<T> onActor(Work<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        boolean told =
                actor.tell(
                        () -> {
                            try {
                                work.run(done);
                            } catch (Exception e) {
                                done.completeExceptionally(Failures.of(e));
                            }
                        });
        if (!told) {
            done.completeExceptionally(
                    new StoreException(Code.BUSY, "too much waits, or the room stops"));
        }
        return done;
    }

    private OpenStore store(Id id) throws StoreException {
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

    @Override
    public CompletionStage<StoreInfo> create(String name, StoreInfo.Mode mode, boolean appendOnly) {
        return onActor(
                done -> {
                    byte[] nonce = new byte[StoreInfo.NONCE_BYTES];
                    RANDOM.nextBytes(nonce);
                    StoreInfo info =
                            new StoreInfo(
                                    identity.network().name(), self, mode, appendOnly, name, nonce);
                    follow(info);
                    done.complete(info);
                });
    }

    private void follow(StoreLink link) throws StoreException, StorageException {
        StoreInfo info = link.info();
        follow(info);
        OpenStore store = stores.get(info.id());
        if (store != null && !link.admins().isEmpty()) {
            store.vouched.name(link.admins());
            puller.compareAll();
        }
    }

    private void follow(StoreInfo info) throws StoreException, StorageException {
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

    @Override
    public CompletionStage<StoreInfo> join(String idOrLink) {
        String given = idOrLink.strip();
        if (!given.matches("[0-9a-f]{64}")) {
            return onActor(
                    done -> {
                        StoreLink link = StoreLink.parse(given);
                        follow(link);
                        done.complete(link.info());
                    });
        }
        Id id = Id.parse(given);
        return this.<CompletionStage<StoreInfo>>onActor(
                        done -> {
                            OpenStore here = stores.get(id);
                            done.complete(
                                    here != null
                                            ? CompletableFuture.completedStage(here.info())
                                            : joins.ask(id));
                        })
                .thenCompose(info -> info)
                .thenCompose(
                        info ->
                                onActor(
                                        done -> {
                                            follow(info);
                                            done.complete(info);
                                        }));
    }

    @Override
    public CompletionStage<Void> leave(Id id) {
        return onActor(
                done -> {
                    Lost damaged = lost.remove(id);
                    if (damaged == null) {
                        OpenStore store = store(id);
                        flusher.flush(store);
                        Commits.refuseAll(
                                store,
                                new StoreException(
                                        Code.NO_SUCH_STORE, "the store was left meanwhile"));
                        kept.leave(id, store.ownTips());
                        stores.remove(id);
                        close(store);
                        store.delete();
                        Flusher.tell(store.watchers(), -1);
                        store.watchers().clear();
                    } else {
                        kept.leave(id, Set.of(StoreList.UNKNOWN));
                        new StoreFiles(storage, kept.kept(), id).delete();
                        new Promises(kept.kept(), id).delete();
                    }
                    done.complete(null);
                });
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

    @Override
    public CompletionStage<List<StoreStatus>> list() {
        return onActor(
                done -> {
                    List<StoreStatus> all = new ArrayList<>();
                    stores.values().forEach(store -> all.add(status(store)));
                    for (Lost damaged : lost.values()) {
                        all.add(
                                new StoreStatus(
                                        damaged.info(),
                                        Role.NONE,
                                        0,
                                        List.of(),
                                        0,
                                        0,
                                        List.of(),
                                        StoreLink.of(damaged.info()),
                                        "",
                                        damaged.why()));
                    }
                    all.sort(
                            Comparator.comparing((StoreStatus it) -> it.info().name())
                                    .thenComparing(it -> it.info().id()));
                    done.complete(List.copyOf(all));
                });
    }

    @Override
    public CompletionStage<StoreInfo> find(String reference) {
        return onActor(done -> done.complete(References.find(reference, infos())));
    }

    private List<StoreInfo> infos() {
        List<StoreInfo> infos = new ArrayList<>();
        stores.values().forEach(store -> infos.add(store.info()));
        lost.values().forEach(damaged -> infos.add(damaged.info()));
        return infos;
    }

    @Override
    public CompletionStage<Id> write(Id id, Replica.Edit edit) {
        return onActor(done -> enqueue(id, new Write.Gathered(edit, done)));
    }

    private CompletionStage<Id> own(Id id, String branch, Write.Maker maker) {
        return onActor(done -> enqueue(id, new Write.Own(branch, maker, done)));
    }

    private void enqueue(Id id, Write write) throws StoreException {
        OpenStore store = store(id);
        if (store.writes.size() >= MAX_WAITING) {
            throw new StoreException(Code.BUSY, MAX_WAITING + " writes wait already");
        }
        store.writes.add(write);
        flusher.schedule(store);
    }

    @Override
    public CompletionStage<Id> commit(Id id, String branch, String message, Replica.Edit edit) {
        return own(
                id,
                branch,
                (store, now) ->
                        store.replica()
                                .transact(
                                        self,
                                        branch,
                                        message,
                                        now,
                                        change -> store.sign(branch, change),
                                        edit));
    }

    private interface Step {
        Undone run(UndoHistory history, long nowMillis, ChangeSigner signer)
                throws RefusedException;
    }

    private CompletionStage<Undone> step(Id id, String branch, Step step) {
        List<Undone> steps = new ArrayList<>(1);
        return own(
                        id,
                        branch,
                        (store, now) -> {
                            ChangeSigner signer = change -> store.sign(branch, change);
                            Undone undone = step.run(store.undo(branch), now, signer);
                            steps.add(undone);
                            return undone.change();
                        })
                .thenApply(change -> steps.get(steps.size() - 1));
    }

    @Override
    public CompletionStage<Undone> undo(Id id, String branch) {
        return step(id, branch, UndoHistory::undo);
    }

    @Override
    public CompletionStage<Undone> undo(Id id, String branch, Id change) {
        return step(id, branch, (history, now, signer) -> history.undo(change, now, signer));
    }

    @Override
    public CompletionStage<Undone> redo(Id id, String branch) {
        return step(id, branch, UndoHistory::redo);
    }

    @Override
    public CompletionStage<UndoList> undoList(Id id, String branch) {
        return onActor(
                done -> {
                    UndoHistory history = store(id).undo(branch);
                    done.complete(new UndoList(history.undoable(), history.redoable()));
                });
    }

    @Override
    public CompletionStage<Id> merge(Id id, String from, String into, String message) {
        return own(
                id,
                into,
                (store, now) ->
                        store.replica()
                                .merge(
                                        self,
                                        from,
                                        into,
                                        message,
                                        now,
                                        change -> store.sign(into, change)));
    }

    @Override
    public CompletionStage<Id> grant(Id id, Id agent, Role role) {
        return commit(id, "", "", transaction -> transaction.role(agent, role));
    }

    @Override
    public CompletionStage<Replica.Edit> sealing(Id id, String label, Replica.Edit edit) {
        return onActor(
                done -> {
                    OpenStore store = store(id);
                    SealKey key = sealKey(store, label);
                    done.complete(it -> edit.on(new SealingTransaction(it, key)));
                });
    }

    private SealKey sealKey(OpenStore store, String label) throws StoreException, StorageException {
        Sealing.checkLabel(label);
        Optional<KeyRing.Held> there = store.sealKeys().ring().labelled(label);
        if (there.isPresent()) {
            return there.get().key();
        }
        if (store.sealKeys().ring().isFull()) {
            throw new StoreException(
                    Code.TOO_LARGE, "the store has " + KeyRing.MAX_KEYS + " keys already");
        }
        if (!store.damage().isEmpty()) {
            throw new StoreException(Code.DISK, store.damage());
        }
        byte[] secret = new byte[SealKey.BYTES];
        RANDOM.nextBytes(secret);
        KeyRing.Held made = new KeyRing.Held(SealKey.of(store.id(), self, secret), label);
        Arrays.fill(secret, (byte) 0);
        store.sealKeys().ring().keep(made);
        store.sealKeys().ring().add(made);
        return made.key();
    }

    @Override
    public CompletionStage<List<SealStatus>> seals(Id id) {
        return onActor(done -> done.complete(Sealing.describe(store(id))));
    }

    @Override
    public CompletionStage<Id> expunge(Id id, KeyId key) {
        return onActor(
                        done -> {
                            Sealing.checkKnown(store(id), key);
                            done.complete(null);
                        })
                .thenCompose(none -> commit(id, "", "", it -> it.shred(key)));
    }

    @Override
    public CompletionStage<Compaction> compact(Id id) {
        return this.<CompletionStage<Compaction>>onActor(
                        done -> done.complete(compactor.compact(store(id))))
                .thenCompose(compaction -> compaction);
    }

    @Override
    public <T> CompletionStage<T> read(Id id, Reading<T> reading) {
        return onActor(done -> done.complete(reading.on(new ReplicaView(store(id).replica()))));
    }

    @Override
    public CompletionStage<AutoCloseable> watch(Id id, IntConsumer onDisk) {
        Consumer<Integer> watcher = onDisk::accept;
        return onActor(
                done -> {
                    OpenStore store = store(id);
                    store.watchers().add(watcher);
                    Flusher.tell(List.of(watcher), store.onDisk);
                    done.complete(() -> actor.tell(() -> store.watchers().remove(watcher)));
                });
    }

    @Override
    public AutoCloseable listen(Id id, Consumer<ChangeEvent> listener) {
        onActor(
                done -> {
                    store(id).listeners().add(listener);
                    done.complete(null);
                });
        return () ->
                onActor(
                        done -> {
                            store(id).listeners().remove(listener);
                            done.complete(null);
                        });
    }
}
