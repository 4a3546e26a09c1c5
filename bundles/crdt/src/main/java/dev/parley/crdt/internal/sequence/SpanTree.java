package dev.parley.crdt.internal.sequence;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The spans of a sequence in a B+tree, in the order of the Fugue tree (Weidner, Kleppmann: "The Art
 * of the Fugue", 2023). This class is long because finding, splitting and ordering share the one
 * layout that makes them fast.
 *
 * <p><b>Order</b> (that paper's FugueMax, equal to YjsMod). The element x inserted between L and R
 * is a left child of R if L is R's left origin too, else a right child of L. The elements whose
 * left origin is L are the <i>family</i> of L. Going through the tree in order, left children
 * before their parent and right children behind it, gives the sequence. Siblings stand by their
 * right origins, the last one first, and those with the same one by {@link AgentOrder}. The
 * elements of a span after the first are each the right child of the one before, with the same
 * right origin.
 *
 * <p><b>Depth keys.</b> Left origins and siblings are not stored. Each element has two depths that
 * never change: the <i>right depth</i>, how many left origins lead to the start, and the <i>left
 * depth</i>, how many right parents lead out of its family. With both in one number, right depth
 * first, and the smallest one below each node of the B+tree known, every question about the Fugue
 * tree is a search for the nearest smaller key:
 *
 * <ul>
 *   <li>the left origin of x is the last element before x with a smaller right depth;
 *   <li>what hangs below x on the right ends before the first element with x's right depth or less;
 *   <li>the siblings of x have the smallest key in their part of the sequence and are sorted, so
 *       the place among any number of them is found by bisection on the way down.
 * </ul>
 *
 * So no pattern of concurrent insertions makes an insertion cost more than O(log n).
 */
final class SpanTree {
    private final AgentOrder order;

    private final Lines lines;

    /** Whoever writes goes on; so the line of the last question is looked at first. */
    private Lines.Line lastLine = Lines.NONE;

    private final boolean hasContent;

    private Node root;
    private Leaf first;
    private Leaf last;
    private long elements;

    /** A leaf with a known number of visible elements before it; nothing before it has changed. */
    private Leaf known;

    private int knownStart;

    /** A span of the known leaf with a known number of visible elements before it in the leaf. */
    private int knownSpan;

    private int knownSpanStart;
    private Leaf hintLeaf;
    private int hintSpan;

    /** Where the last search ended. */
    Leaf leaf;

    int span;
    int offset;

    /** What decides between a new element and the siblings that are here. */
    private final class Place {
        final int agent;
        final int seq;
        final int rightAgent;
        final int rightSeq;
        private final @Nullable Leaf right;
        private final int rightSpan;
        private final int rightOffset;

        Place(int agent, int seq, int rightAgent, int rightSeq) {
            this.agent = agent;
            this.seq = seq;
            this.rightAgent = rightAgent;
            this.rightSeq = rightSeq;
            boolean found = find(rightAgent, rightSeq);
            right = found ? leaf : null;
            rightSpan = span;
            rightOffset = offset;
        }

        /** Whether the new element stands before a sibling, which is in a span and has a seq. */
        boolean isBefore(Leaf at, int of, int siblingSeq) {
            if (at.hasRight(of, rightAgent, rightSeq)) {
                return order.compare(agent, seq, at.agent(of), siblingSeq) < 0;
            }
            if (right == null) {
                return true;
            }
            Leaf keepLeaf = leaf;
            int keepSpan = span;
            int keepOffset = offset;
            boolean theirs = find(at.rightAgent(of), at.rightSeq(of));
            boolean before =
                    theirs
                            && (leaf == right && span == rightSpan
                                    ? offset < rightOffset
                                    : SpanTree.isBefore(leaf, span, right, rightSpan));
            leaf = keepLeaf;
            span = keepSpan;
            offset = keepOffset;
            return before;
        }
    }

    private final int[] candidates = new int[Inner.CAPACITY];

    /** Spans and nodes looked at by the searches for a place among siblings; for tests. */
    long steps;

    SpanTree(AgentOrder order, boolean hasContent) {
        this.order = order;
        this.hasContent = hasContent;
        this.lines = new Lines(hasContent);
        Leaf empty = new Leaf(4);
        root = empty;
        first = empty;
        last = empty;
        known = empty;
        hintLeaf = empty;
        leaf = empty;
    }

    Leaf first() {
        return first;
    }

    int visible() {
        return root.visible;
    }

    int astral() {
        return root.astral;
    }

    long elements() {
        return elements;
    }

    /** What is kept of an agent; {@link Lines#NONE} if nothing of it is here. */
    private Lines.Line line(int agent) {
        Lines.Line line = lastLine;
        return line.agent == agent ? line : otherLine(agent);
    }

    private Lines.Line otherLine(int agent) {
        Lines.Line line = lines.find(agent);
        if (line == null) {
            return Lines.NONE;
        }
        lastLine = line;
        return line;
    }

    /** The content of an agent that has an index, in a text. */
    ContentPool pool(int agent) {
        return Objects.requireNonNull(line(agent).pool);
    }

    /** The index of an agent, made on first use. */
    SeqIndex index(int agent) {
        Lines.Line line = lastLine;
        if (line.agent != agent) {
            line = lines.findOrMake(agent);
            lastLine = line;
        }
        return line.index;
    }

    /** One past the highest seq of the agent's elements. */
    int endOf(int agent) {
        return line(agent).index.end();
    }

    // ---- finding ----

    /** Finds the visible element at a position below {@link #visible()}. */
    void findVisible(int position) {
        int rest = position - knownStart;
        Leaf at = known;
        if (rest < 0 || rest >= at.visible) {
            Node node = root;
            rest = position;
            while (node instanceof Inner inner) {
                int child = 0;
                while (rest >= inner.visibles[child]) {
                    rest -= inner.visibles[child++];
                }
                node = inner.children[child];
            }
            at = (Leaf) node;
            know(at, position - rest);
        }
        int[] data = at.data;
        int i = knownSpan * Leaf.STRIDE + Leaf.LENGTH;
        int start = knownSpanStart;
        while (rest < start) {
            i -= Leaf.STRIDE;
            start -= Math.max(0, data[i]);
        }
        while (true) {
            int length = Math.max(0, data[i]);
            if (rest < start + length) {
                break;
            }
            start += length;
            i += Leaf.STRIDE;
        }
        leaf = at;
        span = i / Leaf.STRIDE;
        offset = rest - start;
        knownSpan = span;
        knownSpanStart = start;
    }

    private void know(Leaf at, int start) {
        known = at;
        knownStart = start;
        knownSpan = 0;
        knownSpanStart = 0;
    }

    /** Finds an element by its id; false if it is not there. */
    boolean find(int agent, int seq) {
        if (findNear(hintSpan, agent, seq)
                || findNear(hintSpan - 1, agent, seq)
                || findNear(hintSpan + 1, agent, seq)) {
            return true;
        }
        Leaf at = agent < 0 || seq < 0 ? null : line(agent).index.get(seq);
        if (at == null) {
            return false;
        }
        int[] data = at.data;
        int end = at.count * Leaf.STRIDE;
        for (int i = 0; i < end; i += Leaf.STRIDE) {
            int distance = seq - data[i + Leaf.SEQ];
            if (distance >= 0 && distance < Math.abs(data[i + Leaf.LENGTH]) && data[i] == agent) {
                leaf = at;
                span = i / Leaf.STRIDE;
                offset = distance;
                return true;
            }
        }
        return false;
    }

    /** Whoever writes goes on beside where it was; so the leaf of the hint is looked at first. */
    private boolean findNear(int at, int agent, int seq) {
        Leaf in = hintLeaf;
        if (at < 0 || at >= in.count || in.agent(at) != agent) {
            return false;
        }
        int distance = seq - in.seq(at);
        if (distance < 0 || distance >= in.length(at)) {
            return false;
        }
        leaf = in;
        span = at;
        offset = distance;
        return true;
    }

    void hint(Leaf leaf, int span) {
        hintLeaf = leaf;
        hintSpan = span;
    }

    /** The number of visible elements before a leaf, which is then the known one. */
    int startOf(Leaf at) {
        if (at != known) {
            int start = 0;
            Node node = at;
            for (Inner up = node.parent; up != null; up = node.parent) {
                for (int i = 0; i < node.slot; i++) {
                    start += up.visibles[i];
                }
                node = up;
            }
            know(at, start);
        }
        return knownStart;
    }

    /** The number of visible elements before an element. */
    int positionOf(Leaf at, int span, int offset) {
        int position = startOf(at);
        int i = knownSpan;
        int start = knownSpanStart;
        while (i > span) {
            start -= Math.max(0, at.data[--i * Leaf.STRIDE + Leaf.LENGTH]);
        }
        while (i < span) {
            start += Math.max(0, at.data[i++ * Leaf.STRIDE + Leaf.LENGTH]);
        }
        knownSpan = i;
        knownSpanStart = start;
        return position + start + (at.isVisible(span) ? offset : 0);
    }

    /** Whether the span (leafA, spanA) stands before (leafB, spanB). */
    static boolean isBefore(Leaf leafA, int spanA, Leaf leafB, int spanB) {
        if (leafA == leafB) {
            return spanA < spanB;
        }
        Node a = leafA;
        Node b = leafB;
        while (a.parent != b.parent && a.parent != null && b.parent != null) {
            a = a.parent;
            b = b.parent;
        }
        return a.slot < b.slot;
    }

    // ---- searching by depth key ----

    /**
     * Goes to the last element before a span whose key is at most {@code max}; false if all before
     * are larger.
     */
    boolean lastBefore(Leaf at, int before, long max) {
        for (int i = before - 1; i >= 0; i--) {
            steps++;
            if (at.key(i) <= max) {
                return foundBackwards(at, i, max);
            }
        }
        Node node = at;
        for (Inner up = node.parent; up != null; up = node.parent) {
            for (int i = node.slot - 1; i >= 0; i--) {
                steps++;
                if (up.children[i].minKey <= max) {
                    return lastWithin(up.children[i], max);
                }
            }
            node = up;
        }
        return false;
    }

    private boolean lastWithin(Node within, long max) {
        Node node = within;
        while (node instanceof Inner inner) {
            int i = inner.count - 1;
            while (inner.children[i].minKey > max) {
                i--;
                steps++;
            }
            node = inner.children[i];
        }
        Leaf at = (Leaf) node;
        int i = at.count - 1;
        while (at.key(i) > max) {
            i--;
            steps++;
        }
        return foundBackwards(at, i, max);
    }

    private boolean foundBackwards(Leaf at, int i, long max) {
        leaf = at;
        span = i;
        // The right depths grow by one along a span, and only its first left depth is not 0.
        offset = Math.min(at.length(i) - 1, (int) (max >>> 32) - at.rightDepth(i));
        return true;
    }

    /**
     * Goes to the first span from {@code from} on with a key of at most max, or behind the last.
     */
    boolean firstFrom(Leaf at, int from, long max) {
        for (int i = from; i < at.count; i++) {
            steps++;
            if (at.key(i) <= max) {
                return foundSpan(at, i);
            }
        }
        Node node = at;
        for (Inner up = node.parent; up != null; up = node.parent) {
            for (int i = node.slot + 1; i < up.count; i++) {
                steps++;
                if (up.children[i].minKey <= max) {
                    firstWithin(up.children[i], max);
                    return true;
                }
            }
            node = up;
        }
        leaf = last;
        span = last.count;
        offset = 0;
        return false;
    }

    /** Goes to the first span below a node with a key of at most max; there must be one. */
    private void firstWithin(Node within, long max) {
        Node node = within;
        while (node instanceof Inner inner) {
            int i = 0;
            while (inner.children[i].minKey > max) {
                i++;
                steps++;
            }
            node = inner.children[i];
        }
        Leaf at = (Leaf) node;
        int i = 0;
        while (at.key(i) > max) {
            i++;
            steps++;
        }
        foundSpan(at, i);
    }

    private boolean foundSpan(Leaf at, int i) {
        leaf = at;
        span = i;
        offset = 0;
        return true;
    }

    /**
     * Goes to the last sibling with a smaller id, from a span on: siblings have exactly this key,
     * and the first smaller key ends them.
     *
     * @return false if there is none; then nothing was gone to
     */
    private boolean siblingBefore(Leaf at, int from, long key, Place place) {
        boolean found = false;
        for (int i = from; i < at.count; i++) {
            steps++;
            long here = at.key(i);
            if (here > key) {
                continue;
            }
            if (here < key || place.isBefore(at, i, at.seq(i))) {
                return found;
            }
            found = foundSpan(at, i);
        }
        Node node = at;
        for (Inner up = node.parent; up != null; up = node.parent) {
            int candidate = bisect(up, node.slot + 1, key, place);
            Node chosen = candidate < 0 ? null : up.children[candidate];
            boolean ended = nextUpTo(up, candidate < 0 ? node.slot + 1 : candidate + 1, key);
            if (chosen != null) {
                if (ended || chosen.minKey < key) {
                    descend(chosen, key, place);
                    return true;
                }
                // Larger siblings may still be smaller than the id; remember the best so far.
                descend(chosen, key, place);
                found = true;
            } else if (ended) {
                return found;
            }
            node = up;
        }
        return found;
    }

    /** Whether a child from {@code from} on has a key of at most this one. */
    private boolean nextUpTo(Inner inner, int from, long key) {
        for (int i = from; i < inner.count; i++) {
            steps++;
            if (inner.children[i].minKey <= key) {
                return true;
            }
        }
        return false;
    }

    private void descend(Node from, long key, Place place) {
        Node node = from;
        while (node instanceof Inner inner) {
            node = inner.children[bisect(inner, 0, key, place)];
        }
        Leaf at = (Leaf) node;
        for (int i = 0; i < at.count; i++) {
            steps++;
            long here = at.key(i);
            if (here > key) {
                continue;
            }
            if (here < key || place.isBefore(at, i, at.seq(i))) {
                return;
            }
            foundSpan(at, i);
        }
    }

    /**
     * The last child from {@code from} on whose first sibling has a smaller id, or -1. Children
     * behind the first one with a smaller key do not count.
     */
    private int bisect(Inner inner, int from, long key, Place place) {
        int[] with = candidates;
        int count = 0;
        for (int i = from; i < inner.count; i++) {
            steps++;
            long min = inner.children[i].minKey;
            if (min <= key) {
                with[count++] = i;
                if (min < key) {
                    break;
                }
            }
        }
        int low = 0;
        int high = count - 1;
        Leaf keepLeaf = leaf;
        int keepSpan = span;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            firstWithin(inner.children[with[middle]], key);
            boolean smaller = leaf.key(span) == key && !place.isBefore(leaf, span, leaf.seq(span));
            if (smaller) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        leaf = keepLeaf;
        span = keepSpan;
        offset = 0;
        return high < 0 ? -1 : with[high];
    }

    /**
     * Finds the place of a new element among others with the same left origin, which a plain look
     * at the neighbours cannot decide. Afterwards {@link #leaf} and {@link #span} say before which
     * span it stands.
     *
     * @param left the leaf of the left origin, or null at the start
     * @param right the leaf of the right origin if the element is its left child, else null
     */
    void findPlace(
            @Nullable Leaf left,
            int leftSpan,
            int leftOffset,
            @Nullable Leaf right,
            int rightSpan,
            long key,
            int agent,
            int seq,
            int rightAgent,
            int rightSeq) {
        Place place = new Place(agent, seq, rightAgent, rightSeq);
        long family = (key >>> 32) << 32 | Integer.MAX_VALUE;
        Leaf fromLeaf = left == null ? first : left;
        int fromSpan = left == null ? 0 : leftSpan + 1;
        if (right != null) {
            // Everything from this element on, up to the right parent, hangs on its left.
            if (lastBefore(right, rightSpan, right.key(rightSpan))) {
                fromLeaf = leaf;
                fromSpan = span + 1;
            } else {
                fromLeaf = first;
                fromSpan = 0;
            }
        } else if (left != null && leftOffset < left.length(leftSpan) - 1) {
            // The first sibling follows in the same span.
            int siblingSeq = left.seq(leftSpan) + leftOffset + 1;
            if (place.isBefore(left, leftSpan, siblingSeq)) {
                leaf = left;
                span = leftSpan;
                offset = leftOffset;
                splitSpan(leftOffset + 1);
                return;
            }
        }
        if (siblingBefore(fromLeaf, fromSpan, key, place)) {
            fromLeaf = leaf;
            fromSpan = span + 1;
        }
        firstFrom(fromLeaf, fromSpan, family);
    }

    /** Whether two siblings, both here, stand in their order. */
    boolean areSorted(int agent, int seq, int nextAgent, int nextSeq) {
        if (!find(agent, seq)) {
            return false;
        }
        Place place = new Place(agent, seq, leaf.rightAgent(span), leaf.rightSeq(span));
        return find(nextAgent, nextSeq) && place.isBefore(leaf, span, nextSeq);
    }

    // ---- changing ----

    /** Splits the span that was found, and goes to its second part, which starts at an offset. */
    void splitSpan(int at) {
        makeRoom();
        Leaf in = leaf;
        forgetSpans(in);
        in.open(span + 1);
        int a = span * Leaf.STRIDE;
        int[] data = in.data;
        System.arraycopy(data, a, data, a + Leaf.STRIDE, Leaf.STRIDE);
        int length = data[a + Leaf.LENGTH];
        int b = a + Leaf.STRIDE;
        data[a + Leaf.LENGTH] = length < 0 ? -at : at;
        data[b + Leaf.LENGTH] = length < 0 ? length + at : length - at;
        data[b + Leaf.SEQ] += at;
        data[b + Leaf.RIGHT_DEPTH] += at;
        data[b + Leaf.LEFT_DEPTH] = 0;
        if (data[b + Leaf.SLOT] >= 0) {
            data[b + Leaf.SLOT] += at;
        }
        span++;
        offset = 0;
    }

    /** Inserts a visible span before the place that was found, and goes to it. */
    void insertSpan(
            int agent,
            int seq,
            int length,
            long key,
            int contentSlot,
            int rightAgent,
            int rightSeq) {
        makeRoom();
        Leaf in = leaf;
        touch(in);
        in.open(span);
        in.set(span, agent, seq, length, key, contentSlot, rightAgent, rightSeq);
        elements += length;
        int wide = hasContent ? pool(agent).astralIn(contentSlot, length) : 0;
        addVisible(in, length, wide);
        for (Node node = in; node != null && key < node.minKey; node = node.parent) {
            node.minKey = key;
        }
        index(agent).put(seq, length, in);
        hint(in, span);
    }

    /** Lengthens the span that was found by elements that follow it in every respect. */
    void extendSpan(int more) {
        Leaf in = leaf;
        touch(in);
        int at = span * Leaf.STRIDE;
        int agent = in.data[at];
        int length = in.data[at + Leaf.LENGTH];
        in.data[at + Leaf.LENGTH] = length + more;
        elements += more;
        int wide = hasContent ? pool(agent).astralIn(in.data[at + Leaf.SLOT] + length, more) : 0;
        addVisible(in, more, wide);
        index(agent).put(in.data[at + Leaf.SEQ] + length, more, in);
        hint(in, span);
    }

    /** Deletes visible elements of the span that was found, from its offset on. */
    void deleteInSpan(int count) {
        if (leaf.count + 2 > Leaf.CAPACITY) {
            splitLeafAround();
        }
        Leaf in = leaf;
        int[] data = in.data;
        int at = span * Leaf.STRIDE;
        int length = data[at + Leaf.LENGTH];
        int from = offset;
        int to = offset + count;
        touch(in);
        int slot = data[at + Leaf.SLOT];
        int wide = hasContent ? pool(data[at]).astralIn(slot + from, count) : 0;
        addVisible(in, -count, -wide);
        if (from > 0
                && to == length
                && span + 1 < in.count
                && !in.isVisible(span + 1)
                && in.follows(span + 1)) {
            // Backspacing: the end of the span moves over to the deleted one behind.
            int b = at + Leaf.STRIDE;
            data[at + Leaf.LENGTH] = from;
            data[b + Leaf.LENGTH] -= count;
            data[b + Leaf.SEQ] -= count;
            data[b + Leaf.RIGHT_DEPTH] -= count;
            data[b + Leaf.SLOT] -= count;
            hint(in, span + 1);
            return;
        }
        if (to < length) {
            splitSpan(to);
            span--;
        }
        if (from > 0) {
            splitSpan(from);
        }
        at = span * Leaf.STRIDE;
        leaf.data[at + Leaf.LENGTH] = -leaf.data[at + Leaf.LENGTH];
        joinDeleted();
    }

    /** Joins the span that was found with equal neighbours in its leaf. */
    private void joinDeleted() {
        Leaf in = leaf;
        if (span + 1 < in.count && in.continues(span + 1)) {
            in.data[span * Leaf.STRIDE + Leaf.LENGTH] -= in.length(span + 1);
            in.close(span + 1);
        }
        if (span > 0 && in.continues(span)) {
            in.data[(span - 1) * Leaf.STRIDE + Leaf.LENGTH] -= in.length(span);
            in.close(span);
            span--;
            forgetSpans(in);
        }
        hint(in, span);
    }

    /** Before the found span changes: what is known of later places is forgotten. */
    private void touch(Leaf in) {
        if (known != in) {
            know(first, 0);
        }
        forgetSpans(in);
    }

    private void forgetSpans(Leaf in) {
        if (known == in && knownSpan > span) {
            knownSpan = 0;
            knownSpanStart = 0;
        }
    }

    private static void addVisible(Leaf in, int count, int wide) {
        in.visible += count;
        Node node = in;
        for (Inner up = node.parent; up != null; up = node.parent) {
            up.visibles[node.slot] += count;
            up.visible += count;
            node = up;
        }
        if (wide != 0) {
            for (Node at = in; at != null; at = at.parent) {
                at.astral += wide;
            }
        }
    }

    private void makeRoom() {
        if (leaf.count == Leaf.CAPACITY) {
            splitLeafAround();
        }
    }

    /** Splits the leaf that was found and stays at the same span. */
    private void splitLeafAround() {
        Leaf left = leaf;
        boolean atEnd = left == last && span >= left.count - 1;
        int keep = atEnd ? left.count - 4 : left.count / 2;
        Leaf right = new Leaf(left.count - keep + 4);
        right.count = left.count - keep;
        System.arraycopy(left.data, keep * Leaf.STRIDE, right.data, 0, right.count * Leaf.STRIDE);
        left.count = keep;
        right.next = left.next;
        if (left.next == null) {
            last = right;
        }
        left.next = right;
        for (int i = 0; i < right.count; i++) {
            index(right.agent(i)).put(right.seq(i), right.length(i), right);
        }
        recount(left);
        recount(right);
        insertNode(left, right);
        if (known == left) {
            know(span >= keep ? right : left, knownStart + (span >= keep ? left.visible : 0));
        }
        if (span >= keep) {
            leaf = right;
            span -= keep;
        }
    }

    /** Sums up the spans of a leaf again. */
    void recount(Leaf of) {
        of.visible = 0;
        of.astral = 0;
        of.minKey = Long.MAX_VALUE;
        for (int i = 0; i < of.count; i++) {
            of.minKey = Math.min(of.minKey, of.key(i));
            if (of.isVisible(i)) {
                of.visible += of.length(i);
                if (hasContent) {
                    of.astral += pool(of.agent(i)).astralIn(of.contentSlot(i), of.length(i));
                }
            }
        }
    }

    /** Hangs a new node behind its left half, whose counts have become smaller. */
    private void insertNode(Node left, Node right) {
        Inner parent = left.parent;
        if (parent == null) {
            Inner above = new Inner();
            above.insert(0, left);
            above.insert(1, right);
            above.recount();
            root = above;
            return;
        }
        if (parent.count == Inner.CAPACITY) {
            Inner half = new Inner();
            boolean atEnd = right instanceof Leaf ? right == last : left.slot == parent.count - 1;
            parent.moveTail(atEnd ? Inner.CAPACITY - 4 : Inner.CAPACITY / 2, half);
            Inner target = left.parent == half ? half : parent;
            target.insert(left.slot + 1, right);
            parent.recount();
            half.recount();
            insertNode(parent, half);
        } else {
            parent.insert(left.slot + 1, right);
            parent.visibles[left.slot] = left.visible;
            // The sums of the parent and above stay what they were.
        }
    }

    // ---- loading ----

    /** Makes these nodes, of which all is known but the indexes' entries, the tree. */
    void begin(Leaf firstLeaf, Leaf lastLeaf, Node top, long count) {
        first = firstLeaf;
        last = lastLeaf;
        root = top;
        elements = count;
        hintLeaf = firstLeaf;
        leaf = firstLeaf;
        know(firstLeaf, 0);
    }
}
