package dev.parley.crdt.internal;

import dev.parley.crdt.api.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A few operations, of which those leave that somebody knew. Not thread-safe. */
final class Dots {
    private long[] dots = new long[1];
    private int size;

    void add(long dot) {
        if (size == dots.length) {
            dots = Arrays.copyOf(dots, size * 2);
        }
        dots[size++] = dot;
    }

    void removeKnown(At at) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (!at.knows(dots[i])) {
                dots[kept++] = dots[i];
            }
        }
        size = kept;
    }

    /** Whether one of them is in the past. */
    boolean anyKnown(At at) {
        for (int i = 0; i < size; i++) {
            if (at.knows(dots[i])) {
                return true;
            }
        }
        return false;
    }

    void write(StateWriter out) {
        List<Long> all = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            all.add(dots[i]);
        }
        out.dots(all);
    }

    void read(StateReader in) throws MalformedException {
        for (long dot : in.dots()) {
            add(dot);
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    long get(int index) {
        return dots[index];
    }
}
