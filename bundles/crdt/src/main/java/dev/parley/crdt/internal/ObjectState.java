package dev.parley.crdt.internal;

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

    /** Forgets what is in the past. */
    void clear(At at) {
        Version past = at.graph().past(at.change());
        cleared = cleared.join(past.with(at.agent(), at.number()));
    }

    /** Whether there is anything that a {@code CLEAR} here would take away. */
    abstract boolean knownContent(At at);

    /** Whether it has content, so that its key is there. */
    abstract boolean present();

    /** The visible state, one encoding of each. */
    abstract void canonical(Writer out, ChangeGraph graph);

    static void canonicalDot(Writer out, ChangeGraph graph, long dot) {
        int change = graph.changeOf(At.agent(dot), At.number(dot));
        out.id(graph.id(change));
        out.uint(At.number(dot) - graph.start(change));
    }

    static IllegalStateException unexpected(Operation operation) {
        return new IllegalStateException("not for this object: " + operation);
    }
}
