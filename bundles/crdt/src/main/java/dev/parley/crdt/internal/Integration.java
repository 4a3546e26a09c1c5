package dev.parley.crdt.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.History;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes changes into the graph and into the main line, in an order that puts each after its past.
 * Used by the one thread that uses the replica.
 */
final class Integration {
    private static final int NONE = -1;

    private final StoreInfo info;
    private final Id store;
    private final History history;
    private final ChangeGraph graph;
    private final Roles roles;
    private final Intake intake;
    private final Seals seals;

    private final List<Fork> forks = new ArrayList<>();
    private final Set<AgentName> forked = new HashSet<>();
    private final Consumer<ChangeEvent> listener;
    private View main;

    private final Places places;
    private final Rereading rereading;
    private long lastTime;

    /** While changes are taken in that were here before. */
    private boolean quiet;

    /** What the listener was told of last, if it was one object. */
    private Path lastNoticed = Path.ROOT;

    private Set<Path> lastPaths = Set.of(Path.ROOT);

    Integration(StoreInfo info, History history, Consumer<ChangeEvent> listener) {
        this(info, new ChangeGraph(), history, listener, new Held(), Places.EMPTY);
    }

    private Integration(
            StoreInfo info,
            ChangeGraph graph,
            History history,
            Consumer<ChangeEvent> listener,
            Held held,
            Places places) {
        this.info = info;
        this.store = info.id();
        this.history = history;
        this.listener = listener;
        this.graph = graph;
        this.roles = new Roles(info, graph);
        this.seals = new Seals(store);
        this.main = new View(info, graph);
        this.intake = new Intake(this, store, graph, held);
        this.places = places;
        this.rereading = new Rereading(info, graph, history, places);
    }

    /** Begins at a snapshot, with an empty history. */
    Integration(StoreSnapshotReader base, History history, Consumer<ChangeEvent> listener)
            throws MalformedException {
        this(base, history, listener, new Held(), Places.below(base.count()));
    }

    private Integration(
            StoreSnapshotReader snapshot,
            History history,
            Consumer<ChangeEvent> listener,
            Held held,
            Places places)
            throws MalformedException {
        this(snapshot.info(), snapshot.graph(), history, listener, held, places);
        intake.expect(snapshot.idsApart());
        snapshot.readRoles(roles);
        snapshot.readSeals(seals);
        begin(snapshot.on(graph));
    }

    private static int[] forgotten(int count) {
        int[] none = new int[count];
        Arrays.fill(none, Places.FORGOTTEN);
        return none;
    }

    private void begin(Base base) throws MalformedException {
        rereading.add(base);
        main = base.view();
        lastTime = graph.base().latestTime();
        for (int change = graph.base().count(); change < graph.size(); change++) {
            if (Long.compareUnsigned(graph.time(change), lastTime) > 0) {
                lastTime = graph.time(change);
            }
            if (!places.isForgotten(change)
                    && roles.at(graph.author(change), change) == Role.ADMIN) {
                graph.markByAdmin(change);
            }
        }
    }

    /**
     * Begins with an index of a history, and takes the rest of that in, so that all stand in the
     * order of the history.
     *
     * @param floor the snapshot below which changes were given up
     */
    static Integration indexed(
            HistoryIndex index,
            @Nullable StoreSnapshotReader floor,
            History history,
            Consumer<ChangeEvent> listener)
            throws MalformedException {
        StoreSnapshotReader snapshot = index.snapshot();
        Integration integration =
                new Integration(
                        snapshot.info(),
                        new ChangeGraph(),
                        history,
                        listener,
                        new Held(),
                        new Places(forgotten(index.forgotten()), 0));
        for (Fork fork : index.forks()) {
            integration.forks.add(fork);
            integration.forked.add(ChangeCodec.decode(fork.first().body()).agent());
        }
        snapshot.readRoles(integration.roles, index.numbers());
        snapshot.readSeals(integration.seals, index.numbers());
        int[] rows = index.rows();
        int last = 0;
        for (int row : index.numbers()) {
            last = Math.max(last, row + 1);
        }
        for (int number = 0; number < rows.length; number++) {
            if (number == last) {
                integration.begin(snapshot.on(integration.graph));
            }
            if (rows[number] >= 0) {
                snapshot.rows().addTo(integration.graph, rows[number], index.numbers());
            } else {
                integration.takeRest(history.get(number - index.forgotten()), number >= last);
            }
        }
        if (last == rows.length) {
            integration.begin(snapshot.on(integration.graph));
        }
        if (floor != null) {
            integration.rereading.add(floor.on(integration.graph));
        }
        return integration;
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
        for (int change = 0; change < graph.size(); change++) {
            if (isForgotten(change) && !below.get(change)) {
                throw new MalformedException("a snapshot from before the last one");
            }
        }
        int[] above = new int[graph.size() - below.cardinality()];
        int[] first = Arrays.copyOf(forgotten(skeleton.size()), graph.size());
        int count = 0;
        for (int change = 0; change < graph.size(); change++) {
            if (!below.get(change)) {
                first[skeleton.size() + count] = places.of(change);
                above[count++] = change;
            }
        }
        Integration next =
                new Integration(
                        snapshot,
                        history,
                        listener,
                        intake.held(),
                        new Places(first, places.next(graph.size())));
        for (int change : above) {
            next.takeAgain(rereading.signed(change), rereading.change(change));
        }
        if (!Arrays.equals(main.canonical(), next.main.canonical())) {
            throw new MalformedException("a snapshot that does not lead to the state that is here");
        }
        next.seals.keys(seals.keys());
        next.forks.addAll(forks);
        next.forked.addAll(forked);
        for (int change = below.nextSetBit(0); change >= 0; change = below.nextSetBit(change + 1)) {
            if (!isForgotten(change)) {
                history.forget(places.of(change));
            }
        }
        return next;
    }

    /** Takes in what the history has beside an index. */
    private void takeRest(SignedChange signed, boolean isLater) throws MalformedException {
        Change change = ChangeCodec.decode(signed.body());
        Id prev = change.prev();
        boolean isKnown =
                (isLater || !change.branch().isEmpty())
                        && (prev == null || graph.find(prev) != NONE);
        for (Id dependency : change.dependencies()) {
            isKnown &= graph.find(dependency) != NONE;
        }
        if (!isKnown
                || graph.find(signed.id()) != NONE
                || !fits(change, prev == null ? NONE : graph.find(prev))) {
            throw new MalformedException("a change that does not fit to the index");
        }
        takeAgain(signed, change);
    }

    private void takeAgain(SignedChange signed, Change change) {
        Id prevId = change.prev();
        int[] builtOn = change.dependencies().stream().mapToInt(graph::find).toArray();
        quiet = true;
        take(signed, change, prevId == null ? NONE : graph.find(prevId), builtOn);
        quiet = false;
    }

    /** Whether only the skeleton of a change is here. */
    boolean isForgotten(int change) {
        return places.isForgotten(change);
    }

    Places places() {
        return places;
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

    Seals seals() {
        return seals;
    }

    /** For changes that come. */
    Intake intake() {
        return intake;
    }

    /** For changes and states of before. */
    Rereading rereading() {
        return rereading;
    }

    View main() {
        return main;
    }

    List<Fork> forks() {
        return List.copyOf(forks);
    }

    /** The latest time of any change that was taken in. */
    long lastTime() {
        return lastTime;
    }

    /** Whether a change is numbered as the next one after another. */
    boolean fits(Change change, int prev) {
        if (prev == NONE) {
            return change.seq() == 1 && change.start() == 0;
        }
        return graph.agents().name(graph.agent(prev)).equals(change.agent())
                && change.seq() == graph.seq(prev) + 1
                && change.start() == graph.end(prev);
    }

    /** Takes in a change whose past is here and which fits. */
    void take(SignedChange signed, Change change, int prev, int[] builtOn) {
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
            seals.apply(number, change);
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
                forks.add(new Fork(change.author(), rereading.signed(other), signed));
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
        if (rereading.hasPast(main, number)) {
            main.apply(number, change);
            if (!quiet) {
                notice(number, change, false);
            }
            return;
        }
        for (int other : rereading.missingIn(main, number)) {
            Change taken = other == number ? change : rereading.change(other);
            main.apply(other, taken);
            if (!quiet) {
                notice(other, taken, false);
            }
        }
    }

    /** The objects that a change is about. */
    static Set<Path> touched(Change change) {
        if (change.operations().size() == 1) {
            return Set.of(change.operations().get(0).path());
        }
        Set<Path> paths = new HashSet<>();
        for (Operation operation : change.operations()) {
            if (!isUndo(operation)) {
                paths.add(operation.path());
            }
        }
        return paths;
    }

    /** Whether it only says which change its own takes back or does again. */
    static boolean isUndo(Operation operation) {
        return operation instanceof Operation.Undo || operation instanceof Operation.Redo;
    }

    /** Tells the listener. */
    void notice(int number, Change change, boolean local) {
        Path first = change.operations().get(0).path();
        boolean again = change.operations().size() == 1 && first == lastNoticed;
        Set<Path> paths = again ? lastPaths : touched(change);
        if (!again && change.operations().size() == 1) {
            lastNoticed = first;
            lastPaths = paths;
        }
        listener.accept(
                new ChangeEvent(
                        graph.id(number), change.author(), local, graph.isVoid(number), paths));
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
        main = rereading.view(heads);
    }

    /** A local change that is complete. */
    void commit(int number, SignedChange signed, Change change) {
        graph.seal(number, signed.id());
        history.append(signed);
        lastTime = change.time();
        roles.apply(number, change);
        seals.apply(number, change);
        if (change.branch().isEmpty()) {
            notice(number, change, true);
        }
    }
}
