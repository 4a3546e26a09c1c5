package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Scalar;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the operations on one object have come to. It depends on their set alone: an operation is
 * applied once, after its past.
 */
abstract class ObjectState {
    /** What no {@code CLEAR} has in its past counts. */
    private Version cleared = Version.EMPTY;

    final boolean isCleared(long dot) {
        return cleared.contains(At.agent(dot), At.number(dot));
    }

    final Version cleared() {
        return cleared;
    }

    /**
     * Whether the operation is possible in its past. Looks at nothing that is not in the past.
     *
     * @param earlier what the same change did before
     */
    abstract void check(Operation operation, At at, Earlier earlier) throws VoidException;

    abstract void apply(Operation operation, At at);

    /**
     * Checks and applies the only operation of a change.
     *
     * @return whether it is possible; else, or if it throws, nothing has happened
     */
    boolean take(Operation operation, At at) throws VoidException {
        check(operation, at, new Earlier());
        apply(operation, at);
        return true;
    }

    /** Forgets what is in the past. */
    void clear(At at) {
        Version past = at.graph().past(at.change());
        cleared = cleared.join(past.with(at.agent(), at.number()));
    }

    /** An operation of the change that is being applied. */
    record Written(Operation operation, long dot) {}

    /**
     * Forgets what is in the past once more in the same change: all of it that can be left is what
     * the change wrote since.
     *
     * @param since the operations on this object since it was cleared, perhaps some before
     */
    void clearAgain(At at, List<Written> since) {
        clear(at);
    }

    /** Whether there is anything that a {@code CLEAR} here would take away. */
    abstract boolean knownContent(At at);

    /** Whether it has content, so that its key is there. */
    abstract boolean present();

    /** Whether it is as if no operation had ever been on it, forgotten ones aside. */
    abstract boolean isBlank();

    /**
     * All that is needed to go on from here, in one form for one set of operations: whatever order
     * they came in, and whatever void ones there were. {@link #cleared()} is not such a thing.
     */
    abstract void write(StateWriter out);

    /** Into an object that is blank. */
    abstract void read(StateReader in) throws MalformedException;

    /** Values that it keeps, seen or not, among which sealed ones may be. */
    void eachScalar(Consumer<Scalar> each) {}

    /** The visible state, one encoding of each. */
    abstract void canonical(Writer out, ChangeGraph graph);

    /** Takes over that an operation is forgotten, and with it all earlier ones of its line. */
    final void loadCleared(long dot) {
        cleared = cleared.with(At.agent(dot), At.number(dot) + 1);
    }

    static void canonicalDot(Writer out, ChangeGraph graph, long dot) {
        int change = graph.changeOf(At.agent(dot), At.number(dot));
        out.id(graph.id(change));
        out.uint(At.number(dot) - graph.start(change));
    }

    static IllegalStateException unexpected(Operation operation) {
        return new IllegalStateException("not for this object: " + operation);
    }
}
