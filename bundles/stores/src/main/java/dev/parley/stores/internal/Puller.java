package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.SignedChange;
import dev.parley.direct.api.Direct;
import dev.parley.direct.api.RequestException;
import dev.parley.identity.api.MachineId;
import dev.parley.network.api.Network;
import dev.parley.network.api.Peer;
import dev.parley.stores.internal.SyncMessage.Comparison;
import dev.parley.wire.api.MalformedException;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/**
 * Gets what others have: compares last changes with every peer that connects, and with all of them
 * again and again; asks one after the other for what a store misses, until there is no more. What
 * came stays, so an exchange that breaks off goes on with whoever is asked next. All of it runs on
 * the room's thread.
 */
final class Puller {
    private static final System.Logger LOG = System.getLogger(Puller.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Duration TELL_AFTER = Duration.ofMillis(100);
    private static final Duration SEARCH_AGAIN = Duration.ofSeconds(2);
    private static final int ATTEMPTS = 6;

    private final Actor actor;
    private final Network network;
    private final Direct direct;
    private final Verifier verifier;
    private final Map<Id, OpenStore> stores;
    private final Consumer<OpenStore> changed;
    private boolean telling;

    /**
     * @param changed told when something was taken in, to be forced to disk
     */
    Puller(
            Actor actor,
            Network network,
            Direct direct,
            Verifier verifier,
            Map<Id, OpenStore> stores,
            Consumer<OpenStore> changed) {
        this.actor = actor;
        this.network = network;
        this.direct = direct;
        this.verifier = verifier;
        this.stores = stores;
        this.changed = changed;
    }

    private interface Answered {
        void with(SyncMessage answer);
    }

    private interface Failed {
        void because(String code);
    }

    private void request(MachineId to, SyncMessage question, Answered answered, Failed failed) {
        direct.request(to, SyncServer.METHOD, question.encode(), TIMEOUT)
                .whenComplete(
                        (bytes, failure) ->
                                actor.after(
                                        Duration.ZERO,
                                        () -> {
                                            try {
                                                if (failure != null) {
                                                    failed.because(code(failure));
                                                } else {
                                                    answered.with(SyncMessage.decode(bytes));
                                                }
                                            } catch (MalformedException e) {
                                                LOG.log(
                                                        System.Logger.Level.DEBUG,
                                                        "an answer of {0}: {1}",
                                                        to.words(),
                                                        e.getMessage());
                                                failed.because("MALFORMED");
                                            }
                                        }));
    }

    private static String code(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof RequestException known ? known.code() : "FAILED";
    }

    /** With everybody who is connected. */
    void compareAll() {
        for (Peer peer : network.peers()) {
            compare(peer.machine());
        }
    }

    void compare(MachineId peer) {
        List<OpenStore> all = List.copyOf(stores.values());
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
        request(
                peer,
                new SyncMessage.Compare(held),
                answer -> {
                    if (answer instanceof SyncMessage.Compared compared) {
                        for (int i = 0;
                                i < Math.min(asked.size(), compared.answers().size());
                                i++) {
                            if (compared.answers().get(i) == Comparison.DIFFERENT) {
                                pull(asked.get(i), peer);
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

    private void next(OpenStore store) {
        Optional<MachineId> from = store.pulls.begin();
        if (from.isPresent()) {
            step(store, from.get());
        }
    }

    private void end(OpenStore store) {
        store.pulls.end();
        if (store.pulls.progress) {
            store.pulls.progress = false;
            tellSoon();
        }
        next(store);
    }

    /** Those who are connected to us may miss what we have got. */
    private void tellSoon() {
        if (!telling) {
            telling = true;
            actor.after(
                    TELL_AFTER,
                    () -> {
                        telling = false;
                        compareAll();
                    });
        }
    }

    private boolean gone(OpenStore store) {
        return stores.get(store.id()) != store || !store.damage().isEmpty();
    }

    private void step(OpenStore store, MachineId from) {
        if (gone(store)) {
            return;
        }
        SyncMessage.Pull question = new SyncMessage.Pull(store.id(), store.replica().summary());
        if (question.encode().length > SyncMessage.MAX_SUMMARY_BYTES) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "store {0} has too many authors to be compared",
                    store.id().hex());
            end(store);
            return;
        }
        request(
                from,
                question,
                answer -> {
                    if (answer instanceof SyncMessage.Batch batch) {
                        take(
                                store,
                                batch.changes(),
                                fresh -> {
                                    if (batch.more() && fresh > 0) {
                                        step(store, from);
                                    } else {
                                        end(store);
                                    }
                                });
                    } else if (answer instanceof SyncMessage.Large large) {
                        pieces(store, from, large, new ByteArrayOutputStream());
                    } else {
                        end(store);
                    }
                },
                code -> {
                    if (code.equals("NO_SUCH_STORE")) {
                        search(store);
                    }
                    end(store);
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

    private void pieces(
            OpenStore store, MachineId from, SyncMessage.Large large, ByteArrayOutputStream sofar) {
        request(
                from,
                new SyncMessage.AskPiece(store.id(), large.change(), sofar.size()),
                answer -> {
                    if (!(answer instanceof SyncMessage.Piece piece)
                            || piece.length() != large.length()
                            || sofar.size() + piece.content().length > large.length()) {
                        end(store);
                        return;
                    }
                    sofar.writeBytes(piece.content());
                    if (sofar.size() < large.length()) {
                        pieces(store, from, large, sofar);
                        return;
                    }
                    try {
                        take(
                                store,
                                List.of(SyncMessage.change(sofar.toByteArray())),
                                fresh -> {
                                    if (fresh > 0) {
                                        step(store, from);
                                    } else {
                                        end(store);
                                    }
                                });
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
            store.damaged(String.valueOf(e.getMessage()));
            LOG.log(System.Logger.Level.ERROR, "store " + store.id().hex(), e);
        }
        missing.removeIf(store.replica()::has);
        changed.accept(store);
        return missing;
    }

    /** Changes that came by gossip; what they build on is asked of {@code source}. */
    void live(OpenStore store, List<SignedChange> changes, MachineId source) {
        verifier.check(
                store,
                changes,
                checked -> {
                    if (gone(store)) {
                        return;
                    }
                    List<Id> missing = receive(store, checked.good());
                    if (missing.isEmpty() && checked.bad() == 0) {
                        return;
                    }
                    if (missing.isEmpty() || missing.size() > SyncMessage.MAX_IDS) {
                        pull(store, source);
                    } else {
                        ask(store, source, missing);
                    }
                });
    }

    private void ask(OpenStore store, MachineId source, List<Id> missing) {
        request(
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
