package dev.parley.crdt.internal.columns;

import java.util.Arrays;

/**
 * Writes non-negative numbers as runs: zigzag {@code n > 1} and a value for n equal values, zigzag
 * {@code -n} and n values for n values of which no two neighbours are equal. Runs of two and more
 * equal values are never literals, so each sequence has one encoding. Not thread-safe.
 */
public final class RleWriter {
    private final ByteWriter out;
    private long[] literals = new long[16];
    private int literalCount;
    private long value;
    private long repeats;

    public RleWriter(ByteWriter out) {
        this.out = out;
    }

    public void write(long next) {
        write(next, 1);
    }

    /** Writes the value {@code times} times, at least 0. */
    public void write(long next, long times) {
        if (next < 0 || times < 0) {
            throw new IllegalArgumentException("run: " + times + " times " + next);
        }
        if (times == 0) {
            return;
        }
        if (repeats > 0 && next == value) {
            repeats = Math.addExact(repeats, times);
            return;
        }
        endRun();
        value = next;
        repeats = times;
    }

    /** Writes what is pending; must be called once, after the last value. */
    public void finish() {
        endRun();
        endLiterals();
    }

    private void endRun() {
        if (repeats == 1) {
            if (literalCount == literals.length) {
                literals = Arrays.copyOf(literals, literalCount * 2);
            }
            literals[literalCount++] = value;
        } else if (repeats > 1) {
            endLiterals();
            out.writeZigzag(repeats);
            out.writeVarint(value);
        }
        repeats = 0;
    }

    private void endLiterals() {
        if (literalCount == 0) {
            return;
        }
        out.writeZigzag(-literalCount);
        for (int i = 0; i < literalCount; i++) {
            out.writeVarint(literals[i]);
        }
        literalCount = 0;
    }
}
