package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.IdsApart;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets changes of others in when all they build on is here and their time has come, and holds them
 * until then. Used by the one thread that uses the replica.
 */
final class Intake {
    static final long MAX_AHEAD_MILLIS = 300_000;
    private static final int NONE = -1;
    private static final int[] ALONE = {};

    private final Integration integration;
    private final Id store;
    private final ChangeGraph graph;
    private final Held held;
    private final ChangeReader reader = new ChangeReader();

    /** Ids that may be missing of the changes the graph began with. */
    private @Nullable IdsApart apart;

    /**
     * @param held what came before and is not taken in
     */
    Intake(Integration integration, Id store, ChangeGraph graph, Held held) {
        this.integration = integration;
        this.store = store;
        this.graph = graph;
        this.held = held;
    }

    /** The graph begins with a snapshot of which these ids may be missing. */
    void expect(@Nullable IdsApart ids) {
        apart = ids;
    }

    /** What came and is not taken in. */
    Held held() {
        return held;
    }

    /**
     * Takes a change in, and what waited for it; or keeps it until its past is here or its time has
     * come.
     */
    Receipt receive(SignedChange signed, long nowMillis) {
        if (!graph.isNext(signed.body()) && graph.find(signed.id()) >= 0) {
            return new Receipt(Receipt.Status.KNOWN, List.of(), List.of());
        }
        Receipt.Status status = takeUnknown(signed, nowMillis);
        List<Id> missing = status == Receipt.Status.WAITING ? missing(signed) : List.of();
        return new Receipt(status, missing, settle(signed, status, nowMillis));
    }

    /**
     * The change, if it was taken in, and those taken in that waited for it. What waited for a
     * change that waits for no other one waits no more either.
     */
    private List<Id> settle(SignedChange signed, Receipt.Status status, long nowMillis) {
        List<Id> itself = status == Receipt.Status.APPLIED ? List.of(signed.id()) : List.of();
        if (status == Receipt.Status.WAITING || held.waiting() == 0) {
            return itself;
        }
        List<Id> applied = new ArrayList<>(itself);
        Deque<Id> settled = new ArrayDeque<>(List.of(signed.id()));
        while (!settled.isEmpty()) {
            for (SignedChange released : held.release(settled.remove())) {
                Receipt.Status then = takeOne(released, nowMillis);
                if (then == Receipt.Status.APPLIED) {
                    applied.add(released.id());
                }
                if (then != Receipt.Status.WAITING) {
                    settled.add(released.id());
                }
            }
        }
        return applied;
    }

    /** Takes up what was ahead of its time and is no longer. */
    List<Id> tick(long nowMillis) {
        List<Id> applied = new ArrayList<>();
        for (SignedChange change : held.drainParked()) {
            applied.addAll(settle(change, takeOne(change, nowMillis), nowMillis));
        }
        return applied;
    }

    private Receipt.Status takeOne(SignedChange signed, long nowMillis) {
        return graph.find(signed.id()) >= 0 ? Receipt.Status.KNOWN : takeUnknown(signed, nowMillis);
    }

    private List<Id> missing(SignedChange signed) {
        try {
            Change change = ChangeCodec.decode(signed.body());
            List<Id> missing = new ArrayList<>(change.dependencies());
            Id prev = change.prev();
            if (prev != null) {
                missing.add(prev);
            }
            missing.removeIf(it -> graph.find(it) >= 0 || held.isKnown(it));
            return missing;
        } catch (MalformedException e) {
            return List.of();
        }
    }

    private Receipt.Status takeUnknown(SignedChange signed, long nowMillis) {
        try {
            return takeUnknown(signed, reader.read(signed.body()), nowMillis);
        } catch (MalformedException e) {
            return refuse(signed);
        }
    }

    private Receipt.Status refuse(SignedChange signed) {
        held.refuse(signed.id());
        return Receipt.Status.REFUSED;
    }

    /** As {@link #receive}, for who has read the body already. */
    Receipt.Status receive(SignedChange signed, Change change, long nowMillis) {
        if (!graph.isNext(signed.body()) && graph.find(signed.id()) >= 0) {
            return Receipt.Status.KNOWN;
        }
        Receipt.Status status = takeUnknown(signed, change, nowMillis);
        settle(signed, status, nowMillis);
        return status;
    }

    private Receipt.Status takeUnknown(SignedChange signed, Change change, long nowMillis) {
        if (!change.store().equals(store)) {
            return refuse(signed);
        }
        Id prevId = change.prev();
        int prev = prevId == null ? NONE : graph.findLate(prevId);
        boolean isComplete = prevId == null || prev != NONE;
        int count = change.dependencies().size();
        int[] builtOn = count == 0 ? ALONE : new int[count];
        for (int i = 0; i < builtOn.length; i++) {
            builtOn[i] = graph.find(change.dependencies().get(i));
            isComplete &= builtOn[i] != NONE;
        }
        if (!isComplete) {
            return hold(signed, change);
        }
        if (graph.lacksIds() && needsMissingId(signed, prev)) {
            held.await(change.author(), signed, signed.id());
            return Receipt.Status.WAITING;
        }
        if (!integration.fits(change, prev)) {
            return refuse(signed);
        }
        if ((change.time() >>> 16) - MAX_AHEAD_MILLIS > nowMillis) {
            held.park(change.author(), signed);
            return Receipt.Status.PARKED;
        }
        integration.take(signed, change, prev, builtOn);
        held.isTaken(signed.id());
        reader.follow(change, signed.id());
        return Receipt.Status.APPLIED;
    }

    /**
     * Whether judging or placing a change may need an id that is not here: of the change that
     * stands where it forks from its author's line, or of one that it names to say which line of a
     * forked agent it means.
     */
    private boolean needsMissingId(SignedChange signed, int prev) {
        if (prev != NONE) {
            int beside = graph.changeOf(graph.agent(prev), graph.end(prev));
            if (beside != prev && !graph.knowsId(beside)) {
                return true;
            }
        }
        try {
            ChangeReader again = new ChangeReader();
            again.read(signed.body());
            for (Id way : again.ways()) {
                if (graph.find(way) == NONE) {
                    return true;
                }
            }
            return false;
        } catch (MalformedException e) {
            return false;
        }
    }

    /** Whether ids of the changes below the snapshot are not here. */
    boolean lacksIds() {
        return graph.lacksIds();
    }

    /** Which those are. */
    Optional<IdsApart> idsApart() {
        return graph.lacksIds() ? Optional.ofNullable(apart) : Optional.empty();
    }

    /** Takes those ids, and then what had to wait for them. */
    List<Id> addIds(byte[] ids, long nowMillis) throws MalformedException {
        if (!graph.lacksIds()) {
            return List.of();
        }
        IdsApart expected = new IdsApart(Sha256.of(ids), ids.length);
        if (!expected.equals(apart)) {
            throw new MalformedException("other ids than the snapshot has");
        }
        graph.addIds(ids);
        List<Id> applied = new ArrayList<>();
        for (SignedChange change : held.drainWaiting()) {
            applied.addAll(receive(change, nowMillis).applied());
        }
        return applied;
    }

    /**
     * A change of whose past something is not here. What builds on one that is ahead of its time is
     * so too; what builds on one that can never be taken in cannot be either.
     */
    private Receipt.Status hold(SignedChange signed, Change change) {
        List<Id> past = new ArrayList<>(change.dependencies());
        Id prev = change.prev();
        if (prev != null) {
            past.add(0, prev);
        }
        Id missing = null;
        for (Id each : past) {
            if (graph.find(each) == NONE) {
                if (held.isRefused(each)) {
                    return refuse(signed);
                }
                missing = missing == null && !held.isParked(each) ? each : missing;
            }
        }
        if (missing != null) {
            held.await(change.author(), signed, missing);
            return Receipt.Status.WAITING;
        }
        held.park(change.author(), signed);
        return Receipt.Status.PARKED;
    }
}
