package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Summary;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.stores.internal.SyncMessage.Comparison;
import dev.parley.wire.api.MalformedException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Gets what others have: compares last changes with every peer that connects, and with all of them
 * again and again; asks one after the other for what a store misses, until there is no more. What
 * came stays, so an exchange that breaks off goes on with whoever is asked next. All of it runs on
 * the room's thread.
 */
final class Puller {
    private static final System.Logger LOG = System.getLogger(Puller.class.getName());
    private static final Duration TELL_AFTER = Duration.ofMillis(100);
    private static final Duration SEARCH_AGAIN = Duration.ofSeconds(2);
    private static final int ATTEMPTS = 6;
    private static final int MAX_STALE = 256;

    private final Actor actor;
    private final Network network;
    private final Requests requests;
    private final Adoption adoption;
    private final Verifier verifier;
    private final Map<Id, OpenStore> stores;
    private final Consumer<OpenStore> changed;
    private final Set<OpenStore> toTell = new LinkedHashSet<>();
    private final Rumours rumours = new Rumours();
    private final int summaryBytes;

    /**
     * @param changed told when something was taken in, to be forced to disk
     * @param summaryBytes what a summary has at most
     */
    Puller(
            Actor actor,
            Network network,
            Requests requests,
            Adoption adoption,
            Verifier verifier,
            Map<Id, OpenStore> stores,
            Consumer<OpenStore> changed,
            int summaryBytes) {
        this.actor = actor;
        this.network = network;
        this.requests = requests;
        this.adoption = adoption;
        this.verifier = verifier;
        this.stores = stores;
        this.changed = changed;
        this.summaryBytes = summaryBytes;
    }

    /** With everybody who is connected. */
    void compareAll() {
        compareAll(List.copyOf(stores.values()));
    }

    /** These only. */
    void compareAll(List<OpenStore> some) {
        for (Peer peer : network.peers()) {
            compare(peer.machine(), some);
        }
    }

    void compare(MachineId peer) {
        compare(peer, List.copyOf(stores.values()));
    }

    private void compare(MachineId peer, List<OpenStore> all) {
        for (int from = 0; from < all.size(); from += SyncMessage.MAX_COMPARED) {
            int to = Math.min(all.size(), from + SyncMessage.MAX_COMPARED);
            compare(peer, all.subList(from, to), 0);
        }
    }

    private void compare(MachineId peer, List<OpenStore> asked, int attempt) {
        List<SyncMessage.Held> held =
                asked.stream()
                        .map(store -> new SyncMessage.Held(store.id(), store.digest()))
                        .toList();
        requests.send(
                peer,
                new SyncMessage.Compare(held),
                answer -> {
                    if (answer instanceof SyncMessage.Compared compared) {
                        for (int i = 0;
                                i < Math.min(asked.size(), compared.answers().size());
                                i++) {
                            if (compared.answers().get(i) == Comparison.DIFFERENT) {
                                pull(asked.get(i), peer);
                            } else if (compared.answers().get(i) == Comparison.EQUAL) {
                                asked.get(i).heardAll();
                            }
                        }
                    }
                },
                code -> {
                    // A room that has just started may not answer yet.
                    boolean again = attempt < ATTEMPTS && network.peer(peer).isPresent();
                    if (again && !code.equals("MALFORMED")) {
                        actor.after(
                                Duration.ofMillis(250L << attempt),
                                () -> compare(peer, asked, attempt + 1));
                    }
                });
    }

    /** Somebody has something of a store that is not here. */
    void pull(OpenStore store, MachineId from) {
        store.pulls.want(from);
        next(store);
    }

    /** Somebody says by gossip that a store has changes, of which this one is not here. */
    void heard(OpenStore store, MachineId from, Id change) {
        if (!rumours.isAskedSlowly(from, actor.time().nanos())) {
            pull(store, from, change);
        } else if (rumours.later(from, store, change)) {
            later(from);
        }
    }

    private void later(MachineId from) {
        actor.after(
                Rumours.SLOWLY,
                () -> {
                    rumours.next(from)
                            .filter(it -> !gone(it.store()))
                            .filter(it -> !it.store().replica().has(it.change()))
                            .ifPresent(it -> pull(it.store(), from, it.change()));
                    if (rumours.hasLater(from)) {
                        later(from);
                    }
                });
    }

    private void pull(OpenStore store, MachineId from, Id named) {
        store.pulls.want(from, named);
        next(store);
    }

    private void next(OpenStore store) {
        Optional<MachineId> from = store.pulls.begin(actor.time().nanos());
        if (from.isPresent()) {
            step(store, from.get());
        }
    }

    private void end(OpenStore store) {
        store.pulls
                .end()
                .filter(it -> !store.replica().has(it.change()))
                .ifPresent(it -> rumours.wasVain(it.from(), actor.time().nanos()));
        if (store.pulls.progress) {
            store.pulls.progress = false;
            tellSoon(store);
        }
        next(store);
    }

    /** Those who are connected to us may miss what we have got. */
    private void tellSoon(OpenStore store) {
        if (toTell.isEmpty()) {
            actor.after(
                    TELL_AFTER,
                    () -> {
                        List<OpenStore> some = new ArrayList<>(toTell);
                        toTell.clear();
                        some.removeIf(this::gone);
                        compareAll(some);
                    });
        }
        toTell.add(store);
    }

    private boolean gone(OpenStore store) {
        return stores.get(store.id()) != store || !store.damage().isEmpty();
    }

    private void step(OpenStore store, MachineId from) {
        step(store, from, List.of());
    }

    /**
     * @param named changes that the summary has to name
     */
    private void step(OpenStore store, MachineId from, List<Id> named) {
        if (gone(store)) {
            return;
        }
        Summary summary = store.summary(summaryBytes, named);
        requests.send(
                from,
                new SyncMessage.Pull(store.id(), summary),
                answer -> answered(new Pulled(store, from, named, 0, 0), answer),
                code -> {
                    if (code.equals("NO_SUCH_STORE")) {
                        search(store);
                    }
                    end(store);
                });
    }

    /**
     * A pull that goes on.
     *
     * @param named what the summary had to name
     * @param given how many changes came
     * @param stale how many answers in a row brought nothing new
     */
    private record Pulled(OpenStore store, MachineId from, List<Id> named, int given, int stale) {
        Pulled and(int more, int fresh) {
            return new Pulled(store, from, named, given + more, fresh > 0 ? 0 : stale + 1);
        }
    }

    private void answered(Pulled pulled, SyncMessage answer) {
        OpenStore store = pulled.store();
        if (answer instanceof SyncMessage.Batch batch) {
            take(
                    store,
                    batch.changes(),
                    fresh -> {
                        store.obstacle = "";
                        if (batch.more()) {
                            goOn(pulled.and(batch.changes().size(), fresh));
                        } else {
                            if (batch.changes().stream()
                                    .allMatch(it -> store.replica().has(it.id()))) {
                                store.heardAll();
                            }
                            end(store);
                        }
                    });
        } else if (answer instanceof SyncMessage.Large large) {
            pieces(pulled, large, new ByteArrayOutputStream());
        } else if (answer instanceof SyncMessage.Checkpointed heard && pulled.given() == 0) {
            checkpointed(pulled, heard);
        } else {
            end(store);
        }
    }

    /** What is missed was given up there. It may be here, and too much to be named. */
    private void checkpointed(Pulled pulled, SyncMessage.Checkpointed heard) {
        OpenStore store = pulled.store();
        List<Id> heads = heard.checkpoint().heads();
        if (heads.stream().allMatch(store.replica()::has)) {
            if (pulled.named().equals(heads) || store.replica().lacksIds()) {
                end(store);
            } else {
                step(store, pulled.from(), heads);
            }
            return;
        }
        adoption.adopt(
                store,
                pulled.from(),
                heard,
                done -> {
                    if (gone(store)) {
                        return;
                    }
                    store.pulls.progress |= done;
                    changed.accept(store);
                    if (done) {
                        step(store, pulled.from());
                    } else {
                        end(store);
                    }
                });
    }

    /**
     * What came may be here, if there are more agents than fit into a summary, or lie ahead of its
     * time; but not for ever.
     */
    private void goOn(Pulled pulled) {
        OpenStore store = pulled.store();
        if (gone(store)) {
            return;
        }
        if (pulled.stale() > MAX_STALE || pulled.given() == 0) {
            end(store);
            return;
        }
        if (store.pulls.isTurnOver(actor.time().nanos())) {
            // Who gives little, or slowly, does not keep others from giving.
            store.pulls.want(pulled.from());
            end(store);
            return;
        }
        requests.send(
                pulled.from(),
                new SyncMessage.GoOn(store.id(), pulled.given()),
                answer -> answered(pulled, answer),
                code -> {
                    // It has forgotten what it gave us; by now there is less to ask for.
                    if (code.equals("NO_SUCH_PULL") && pulled.stale() == 0) {
                        step(store, pulled.from());
                    } else {
                        end(store);
                    }
                });
    }

    /** Who told us of changes does not have them, or does not give them: who does? */
    private void search(OpenStore store) {
        long now = actor.time().nanos();
        if (now - store.pulls.searchedAtNanos > SEARCH_AGAIN.toNanos()) {
            store.pulls.searchedAtNanos = now;
            for (Peer peer : network.peers()) {
                compare(peer.machine(), List.of(store), ATTEMPTS);
            }
        }
    }

    private void pieces(Pulled pulled, SyncMessage.Large large, ByteArrayOutputStream sofar) {
        OpenStore store = pulled.store();
        requests.send(
                pulled.from(),
                new SyncMessage.AskPiece(store.id(), large.change(), sofar.size()),
                answer -> {
                    int wanted =
                            Math.min(large.length() - sofar.size(), SyncMessage.MAX_PIECE_BYTES);
                    if (!(answer instanceof SyncMessage.Piece piece)
                            || piece.length() != large.length()
                            || piece.content().length != wanted) {
                        end(store);
                        return;
                    }
                    sofar.writeBytes(piece.content());
                    if (sofar.size() < large.length()) {
                        pieces(pulled, large, sofar);
                        return;
                    }
                    try {
                        take(
                                store,
                                List.of(SyncMessage.change(sofar.toByteArray())),
                                fresh -> goOn(pulled.and(1, fresh)));
                    } catch (MalformedException e) {
                        end(store);
                    }
                },
                code -> end(store));
    }

    private interface Taken {
        void fresh(int changes);
    }

    private void take(OpenStore store, List<SignedChange> changes, Taken then) {
        verifier.check(
                store,
                changes,
                checked -> {
                    if (gone(store)) {
                        return;
                    }
                    int before = store.replica().size();
                    receive(store, checked.good());
                    int fresh = store.replica().size() - before;
                    store.pulls.progress |= fresh > 0;
                    then.fresh(fresh);
                });
    }

    /**
     * @return what to ask for, because what came builds on it
     */
    private List<Id> receive(OpenStore store, List<SignedChange> changes) {
        List<Id> missing = new ArrayList<>();
        long now = actor.time().now().toEpochMilli();
        try {
            for (SignedChange change : changes) {
                Receipt receipt = store.receive(change, now);
                missing.addAll(receipt.missing());
            }
        } catch (LogHistory.DiskException e) {
            store.diskFailed(e);
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), e);
        }
        missing.removeIf(store.replica()::has);
        changed.accept(store);
        return missing;
    }

    /** Changes that came by gossip; what they build on is asked of {@code source}. */
    void live(OpenStore store, List<SignedChange> changes, MachineId source) {
        verifier.checkHeard(
                store,
                changes,
                checked -> {
                    if (gone(store)) {
                        return;
                    }
                    List<Id> missing = receive(store, checked.good());
                    long now = actor.time().nanos();
                    boolean isMuch = missing.size() > SyncMessage.MAX_IDS;
                    missing.removeIf(it -> !store.pulls.mayAsk(it, now));
                    if (isMuch || checked.bad() > 0 && isDoubtNew(store, now)) {
                        pull(store, source);
                    } else if (!missing.isEmpty()) {
                        ask(store, source, missing);
                    }
                });
    }

    /** Whoever sends what cannot be checked does not make us ask each time. */
    private static boolean isDoubtNew(OpenStore store, long now) {
        boolean isNew = now - store.pulls.doubtedAtNanos > SEARCH_AGAIN.toNanos();
        if (isNew) {
            store.pulls.doubtedAtNanos = now;
        }
        return isNew;
    }

    private void ask(OpenStore store, MachineId source, List<Id> missing) {
        requests.send(
                source,
                new SyncMessage.Ask(store.id(), missing),
                answer -> {
                    if (answer instanceof SyncMessage.Batch batch) {
                        take(
                                store,
                                batch.changes(),
                                fresh -> {
                                    if (store.replica().waiting() > 0) {
                                        pull(store, source);
                                    }
                                });
                    } else {
                        pull(store, source);
                    }
                },
                code -> pull(store, source));
    }
}
