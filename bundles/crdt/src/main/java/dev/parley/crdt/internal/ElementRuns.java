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
     * @return the dot of the left origin, which is {@link At#NOWHERE} at the start
     */
    static long checkOrigins(
            Sequence sequence, Path path, Operation.Origins origins, At at, Earlier earlier)
            throws VoidException {
        Ref leftRef = origins.left();
        Ref rightRef = origins.right();
        long left = leftRef == null ? At.NOWHERE : at.resolve(leftRef);
        if (leftRef != null && !isThere(sequence, left, path, at, earlier)) {
            throw notThere("the left origin");
        }
        if (rightRef == null) {
            return left;
        }
        long right = at.resolve(rightRef);
        if (!isThere(sequence, right, path, at, earlier)) {
            throw notThere("the right origin");
        }
        Earlier.Inserted inserted =
                At.agent(right) == at.agent() ? earlier.find(path, At.number(right)) : null;
        boolean siblings =
                inserted == null
                        ? sequence.originsValid(
                                left == At.NOWHERE ? Sequence.NONE : At.agent(left),
                                left == At.NOWHERE ? 0 : At.number(left),
                                At.agent(right),
                                At.number(right),
                                at::end)
                        : left == leftOf(inserted, right);
        if (!siblings) {
            throw new VoidException(
                    Code.NOT_FOUND, "the right origin has another left origin than the insertion");
        }
        return left;
    }

    private static long leftOf(Earlier.Inserted inserted, long dot) {
        return At.number(dot) == inserted.from() ? inserted.left() : dot - 1;
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
