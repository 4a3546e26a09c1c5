package dev.parley.crdt.internal;

import dev.parley.crdt.api.ChangeSigner;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.UndoHistory;
import dev.parley.crdt.api.Undoable;
import dev.parley.crdt.api.Undone;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an author did, undid and did again on a branch, read from the author's line of changes. It
 * follows that line whenever it is asked, and keeps nothing that is not in it.
 */
final class UndoLog implements UndoHistory {
    private static final int NONE = -1;

    /**
     * @param change what the author did
     * @param effect the change that brought it into effect, or out of it, which is what the next
     *     step takes back
     */
    private record Entry(int change, int effect) {}

    private final ReplicaCore replica;
    private final AgentName agent;
    private int compactions;
    private int followed = NONE;
    private final Deque<Entry> done = new ArrayDeque<>();
    private final Deque<Entry> undone = new ArrayDeque<>();

    /** Elements of numbers that follow one another, and the first of those that stand for them. */
    private record Run(int length, long first) {}

    /** Elements that were removed and written again, by the first of each run. */
    private final TreeMap<Long, Run> again = new TreeMap<>();

    UndoLog(ReplicaCore replica, Id author, String branch) {
        this.replica = replica;
        this.agent = new AgentName(author, branch);
        this.compactions = replica.compactions();
    }

    /** The element that now stands for one that was perhaps removed and written again. */
    long newest(long element) {
        long newest = element;
        while (true) {
            Map.Entry<Long, Run> run = again.floorEntry(newest);
            if (run == null || newest - run.getKey() >= run.getValue().length()) {
                return newest;
            }
            newest = run.getValue().first() + newest - run.getKey();
        }
    }

    /** Takes up what the author wrote since. */
    private void follow() {
        Integration integration = replica.integration();
        ChangeGraph graph = integration.graph();
        if (compactions != replica.compactions()) {
            compactions = replica.compactions();
            restart();
        }
        List<Integer> lines = graph.agents().of(agent);
        int tip = lines.isEmpty() ? NONE : graph.tip(lines.get(lines.size() - 1));
        Deque<Integer> fresh = new ArrayDeque<>();
        int at = tip;
        while (at != NONE
                && at != followed
                && fresh.size() < MAX_LOOKED_AT
                && !integration.isForgotten(at)) {
            fresh.push(at);
            at = graph.prev(at);
        }
        if (at != followed) {
            restart();
        }
        for (int change : fresh) {
            if (!graph.isVoid(change)) {
                take(integration, change);
            }
        }
        followed = tip;
        if (tip != NONE) {
            // What is told must not depend on how long somebody has followed the line.
            int oldest = graph.seq(tip) - MAX_LOOKED_AT;
            done.removeIf(it -> graph.seq(it.change()) <= oldest);
            undone.removeIf(it -> graph.seq(it.change()) <= oldest);
        }
    }

    private void restart() {
        done.clear();
        undone.clear();
        again.clear();
        followed = NONE;
    }

    private void take(Integration integration, int number) {
        Change change = integration.rereading().change(number);
        Operation first = change.operations().get(0);
        At at = new At(integration.graph(), number);
        if (first instanceof Operation.Undo undo) {
            turn(done, undone, undo.change(), at);
            noteAgain(integration, change, at);
        } else if (first instanceof Operation.Redo redo) {
            turn(undone, done, redo.change(), at);
            noteAgain(integration, change, at);
        } else if (!change.operations().stream().allMatch(it -> it instanceof Operation.Note)) {
            done.push(new Entry(number, number));
            undone.clear();
        }
        if (done.size() > MAX_CHANGES) {
            done.removeLast();
        }
    }

    private static void turn(Deque<Entry> from, Deque<Entry> into, Ref named, At at) {
        long dot = at.resolve(named);
        int change = at.graph().changeOf(At.agent(dot), At.number(dot));
        if (from.removeIf(it -> it.change() == change)) {
            into.push(new Entry(change, at.change()));
        }
    }

    /** An insertion of such a change stands for what ends at its left origin. */
    private void noteAgain(Integration integration, Change change, At at) {
        for (Operation operation : change.operations()) {
            if (operation instanceof Operation.Insert insert && insert.origins().left() != null) {
                long last = ElementRuns.resolve(insert.origins().left(), at);
                again.put(last - insert.length() + 1, new Run(insert.length(), at.dot()));
            } else if (operation instanceof Operation.PlaceCell place
                    && place.origins().left() != null) {
                long element =
                        integration
                                .rereading()
                                .elementAt(ElementRuns.resolve(place.origins().left(), at));
                if (element != At.NOWHERE) {
                    again.put(element, new Run(1, at.dot()));
                }
            }
            at.advance(operation.length());
        }
    }

    @Override
    public Undone undo(long nowMillis, ChangeSigner signer) throws RefusedException {
        follow();
        return write(false, done.peek(), nowMillis, signer);
    }

    @Override
    public Undone undo(Id change, long nowMillis, ChangeSigner signer) throws RefusedException {
        follow();
        int number = replica.indexOf(change);
        for (Entry entry : done) {
            if (entry.change() == number) {
                return write(false, entry, nowMillis, signer);
            }
        }
        throw new RefusedException(
                Code.NOT_FOUND,
                change.hex() + " is none of this agent's changes that stand and can be undone");
    }

    @Override
    public Undone redo(long nowMillis, ChangeSigner signer) throws RefusedException {
        follow();
        return write(true, undone.peek(), nowMillis, signer);
    }

    private Undone write(boolean again, @Nullable Entry entry, long nowMillis, ChangeSigner signer)
            throws RefusedException {
        if (entry == null) {
            throw new RefusedException(
                    Code.NOT_FOUND, "there is nothing to " + (again ? "redo" : "undo"));
        }
        if (replica.info().appendOnly()) {
            throw new RefusedException(
                    Code.APPEND_ONLY, "the store only grows: nothing in it is taken back");
        }
        Integration integration = replica.integration();
        Change change = integration.rereading().change(entry.effect());
        refuse(entry, Inversion.refusal(change));
        Inversion.Of of = new Inversion.Of(integration, entry.effect(), change, new Scope(change));
        List<Inversion> made = new ArrayList<>(1);
        List<Undone> answer = new ArrayList<>(1);
        SignedChange written =
                replica.transact(
                        agent.author(),
                        agent.branch(),
                        "",
                        nowMillis,
                        signer,
                        it -> {
                            LocalTransaction transaction = (LocalTransaction) it;
                            Inversion inversion = invert(of, transaction, entry, again);
                            made.add(inversion);
                        });
        Inversion inversion = made.get(0);
        return new Undone(
                written,
                integration.graph().id(entry.change()),
                inversion.differences(),
                inversion.left());
    }

    private Inversion invert(
            Inversion.Of of, LocalTransaction transaction, Entry entry, boolean again)
            throws RefusedException {
        ChangeGraph graph = of.integration().graph();
        Set<Integer> standing = new HashSet<>();
        done.forEach(it -> standing.add(it.change()));
        try {
            Since since =
                    Since.of(
                            of.integration(),
                            transaction.view(),
                            of.number(),
                            of.scope(),
                            it -> standing.contains(it) || !isOwn(graph, it));
            Inversion inversion = new Inversion(of, transaction, since);
            inversion.refuseClearedTasks();
            Ref named = Ref.own(graph.start(entry.change()));
            transaction.perform(
                    again
                            ? new Operation.Redo(Path.ROOT, named)
                            : new Operation.Undo(Path.ROOT, named));
            inversion.run(this);
            return inversion;
        } catch (ForgottenException e) {
            throw e.refused();
        } catch (MissingIdException e) {
            throw new RefusedException(Code.NOT_FOUND, MissingIdException.MESSAGE);
        }
    }

    /** Of the author's own later changes on the branch only those count that stand. */
    private boolean isOwn(ChangeGraph graph, int change) {
        return graph.agents().name(graph.agent(change)).equals(agent);
    }

    private void refuse(Entry entry, String why) throws RefusedException {
        if (!why.isEmpty()) {
            throw new RefusedException(
                    Code.WRONG_STATE,
                    "the change "
                            + replica.id(entry.change()).hex()
                            + " cannot be taken back: "
                            + why
                            + "; another one that stands can be named");
        }
    }

    @Override
    public List<Undoable> undoable() {
        follow();
        return done.stream().map(this::shown).toList();
    }

    @Override
    public List<Undoable> redoable() {
        follow();
        return undone.stream().map(this::shown).toList();
    }

    private Undoable shown(Entry entry) {
        Integration integration = replica.integration();
        Change change = integration.rereading().change(entry.change());
        Set<Path> paths = new HashSet<>(Integration.touched(change));
        return new Undoable(
                replica.id(entry.change()),
                change.time() >>> 16,
                change.message(),
                Set.copyOf(paths),
                Inversion.refusal(integration.rereading().change(entry.effect())));
    }
}
