package dev.parley.crdt.internal.columns;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;

/**
 * Reads what an {@link RleWriter} wrote, one value at a time, so a huge run costs nothing until its
 * values are asked for. Encodings that the writer would not have made are refused. Not thread-safe.
 */
public final class RleReader {
    private final ByteReader in;
    private long repeats;
    private long literals;
    private long value = -1;
    private boolean afterLiterals;

    /**
     * @param in exactly the bytes of this column
     */
    public RleReader(ByteReader in) {
        this.in = in;
    }

    public boolean hasNext() {
        return repeats > 0 || literals > 0 || in.remaining() > 0;
    }

    public long next() throws MalformedException {
        if (repeats > 0) {
            repeats--;
            return value;
        }
        if (literals == 0) {
            startRun();
            if (repeats > 0) {
                repeats--;
                return value;
            }
        }
        literals--;
        long literal = in.readVarint();
        if (literal == value) {
            throw equalNeighbours(literal);
        }
        value = literal;
        return literal;
    }

    /**
     * Reads the next value as often as it is repeated in one run.
     *
     * @return how often, at least once and at most as often as is said; {@link #value} gives the
     *     value
     */
    public int nextRun(int most) throws MalformedException {
        next();
        int more = (int) Math.min(repeats, most - 1L);
        repeats -= more;
        return 1 + more;
    }

    /** The value that was read last. */
    public long value() {
        return value;
    }

    /**
     * The next value, from 0 to {@code max}.
     *
     * @param what the name of the column in the message of a refusal
     */
    public int nextInt(int max, String what) throws MalformedException {
        long next = next();
        if (next > max) {
            throw tooLarge(next, max, what);
        }
        return (int) next;
    }

    /**
     * The next values, from 0 to {@code max}.
     *
     * @param into gets them from its start on
     * @param what the name of the column in the message of a refusal
     */
    public void readInts(int[] into, int count, int max, String what) throws MalformedException {
        int done = 0;
        while (done < count) {
            into[done++] = nextInt(max, what);
            int repeated = done + (int) Math.min(repeats, count - done);
            Arrays.fill(into, done, repeated, (int) value);
            repeats -= repeated - done;
            done = repeated;
            int literal = done + (int) Math.min(literals, count - done);
            in.readUnsigned(into, done, literal, what);
            literals -= literal - done;
            for (; done < literal; done++) {
                int next = into[done];
                if (next < 0 || next > max) {
                    throw tooLarge(next & 0xffff_ffffL, max, what);
                }
                if (next == into[done - 1]) {
                    throw equalNeighbours(next);
                }
            }
            value = into[done - 1];
        }
    }

    /** Refuses values that were not read. */
    public void finish() throws MalformedException {
        if (hasNext()) {
            throw new MalformedException(
                    Reason.TRAILING_BYTES, "column: values left over, none expected");
        }
    }

    private static MalformedException tooLarge(long next, int max, String what) {
        return new MalformedException(Reason.BAD_VALUE, what + ": " + next + ", at most " + max);
    }

    private static MalformedException equalNeighbours(long literal) {
        return new MalformedException(
                Reason.NOT_CANONICAL, "run: literal " + literal + " equal to its neighbour");
    }

    private void startRun() throws MalformedException {
        if (in.remaining() == 0) {
            throw new MalformedException(Reason.TRUNCATED, "column: no value left, one expected");
        }
        long count = in.readZigzag();
        if (count > 1) {
            long next = in.readVarint();
            if (next == value) {
                throw new MalformedException(
                        Reason.NOT_CANONICAL, "run: value " + next + " equal to its neighbour");
            }
            value = next;
            repeats = count;
            afterLiterals = false;
        } else if (count < 0 && !afterLiterals) {
            literals = -count;
            afterLiterals = true;
        } else {
            throw new MalformedException(
                    Reason.NOT_CANONICAL,
                    "run: count " + count + ", above 1, or below 0 after a repetition expected");
        }
    }
}
