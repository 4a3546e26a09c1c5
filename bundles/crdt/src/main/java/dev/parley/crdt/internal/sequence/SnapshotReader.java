package dev.parley.crdt.internal.sequence;

import static dev.parley.crdt.internal.sequence.SequenceSnapshot.*;

import dev.parley.crdt.internal.columns.BooleanReader;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ColumnsReader;
import dev.parley.crdt.internal.columns.GolombReader;
import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.MalformedException.Reason;
import dev.parley.crdt.internal.columns.RleReader;
import java.nio.ByteBuffer;
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
    private final SiblingCheck siblings;
    private int visible;
    private int deleted;

    /** Runs of left depth 0, of which the right origin may be another one than usual. */
    private int rightChildren;

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
        // A seq takes a byte or more.
        ByteReader seqs = columns.take(RUN_SEQ);
        if (count > seqs.remaining()) {
            throw new MalformedException(
                    Reason.TRUNCATED, "runs: " + count + ", bytes " + seqs.remaining());
        }
        runs = new SnapshotRuns(count);
        siblings = new SiblingCheck(runs);
        ranks = new int[count];
        readRuns(count, seqs);
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

    private void readRuns(int count, ByteReader seqColumn) throws MalformedException {
        RleReader agent = new RleReader(columns.take(RUN_AGENT));
        GolombReader seq = new GolombReader(seqColumn, SEQ_ORDER);
        GolombReader length = new GolombReader(columns.take(RUN_LENGTH), LENGTH_ORDER);
        GolombReader rise = new GolombReader(columns.take(RUN_RISE), DEPTH_ORDER);
        GolombReader leftDepth = new GolombReader(columns.take(RUN_LEFT_DEPTH), DEPTH_ORDER);
        // Right origins follow from the depths, so there is room for these until then.
        int[] rises = runs.rightSeqs;
        int[] leftDepths = runs.rightAgents;
        agent.readInts(ranks, count, agents.count() - 1, "agent");
        GolombReader.readBoth(seq, runs.seqs, length, runs.lengths, count);
        GolombReader.readBoth(rise, rises, leftDepth, leftDepths, count);
        agent.finish();
        seq.finish();
        length.finish();
        rise.finish();
        leftDepth.finish();
        runs.count = count;
        takeAgents();
        takeIds();
        takeDepths(rises, leftDepths);
        siblings.check();
    }

    /** Fills in the agents by their places in the table. */
    private void takeAgents() {
        int[] dense = new int[agents.count()];
        Arrays.fill(dense, Sequence.NONE);
        int lastRank = -1;
        int last = Sequence.NONE;
        for (int i = 0; i < runs.count; i++) {
            int rank = ranks[i];
            if (rank != lastRank) {
                if (dense[rank] < 0) {
                    dense[rank] = agents.agentOf().applyAsInt(rank);
                    sequence.tree.index(dense[rank]);
                }
                lastRank = rank;
                last = dense[rank];
            }
            runs.agents[i] = last;
        }
    }

    /** Seqs and lengths from what the columns say of them. */
    private void takeIds() throws MalformedException {
        int[] expected = new int[agents.count()];
        int all = 0;
        int hidden = 0;
        for (int i = 0; i < runs.count; i++) {
            int length = runs.lengths[i];
            int elements = (length >>> 1) + 1;
            if (elements < 0 || elements > limits.maxElements() - all) {
                throw new MalformedException(
                        Reason.TOO_LONG,
                        "elements: " + all + " and a run, at most " + limits.maxElements());
            }
            int rank = ranks[i];
            long seq = (long) expected[rank] + ByteReader.unzigzag(runs.seqs[i]);
            if (seq < 0 || seq > Integer.MAX_VALUE - elements) {
                throw new MalformedException(Reason.BAD_VALUE, "seq: " + seq);
            }
            expected[rank] = (int) seq + elements;
            runs.seqs[i] = (int) seq;
            // The elements, with a minus if they are deleted.
            int minus = -(length & 1);
            runs.lengths[i] = (elements ^ minus) - minus;
            all += elements;
            hidden += elements & minus;
        }
        deleted = hidden;
        visible = all - hidden;
    }

    private void takeDepths(int[] rises, int[] leftDepths) throws MalformedException {
        int next = 0;
        int zeros = 0;
        for (int i = 0; i < runs.count; i++) {
            int rise = rises[i];
            int left = leftDepths[i];
            if (rise < 0 || rise > next || left < 0 || left > runs.count) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "depth: a fall of " + rise + ", left " + left);
            }
            int depth = next - rise;
            runs.keys[i] = (long) depth << 32 | left;
            next = depth + Math.abs(runs.lengths[i]);
            zeros += left == 0 ? 1 : 0;
        }
        rightChildren = zeros;
    }

    /** Fills in the right origins that are named, and returns their runs. */
    private int[] readRights() throws MalformedException {
        BooleanReader other = new BooleanReader(columns.take(RUN_OTHER_RIGHT));
        RleReader agent = new RleReader(columns.take(RIGHT_AGENT));
        ByteReader seq = columns.take(RIGHT_SEQ);
        int[] named = new int[8];
        int count = 0;
        int alike = 0;
        int run = 0;
        for (int left = rightChildren; left > 0; left--) {
            if (alike == 0) {
                alike = other.nextRun(left);
                if (!other.value() && alike == left) {
                    break;
                }
            }
            alike--;
            while (runs.leftDepth(run) > 0) {
                run++;
            }
            if (other.value()) {
                readRight(run, agent, seq);
                if (count == named.length) {
                    named = Arrays.copyOf(named, count * 2);
                }
                named[count++] = run;
            }
            run++;
        }
        other.finish();
        agent.finish();
        seq.finish();
        return Arrays.copyOf(named, count);
    }

    private void readRight(int run, RleReader agent, ByteReader seq) throws MalformedException {
        int usualAgent = runs.rightAgents[run];
        int usualSeq = runs.rightSeqs[run];
        int rank = agent.nextInt(agents.count(), "right origin's agent");
        runs.setNoRight(run);
        if (rank > 0) {
            runs.rightAgents[run] = agents.agentOf().applyAsInt(rank - 1);
            runs.rightSeqs[run] = seq.readInt(Integer.MAX_VALUE, "right origin's seq");
        }
        if (runs.rightAgents[run] == usualAgent && runs.rightSeqs[run] == usualSeq) {
            throw new MalformedException(
                    Reason.NOT_CANONICAL, "right origin: named, the usual one expected");
        }
    }

    private void build() throws MalformedException {
        for (int i = 1; i < runs.count; i++) {
            if (runs.joins(i) && ranks[i] == ranks[i - 1]) {
                throw new MalformedException(
                        Reason.NOT_CANONICAL, "run: continues the one before it");
            }
        }
        boolean isText = sequence.isText();
        Content shown = new Content(columns.take(VISIBLE_TEXT), isText ? visible : 0);
        Content hidden =
                new Content(columns.take(DELETED_TEXT), isText && deletedContent ? deleted : 0);
        int[] slots = isText ? new int[runs.count] : runs.seqs;
        if (isText) {
            Arrays.fill(slots, -1);
            take(shown, 1, slots);
            if (deletedContent) {
                take(hidden, -1, slots);
            }
        }
        TreeLoader.load(sequence.tree, runs, slots, shown.pairs);
    }

    /**
     * Puts the content of visible or of deleted elements into the pools, as much at once as is one
     * agent's.
     *
     * @param sign that of the lengths of these runs
     */
    private void take(Content content, int sign, int[] slots) throws MalformedException {
        int agent = Sequence.NONE;
        int slot = 0;
        int waiting = 0;
        for (int i = 0; i < runs.count; i++) {
            int length = sign * runs.lengths[i];
            int elements = Math.max(0, length);
            if (runs.agents[i] != agent && elements > 0) {
                if (waiting > 0) {
                    content.take(sequence.tree.pool(agent), waiting);
                }
                agent = runs.agents[i];
                slot = sequence.tree.pool(agent).size();
                waiting = 0;
            }
            // All bits if the run is one of these; a branch would be guessed wrong too often.
            int taken = -length >> Integer.SIZE - 1;
            slots[i] = slots[i] & ~taken | slot + waiting & taken;
            waiting += elements;
        }
        if (waiting > 0) {
            content.take(sequence.tree.pool(agent), waiting);
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
        private final ByteReader column;

        /** Null if the bytes are ASCII and need no decoding. */
        private final @Nullable String text;

        private final boolean pairs;
        private int at;

        Content(ByteReader column, int elements) throws MalformedException {
            this.column = column;
            text = column.isAscii() ? null : decoded(column.readBytes(column.remaining()));
            int found = text == null ? column.remaining() : CodePoints.count(text);
            if (found != elements) {
                throw new MalformedException(
                        Reason.BAD_VALUE,
                        "text: " + found + " elements, " + elements + " expected");
            }
            pairs = text != null && text.length() != found;
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

        void take(ContentPool pool, int elements) throws MalformedException {
            if (text == null) {
                pool.append(column, elements);
            } else {
                int end = pairs ? text.offsetByCodePoints(at, elements) : at + elements;
                pool.append(text, at, end);
                at = end;
            }
        }
    }
}
