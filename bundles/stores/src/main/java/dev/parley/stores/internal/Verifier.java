package dev.parley.stores.internal;

import dev.parley.actor.api.Actor;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.SignedChange;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Checks the signatures of changes that came, off the room's thread. A key comes with an agent's
 * first change, so in causal order it is always there before it is needed.
 */
final class Verifier {
    private static final int SLICE = 16;

    /** How many slices may wait of changes that nobody asked for: half of what the pool takes. */
    private static final int MAX_HEARD = 512;

    private final NetworkId network;
    private final Actor actor;
    private final ExecutorService pool;
    private final AtomicLong bad = new AtomicLong();
    private int heard;

    /**
     * @param bad how many had a wrong signature, an unknown author or another store
     */
    record Checked(List<SignedChange> good, int bad) {}

    private record Signed(SignedChange change, PublicKey key) {}

    Verifier(NetworkId network, Actor actor, ExecutorService pool) {
        this.network = network;
        this.actor = actor;
        this.pool = pool;
    }

    /** How many changes were refused so far. */
    long refused() {
        return bad.get();
    }

    /**
     * Call it on the room's thread; {@code then} runs there too, with those that are good and not
     * here, in the order given. If too much waits it is told of none.
     */
    void check(OpenStore store, List<SignedChange> changes, Consumer<Checked> then) {
        Map<Id, PublicKey> brought = new HashMap<>();
        List<Signed> signed = new ArrayList<>();
        int unknown = 0;
        for (SignedChange change : changes) {
            if (store.replica().has(change.id())) {
                continue;
            }
            Optional<Id> author = ChangeSeal.author(change);
            Optional<PublicKey> key = ChangeSeal.key(change);
            if (author.isPresent() && key.isPresent()) {
                brought.put(author.get(), key.get());
            } else if (author.isPresent()) {
                key = Optional.ofNullable(brought.get(author.get()));
                key = key.isPresent() ? key : store.key(author.get());
            }
            if (key.isPresent()
                    && ChangeSeal.store(change).filter(store.id()::equals).isPresent()) {
                signed.add(new Signed(change, key.get()));
            } else {
                unknown++;
            }
        }
        int missing = unknown;
        List<CompletableFuture<List<SignedChange>>> slices = new ArrayList<>();
        try {
            for (int from = 0; from < signed.size(); from += SLICE) {
                List<Signed> slice = signed.subList(from, Math.min(signed.size(), from + SLICE));
                slices.add(CompletableFuture.supplyAsync(() -> good(slice), pool));
            }
        } catch (RejectedExecutionException e) {
            slices.clear();
        }
        CompletableFuture.allOf(slices.toArray(new CompletableFuture<?>[0]))
                .whenComplete(
                        (done, failure) ->
                                actor.after(
                                        Duration.ZERO,
                                        () -> then.accept(join(slices, signed.size(), missing))));
    }

    /**
     * As {@link #check}, of changes that came unasked. What is too much of them is told of as bad,
     * so that whoever floods leaves room for what was asked for.
     */
    void checkHeard(OpenStore store, List<SignedChange> changes, Consumer<Checked> then) {
        int more = (changes.size() + SLICE - 1) / SLICE;
        if (heard + more > MAX_HEARD) {
            bad.addAndGet(changes.size());
            then.accept(new Checked(List.of(), changes.size()));
            return;
        }
        heard += more;
        check(
                store,
                changes,
                checked -> {
                    heard -= more;
                    then.accept(checked);
                });
    }

    private List<SignedChange> good(List<Signed> slice) {
        List<SignedChange> good = new ArrayList<>(slice.size());
        for (Signed each : slice) {
            if (ChangeSeal.verify(each.change(), each.key(), network)) {
                good.add(each.change());
            }
        }
        return good;
    }

    private Checked join(
            List<CompletableFuture<List<SignedChange>>> slices, int asked, int missing) {
        List<SignedChange> good = new ArrayList<>();
        int wrong = missing;
        int slice = 0;
        for (CompletableFuture<List<SignedChange>> each : slices) {
            List<SignedChange> part =
                    each.isCompletedExceptionally() ? List.<SignedChange>of() : each.join();
            wrong += Math.min(SLICE, asked - slice * SLICE) - part.size();
            good.addAll(part);
            slice++;
        }
        bad.addAndGet(wrong);
        return new Checked(good, wrong);
    }
}
