package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.sequence.Sequence;
import dev.parley.crdt.internal.sequence.SequenceSnapshot;
import dev.parley.crdt.internal.sequence.SnapshotReader;

/** The counterpart of {@link StateWriter}. */
final class StateReader {
    private static final SequenceSnapshot.Limits LIMITS =
            new SequenceSnapshot.Limits(1 << 30, 1 << 26);

    private final Reader in;
    private final ChangeGraph graph;
    private final int[] lines;
    private final SequenceSnapshot.Agents table;

    /**
     * @param lines the line that each part is on
     */
    StateReader(Reader in, ChangeGraph graph, int[] lines) {
        this.in = in;
        this.graph = graph;
        this.lines = lines;
        this.table = new SequenceSnapshot.Agents(lines.length, it -> it, rank -> lines[rank]);
    }

    Reader plain() {
        return in;
    }

    Scalar scalar() throws MalformedException {
        return in.storedScalar();
    }

    ChangeGraph graph() {
        return graph;
    }

    long dot() throws MalformedException {
        int line = lines[in.uint("a line", lines.length - 1)];
        return At.dot(line, in.uint("an operation", graph.end(graph.tip(line)) - 1));
    }

    /** Where an operation stands. */
    At at(long dot) {
        int line = graph.agents().owner(At.agent(dot), At.number(dot));
        At at = new At(graph, graph.changeOf(line, At.number(dot)));
        at.advance(At.number(dot) - at.number());
        return at;
    }

    long[] dots() throws MalformedException {
        long[] dots = new long[in.count("operations", 0, Integer.MAX_VALUE, 2)];
        for (int i = 0; i < dots.length; i++) {
            dots[i] = dot();
        }
        return dots;
    }

    Sequence sequence(boolean isText) throws MalformedException {
        ByteReader reader = in.slice(in.count("a sequence", 1, Integer.MAX_VALUE));
        try {
            Sequence sequence = SnapshotReader.read(reader, graph.agents()::compare, table, LIMITS);
            reader.finish();
            if (sequence.isText() != isText) {
                throw new MalformedException("a sequence of another kind");
            }
            return sequence;
        } catch (dev.parley.crdt.internal.columns.MalformedException e) {
            throw HistoryReader.malformed(e);
        }
    }
}
