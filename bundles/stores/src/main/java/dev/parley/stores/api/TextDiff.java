package dev.parley.stores.api;

import dev.parley.crdt.api.TextEdit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The fewest insertions and deletions that make one text of another, so that an edited text can be
 * merged as what was changed in it. Myers, "An O(ND) Difference Algorithm and Its Variations"
 * (1986), with the middle snake of section 4b, so that memory grows with the texts and not with
 * their product. Works on code points. Texts that differ in more than {@link #MAX_COST} places are
 * not looked at to the end: then what lies between their common ends is replaced in coarser pieces,
 * which is right all the same, and longer.
 */
public final class TextDiff {
    private static final int MAX_COST = 20_000;

    private final int[] from;
    private final int[] to;

    /** What stays of each text. */
    private final boolean[] kept;

    private final boolean[] taken;
    private final int[] forward;
    private final int[] backward;
    private final int middle;

    private TextDiff(int[] from, int[] to) {
        this.from = from;
        this.to = to;
        this.kept = new boolean[from.length];
        this.taken = new boolean[to.length];
        this.middle = from.length + to.length + 1;
        this.forward = new int[2 * middle + 1];
        this.backward = new int[2 * middle + 1];
    }

    /** What makes {@code after} of {@code before}; nothing if they are equal. */
    public static List<TextEdit> between(String before, String after) {
        TextDiff diff = new TextDiff(before.codePoints().toArray(), after.codePoints().toArray());
        diff.compare(0, diff.from.length, 0, diff.to.length);
        slide(diff.from, diff.kept);
        slide(diff.to, diff.taken);
        return diff.edits();
    }

    /** What the edits make of {@code text}. */
    public static String apply(String text, List<TextEdit> edits) {
        StringBuilder out = new StringBuilder(text);
        for (TextEdit edit : edits) {
            int start = out.offsetByCodePoints(0, edit.position());
            int end = out.offsetByCodePoints(start, edit.removed());
            out.replace(start, end, edit.inserted());
        }
        return out.toString();
    }

    private void compare(int fromStart, int fromEnd, int toStart, int toEnd) {
        int a = fromStart;
        int aEnd = fromEnd;
        int b = toStart;
        int bEnd = toEnd;
        while (a < aEnd && b < bEnd && from[a] == to[b]) {
            keep(a++, b++);
        }
        while (a < aEnd && b < bEnd && from[aEnd - 1] == to[bEnd - 1]) {
            keep(--aEnd, --bEnd);
        }
        if (a == aEnd || b == bEnd) {
            return;
        }
        int[] snake = middleSnake(a, aEnd, b, bEnd);
        if (snake.length == 0) {
            return;
        }
        compare(a, snake[0], b, snake[1]);
        for (int i = 0; i < snake[2]; i++) {
            keep(snake[0] + i, snake[1] + i);
        }
        compare(snake[0] + snake[2], aEnd, snake[1] + snake[2], bEnd);
    }

    private void keep(int a, int b) {
        kept[a] = true;
        taken[b] = true;
    }

    /**
     * Searches from both ends until the paths meet.
     *
     * @return where in {@code from}, where in {@code to}, how long; nothing if it costs too much
     */
    private int[] middleSnake(int a, int aEnd, int b, int bEnd) {
        int n = aEnd - a;
        int m = bEnd - b;
        int delta = n - m;
        boolean odd = (delta & 1) != 0;
        int limit = Math.min((n + m + 1) / 2, MAX_COST);
        for (int d = 0; d <= limit; d++) {
            for (int k = -d; k <= d; k += 2) {
                int x = reach(forward, k, d, n, m);
                int start = x;
                while (x >= 0 && x < n && x - k < m && from[a + x] == to[b + x - k]) {
                    x++;
                }
                forward[middle + k] = x;
                int other = delta - k;
                if (odd
                        && x >= 0
                        && other >= -(d - 1)
                        && other <= d - 1
                        && backward[middle + other] >= 0
                        && x + backward[middle + other] >= n) {
                    return new int[] {a + start, b + start - k, x - start};
                }
            }
            for (int k = -d; k <= d; k += 2) {
                int x = reach(backward, k, d, n, m);
                int start = x;
                while (x >= 0
                        && x < n
                        && x - k < m
                        && from[aEnd - 1 - x] == to[bEnd - 1 - (x - k)]) {
                    x++;
                }
                backward[middle + k] = x;
                int other = delta - k;
                if (!odd
                        && x >= 0
                        && other >= -d
                        && other <= d
                        && forward[middle + other] >= 0
                        && x + forward[middle + other] >= n) {
                    return new int[] {aEnd - x, bEnd - (x - k), x - start};
                }
            }
        }
        return new int[0];
    }

    /**
     * The furthest that d differences come on diagonal k, before what is equal there.
     *
     * @return below 0 if that leads out of the texts
     */
    private int reach(int[] furthest, int k, int d, int n, int m) {
        if (d == 0) {
            return 0;
        }
        int down = k < d ? furthest[middle + k + 1] : -1;
        int right = k > -d ? furthest[middle + k - 1] : -1;
        return Math.max(
                down >= 0 && down - k <= m ? down : -1,
                right >= 0 && right + 1 <= n ? right + 1 : -1);
    }

    /**
     * Of "two t(wo t)hree" as much is gone as of "(two )three": takes the one that begins a line,
     * or else a word, because then people who make the same change mean the same letters.
     */
    private static void slide(int[] text, boolean[] stays) {
        for (int start = 0; start < text.length; start++) {
            if (stays[start]) {
                continue;
            }
            int end = start;
            while (end < text.length && !stays[end]) {
                end++;
            }
            int best = 0;
            int bestScore = score(text, start);
            for (int by = 1; start - by >= 0 && stays[start - by]; by++) {
                if (text[start - by] != text[end - by]) {
                    break;
                }
                if (score(text, start - by) > bestScore) {
                    best = by;
                    bestScore = score(text, start - by);
                }
            }
            for (int by = 1; by <= best; by++) {
                stays[start - by] = false;
                stays[end - by] = true;
            }
            start = end;
        }
    }

    private static int score(int[] text, int start) {
        if (start == 0 || text[start - 1] == '\n') {
            return 2;
        }
        boolean word = Character.isLetterOrDigit(text[start]);
        return word && !Character.isLetterOrDigit(text[start - 1]) ? 1 : 0;
    }

    private List<TextEdit> edits() {
        List<TextEdit> edits = new ArrayList<>();
        int a = 0;
        int b = 0;
        while (a < from.length || b < to.length) {
            if (a < from.length && kept[a] && b < to.length && taken[b]) {
                a++;
                b++;
                continue;
            }
            int deleted = a;
            while (a < from.length && !kept[a]) {
                a++;
            }
            int inserted = b;
            while (b < to.length && !taken[b]) {
                b++;
            }
            edits.add(new TextEdit(inserted, a - deleted, new String(to, inserted, b - inserted)));
        }
        return Collections.unmodifiableList(edits);
    }
}
