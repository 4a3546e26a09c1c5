package dev.parley.crdt.internal.sequence;

import static dev.parley.crdt.internal.sequence.SequenceSnapshot.*;

import dev.parley.crdt.internal.columns.BooleanReader;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ColumnsReader;
import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.MalformedException.Reason;
import dev.parley.crdt.internal.columns.RleReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link SnapshotWriter} wrote, and nothing else: bytes that it would not have written
 * for the same sequence are refused, and so are runs that no history can have led to. Memory is
 * bounded by the number of bytes.
 */
public final class SnapshotReader {
    private final ColumnsReader columns;
    private final Agents agents;
    private final Limits limits;
    private final Sequence sequence;
    private final SnapshotRuns runs;
    private final int[] ranks;
    private final boolean deletedContent;
    private final boolean knowsDeletions;
    private final int rows;
    private final SiblingCheck siblings = new SiblingCheck();
    private int visible;
    private int deleted;

    private SnapshotReader(ByteReader in, AgentOrder order, Agents agents, Limits limits)
            throws MalformedException {
        this.agents = agents;
        this.limits = limits;
        long format = in.readVarint();
        if (format != FORMAT) {
            throw new MalformedException(
                    Reason.UNSUPPORTED, "sequence format: " + format + ", " + FORMAT + " known");
        }
        int flags = in.readInt(TEXT | DELETED_CONTENT | DELETIONS, "sequence flags");
        deletedContent = (flags & DELETED_CONTENT) != 0;
        knowsDeletions = (flags & DELETIONS) != 0;
        sequence = (flags & TEXT) != 0 ? Sequence.ofText(order) : Sequence.ofCells(order);
        int count = in.readLength(limits.maxRuns(), "runs");
        rows = in.readLength(limits.maxRuns(), "deletions");
        if (rows > 0 && !knowsDeletions) {
            throw new MalformedException(Reason.BAD_VALUE, "deletions: none expected");
        }
        columns = new ColumnsReader(in);
        ByteReader lengths = columns.take(RUN_LENGTH);
        if (count > lengths.remaining()) {
            throw new MalformedException(
                    Reason.TRUNCATED, "runs: " + count + ", bytes " + lengths.remaining());
        }
        runs = new SnapshotRuns(count);
        ranks = new int[count];
        readRuns(count, lengths);
    }

    /** Takes one sequence from the reader, which goes on behind it. */
    public static Sequence read(ByteReader in, AgentOrder order, Agents agents, Limits limits)
            throws MalformedException {
        SnapshotReader reader = new SnapshotReader(in, order, agents, limits);
        int[] named = reader.readRights();
        reader.build();
        reader.check(named);
        reader.readDeletions();
        reader.columns.finish();
        reader.sequence.knowsDeletedContent = reader.deletedContent || reader.deleted == 0;
        reader.sequence.knowsDeletions = reader.knowsDeletions || reader.deleted == 0;
        return reader.sequence;
    }

    private void readRuns(int count, ByteReader lengths) throws MalformedException {
        RleReader agent = new RleReader(columns.take(RUN_AGENT));
        ByteReader seqs = columns.take(RUN_SEQ);
        RleReader rise = new RleReader(columns.take(RUN_RISE));
        RleReader leftDepth = new RleReader(columns.take(RUN_LEFT_DEPTH));
        int[] dense = new int[agents.count()];
        int[] expected = new int[agents.count()];
        Arrays.fill(dense, -1);
        long total = 0;
        for (int i = 0; i < count; i++) {
            int rank = agent.nextInt(agents.count() - 1, "agent");
            ranks[i] = rank;
            if (dense[rank] < 0) {
                dense[rank] = agents.agentOf().applyAsInt(rank);
                sequence.tree.index(dense[rank]);
            }
            int length = lengths.readInt(Integer.MAX_VALUE, "run length");
            int elements = length >>> 1;
            total += elements;
            if (elements == 0 || total > limits.maxElements()) {
                throw new MalformedException(
                        elements == 0 ? Reason.BAD_VALUE : Reason.TOO_LONG,
                        "elements: " + total + ", at most " + limits.maxElements());
            }
            long seq = expected[rank] + seqs.readZigzag();
            if (seq < 0 || seq > Integer.MAX_VALUE - elements) {
                throw new MalformedException(Reason.BAD_VALUE, "seq: " + seq);
            }
            expected[rank] = (int) seq + elements;
            int next = runs.lastDepth(i - 1) + 1;
            int depth = next - rise.nextInt(next, "fall of depth");
            int left = leftDepth.nextInt(count, "left depth");
            boolean isDeleted = (length & 1) != 0;
            deleted += isDeleted ? elements : 0;
            visible += isDeleted ? 0 : elements;
            runs.add(
                    dense[rank],
                    (int) seq,
                    isDeleted ? -elements : elements,
                    (long) depth << 32 | left,
                    Sequence.NONE,
                    0);
            siblings.next(runs, i);
        }
        siblings.end();
        agent.finish();
        seqs.finish();
        lengths.finish();
        rise.finish();
        leftDepth.finish();
    }

    /** Fills in the right origins and returns the runs with a named one. */
    private int[] readRights() throws MalformedException {
        BooleanReader other = new BooleanReader(columns.take(RUN_OTHER_RIGHT));
        RleReader agent = new RleReader(columns.take(RIGHT_AGENT));
        ByteReader seq = columns.take(RIGHT_SEQ);
        int[] usual = runs.usualRights();
        int[] named = new int[8];
        int count = 0;
        for (int i = 0; i < runs.count; i++) {
            if (runs.leftDepth(i) == 0 && other.next()) {
                int rank = agent.nextInt(agents.count(), "right origin's agent");
                if (rank > 0) {
                    runs.rightAgents[i] = agents.agentOf().applyAsInt(rank - 1);
                    runs.rightSeqs[i] = seq.readInt(Integer.MAX_VALUE, "right origin's seq");
                }
                if (runs.hasUsualRight(i, usual[i])) {
                    throw new MalformedException(
                            Reason.NOT_CANONICAL, "right origin: named, the usual one expected");
                }
                if (count == named.length) {
                    named = Arrays.copyOf(named, count * 2);
                }
                named[count++] = i;
            } else if (usual[i] >= 0) {
                runs.rightAgents[i] = runs.agents[usual[i]];
                runs.rightSeqs[i] = runs.seqs[usual[i]];
            }
        }
        other.finish();
        agent.finish();
        seq.finish();
        return Arrays.copyOf(named, count);
    }

    private void build() throws MalformedException {
        SpanTree tree = sequence.tree;
        boolean isText = sequence.isText();
        Content shown = new Content(columns.take(VISIBLE_TEXT), isText ? visible : 0);
        Content hidden =
                new Content(columns.take(DELETED_TEXT), isText && deletedContent ? deleted : 0);
        Leaf[] leaves = new Leaf[runs.count];
        int count = runs.count;
        for (runs.count = 1; runs.count <= count; runs.count++) {
            int i = runs.count - 1;
            if (runs.joinsLast() && ranks[i] == ranks[i - 1]) {
                throw new MalformedException(
                        Reason.NOT_CANONICAL, "run: continues the one before it");
            }
            int agent = runs.agents[i];
            boolean isVisible = runs.lengths[i] > 0;
            int elements = Math.abs(runs.lengths[i]);
            int slot = runs.seqs[i];
            if (isText) {
                slot =
                        isVisible || deletedContent
                                ? (isVisible ? shown : hidden).take(tree.pool(agent), elements)
                                : -1;
            }
            leaves[i] =
                    tree.append(
                            agent,
                            runs.seqs[i],
                            elements,
                            isVisible,
                            runs.keys[i],
                            slot,
                            runs.rightAgents[i],
                            runs.rightSeqs[i]);
        }
        runs.count = count;
        tree.build();
        int lastAgent = -1;
        for (int i : runs.byId(tree.agents())) {
            int agent = runs.agents[i];
            if (agent == lastAgent && runs.seqs[i] < tree.endOf(agent)) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "seq: " + runs.seqs[i] + ", twice in the sequence");
            }
            lastAgent = agent;
            tree.index(agent).put(runs.seqs[i], Math.abs(runs.lengths[i]), leaves[i]);
        }
    }

    /**
     * Named right origins are there and in another family; siblings are sorted. A right origin may
     * stand before its element, if the change that made it made the left origin too and put it
     * behind the right one.
     */
    private void check(int[] named) throws MalformedException {
        for (int i : named) {
            int right = runs.rightAgents[i];
            if (right == Sequence.NONE) {
                continue;
            }
            int rightSeq = runs.rightSeqs[i];
            if (!sequence.contains(right, rightSeq)
                    || sameLeft(
                            sequence.originsOf(right, rightSeq),
                            sequence.originsOf(runs.agents[i], runs.seqs[i]))) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "right origin: no element that could have been one");
            }
        }
        for (int i = 0; i < siblings.pairs; i++) {
            int[] pair = siblings.pair(i);
            if (!sequence.tree.areSorted(pair[0], pair[1], pair[2], pair[3])) {
                throw new MalformedException(Reason.BAD_VALUE, "siblings: not in their order");
            }
        }
    }

    private static boolean sameLeft(Origins a, Origins b) {
        return a.leftAgent() == b.leftAgent() && a.leftSeq() == b.leftSeq();
    }

    private void readDeletions() throws MalformedException {
        RleReader agent = new RleReader(columns.take(DELETION_AGENT));
        ByteReader seqs = columns.take(DELETION_SEQ);
        RleReader targetAgent = new RleReader(columns.take(TARGET_AGENT));
        ByteReader firsts = columns.take(TARGET_FIRST);
        ByteReader counts = columns.take(TARGET_COUNT);
        int[] lastTargets = new int[agents.count()];
        IdRuns group = new IdRuns();
        int rank = -1;
        long end = 0;
        for (int row = 0; row < rows; row++) {
            int nextRank = agent.nextInt(agents.count() - 1, "deleting agent");
            if (nextRank < rank) {
                throw new MalformedException(Reason.NOT_CANONICAL, "deletions: not sorted");
            }
            if (nextRank > rank) {
                end = 0;
                group.clear();
            }
            rank = nextRank;
            long gap = seqs.readInt(Integer.MAX_VALUE, "deletion's seq");
            int target = targetAgent.nextInt(agents.count() - 1, "target's agent");
            long first = lastTargets[target] + firsts.readZigzag();
            int bits = counts.readInt(Integer.MAX_VALUE, "targets");
            int count = bits >>> 1;
            boolean backward = (bits & 1) != 0;
            long low = backward ? first - count + 1 : first;
            if (count == 0
                    || count == 1 && backward
                    || low < 0
                    || low > Integer.MAX_VALUE - count
                    || end + gap > Integer.MAX_VALUE - count) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "targets: " + count + " from " + first);
            }
            if (gap > 0) {
                group.clear();
            }
            int before = group.size();
            group.add(target, (int) first, count, backward);
            if (group.size() != before + 1 || group.count(before) != count) {
                throw new MalformedException(
                        Reason.NOT_CANONICAL, "deletion: continues the one before it");
            }
            int seq = (int) (end + gap);
            end = seq + count;
            lastTargets[target] = backward ? (int) low : (int) first + count;
            sequence.loadDeletion(
                    agents.agentOf().applyAsInt(rank),
                    seq,
                    agents.agentOf().applyAsInt(target),
                    (int) first,
                    count,
                    backward);
        }
        agent.finish();
        seqs.finish();
        targetAgent.finish();
        firsts.finish();
        counts.finish();
        if (knowsDeletions && sequence.deletedByLog() != deleted) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "deleted: " + deleted + ", by operations " + sequence.deletedByLog());
        }
    }

    /** Hands out a text run by run. */
    private static final class Content {
        private static final VarHandle LONGS =
                MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

        private final byte[] bytes;

        /** Null if the bytes are ASCII and need no decoding. */
        private final @Nullable String text;

        private final boolean pairs;
        private int at;

        Content(ByteReader column, int elements) throws MalformedException {
            bytes = column.readBytes(column.remaining());
            text = isAscii(bytes) ? null : decoded(bytes);
            int found = text == null ? bytes.length : CodePoints.count(text);
            if (found != elements) {
                throw new MalformedException(
                        Reason.BAD_VALUE,
                        "text: " + found + " elements, " + elements + " expected");
            }
            pairs = text != null && text.length() != found;
        }

        private static boolean isAscii(byte[] bytes) {
            int eights = bytes.length / Long.BYTES;
            long bits = 0;
            for (int i = 0; i < eights; i++) {
                bits |= (long) LONGS.get(bytes, i * Long.BYTES);
            }
            for (int i = eights * Long.BYTES; i < bytes.length; i++) {
                bits |= (bytes[i] & 0x80L) << 56;
            }
            return (bits & 0x8080_8080_8080_8080L) == 0;
        }

        private static String decoded(byte[] bytes) throws MalformedException {
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new MalformedException(Reason.BAD_VALUE, "text: not UTF-8");
            }
        }

        int take(ContentPool pool, int elements) {
            int slot = pool.size();
            int end = at + elements;
            if (text == null) {
                pool.append(bytes, at, elements);
            } else {
                end = pairs ? text.offsetByCodePoints(at, elements) : end;
                pool.append(text, at, end);
            }
            at = end;
            return slot;
        }
    }
}
