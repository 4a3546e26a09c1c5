package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.internal.sequence.Sequence;
import org.jspecify.annotations.Nullable;

/** Elements that operations on a text or a list name, found in its sequence. */
final class ElementRuns {
    private ElementRuns() {}

    static VoidException notThere(String what) {
        return new VoidException(Code.NOT_FOUND, what + " is not in the past, or no element");
    }

    /** Whether an element can be named: in the past and here, or inserted by the same change. */
    static boolean isThere(Sequence sequence, long dot, Path path, At at, Earlier earlier) {
        return dot != At.NOWHERE
                && (sequence.contains(At.agent(dot), At.number(dot))
                        || At.agent(dot) == at.agent()
                                && earlier.find(path, At.number(dot)) != null);
    }

    /**
     * Both origins are there, the left one before the right one. Where they stand to each other if
     * the same change inserted one of them is not looked at: any place is as well defined.
     */
    static void checkOrigins(
            Sequence sequence, Path path, Operation.Origins origins, At at, Earlier earlier)
            throws VoidException {
        long left = resolve(origins.left(), at);
        long right = resolve(origins.right(), at);
        if (origins.left() != null && !isThere(sequence, left, path, at, earlier)) {
            throw notThere("the left origin");
        }
        if (origins.right() != null && !isThere(sequence, right, path, at, earlier)) {
            throw notThere("the right origin");
        }
        if (left != At.NOWHERE
                && right != At.NOWHERE
                && sequence.contains(At.agent(left), At.number(left))
                && sequence.contains(At.agent(right), At.number(right))
                && !sequence.isBefore(
                        At.agent(left), At.number(left), At.agent(right), At.number(right))) {
            throw new VoidException(
                    Code.NOT_FOUND, "the left origin does not stand before the right one");
        }
    }

    static Operation.Origins name(dev.parley.crdt.internal.sequence.Origins origins, At at) {
        return new Operation.Origins(
                name(origins.leftAgent(), origins.leftSeq(), at),
                name(origins.rightAgent(), origins.rightSeq(), at));
    }

    private static @Nullable Ref name(int agent, int number, At at) {
        return agent == Sequence.NONE ? null : at.name(At.dot(agent, number));
    }

    static int agent(long dot) {
        return dot == At.NOWHERE ? Sequence.NONE : At.agent(dot);
    }

    static int number(long dot) {
        return dot == At.NOWHERE ? 0 : At.number(dot);
    }

    static long resolve(@Nullable Ref ref, At at) {
        return ref == null ? At.NOWHERE : at.resolve(ref);
    }
}
