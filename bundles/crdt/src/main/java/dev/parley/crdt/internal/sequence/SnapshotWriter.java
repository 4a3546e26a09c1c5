package dev.parley.crdt.internal.sequence;

import static dev.parley.crdt.internal.sequence.SequenceSnapshot.*;

import dev.parley.crdt.internal.columns.BooleanWriter;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.ColumnsWriter;
import dev.parley.crdt.internal.columns.GolombWriter;
import dev.parley.crdt.internal.columns.RleWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes a sequence so that replicas with the same operations write the same bytes. Origins are not
 * written: how far the right depth falls from run to run, and the left depth, say as much; only a
 * right origin that is not the usual one is named.
 */
public final class SnapshotWriter {
    private final Sequence sequence;
    private final Agents agents;
    private final ColumnsWriter columns = new ColumnsWriter();

    private SnapshotWriter(Sequence sequence, Agents agents) {
        this.sequence = sequence;
        this.agents = agents;
    }

    /**
     * Writes all or some of a sequence.
     *
     * @throws IllegalStateException if the sequence itself does not know the parts asked for
     */
    public static void write(Sequence sequence, Agents agents, Parts parts, ByteWriter out) {
        if (parts.deletedContent() && !sequence.knowsDeletedContent()
                || parts.deletions() && !sequence.knowsDeletions()) {
            throw new IllegalStateException("parts of the history are not here");
        }
        SnapshotWriter writer = new SnapshotWriter(sequence, agents);
        SnapshotRuns runs = SnapshotRuns.of(sequence.tree, agents);
        writer.writeRuns(runs);
        writer.writeRights(runs);
        if (sequence.isText()) {
            writer.writeText(true, VISIBLE_TEXT);
            if (parts.deletedContent()) {
                writer.writeText(false, DELETED_TEXT);
            }
        }
        int rows = parts.deletions() ? writer.writeDeletions() : 0;
        out.writeVarint(FORMAT);
        out.writeVarint(
                (sequence.isText() ? TEXT : 0)
                        | (parts.deletedContent() ? DELETED_CONTENT : 0)
                        | (parts.deletions() ? DELETIONS : 0));
        out.writeVarint(runs.count);
        out.writeVarint(rows);
        writer.columns.writeTo(out);
    }

    private void writeRuns(SnapshotRuns runs) {
        RleWriter agent = new RleWriter(columns.column(RUN_AGENT));
        GolombWriter seq = new GolombWriter(columns.column(RUN_SEQ), SEQ_ORDER);
        GolombWriter length = new GolombWriter(columns.column(RUN_LENGTH), LENGTH_ORDER);
        GolombWriter rise = new GolombWriter(columns.column(RUN_RISE), DEPTH_ORDER);
        GolombWriter leftDepth = new GolombWriter(columns.column(RUN_LEFT_DEPTH), DEPTH_ORDER);
        int[] expected = new int[agents.count()];
        for (int i = 0; i < runs.count; i++) {
            int elements = Math.abs(runs.lengths[i]);
            agent.write(runs.agents[i]);
            seq.writeZigzag((long) runs.seqs[i] - expected[runs.agents[i]]);
            expected[runs.agents[i]] = runs.seqs[i] + elements;
            length.write(2L * (elements - 1) + (runs.lengths[i] < 0 ? 1 : 0));
            rise.write(runs.lastDepth(i - 1) + 1 - runs.rightDepth(i));
            leftDepth.write(runs.leftDepth(i));
        }
        agent.finish();
        seq.finish();
        length.finish();
        rise.finish();
        leftDepth.finish();
    }

    private void writeRights(SnapshotRuns runs) {
        BooleanWriter other = new BooleanWriter(columns.column(RUN_OTHER_RIGHT));
        RleWriter agent = new RleWriter(columns.column(RIGHT_AGENT));
        ByteWriter seq = columns.column(RIGHT_SEQ);
        int[] usual = runs.usualRights();
        for (int i = 0; i < runs.count; i++) {
            if (runs.leftDepth(i) > 0) {
                continue;
            }
            boolean named = !runs.hasUsualRight(i, usual[i]);
            other.write(named);
            if (named && runs.rightAgents[i] == Sequence.NONE) {
                agent.write(0);
            } else if (named) {
                agent.write(1L + runs.rightAgents[i]);
                seq.writeVarint(runs.rightSeqs[i]);
            }
        }
        other.finish();
        agent.finish();
    }

    private void writeText(boolean visible, int column) {
        String text = visible ? sequence.text() : sequence.deletedText();
        columns.column(column).writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private int writeDeletions() {
        DeletionLog log = sequence.deletions;
        long[][] order = new long[agents.count()][];
        int[] sizes = new int[agents.count()];
        for (int row = 0; row < log.size(); row++) {
            int rank = agents.rank(log.agent(row), log.seq(row));
            long[] of = order[rank] == null ? new long[8] : order[rank];
            if (of.length == sizes[rank]) {
                of = Arrays.copyOf(of, of.length * 2);
            }
            of[sizes[rank]++] = (long) log.seq(row) << 32 | row;
            order[rank] = of;
        }
        DeletionColumns out = new DeletionColumns();
        for (int rank = 0; rank < agents.count(); rank++) {
            if (order[rank] != null) {
                Arrays.sort(order[rank], 0, sizes[rank]);
                out.startAgent(rank);
                for (int i = 0; i < sizes[rank]; i++) {
                    int row = (int) order[rank][i];
                    out.add(
                            log.seq(row),
                            agents.rank(log.targetAgent(row), log.first(row)),
                            log.first(row),
                            log.count(row),
                            log.backward(row));
                }
            }
        }
        return out.finish();
    }

    /** Joins rows of one agent with consecutive seqs, and writes them. */
    private final class DeletionColumns {
        private final RleWriter agent = new RleWriter(columns.column(DELETION_AGENT));
        private final ByteWriter seqs = columns.column(DELETION_SEQ);
        private final RleWriter targetAgent = new RleWriter(columns.column(TARGET_AGENT));
        private final ByteWriter firsts = columns.column(TARGET_FIRST);
        private final ByteWriter counts = columns.column(TARGET_COUNT);
        private final IdRuns group = new IdRuns();
        private int rank;
        private int start;
        private int written;
        private int rows;
        private final int[] lastTargets = new int[agents.count()];

        void startAgent(int rank) {
            flush();
            this.rank = rank;
            written = 0;
        }

        void add(int seq, int target, int first, int count, boolean backward) {
            if (group.size() == 0 || start + group.total() != seq) {
                flush();
                start = seq;
            }
            group.add(target, first, count, backward);
        }

        private void flush() {
            for (int i = 0; i < group.size(); i++) {
                int target = group.agent(i);
                int count = group.count(i);
                agent.write(rank);
                seqs.writeVarint(start - written);
                targetAgent.write(target);
                firsts.writeZigzag((long) group.first(i) - lastTargets[target]);
                counts.writeVarint(2L * count + (group.backward(i) ? 1 : 0));
                lastTargets[target] = group.first(i) + (group.backward(i) ? 1 - count : count);
                start += count;
                written = start;
                rows++;
            }
            group.clear();
        }

        int finish() {
            flush();
            agent.finish();
            targetAgent.finish();
            return rows;
        }
    }
}
