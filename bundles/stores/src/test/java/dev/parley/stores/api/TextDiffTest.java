package dev.parley.stores.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.TextEdit;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class TextDiffTest {
    /** As many code points as the edits delete and insert. */
    private static int cost(List<TextEdit> edits) {
        return edits.stream()
                .mapToInt(
                        it ->
                                it.removed()
                                        + it.inserted().codePointCount(0, it.inserted().length()))
                .sum();
    }

    /** The least possible, by the table of all prefixes. */
    private static int least(String before, String after) {
        int[] a = before.codePoints().toArray();
        int[] b = after.codePoints().toArray();
        int[][] cost = new int[a.length + 1][b.length + 1];
        for (int i = 0; i <= a.length; i++) {
            for (int j = 0; j <= b.length; j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                } else if (a[i - 1] == b[j - 1]) {
                    cost[i][j] = cost[i - 1][j - 1];
                } else {
                    cost[i][j] = 1 + Math.min(cost[i - 1][j], cost[i][j - 1]);
                }
            }
        }
        return cost[a.length][b.length];
    }

    @Property(tries = 3000)
    void theEditsMakeTheOtherTextAndThereAreNoFewer(
            @ForAll @StringLength(max = 40) @CharRange(from = 'a', to = 'd') String before,
            @ForAll @StringLength(max = 40) @CharRange(from = 'a', to = 'd') String after) {
        List<TextEdit> edits = TextDiff.between(before, after);
        assertThat(TextDiff.apply(before, edits)).isEqualTo(after);
        assertThat(cost(edits)).isEqualTo(least(before, after));
    }

    @Property
    void anyTextBecomesAnyOther(@ForAll String before, @ForAll String after) {
        assertThat(TextDiff.apply(before, TextDiff.between(before, after))).isEqualTo(after);
    }

    @Test
    void aSmallChangeIsASmallEditAndPositionsCountCodePoints() {
        assertThat(TextDiff.between("same", "same")).isEmpty();
        assertThat(TextDiff.between("", "new")).containsExactly(new TextEdit(0, 0, "new"));
        assertThat(TextDiff.between("gone", "")).containsExactly(new TextEdit(0, 4, ""));
        assertThat(TextDiff.between("the quick fox", "the slow fox"))
                .allMatch(it -> it.position() >= 4 && it.position() <= 9);
        assertThat(TextDiff.between("😀😀 one", "😀😀 two 😀 one"))
                .isEqualTo(List.of(new TextEdit(3, 0, "two 😀 ")));
    }

    @Test
    void longTextsAreComparedInTimeAndSpaceThatGrowWithTheChange() {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 200_000; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        String before = text.toString();
        for (int i = 0; i < 200; i++) {
            text.replace(i * 990, i * 990 + 3, "XY");
        }
        List<TextEdit> edits = TextDiff.between(before, text.toString());
        assertThat(TextDiff.apply(before, edits)).isEqualTo(text.toString());
        assertThat(cost(edits)).isLessThanOrEqualTo(200 * 5);
    }

    @Test
    void textsWithNothingInCommonDoNotTakeForEver() {
        String before = "a".repeat(100_000);
        String after = "b".repeat(100_000);
        assertThat(TextDiff.apply(before, TextDiff.between(before, after))).isEqualTo(after);
    }
}
