package dev.parley.crdt.internal.sequence;

import java.util.Arrays;

/** A node whose children are nodes; the visible counts are repeated here to be read in one go. */
final class Inner extends Node {
    static final int CAPACITY = 32;

    final Node[] children = new Node[CAPACITY];
    final int[] visibles = new int[CAPACITY];
    int count;

    void insert(int at, Node child) {
        System.arraycopy(children, at, children, at + 1, count - at);
        System.arraycopy(visibles, at, visibles, at + 1, count - at);
        count++;
        children[at] = child;
        visibles[at] = child.visible;
        child.parent = this;
        for (int i = at; i < count; i++) {
            children[i].slot = i;
        }
    }

    /** Moves the children from {@code from} on to the end of another node. */
    void moveTail(int from, Inner target) {
        for (int i = from; i < count; i++) {
            Node child = children[i];
            child.parent = target;
            child.slot = target.count;
            target.visibles[target.count] = child.visible;
            target.children[target.count++] = child;
        }
        Arrays.fill(children, from, count, null);
        count = from;
    }

    /** Sums up the children again. */
    void recount() {
        visible = 0;
        astral = 0;
        minKey = Long.MAX_VALUE;
        for (int i = 0; i < count; i++) {
            Node child = children[i];
            visibles[i] = child.visible;
            visible += child.visible;
            astral += child.astral;
            minKey = Math.min(minKey, child.minKey);
        }
    }
}
