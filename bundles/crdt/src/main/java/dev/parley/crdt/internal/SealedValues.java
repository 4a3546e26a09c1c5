package dev.parley.crdt.internal;

import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica.SealedVisitor;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import java.util.HashSet;
import java.util.Set;

/** Finds sealed values, in a state and in a change. On the thread that uses the replica. */
public final class SealedValues {
    private SealedValues() {}

    /** Visits those of a state. */
    static void visit(View view, SealedVisitor visitor) {
        visit(Path.ROOT, view.root(), visitor);
    }

    private static void visit(Path path, MapState map, SealedVisitor visitor) {
        map.children()
                .forEach(
                        (key, state) -> {
                            if (state instanceof MapState below) {
                                visit(path.map(key.key()), below, visitor);
                            } else {
                                state.eachScalar(
                                        value -> {
                                            if (value instanceof Scalar.Sealed sealed) {
                                                visitor.visit(
                                                        path.at(key.key(), key.type()), sealed);
                                            }
                                        });
                            }
                        });
    }

    /** The keys with which values of a change are sealed; none if it cannot be read. Any thread. */
    public static Set<KeyId> keysOf(SignedChange change) {
        Set<KeyId> keys = new HashSet<>();
        try {
            for (Operation operation : ChangeCodec.decode(change.body()).operations()) {
                if (HistoryOperationWriter.scalar(operation) instanceof Scalar.Sealed sealed) {
                    keys.add(sealed.key());
                }
            }
        } catch (MalformedException e) {
            return Set.of();
        }
        return keys;
    }
}
