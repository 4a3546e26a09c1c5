package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.actor.api.Actors;
import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
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
import dev.parley.stores.api.StoreLink;
import dev.parley.stores.api.StoreStatus;
import dev.parley.stores.api.Stores;
import dev.parley.stores.api.UndoList;
import dev.parley.trust.api.TrustStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /** Between two rounds of comparing, and as much again by chance. */
    private static final Duration ROUND = Duration.ofSeconds(30);

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Actor actor = Actors.create("parley-stores", MAX_WAITING);
    private final ExecutorService disk = Actors.pool("parley-stores-disk", 2, 4096);
    private final ExecutorService checks = Actors.pool("parley-stores-check", 2, 1024);

    /** Reads whole stores. */
    private final ExecutorService work = Actors.pool("parley-stores-work", 1, 256);

    private final RoomCalls calls = new RoomCalls(actor);
    private final Identity identity;
    private final Id self;
    private final Flusher flusher;
    private final Map<Id, OpenStore> stores = new LinkedHashMap<>();
    private final Followed followed;
    private final Writing writing;
    private final Puller puller;
    private final KeyFetcher keyFetcher;
    private final Compactor compactor;
    private final IdsBehind ids;
    private final Joins joins;
    private final SyncServer server;
    private final Live live;
    private final List<ServiceRegistration<?>> registrations;

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
        this.flusher = new Flusher(actor, disk, work, self, limits.indexEvery(), this::publish);
        Verifier verifier = new Verifier(identity.network(), actor, checks);
        Requests requests = new Requests(actor, direct);
        Background checking = new Background(actor, checks);
        Background keeping = new Background(actor, disk);
        Background working = new Background(actor, work);
        Snapshots snapshots = new Snapshots(working);
        Rebuilding rebuilding =
                new Rebuilding(actor, working, flusher::whenQuiet, this::renumbered);
        Acknowledging acknowledging =
                new Acknowledging(actor, identity, requests, checking, keeping);
        this.compactor =
                new Compactor(
                        actor,
                        identity,
                        network,
                        acknowledging,
                        new Proposals(
                                actor,
                                identity,
                                requests,
                                checking,
                                keeping,
                                snapshots,
                                acknowledging),
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
        this.followed = new Followed(actor, identity, storage, flusher, puller, stores);
        this.writing = new Writing(calls, followed, flusher, self);
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
        followed.closeAll();
    }

    private void openAll() {
        followed.openAll();
        stores.values().forEach(flusher::index);
        puller.compareAll();
        ids.fetch(stores.values());
        keyFetcher.fetchAll();
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

    @Override
    public CompletionStage<StoreInfo> create(String name, StoreInfo.Mode mode, boolean appendOnly) {
        return calls.run(
                done -> {
                    byte[] nonce = new byte[StoreInfo.NONCE_BYTES];
                    RANDOM.nextBytes(nonce);
                    StoreInfo info =
                            new StoreInfo(
                                    identity.network().name(), self, mode, appendOnly, name, nonce);
                    followed.follow(info);
                    done.complete(info);
                });
    }

    @Override
    public CompletionStage<StoreInfo> join(String idOrLink) {
        String given = idOrLink.strip();
        if (!given.matches("[0-9a-f]{64}")) {
            return calls.run(
                    done -> {
                        StoreLink link = StoreLink.parse(given);
                        followed.follow(link);
                        done.complete(link.info());
                    });
        }
        Id id = Id.parse(given);
        return calls.<CompletionStage<StoreInfo>>run(
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
                                calls.run(
                                        done -> {
                                            followed.follow(info);
                                            done.complete(info);
                                        }));
    }

    @Override
    public CompletionStage<Void> leave(Id id) {
        return calls.run(
                done -> {
                    followed.leave(id);
                    done.complete(null);
                });
    }

    @Override
    public CompletionStage<List<StoreStatus>> list() {
        return calls.run(done -> done.complete(followed.statuses()));
    }

    @Override
    public CompletionStage<StoreInfo> find(String reference) {
        return calls.run(done -> done.complete(References.find(reference, followed.infos())));
    }

    @Override
    public CompletionStage<Id> write(Id id, Replica.Edit edit) {
        return writing.gathered(id, edit);
    }

    @Override
    public CompletionStage<Id> commit(Id id, String branch, String message, Replica.Edit edit) {
        return writing.commit(id, branch, message, edit);
    }

    @Override
    public CompletionStage<Undone> undo(Id id, String branch) {
        return writing.step(id, branch, UndoHistory::undo);
    }

    @Override
    public CompletionStage<Undone> undo(Id id, String branch, Id change) {
        return writing.step(
                id, branch, (history, now, signer) -> history.undo(change, now, signer));
    }

    @Override
    public CompletionStage<Undone> redo(Id id, String branch) {
        return writing.step(id, branch, UndoHistory::redo);
    }

    @Override
    public CompletionStage<UndoList> undoList(Id id, String branch) {
        return calls.run(
                done -> {
                    UndoHistory history = followed.get(id).undo(branch);
                    done.complete(new UndoList(history.undoable(), history.redoable()));
                });
    }

    @Override
    public CompletionStage<Id> merge(Id id, String from, String into, String message) {
        return writing.merge(id, from, into, message);
    }

    @Override
    public CompletionStage<Id> grant(Id id, Id agent, Role role) {
        return commit(id, "", "", transaction -> transaction.role(agent, role));
    }

    @Override
    public CompletionStage<Replica.Edit> sealing(Id id, String label, Replica.Edit edit) {
        return calls.run(
                done -> {
                    SealKey key = Sealing.key(followed.get(id), self, label);
                    done.complete(it -> edit.on(new SealingTransaction(it, key)));
                });
    }

    @Override
    public CompletionStage<List<SealStatus>> seals(Id id) {
        return calls.run(done -> done.complete(Sealing.describe(followed.get(id))));
    }

    @Override
    public CompletionStage<Id> expunge(Id id, KeyId key) {
        return calls.run(
                        done -> {
                            Sealing.checkKnown(followed.get(id), key);
                            done.complete(null);
                        })
                .thenCompose(none -> commit(id, "", "", it -> it.shred(key)));
    }

    @Override
    public CompletionStage<Compaction> compact(Id id) {
        return calls.<CompletionStage<Compaction>>run(
                        done -> done.complete(compactor.compact(followed.get(id))))
                .thenCompose(compaction -> compaction);
    }

    @Override
    public <T> CompletionStage<T> read(Id id, Reading<T> reading) {
        return calls.run(
                done -> done.complete(reading.on(new ReplicaView(followed.get(id).replica()))));
    }

    @Override
    public CompletionStage<AutoCloseable> watch(Id id, IntConsumer onDisk) {
        Consumer<Integer> watcher = onDisk::accept;
        return calls.run(
                done -> {
                    OpenStore store = followed.get(id);
                    store.watchers().add(watcher);
                    Flusher.tell(List.of(watcher), store.onDisk);
                    done.complete(() -> actor.tell(() -> store.watchers().remove(watcher)));
                });
    }

    @Override
    public AutoCloseable listen(Id id, Consumer<ChangeEvent> listener) {
        calls.run(
                done -> {
                    followed.get(id).listeners().add(listener);
                    done.complete(null);
                });
        return () ->
                calls.run(
                        done -> {
                            followed.get(id).listeners().remove(listener);
                            done.complete(null);
                        });
    }
}
