package dev.parley.crdt.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.History;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes changes into the graph and into the main line, in an order that puts each after its past.
 */
final class Integration {
    static final long MAX_AHEAD_MILLIS = 300_000;
    private static final int NONE = -1;
    private static final int[] ALONE = {};

    private final StoreInfo info;
    private final Id store;
    private final History history;
    private final ChangeGraph graph;
    private final Roles roles;
    private final Buffer waiting;
    private final Buffer parked;
    private final List<Fork> forks = new ArrayList<>();
    private final Set<AgentName> forked = new HashSet<>();
    private final Consumer<ChangeEvent> listener;
    private View main;

    /** Where the graph begins without operations; the first numbers are its changes. */
    private final @Nullable StoreSnapshotReader base;

    private final int baseCount;
    private final int[] baseHeads;

    /** Where the next few changes are in the history; those after them follow its end. */
    private final int[] kept;

    private final int historySize;
    private long lastTime;

    /** While changes are taken in that were here before. */
    private boolean quiet;

    /** What the listener was told of last, if it was one object. */
    private Path lastNoticed = Path.ROOT;

    private Set<Path> lastPaths = Set.of(Path.ROOT);

    private final ChangeReader reader = new ChangeReader();

    Integration(StoreInfo info, History history, Consumer<ChangeEvent> listener) {
        this.info = info;
        this.store = info.id();
        this.history = history;
        this.listener = listener;
        this.graph = new ChangeGraph();
        this.roles = new Roles(info, graph);
        this.main = new View(info, graph);
        this.waiting = new Buffer();
        this.parked = new Buffer();
        this.base = null;
        this.baseCount = 0;
        this.baseHeads = ALONE;
        this.kept = ALONE;
        this.historySize = 0;
    }

    /** Begins at a snapshot, with an empty history. */
    Integration(StoreSnapshotReader base, History history, Consumer<ChangeEvent> listener)
            throws MalformedException {
        this(base, history, listener, new Buffer(), new Buffer(), ALONE, 0);
    }

    private Integration(
            StoreSnapshotReader base,
            History history,
            Consumer<ChangeEvent> listener,
            Buffer waiting,
            Buffer parked,
            int[] kept,
            int historySize)
            throws MalformedException {
        this.info = base.info();
        this.store = info.id();
        this.history = history;
        this.listener = listener;
        this.graph = base.graph();
        this.roles = new Roles(info, graph);
        this.waiting = waiting;
        this.parked = parked;
        this.base = base;
        this.kept = kept;
        this.historySize = historySize;
        baseCount = graph.size();
        baseHeads = graph.heads();
        base.readRoles(roles);
        main = base.view();
        lastTime = graph.base().latestTime();
    }

    /**
     * The same with a snapshot instead of the operations it stands for. This one must not be used
     * any more.
     *
     * @throws MalformedException if the snapshot is not of changes that are here, or does not lead
     *     to the same state; then nothing has happened
     */
    Integration compacted(StoreSnapshotReader snapshot) throws MalformedException {
        ChangeGraph skeleton = snapshot.graph();
        if (skeleton.lacksIds()) {
            throw new MalformedException("a snapshot without the ids of its changes");
        }
        BitSet below = new BitSet();
        for (int i = 0; i < skeleton.size(); i++) {
            int here = graph.find(skeleton.id(i));
            if (here == NONE || !main.has(here) || graph.isVoid(here) != skeleton.isVoid(i)) {
                throw new MalformedException("a snapshot of other changes than are here");
            }
            below.set(here);
        }
        for (int change = 0; change < baseCount; change++) {
            if (!below.get(change)) {
                throw new MalformedException("a snapshot from before the last one");
            }
        }
        int[] above = new int[graph.size() - below.cardinality()];
        int[] places = new int[above.length];
        int count = 0;
        for (int change = 0; change < graph.size(); change++) {
            if (!below.get(change)) {
                above[count] = change;
                places[count++] = place(change);
            }
        }
        Integration next =
                new Integration(
                        snapshot,
                        history,
                        listener,
                        waiting,
                        parked,
                        places,
                        historySize + graph.size() - baseCount - kept.length);
        for (int change : above) {
            next.takeAgain(signed(change), change(change));
        }
        if (!Arrays.equals(main.canonical(), next.main.canonical())) {
            throw new MalformedException("a snapshot that does not lead to the state that is here");
        }
        next.forks.addAll(forks);
        next.forked.addAll(forked);
        for (int change = below.nextSetBit(baseCount);
                change >= 0;
                change = below.nextSetBit(change + 1)) {
            history.forget(place(change));
        }
        return next;
    }

    private void takeAgain(SignedChange signed, Change change) {
        Id prevId = change.prev();
        int[] builtOn = change.dependencies().stream().mapToInt(graph::find).toArray();
        quiet = true;
        take(signed, change, prevId == null ? NONE : graph.find(prevId), builtOn);
        quiet = false;
    }

    /** Where a change is in the history. */
    private int place(int change) {
        int index = change - baseCount;
        if (index < 0) {
            throw new ForgottenException();
        }
        return index < kept.length ? kept[index] : historySize + index - kept.length;
    }

    /** Whether only the skeleton of a change is here. */
    boolean isForgotten(int change) {
        return change < baseCount;
    }

    StoreInfo info() {
        return info;
    }

    Id store() {
        return store;
    }

    ChangeGraph graph() {
        return graph;
    }

    Roles roles() {
        return roles;
    }

    View main() {
        return main;
    }

    List<Fork> forks() {
        return List.copyOf(forks);
    }

    int waiting() {
        return waiting.size();
    }

    int parked() {
        return parked.size();
    }

    /** The latest time of any change that was taken in. */
    long lastTime() {
        return lastTime;
    }

    Receipt receive(SignedChange signed, long nowMillis) {
        if (!graph.isNext(signed.body()) && graph.find(signed.id()) >= 0) {
            return new Receipt(Receipt.Status.KNOWN, List.of(), List.of());
        }
        Receipt.Status status = takeUnknown(signed, nowMillis);
        List<Id> missing = status == Receipt.Status.WAITING ? missing(signed) : List.of();
        return new Receipt(status, missing, withWaiting(signed, status, nowMillis));
    }

    /** The change, if it was taken in, and those that waited for it, which are then, too. */
    private List<Id> withWaiting(SignedChange signed, Receipt.Status status, long nowMillis) {
        if (status != Receipt.Status.APPLIED) {
            return List.of();
        }
        if (waiting.size() == 0) {
            return List.of(signed.id());
        }
        List<Id> applied = new ArrayList<>();
        applied.add(signed.id());
        for (int next = 0; next < applied.size(); next++) {
            for (SignedChange released : waiting.release(applied.get(next))) {
                if (graph.find(released.id()) < 0
                        && takeUnknown(released, nowMillis) == Receipt.Status.APPLIED) {
                    applied.add(released.id());
                }
            }
        }
        return applied;
    }

    /** Takes up what was ahead of its time and is no longer. */
    List<Id> tick(long nowMillis) {
        List<Id> applied = new ArrayList<>();
        for (SignedChange change : parked.drain()) {
            if (graph.find(change.id()) < 0) {
                applied.addAll(withWaiting(change, takeUnknown(change, nowMillis), nowMillis));
            }
        }
        return applied;
    }

    private List<Id> missing(SignedChange signed) {
        try {
            Change change = ChangeCodec.decode(signed.body());
            List<Id> missing = new ArrayList<>(change.dependencies());
            Id prev = change.prev();
            if (prev != null) {
                missing.add(prev);
            }
            missing.removeIf(
                    it -> graph.find(it) >= 0 || waiting.contains(it) || parked.contains(it));
            return missing;
        } catch (MalformedException e) {
            return List.of();
        }
    }

    private Receipt.Status takeUnknown(SignedChange signed, long nowMillis) {
        try {
            return takeUnknown(signed, reader.read(signed.body()), nowMillis);
        } catch (MalformedException e) {
            return Receipt.Status.REFUSED;
        }
    }

    /** As {@link #receive}, for who has read the body already. */
    Receipt.Status receive(SignedChange signed, Change change, long nowMillis) {
        if (!graph.isNext(signed.body()) && graph.find(signed.id()) >= 0) {
            return Receipt.Status.KNOWN;
        }
        Receipt.Status status = takeUnknown(signed, change, nowMillis);
        withWaiting(signed, status, nowMillis);
        return status;
    }

    private Receipt.Status takeUnknown(SignedChange signed, Change change, long nowMillis) {
        if (!change.store().equals(store)) {
            return Receipt.Status.REFUSED;
        }
        Id prevId = change.prev();
        int prev = prevId == null ? NONE : graph.findLate(prevId);
        if (prevId != null && prev == NONE) {
            return await(signed, prevId);
        }
        if (graph.lacksIds() && needsMissingId(signed, prev)) {
            return await(signed, signed.id());
        }
        int count = change.dependencies().size();
        int[] builtOn = count == 0 ? ALONE : new int[count];
        for (int i = 0; i < builtOn.length; i++) {
            builtOn[i] = graph.find(change.dependencies().get(i));
            if (builtOn[i] == NONE) {
                return await(signed, change.dependencies().get(i));
            }
        }
        if (!fits(change, prev)) {
            return Receipt.Status.REFUSED;
        }
        if ((change.time() >>> 16) - MAX_AHEAD_MILLIS > nowMillis) {
            parked.add(signed, signed.id());
            return Receipt.Status.PARKED;
        }
        take(signed, change, prev, builtOn);
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

    /** Takes those ids, and then what had to wait for them. */
    List<Id> addIds(StoreSnapshotReader snapshot, long nowMillis) throws MalformedException {
        if (base == null || !snapshot.hash().equals(base.hash())) {
            throw new MalformedException("another snapshot than this replica began with");
        }
        if (snapshot.graph().lacksIds()) {
            throw new MalformedException("a snapshot without the ids of its changes");
        }
        List<Id> applied = new ArrayList<>();
        if (graph.lacksIds()) {
            graph.addIds(snapshot.apart());
            for (SignedChange change : waiting.drain()) {
                applied.addAll(receive(change, nowMillis).applied());
            }
        }
        return applied;
    }

    private Receipt.Status await(SignedChange signed, Id missing) {
        waiting.add(signed, missing);
        return Receipt.Status.WAITING;
    }

    private boolean fits(Change change, int prev) {
        if (prev == NONE) {
            return change.seq() == 1 && change.start() == 0;
        }
        return graph.agents().name(graph.agent(prev)).equals(change.agent())
                && change.seq() == graph.seq(prev) + 1
                && change.start() == graph.end(prev);
    }

    private void take(SignedChange signed, Change change, int prev, int[] builtOn) {
        boolean forks =
                prev == NONE
                        ? !graph.agents().of(change.agent()).isEmpty()
                        : graph.tip(graph.agent(prev)) != prev;
        int number = graph.add(signed.id(), change, change.length(), prev, builtOn);
        if (!quiet) {
            history.append(signed);
        }
        if (Long.compareUnsigned(change.time(), lastTime) > 0) {
            lastTime = change.time();
        }
        if (forks) {
            noteFork(signed, change, prev, number);
        }
        Role role = roles.at(change.author(), number);
        if (role == Role.ADMIN) {
            graph.markByAdmin(number);
        }
        if (!isValid(change, role, prev, builtOn)) {
            graph.markVoid(number);
        } else {
            roles.apply(number, change);
        }
        if (change.branch().isEmpty()) {
            takeIntoMain(number, change);
        }
    }

    private void noteFork(SignedChange signed, Change change, int prev, int number) {
        if (!forked.add(change.agent())) {
            return; // one proof is enough
        }
        for (int line : graph.agents().of(change.agent())) {
            int other = graph.changeOf(line, graph.start(number));
            if (other != number
                    && graph.seq(other) == change.seq()
                    && graph.prev(other) == prev
                    && !isForgotten(other)) {
                forks.add(new Fork(change.author(), signed(other), signed));
                return;
            }
        }
    }

    private boolean isValid(Change change, Role role, int prev, int[] builtOn) {
        if (prev != NONE && !isLater(change, prev)) {
            return false;
        }
        for (int dependency : builtOn) {
            if (!isLater(change, dependency) || prev != NONE && graph.isBefore(dependency, prev)) {
                return false;
            }
            for (int other : builtOn) {
                if (other != dependency && graph.isBefore(dependency, other)) {
                    return false;
                }
            }
        }
        try {
            roles.check(change, role);
            return true;
        } catch (VoidException e) {
            return false;
        }
    }

    private boolean isLater(Change change, int other) {
        return Long.compareUnsigned(change.time(), graph.time(other)) > 0;
    }

    private void takeIntoMain(int number, Change change) {
        if (hasPast(main, number)) {
            main.apply(number, change);
            if (!quiet) {
                notice(number, change, false);
            }
            return;
        }
        for (int other : missingIn(main, number)) {
            Change taken = other == number ? change : change(other);
            main.apply(other, taken);
            if (!quiet) {
                notice(other, taken, false);
            }
        }
    }

    /** Tells the listener. */
    void notice(int number, Change change, boolean local) {
        Set<Path> paths;
        Path first = change.operations().get(0).path();
        if (change.operations().size() == 1 && first == lastNoticed) {
            paths = lastPaths;
        } else if (change.operations().size() == 1) {
            paths = Set.of(first);
            lastNoticed = first;
            lastPaths = paths;
        } else {
            paths = new HashSet<>();
            for (Operation operation : change.operations()) {
                paths.add(operation.path());
            }
        }
        listener.accept(
                new ChangeEvent(
                        graph.id(number), change.author(), local, graph.isVoid(number), paths));
    }

    private boolean hasPast(View view, int number) {
        int prev = graph.prev(number);
        if (prev != NONE && !view.has(prev)) {
            return false;
        }
        for (int dependency : graph.dependencies(number)) {
            if (!view.has(dependency)) {
                return false;
            }
        }
        return true;
    }

    /** The change and what of its past is not in the view, in order. */
    int[] missingIn(View view, int number) {
        if (hasPast(view, number)) {
            return new int[] {number};
        }
        Set<Integer> found = new HashSet<>();
        Deque<Integer> open = new ArrayDeque<>();
        open.add(number);
        while (!open.isEmpty()) {
            int next = open.pop();
            if (next != NONE && !view.has(next) && found.add(next)) {
                open.add(graph.prev(next));
                for (int dependency : graph.dependencies(next)) {
                    open.add(dependency);
                }
            }
        }
        return found.stream().mapToInt(Integer::intValue).sorted().toArray();
    }

    /** A change that was taken in, read again. */
    Change change(int number) {
        try {
            return ChangeCodec.decode(signed(number).body());
        } catch (MalformedException e) {
            throw new IllegalStateException("the history gave other bytes than it got", e);
        }
    }

    SignedChange signed(int number) {
        return history.get(place(number));
    }

    /** What a state that has all of the snapshot starts with, and any other one. */
    private View start(boolean hasBase) {
        StoreSnapshotReader snapshot = base;
        if (snapshot == null || !hasBase) {
            return new View(info, graph);
        }
        try {
            return snapshot.view();
        } catch (MalformedException e) {
            throw new IllegalStateException("a snapshot that was read before", e);
        }
    }

    private boolean hasBase(Version version) {
        for (int head : baseHeads) {
            if (!version.contains(graph.agent(head), graph.start(head))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The state with these changes and their past.
     *
     * @throws ForgottenException if it needs operations that were given up
     */
    View view(int[] heads) {
        View view = start(base != null && hasBase(graph.including(heads)));
        Set<Integer> all = new HashSet<>();
        for (int head : heads) {
            if (!view.has(head)) {
                for (int each : missingIn(view, head)) {
                    all.add(each);
                }
            }
        }
        all.stream().sorted().forEach(it -> view.apply(it, change(it)));
        return view;
    }

    /** The state with the changes that are in both. */
    View common(View one, View other) {
        boolean hasBase = base != null;
        for (int head : baseHeads) {
            hasBase &= one.has(head) && other.has(head);
        }
        View view = start(hasBase);
        for (int i = 0; i < graph.size(); i++) {
            if (one.has(i) && other.has(i) && !view.has(i)) {
                view.apply(i, change(i));
            }
        }
        return view;
    }

    /** The last changes of a branch; none if nobody wrote on it. */
    int[] headsOf(String branch) {
        if (branch.isEmpty()) {
            return main.heads();
        }
        List<Integer> tips = new ArrayList<>();
        for (int line = 0; line < graph.agents().size(); line++) {
            if (graph.agents().name(line).branch().equals(branch)) {
                tips.add(graph.tip(line));
            }
        }
        tips.removeIf(tip -> tips.stream().anyMatch(it -> graph.isBefore(tip, it)));
        return tips.stream().mapToInt(Integer::intValue).toArray();
    }

    /** After a transaction that failed half way. */
    void rebuildMain(int[] heads) {
        main = view(heads);
    }

    /** A local change that is complete. */
    void commit(int number, SignedChange signed, Change change) {
        graph.seal(number, signed.id());
        history.append(signed);
        lastTime = change.time();
        roles.apply(number, change);
        if (change.branch().isEmpty()) {
            notice(number, change, true);
        }
    }
}
