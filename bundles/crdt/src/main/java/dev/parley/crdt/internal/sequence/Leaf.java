package dev.parley.crdt.internal.sequence;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A node whose children are spans, each {@link #STRIDE} numbers of one flat array. */
final class Leaf extends Node {
    /** The most spans of a leaf. */
    static final int CAPACITY = 32;

    static final int STRIDE = 8;

    /** The fields of a span; the length is negative if its elements are deleted. */
    static final int SEQ = 1;

    static final int LENGTH = 2;
    static final int RIGHT_DEPTH = 3;
    static final int LEFT_DEPTH = 4;
    static final int SLOT = 5;
    static final int RIGHT_AGENT = 6;
    static final int RIGHT_SEQ = 7;

    int[] data;
    int count;
    @Nullable Leaf next;

    Leaf(int capacity) {
        data = new int[capacity * STRIDE];
    }

    int agent(int span) {
        return data[span * STRIDE];
    }

    int seq(int span) {
        return data[span * STRIDE + SEQ];
    }

    int length(int span) {
        return Math.abs(data[span * STRIDE + LENGTH]);
    }

    boolean isVisible(int span) {
        return data[span * STRIDE + LENGTH] > 0;
    }

    int rightDepth(int span) {
        return data[span * STRIDE + RIGHT_DEPTH];
    }

    int contentSlot(int span) {
        return data[span * STRIDE + SLOT];
    }

    int rightAgent(int span) {
        return data[span * STRIDE + RIGHT_AGENT];
    }

    int rightSeq(int span) {
        return data[span * STRIDE + RIGHT_SEQ];
    }

    boolean hasRight(int span, int agent, int seq) {
        int at = span * STRIDE;
        return data[at + RIGHT_AGENT] == agent && data[at + RIGHT_SEQ] == seq;
    }

    /** The depth key of the first element of a span. */
    long key(int span) {
        int at = span * STRIDE;
        return (long) data[at + RIGHT_DEPTH] << 32 | data[at + LEFT_DEPTH];
    }

    /** Makes room for a span; the caller fills it and sees to it that there are fewer than all. */
    void open(int at) {
        int end = count * STRIDE;
        if (end == data.length) {
            data = Arrays.copyOf(data, Math.min(CAPACITY * STRIDE, end + end / 2 + 2 * STRIDE));
        }
        System.arraycopy(data, at * STRIDE, data, (at + 1) * STRIDE, end - at * STRIDE);
        count++;
    }

    void close(int at) {
        count--;
        System.arraycopy(data, (at + 1) * STRIDE, data, at * STRIDE, (count - at) * STRIDE);
    }

    void set(
            int span,
            int agent,
            int seq,
            int length,
            long key,
            int contentSlot,
            int rightAgent,
            int rightSeq) {
        int at = span * STRIDE;
        data[at] = agent;
        data[at + SEQ] = seq;
        data[at + LENGTH] = length;
        data[at + RIGHT_DEPTH] = (int) (key >>> 32);
        data[at + LEFT_DEPTH] = (int) key;
        data[at + SLOT] = contentSlot;
        data[at + RIGHT_AGENT] = rightAgent;
        data[at + RIGHT_SEQ] = rightSeq;
    }

    /** Whether a span goes on exactly where the one before it ends, and is visible like it. */
    boolean continues(int span) {
        return (data[span * STRIDE + LENGTH] ^ data[span * STRIDE - STRIDE + LENGTH]) >= 0
                && follows(span);
    }

    /** Whether a span goes on exactly where the one before it ends, visible or not. */
    boolean follows(int span) {
        int b = span * STRIDE;
        int a = b - STRIDE;
        int length = Math.abs(data[a + LENGTH]);
        return data[a] == data[b]
                && data[a + SEQ] + length == data[b + SEQ]
                && data[b + LEFT_DEPTH] == 0
                && data[a + RIGHT_DEPTH] + length == data[b + RIGHT_DEPTH]
                && data[a + RIGHT_AGENT] == data[b + RIGHT_AGENT]
                && data[a + RIGHT_SEQ] == data[b + RIGHT_SEQ]
                && (data[a + SLOT] < 0
                        ? data[b + SLOT] < 0
                        : data[a + SLOT] + length == data[b + SLOT]);
    }
}
