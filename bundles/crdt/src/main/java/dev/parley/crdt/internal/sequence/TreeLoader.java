package dev.parley.crdt.internal.sequence;

import dev.parley.crdt.internal.columns.MalformedException;
import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;

/**
 * Builds the tree of a sequence from all its runs at once, leaf by leaf, with room in each for what
 * comes next. One at a time, every run would be looked for, and its node counted again.
 */
final class TreeLoader {
    /** How many spans a leaf begins with. */
    private static final int SPANS = Leaf.CAPACITY - 4;

    private static final int CHILDREN = Inner.CAPACITY - 4;

    private final SpanTree tree;
    private final SnapshotRuns runs;
    private final Leaf[] leaves;
    private long elements;

    private TreeLoader(SpanTree tree, SnapshotRuns runs) {
        this.tree = tree;
        this.runs = runs;
        this.leaves = new Leaf[(runs.count + SPANS - 1) / SPANS];
    }

    /**
     * Puts runs into an empty tree that has an index of each agent.
     *
     * @param slots of the runs' content
     * @param isAstral whether content may have code points of two UTF-16 units
     * @throws MalformedException if an element is twice in them
     */
    static void load(SpanTree tree, SnapshotRuns runs, int[] slots, boolean isAstral)
            throws MalformedException {
        if (runs.count == 0) {
            return;
        }
        TreeLoader loader = new TreeLoader(tree, runs);
        loader.fill(slots);
        if (isAstral) {
            for (Leaf leaf : loader.leaves) {
                tree.recount(leaf);
            }
        }
        loader.index();
        tree.begin(
                loader.leaves[0],
                loader.leaves[loader.leaves.length - 1],
                loader.root(),
                loader.elements);
    }

    private void fill(int[] slots) {
        int run = 0;
        Leaf before = null;
        for (int number = 0; number < leaves.length; number++) {
            Leaf leaf = new Leaf(SPANS);
            int end = Math.min(runs.count, run + SPANS);
            leaf.count = end - run;
            int[] data = leaf.data;
            int all = 0;
            int visible = 0;
            long minKey = Long.MAX_VALUE;
            for (int at = 0; run < end; run++, at += Leaf.STRIDE) {
                int length = runs.lengths[run];
                long key = runs.keys[run];
                data[at] = runs.agents[run];
                data[at + Leaf.SEQ] = runs.seqs[run];
                data[at + Leaf.LENGTH] = length;
                data[at + Leaf.RIGHT_DEPTH] = (int) (key >>> 32);
                data[at + Leaf.LEFT_DEPTH] = (int) key;
                data[at + Leaf.SLOT] = slots[run];
                data[at + Leaf.RIGHT_AGENT] = runs.rightAgents[run];
                data[at + Leaf.RIGHT_SEQ] = runs.rightSeqs[run];
                all += Math.abs(length);
                visible += Math.max(0, length);
                minKey = Math.min(minKey, key);
            }
            elements += all;
            leaf.visible = visible;
            leaf.minKey = minKey;
            if (before != null) {
                before.next = leaf;
            }
            before = leaf;
            leaves[number] = leaf;
        }
    }

    private void index() throws MalformedException {
        int[] order = runs.byId();
        int[] starts = new int[order.length];
        Leaf[] in = new Leaf[order.length];
        for (int from = 0; from < order.length; ) {
            int agent = runs.agents[order[from]];
            Leaf last = null;
            int entries = 0;
            int end = 0;
            int at = from;
            for (; at < order.length && runs.agents[order[at]] == agent; at++) {
                int run = order[at];
                int seq = runs.seqs[run];
                if (seq < end) {
                    throw new MalformedException(
                            Reason.BAD_VALUE, "seq: " + seq + ", twice in the sequence");
                }
                end = seq + Math.abs(runs.lengths[run]);
                Leaf leaf = leaves[run / SPANS];
                starts[entries] = seq;
                in[entries] = leaf;
                entries += leaf != last ? 1 : 0;
                last = leaf;
            }
            tree.index(agent).fill(starts, in, entries, end);
            from = at;
        }
    }

    private Node root() {
        Node[] level = leaves;
        while (level.length > 1) {
            // An even share each, so that no node is left with a single child.
            int parents = (level.length + CHILDREN - 1) / CHILDREN;
            Node[] above = new Node[parents];
            int from = 0;
            for (int i = 0; i < parents; i++) {
                int to = (int) ((i + 1L) * level.length / parents);
                Inner parent = new Inner();
                for (Node child : Arrays.asList(level).subList(from, to)) {
                    parent.insert(parent.count, child);
                }
                parent.recount();
                above[i] = parent;
                from = to;
            }
            level = above;
        }
        return level[0];
    }
}
