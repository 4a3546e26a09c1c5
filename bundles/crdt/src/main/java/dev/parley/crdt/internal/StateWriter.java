package dev.parley.crdt.internal;

import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.sequence.Sequence;
import dev.parley.crdt.internal.sequence.SequenceSnapshot;
import dev.parley.crdt.internal.sequence.SnapshotWriter;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What objects are written to in a checkpoint. Operations are named by the parts of lines, which
 * are the same for all; whoever writes several of them sorts them by {@link #compare}.
 */
final class StateWriter {
    private final Writer out;
    private final LineParts parts;
    private final boolean deletedText;

    private final ChangeGraph graph;

    /** Values sealed with these have no content. */
    private final Set<KeyId> shredded;

    /** Changes whose operations were named, and so may be compared by their ids. */
    private final BitSet named = new BitSet();

    StateWriter(
            Writer out,
            ChangeGraph graph,
            LineParts parts,
            boolean deletedText,
            Set<KeyId> shredded) {
        this.out = out;
        this.graph = graph;
        this.parts = parts;
        this.deletedText = deletedText;
        this.shredded = shredded;
    }

    /** For all that is no operation. */
    Writer plain() {
        return out;
    }

    void scalar(Scalar value) {
        if (value instanceof Scalar.Sealed sealed && shredded.contains(sealed.key())) {
            out.withoutContent(sealed);
        } else {
            out.scalar(value);
        }
    }

    private long key(long dot) {
        return (long) parts.of(At.agent(dot), At.number(dot)) << 32 | At.number(dot);
    }

    int compare(long a, long b) {
        return Long.compare(key(a), key(b));
    }

    List<Long> sorted(Collection<Long> dots) {
        return dots.stream().sorted(this::compare).toList();
    }

    BitSet named() {
        return named;
    }

    void dot(long dot) {
        named.set(graph.changeOf(At.agent(dot), At.number(dot)));
        out.uint(parts.of(At.agent(dot), At.number(dot)));
        out.uint(At.number(dot));
    }

    /** In their order. */
    void dots(Collection<Long> dots) {
        out.uint(dots.size());
        sorted(dots).forEach(this::dot);
    }

    void sequence(Sequence sequence) {
        ByteWriter bytes = new ByteWriter();
        SnapshotWriter.write(
                sequence,
                parts.table(),
                new SequenceSnapshot.Parts(deletedText && sequence.isText(), false),
                bytes);
        out.uint(bytes.size());
        out.bytes(bytes.toBytes());
    }
}
