package dev.parley.crdt.internal.sequence;

import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The code points that one agent ever inserted, one slot each, only ever appended to. Slots are
 * bytes until the first character above U+00FF and chars from then on; a code point above U+FFFF
 * leaves a lone surrogate in its slot and its value in a side table.
 */
final class ContentPool {
    private static final char ASTRAL = '\uD800';

    private byte[] narrow = new byte[16];
    private char[] wide = {};
    private boolean isWide;
    private int size;
    private int[] astralSlots = {};
    private int[] astralPoints = {};
    private int astralCount;

    int size() {
        return size;
    }

    /** Appends one character that is no surrogate. */
    void append(char c) {
        ensure(1);
        if (c >= 0x100) {
            widen();
        }
        if (isWide) {
            wide[size++] = c;
        } else {
            narrow[size++] = (byte) c;
        }
    }

    /** Appends the next characters of a column, below U+0080 and a byte each. */
    void append(ByteReader ascii, int count) throws MalformedException {
        ensure(count);
        if (isWide) {
            for (byte c : ascii.readBytes(count)) {
                wide[size++] = (char) c;
            }
        } else {
            ascii.readBytes(narrow, size, count);
            size += count;
        }
    }

    /** Appends text without surrogates. */
    void appendBasic(String text) {
        int count = text.length();
        ensure(count);
        int done = 0;
        for (; !isWide && done < count; done++) {
            char c = text.charAt(done);
            if (c < 0x100) {
                narrow[size++] = (byte) c;
            } else {
                widen();
                break;
            }
        }
        if (isWide) {
            text.getChars(done, count, wide, size);
            size += count - done;
        }
    }

    /** Appends well-formed text. */
    void append(CharSequence text, int from, int to) {
        ensure(to - from);
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < 0x100 && !isWide) {
                narrow[size++] = (byte) c;
            } else if (Character.isHighSurrogate(c)) {
                addAstral(Character.toCodePoint(c, text.charAt(++i)));
            } else {
                widen();
                wide[size++] = c;
            }
        }
    }

    /** How many of the slots hold a code point of two UTF-16 units. */
    int astralIn(int slot, int count) {
        return astralCount == 0 ? 0 : astralRank(slot + count) - astralRank(slot);
    }

    int codePointAt(int slot) {
        if (!isWide) {
            return narrow[slot] & 0xff;
        }
        char c = wide[slot];
        return c == ASTRAL ? astralPoints[astralRank(slot)] : c;
    }

    void appendTo(StringBuilder out, int slot, int count) {
        if (!isWide) {
            if (count == 1) {
                out.append((char) (narrow[slot] & 0xff));
            } else {
                out.append(new String(narrow, slot, count, StandardCharsets.ISO_8859_1));
            }
        } else if (astralIn(slot, count) == 0) {
            out.append(wide, slot, count);
        } else {
            for (int i = slot; i < slot + count; i++) {
                out.appendCodePoint(codePointAt(i));
            }
        }
    }

    private void addAstral(int codePoint) {
        widen();
        if (astralCount == astralSlots.length) {
            astralSlots = Arrays.copyOf(astralSlots, astralCount * 2 + 4);
            astralPoints = Arrays.copyOf(astralPoints, astralCount * 2 + 4);
        }
        astralSlots[astralCount] = size;
        astralPoints[astralCount++] = codePoint;
        wide[size++] = ASTRAL;
    }

    private int astralRank(int slot) {
        int found = Arrays.binarySearch(astralSlots, 0, astralCount, slot);
        return found < 0 ? -1 - found : found;
    }

    private void widen() {
        if (isWide) {
            return;
        }
        wide = new char[narrow.length];
        for (int i = 0; i < size; i++) {
            wide[i] = (char) (narrow[i] & 0xff);
        }
        narrow = new byte[0];
        isWide = true;
    }

    private void ensure(int more) {
        int capacity = isWide ? wide.length : narrow.length;
        if (capacity - size < more) {
            int larger = Math.max(Math.addExact(size, more), capacity + (capacity >> 2) + 16);
            if (isWide) {
                wide = Arrays.copyOf(wide, larger);
            } else {
                narrow = Arrays.copyOf(narrow, larger);
            }
        }
    }
}
