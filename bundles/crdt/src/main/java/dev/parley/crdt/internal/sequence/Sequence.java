package dev.parley.crdt.internal.sequence;

import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A replicated sequence of elements: the code points of a text, or the cells of a list. Its order
 * is a pure function of the set of integrated operations, whatever order they arrive in, as long as
 * each comes after those it refers to and those of an agent come by ascending seq.
 *
 * <p>An element has the id (agent, seq). Agents are small dense numbers that the caller hands out
 * (memory grows with the highest), seqs count an agent's operations; an insertion of n elements
 * takes n seqs, and so does a deletion. Each operation must be integrated once only. Positions
 * count visible elements, so code points in a text; see {@link #toUtf16}.
 *
 * <p>The order is FugueMax (Weidner, Kleppmann: "The Art of the Fugue", 2023), by the elements that
 * stood to the left and to the right of an insertion, deleted ones included. In an insertion of
 * several elements each is the left origin of the next, and all have the same right origin. {@link
 * SpanTree} explains how this is kept.
 *
 * <p><b>Threads:</b> one at a time. <b>Errors:</b> what a caller could have checked is an {@link
 * IllegalArgumentException} or {@link IndexOutOfBoundsException}, and nothing has changed then. The
 * class is long because it is the one face of the structure; it holds little logic of its own.
 */
public final class Sequence {
    /** The agent of "no element". */
    public static final int NONE = -1;

    private static final int[] NOTHING = {};

    final SpanTree tree;
    final DeletionLog deletions = new DeletionLog();
    private final boolean isText;

    /** Elements that are here, and such that are deleted, as far as long deletions named them. */
    private final KnownRuns present = new KnownRuns();

    private final KnownRuns gone = new KnownRuns();
    boolean knowsDeletedContent = true;
    boolean knowsDeletions = true;

    private Sequence(AgentOrder order, boolean isText) {
        this.isText = isText;
        this.tree = new SpanTree(order, isText);
    }

    /** An empty sequence of code points. */
    public static Sequence ofText(AgentOrder order) {
        return new Sequence(order, true);
    }

    /** An empty sequence of cells, which have ids but no content. */
    public static Sequence ofCells(AgentOrder order) {
        return new Sequence(order, false);
    }

    public boolean isText() {
        return isText;
    }

    /** Visible elements. */
    public int length() {
        return tree.visible();
    }

    /** All elements, visible and deleted. */
    public long elements() {
        return tree.elements();
    }

    /** Whether the content of deleted elements is here, so that time travel is possible. */
    public boolean knowsDeletedContent() {
        return knowsDeletedContent;
    }

    /** Whether for every deletion it is known which operation made it. */
    public boolean knowsDeletions() {
        return knowsDeletions;
    }

    // ---- local operations ----

    /**
     * Inserts text before a position, as the operations (agent, seq) and following.
     *
     * @param text well-formed and not empty, see {@link CodePoints}
     * @param agent at least 0
     * @param seq above all seqs of this agent so far
     * @return what the operation must say about its place
     */
    public Origins insert(int position, CharSequence text, int agent, int seq) {
        return insertAt(position, text, countOf(text), agent, seq);
    }

    /** Inserts cells before a position; otherwise as {@link #insert}. */
    public Origins insertCells(int position, int count, int agent, int seq) {
        checkCells(count);
        return insertAt(position, null, count, agent, seq);
    }

    private Origins insertAt(
            int position, @Nullable CharSequence text, int count, int agent, int seq) {
        if (position < 0 || position > tree.visible()) {
            throw new IndexOutOfBoundsException(
                    "position: " + position + ", from 0 to " + tree.visible());
        }
        checkNew(agent, seq, count);
        if (position == 0) {
            tree.leaf = tree.first();
            tree.span = -1;
        } else {
            tree.findVisible(position - 1);
        }
        return insertBehindFound(text, count, agent, seq);
    }

    /** Inserts text directly behind an element, visible or not; otherwise as {@link #insert}. */
    public Origins insertBehind(int leftAgent, int leftSeq, CharSequence text, int agent, int seq) {
        int count = countOf(text);
        checkNew(agent, seq, count);
        findKnown(leftAgent, leftSeq);
        return insertBehindFound(text, count, agent, seq);
    }

    /** Inserts cells directly behind one, visible or not; otherwise as {@link #insert}. */
    public Origins insertCellsBehind(int leftAgent, int leftSeq, int count, int agent, int seq) {
        checkCells(count);
        checkNew(agent, seq, count);
        findKnown(leftAgent, leftSeq);
        return insertBehindFound(null, count, agent, seq);
    }

    /** Behind the element that was found, or at the start if the span is -1. */
    private Origins insertBehindFound(@Nullable CharSequence text, int count, int agent, int seq) {
        Leaf behind = tree.leaf;
        int behindSpan = 0;
        int leftAgent = NONE;
        int leftSeq = 0;
        int depth = 0;
        if (tree.span >= 0) {
            Leaf leaf = tree.leaf;
            int span = tree.span;
            int offset = tree.offset;
            leftAgent = leaf.agent(span);
            leftSeq = leaf.seq(span) + offset;
            depth = leaf.rightDepth(span) + offset + 1;
            if (offset < leaf.length(span) - 1) {
                tree.splitSpan(offset + 1);
                place(agent, seq, count, (long) depth << 32 | 1, text, leftAgent, leftSeq + 1);
                return new Origins(leftAgent, leftSeq, leftAgent, leftSeq + 1);
            }
            boolean inLeaf = span + 1 < leaf.count;
            behind = inLeaf ? leaf : leaf.next;
            behindSpan = inLeaf ? span + 1 : 0;
        }
        int rightAgent = NONE;
        int rightSeq = 0;
        if (behind != null && behindSpan < behind.count) {
            rightAgent = behind.agent(behindSpan);
            rightSeq = behind.seq(behindSpan);
        }
        placeBetween(agent, seq, count, depth, text, behind, behindSpan, rightAgent, rightSeq);
        return new Origins(leftAgent, leftSeq, rightAgent, rightSeq);
    }

    /**
     * Deletes visible elements as the operations (agent, seq) and following, one for each.
     *
     * @param seq above all seqs of this agent so far
     * @param targets gets the ids of the deleted elements in the order of the operations
     */
    public void delete(int position, int count, int agent, int seq, IdRuns targets) {
        if (position < 0 || count < 0 || count > tree.visible() - position) {
            throw new IndexOutOfBoundsException(
                    "range: " + position + "+" + count + " of " + tree.visible());
        }
        checkNew(agent, seq, count);
        int left = count;
        int at = seq;
        while (left > 0) {
            tree.findVisible(position);
            Leaf leaf = tree.leaf;
            int some = Math.min(left, leaf.length(tree.span) - tree.offset);
            int targetAgent = leaf.agent(tree.span);
            int targetSeq = leaf.seq(tree.span) + tree.offset;
            tree.deleteInSpan(some);
            targets.add(targetAgent, targetSeq, some, false);
            if (knowsDeletions) {
                deletions.add(agent, at, targetAgent, targetSeq, some, false);
            }
            at += some;
            left -= some;
        }
    }

    // ---- remote operations ----

    /**
     * Integrates an insertion of text, whose place {@link #originsValid} accepts.
     *
     * @param agent at least 0
     * @param seq of the first element, above all seqs of this agent's elements so far
     * @param leftAgent {@link #NONE} at the start
     * @param rightAgent {@link #NONE} at the end
     * @param text well-formed and not empty, see {@link CodePoints}
     */
    public void integrateInsert(
            int agent,
            int seq,
            int leftAgent,
            int leftSeq,
            int rightAgent,
            int rightSeq,
            CharSequence text,
            VisibleChanges changes) {
        int count = countOf(text);
        integrate(agent, seq, leftAgent, leftSeq, rightAgent, rightSeq, text, count, changes);
    }

    /**
     * As {@link #integrateInsert}, if both origins are here, the left one before the right one;
     * else nothing happens. Looks for the place once, and not for a right origin that stands
     * directly behind the left one.
     *
     * @return whether it was inserted
     */
    public boolean insertIfPossible(
            int agent,
            int seq,
            int leftAgent,
            int leftSeq,
            int rightAgent,
            int rightSeq,
            CharSequence text) {
        if (leftAgent != NONE) {
            if (!tree.find(leftAgent, leftSeq)) {
                return false;
            }
            tree.hint(tree.leaf, tree.span);
        }
        if (rightAgent != NONE && !isDirectlyBehindFound(leftAgent, rightAgent, rightSeq)) {
            Leaf leaf = tree.leaf;
            int span = tree.span;
            int offset = tree.offset;
            if (!tree.find(rightAgent, rightSeq)
                    || leftAgent != NONE
                            && (leaf == tree.leaf && span == tree.span
                                    ? offset >= tree.offset
                                    : !SpanTree.isBefore(leaf, span, tree.leaf, tree.span))) {
                return false;
            }
        }
        VisibleChanges silent = VisibleChanges.NONE;
        int count = countOf(text);
        integrate(agent, seq, leftAgent, leftSeq, rightAgent, rightSeq, text, count, silent);
        return true;
    }

    /** Behind the element that was found, or first of all. */
    private boolean isDirectlyBehindFound(int leftAgent, int agent, int seq) {
        Leaf leaf = leftAgent == NONE ? tree.first() : tree.leaf;
        int span = 0;
        if (leftAgent != NONE) {
            if (tree.offset < leaf.length(tree.span) - 1) {
                return agent == leaf.agent(tree.span)
                        && seq == leaf.seq(tree.span) + tree.offset + 1;
            }
            span = tree.span + 1;
            if (span == leaf.count && leaf.next != null) {
                leaf = leaf.next;
                span = 0;
            }
        }
        return span < leaf.count && leaf.agent(span) == agent && leaf.seq(span) == seq;
    }

    /** Integrates an insertion of cells; otherwise as {@link #integrateInsert}. */
    public void integrateInsertCells(
            int agent,
            int seq,
            int leftAgent,
            int leftSeq,
            int rightAgent,
            int rightSeq,
            int count,
            VisibleChanges changes) {
        checkCells(count);
        integrate(agent, seq, leftAgent, leftSeq, rightAgent, rightSeq, null, count, changes);
    }

    private void integrate(
            int agent,
            int seq,
            int leftAgent,
            int leftSeq,
            int rightAgent,
            int rightSeq,
            @Nullable CharSequence text,
            int count,
            VisibleChanges changes) {
        checkNew(agent, seq, count);
        Leaf left = null;
        int span = -1;
        int offset = 0;
        int depth = 0;
        Leaf behind = tree.first();
        int behindSpan = 0;
        boolean within = false;
        if (leftAgent != NONE) {
            if (!tree.find(leftAgent, leftSeq)) {
                throw unknown("left origin", leftAgent, leftSeq);
            }
            left = tree.leaf;
            span = tree.span;
            offset = tree.offset;
            depth = left.rightDepth(span) + offset + 1;
            within = offset < left.length(span) - 1;
            if (!within) {
                boolean inLeaf = span + 1 < left.count;
                behind = inLeaf ? left : left.next;
                behindSpan = inLeaf ? span + 1 : 0;
            }
        } else {
            tree.leaf = behind;
            tree.span = -1;
        }
        boolean untouched =
                !within
                        && (behind == null || behindSpan == behind.count
                                ? rightAgent == NONE
                                : behind.agent(behindSpan) == rightAgent
                                        && behind.seq(behindSpan) == rightSeq);
        if (within && rightAgent == leftAgent && rightSeq == leftSeq + 1) {
            tree.splitSpan(offset + 1);
            place(agent, seq, count, (long) depth << 32 | 1, text, rightAgent, rightSeq);
        } else if (untouched) {
            placeBetween(agent, seq, count, depth, text, behind, behindSpan, rightAgent, rightSeq);
        } else {
            placeAmong(
                    agent,
                    seq,
                    count,
                    depth,
                    text,
                    left,
                    span,
                    offset,
                    leftAgent,
                    leftSeq,
                    rightAgent,
                    rightSeq);
        }
        if (changes != VisibleChanges.NONE) {
            // The new elements may have joined a span before them.
            int at = tree.positionOf(tree.leaf, tree.span, 0);
            changes.changed(at + tree.leaf.length(tree.span) - count, 0, count);
        }
    }

    /**
     * Integrates a deletion by the operations (agent, seq) and following: the first deletes
     * (targetAgent, first), the next the element after it, or before it if backward. Elements that
     * are deleted already stay so and remember this operation too.
     */
    public void integrateDelete(
            int agent,
            int seq,
            int targetAgent,
            int first,
            int count,
            boolean backward,
            VisibleChanges changes) {
        int low = backward ? first - count + 1 : first;
        if (count > 1 && !containsAll(targetAgent, low, count)) {
            throw unknown("target", targetAgent, low);
        }
        deleteRun(agent, seq, targetAgent, first, count, backward, changes);
    }

    private void deleteRun(
            int agent,
            int seq,
            int targetAgent,
            int first,
            int count,
            boolean backward,
            VisibleChanges changes) {
        int target = backward ? first - count + 1 : first;
        int end = target + count;
        boolean isLong = count >= KnownRuns.LONG;
        while (target < end) {
            int deleted = isLong ? gone.endAt(targetAgent, target) : target;
            if (deleted > target) {
                target = deleted;
                continue;
            }
            if (!tree.find(targetAgent, target)) {
                throw unknown("target", targetAgent, target);
            }
            Leaf leaf = tree.leaf;
            int span = tree.span;
            int some = Math.min(end - target, leaf.length(span) - tree.offset);
            if (leaf.isVisible(span)) {
                int position =
                        changes == VisibleChanges.NONE
                                ? 0
                                : tree.positionOf(leaf, span, tree.offset);
                tree.deleteInSpan(some);
                if (changes != VisibleChanges.NONE) {
                    changes.changed(position, some, 0);
                }
            }
            target += some;
        }
        if (isLong) {
            gone.add(targetAgent, end - count, end);
        }
        if (knowsDeletions) {
            deletions.add(agent, seq, targetAgent, first, count, backward);
        }
    }

    /**
     * As {@link #integrateDelete}, if all targets are here; else nothing happens.
     *
     * @return whether they were
     */
    public boolean deleteIfThere(
            int agent, int seq, int targetAgent, int first, int count, boolean backward) {
        int low = backward ? first - count + 1 : first;
        if (count > 1 ? !containsAll(targetAgent, low, count) : !tree.find(targetAgent, first)) {
            return false;
        }
        if (count > 1) {
            deleteRun(agent, seq, targetAgent, first, count, backward, VisibleChanges.NONE);
            return true;
        }
        if (tree.leaf.isVisible(tree.span)) {
            tree.deleteInSpan(1);
        }
        if (knowsDeletions) {
            deletions.add(agent, seq, targetAgent, first, 1, backward);
        }
        return true;
    }

    // ---- asking about elements ----

    public boolean contains(int agent, int seq) {
        return tree.find(agent, seq);
    }

    /** Whether a whole run of elements is here. */
    public boolean containsAll(int agent, int low, int count) {
        if (count < 0 || low > Integer.MAX_VALUE - count) {
            return false;
        }
        boolean isLong = count >= KnownRuns.LONG;
        int at = low;
        while (at < low + count) {
            int known = isLong ? present.endAt(agent, at) : at;
            if (known > at) {
                at = known;
                continue;
            }
            if (!tree.find(agent, at)) {
                return false;
            }
            at += tree.leaf.length(tree.span) - tree.offset;
        }
        if (isLong) {
            present.add(agent, low, low + count);
        }
        return true;
    }

    /**
     * Whether an insertion may name this place: both elements are here and in the causal past of
     * the insertion, the left one before the right one. The answer depends on the operation and its
     * causal past only, not on what else is here. (An insertion whose origins were not neighbours
     * in its past is odd but harmless: its place is as well defined as any other.)
     */
    public boolean originsValid(
            int leftAgent, int leftSeq, int rightAgent, int rightSeq, VersionFilter past) {
        return isKnown(leftAgent, leftSeq, past)
                && isKnown(rightAgent, rightSeq, past)
                && (leftAgent == NONE
                        || rightAgent == NONE
                        || isBefore(leftAgent, leftSeq, rightAgent, rightSeq));
    }

    private boolean isKnown(int agent, int seq, VersionFilter past) {
        return agent == NONE
                ? seq == 0
                : agent >= 0 && seq < past.end(agent) && tree.find(agent, seq);
    }

    /** The origins with which an element was inserted. */
    public Origins originsOf(int agent, int seq) {
        findKnown(agent, seq);
        Leaf leaf = tree.leaf;
        int span = tree.span;
        int rightAgent = leaf.rightAgent(span);
        int rightSeq = leaf.rightSeq(span);
        if (tree.offset > 0) {
            return new Origins(agent, seq - 1, rightAgent, rightSeq);
        }
        if (!tree.lastBefore(leaf, span, familyBelow(leaf.key(span)))) {
            return new Origins(NONE, 0, rightAgent, rightSeq);
        }
        int leftSeq = tree.leaf.seq(tree.span) + tree.offset;
        return new Origins(tree.leaf.agent(tree.span), leftSeq, rightAgent, rightSeq);
    }

    /** What an insertion at a position would say about its place. */
    public Origins originsAt(int position) {
        if (position < 0 || position > tree.visible()) {
            throw new IndexOutOfBoundsException(
                    "position: " + position + ", from 0 to " + tree.visible());
        }
        int leftAgent = NONE;
        int leftSeq = 0;
        Leaf behind = tree.first();
        int span = 0;
        if (position > 0) {
            tree.findVisible(position - 1);
            Leaf leaf = tree.leaf;
            leftAgent = leaf.agent(tree.span);
            leftSeq = leaf.seq(tree.span) + tree.offset;
            if (tree.offset < leaf.length(tree.span) - 1) {
                return new Origins(leftAgent, leftSeq, leftAgent, leftSeq + 1);
            }
            boolean inLeaf = tree.span + 1 < leaf.count;
            behind = inLeaf ? leaf : leaf.next;
            span = inLeaf ? tree.span + 1 : 0;
        }
        return behind == null || span >= behind.count
                ? new Origins(leftAgent, leftSeq, NONE, 0)
                : new Origins(leftAgent, leftSeq, behind.agent(span), behind.seq(span));
    }

    /** The right origin with which an element was inserted, as a cursor before it. */
    public Cursor rightOriginOf(int agent, int seq) {
        findKnown(agent, seq);
        return new Cursor(tree.leaf.rightAgent(tree.span), tree.leaf.rightSeq(tree.span), false);
    }

    /** Whether the first element stands before the second one. */
    public boolean isBefore(int agentA, int seqA, int agentB, int seqB) {
        findKnown(agentA, seqA);
        Leaf leaf = tree.leaf;
        int span = tree.span;
        int offset = tree.offset;
        findKnown(agentB, seqB);
        return leaf == tree.leaf && span == tree.span
                ? offset < tree.offset
                : SpanTree.isBefore(leaf, span, tree.leaf, tree.span);
    }

    /** Whether the second element stands directly behind the first one, visible or not. */
    public boolean isDirectlyBehind(int agentA, int seqA, int agentB, int seqB) {
        findKnown(agentA, seqA);
        Leaf leaf = tree.leaf;
        int span = tree.span;
        if (tree.offset + 1 < leaf.length(span)) {
            return agentB == agentA && seqB == seqA + 1;
        }
        boolean inLeaf = span + 1 < leaf.count;
        Leaf behind = inLeaf ? leaf : leaf.next;
        int behindSpan = inLeaf ? span + 1 : 0;
        return behind != null
                && behind.agent(behindSpan) == agentB
                && behind.seq(behindSpan) == seqB;
    }

    public boolean isVisible(int agent, int seq) {
        findKnown(agent, seq);
        return tree.leaf.isVisible(tree.span);
    }

    /** The number of visible elements before an element, which itself may be deleted. */
    public int positionOf(int agent, int seq) {
        findKnown(agent, seq);
        return tree.positionOf(tree.leaf, tree.span, tree.offset);
    }

    /** The visible element at a position, as a cursor before it. */
    public Cursor idAt(int position) {
        if (position < 0 || position >= tree.visible()) {
            throw new IndexOutOfBoundsException(position + " of " + tree.visible());
        }
        tree.findVisible(position);
        return new Cursor(
                tree.leaf.agent(tree.span), tree.leaf.seq(tree.span) + tree.offset, false);
    }

    /**
     * A cursor at a position, from 0 to the length.
     *
     * @param after whether it stays behind the element on its left, or before that on its right
     */
    public Cursor cursorAt(int position, boolean after) {
        if (position < 0 || position > tree.visible()) {
            throw new IndexOutOfBoundsException(position + " of " + tree.visible());
        }
        if (position == (after ? 0 : tree.visible())) {
            return new Cursor(NONE, 0, after);
        }
        Cursor at = idAt(after ? position - 1 : position);
        return after ? new Cursor(at.agent(), at.seq(), true) : at;
    }

    /** Where a cursor is now; beside a deleted element it is where that one was. */
    public int resolve(Cursor cursor) {
        if (cursor.agent() == NONE) {
            return cursor.after() ? 0 : tree.visible();
        }
        int position = positionOf(cursor.agent(), cursor.seq());
        return cursor.after() && tree.leaf.isVisible(tree.span) ? position + 1 : position;
    }

    // ---- reading ----

    /** The visible text. */
    public String text() {
        checkText();
        StringBuilder out = new StringBuilder(tree.visible() + tree.astral());
        for (Leaf at = tree.first(); at != null; at = at.next) {
            for (int i = 0; i < at.count; i++) {
                if (at.isVisible(i)) {
                    tree.pool(at.agent(i)).appendTo(out, at.contentSlot(i), at.length(i));
                }
            }
        }
        return out.toString();
    }

    /** The text of all deleted elements, in order. */
    String deletedText() {
        StringBuilder out = new StringBuilder();
        for (Leaf at = tree.first(); at != null; at = at.next) {
            for (int i = 0; i < at.count; i++) {
                if (!at.isVisible(i)) {
                    appendSpan(out, at, i, 0, at.length(i));
                }
            }
        }
        return out.toString();
    }

    /** The visible text from a position to another one, exclusive. */
    public String text(int from, int to) {
        if (from < 0 || to < from || to > tree.visible()) {
            throw new IndexOutOfBoundsException(from + " to " + to + " of " + tree.visible());
        }
        checkText();
        StringBuilder out = new StringBuilder(to - from);
        if (from == to) {
            return "";
        }
        tree.findVisible(from);
        int span = tree.span;
        int offset = tree.offset;
        int left = to - from;
        for (Leaf at = tree.leaf; at != null && left > 0; at = at.next) {
            for (; span < at.count && left > 0; span++) {
                if (at.isVisible(span)) {
                    int some = Math.min(left, at.length(span) - offset);
                    tree.pool(at.agent(span)).appendTo(out, at.contentSlot(span) + offset, some);
                    left -= some;
                    offset = 0;
                }
            }
            span = 0;
        }
        return out.toString();
    }

    /**
     * The text of a run of elements, visible or not, by id order.
     *
     * @throws IllegalStateException if some of them are deleted and their content is not here
     */
    public String textOf(int agent, int seq, int count) {
        checkText();
        StringBuilder out = new StringBuilder(count);
        int at = seq;
        while (at < seq + count) {
            findKnown(agent, at);
            int some = Math.min(seq + count - at, tree.leaf.length(tree.span) - tree.offset);
            appendSpan(out, tree.leaf, tree.span, tree.offset, some);
            at += some;
        }
        return out.toString();
    }

    /** Shows all runs, visible and deleted, each as long as ids and visibility allow. */
    public void forEachRun(RunVisitor visitor) {
        runs(visitor, true);
    }

    /** Shows who wrote what: the visible runs, each as long as the ids allow. */
    public void blame(RunVisitor visitor) {
        runs(visitor, false);
    }

    private void runs(RunVisitor visitor, boolean deleted) {
        int position = 0;
        int agent = NONE;
        int seq = 0;
        int count = 0;
        boolean visible = true;
        for (Leaf at = tree.first(); at != null; at = at.next) {
            for (int i = 0; i < at.count && (deleted || at.visible > 0); i++) {
                if (!deleted && !at.isVisible(i)) {
                    continue;
                }
                if (count > 0
                        && at.agent(i) == agent
                        && at.seq(i) == seq + count
                        && at.isVisible(i) == visible) {
                    count += at.length(i);
                    continue;
                }
                if (count > 0) {
                    visitor.run(position, agent, seq, count, visible);
                    position += visible ? count : 0;
                }
                agent = at.agent(i);
                seq = at.seq(i);
                count = at.length(i);
                visible = at.isVisible(i);
            }
        }
        if (count > 0) {
            visitor.run(position, agent, seq, count, visible);
        }
    }

    /**
     * The text as it was in a version: all it inserted and did not delete.
     *
     * @throws IllegalStateException if {@link #knowsDeletions} or {@link #knowsDeletedContent} is
     *     false
     */
    public String textAt(VersionFilter version) {
        checkText();
        if (!knowsDeletedContent) {
            throw new IllegalStateException("the content of deleted elements is not here");
        }
        StringBuilder out = new StringBuilder(tree.visible() + tree.astral());
        forEachRunAt(
                version,
                (leaf, span, from, to) ->
                        tree.pool(leaf.agent(span))
                                .appendTo(out, leaf.contentSlot(span) + from, to - from));
        return out.toString();
    }

    private interface PieceVisitor {
        void piece(Leaf leaf, int span, int from, int to);
    }

    private void forEachRunAt(VersionFilter version, PieceVisitor visitor) {
        if (!knowsDeletions) {
            throw new IllegalStateException("the deleting operations are not here");
        }
        Map<Integer, int[]> hidden = deletions.hidden(version);
        for (Leaf at = tree.first(); at != null; at = at.next) {
            for (int i = 0; i < at.count; i++) {
                int agent = at.agent(i);
                int seq = at.seq(i);
                int length = Math.min(at.length(i), version.end(agent) - seq);
                if (length <= 0) {
                    continue;
                }
                if (at.isVisible(i)) {
                    visitor.piece(at, i, 0, length);
                } else {
                    showRest(at, i, seq, length, hidden.getOrDefault(agent, NOTHING), visitor);
                }
            }
        }
    }

    /** Shows what the hidden intervals leave over of the first elements of a span. */
    private static void showRest(
            Leaf at, int span, int seq, int length, int[] hidden, PieceVisitor visitor) {
        int interval = Arrays.binarySearch(hidden, seq);
        interval = (interval < 0 ? -1 - interval : interval + 1) & ~1;
        // Lows stand at even places: this is the interval that holds seq, or the next one.
        int from = seq;
        for (; interval < hidden.length && hidden[interval] < seq + length; interval += 2) {
            if (hidden[interval] > from) {
                visitor.piece(at, span, from - seq, hidden[interval] - seq);
            }
            from = Math.max(from, hidden[interval + 1]);
        }
        if (from < seq + length) {
            visitor.piece(at, span, from - seq, length);
        }
    }

    /** Shows all deletions of a run of elements; nothing if {@link #knowsDeletions} is false. */
    public void deletionsOf(int agent, int low, int count, DeletionVisitor visitor) {
        for (int row = 0; row < deletions.size(); row++) {
            if (deletions.targetAgent(row) == agent) {
                int from = Math.max(low, deletions.low(row));
                int to = Math.min(low + count, deletions.low(row) + deletions.count(row));
                if (from < to) {
                    boolean backward = deletions.backward(row) && to - from > 1;
                    int first = backward ? to - 1 : from;
                    visitor.deletion(
                            deletions.agent(row),
                            deletions.seqOf(row, first),
                            agent,
                            first,
                            to - from,
                            backward);
                }
            }
        }
    }

    /** The number of UTF-16 units before a position, from 0 to the length. */
    public int toUtf16(int position) {
        if (position < 0 || position > tree.visible()) {
            throw new IndexOutOfBoundsException(position + " of " + tree.visible());
        }
        if (tree.astral() == 0) {
            return position;
        }
        if (position == tree.visible()) {
            return position + tree.astral();
        }
        tree.findVisible(position);
        Leaf leaf = tree.leaf;
        int wide = 0;
        for (Node node = leaf; node.parent != null; node = node.parent) {
            for (int i = 0; i < node.slot; i++) {
                wide += node.parent.children[i].astral;
            }
        }
        for (int i = 0; i < tree.span; i++) {
            wide += leaf.isVisible(i) ? astralIn(leaf, i, leaf.length(i)) : 0;
        }
        return position + wide + astralIn(leaf, tree.span, tree.offset);
    }

    // ---- loading ----

    /** Takes over a deletion whose targets are deleted already. */
    void loadDeletion(int agent, int seq, int targetAgent, int first, int count, boolean backward)
            throws MalformedException {
        int low = backward ? first - count + 1 : first;
        for (int at = low; at < low + count; at += tree.leaf.length(tree.span) - tree.offset) {
            if (!tree.find(targetAgent, at) || tree.leaf.isVisible(tree.span)) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "target: seq " + at + ", a deleted element expected");
            }
        }
        deletions.add(agent, seq, targetAgent, first, count, backward);
    }

    /** How many elements the known operations deleted. */
    long deletedByLog() {
        long sum = 0;
        for (int[] intervals : deletions.hidden(agent -> Integer.MAX_VALUE).values()) {
            for (int i = 0; i < intervals.length; i += 2) {
                sum += intervals[i + 1] - intervals[i];
            }
        }
        return sum;
    }

    // ---- inside ----

    private int astralIn(Leaf leaf, int span, int count) {
        return tree.pool(leaf.agent(span)).astralIn(leaf.contentSlot(span), count);
    }

    private void appendSpan(StringBuilder out, Leaf leaf, int span, int offset, int count) {
        int slot = leaf.contentSlot(span);
        if (slot < 0) {
            throw new IllegalStateException("the content of deleted elements is not here");
        }
        tree.pool(leaf.agent(span)).appendTo(out, slot + offset, count);
    }

    /** Inserts before the span that was found. */
    private void place(
            int agent,
            int seq,
            int count,
            long key,
            @Nullable CharSequence text,
            int rightAgent,
            int rightSeq) {
        int slot = store(agent, seq, text, count);
        tree.insertSpan(agent, seq, count, key, slot, rightAgent, rightSeq);
    }

    /** Inserts behind the span that was found, directly before its right origin. */
    private void placeBetween(
            int agent,
            int seq,
            int count,
            int depth,
            @Nullable CharSequence text,
            @Nullable Leaf behind,
            int behindSpan,
            int rightAgent,
            int rightSeq) {
        Leaf leaf = tree.leaf;
        int span = tree.span;
        if (rightAgent != NONE && behind != null && behind.rightDepth(behindSpan) == depth) {
            tree.span = span + 1;
            place(agent, seq, count, behind.key(behindSpan) + 1, text, rightAgent, rightSeq);
            return;
        }
        int slot = store(agent, seq, text, count);
        if (span >= 0
                && leaf.agent(span) == agent
                && leaf.isVisible(span)
                && leaf.seq(span) + leaf.length(span) == seq
                && leaf.contentSlot(span) + leaf.length(span) == slot
                && leaf.hasRight(span, rightAgent, rightSeq)) {
            tree.extendSpan(count);
        } else {
            tree.span = span + 1;
            tree.insertSpan(agent, seq, count, (long) depth << 32, slot, rightAgent, rightSeq);
        }
    }

    /** Inserts where other elements stand between the origins. */
    private void placeAmong(
            int agent,
            int seq,
            int count,
            int depth,
            @Nullable CharSequence text,
            @Nullable Leaf left,
            int span,
            int offset,
            int leftAgent,
            int leftSeq,
            int rightAgent,
            int rightSeq) {
        long key = (long) depth << 32;
        Leaf parent = null;
        int parentSpan = 0;
        if (rightAgent != NONE) {
            if (!tree.find(rightAgent, rightSeq)) {
                throw unknown("right origin", rightAgent, rightSeq);
            }
            Leaf right = tree.leaf;
            int rightSpan = tree.span;
            if (tree.offset == 0
                    && right.rightDepth(rightSpan) == depth
                    && isLeftOrigin(right, rightSpan, leftAgent, leftSeq)) {
                parent = right;
                parentSpan = rightSpan;
                key = right.key(rightSpan) + 1;
            }
        }
        tree.findPlace(
                left, span, offset, parent, parentSpan, key, agent, seq, rightAgent, rightSeq);
        place(agent, seq, count, key, text, rightAgent, rightSeq);
    }

    private int store(int agent, int seq, @Nullable CharSequence text, int count) {
        tree.index(agent);
        if (text == null) {
            return seq;
        }
        ContentPool pool = tree.pool(agent);
        int slot = pool.size();
        if (text.length() == 1) {
            pool.append(text.charAt(0));
        } else if (count == text.length() && text instanceof String basic) {
            pool.appendBasic(basic);
        } else {
            pool.append(text, 0, text.length());
        }
        return slot;
    }

    private boolean isLeftOrigin(Leaf leaf, int span, int agent, int seq) {
        if (!tree.lastBefore(leaf, span, familyBelow(leaf.key(span)))) {
            return agent == NONE;
        }
        return tree.leaf.agent(tree.span) == agent && tree.leaf.seq(tree.span) + tree.offset == seq;
    }

    /** The largest key with a smaller right depth. */
    private static long familyBelow(long key) {
        return ((key >>> 32) - 1) << 32 | Integer.MAX_VALUE;
    }

    private void findKnown(int agent, int seq) {
        if (!tree.find(agent, seq)) {
            throw unknown("element", agent, seq);
        }
    }

    private int countOf(CharSequence text) {
        int count =
                text.length() == 1 && !Character.isSurrogate(text.charAt(0))
                        ? 1
                        : CodePoints.count(text);
        if (!isText || count < 1) {
            throw new IllegalArgumentException(
                    isText ? "text: empty or not well-formed" : "cells have no text");
        }
        return count;
    }

    private void checkText() {
        if (!isText) {
            throw new IllegalStateException("cells have no text");
        }
    }

    private void checkCells(int count) {
        if (isText || count < 1) {
            throw new IllegalArgumentException(
                    isText ? "a text has no cells" : "count: " + count + ", at least 1");
        }
    }

    private void checkNew(int agent, int seq, int count) {
        if (agent < 0 || seq < 0 || seq > Integer.MAX_VALUE - count) {
            throw new IllegalArgumentException(
                    "operation: agent " + agent + ", seq " + seq + ", count " + count);
        }
        if (seq < tree.endOf(agent)) {
            throw new IllegalArgumentException(
                    "seq: " + seq + ", at least " + tree.endOf(agent) + " of this agent");
        }
        if (tree.elements() + count > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("elements: over " + Integer.MAX_VALUE);
        }
    }

    private static IllegalArgumentException unknown(String what, int agent, int seq) {
        return new IllegalArgumentException(
                what + ": agent " + agent + ", seq " + seq + ", not here");
    }
}
