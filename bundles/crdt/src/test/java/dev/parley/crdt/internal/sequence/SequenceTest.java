package dev.parley.crdt.internal.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequenceTest {
    private static final VersionFilter ALL = agent -> Integer.MAX_VALUE;

    private final Sequence sequence = Sequence.ofText(TraceTest.ORDER);

    @Test
    void backspacingGivesOneBackwardRun() {
        sequence.insert(0, "hello", 0, 0);
        IdRuns targets = new IdRuns();
        sequence.delete(4, 1, 0, 5, targets);
        sequence.delete(3, 1, 0, 6, targets);
        sequence.delete(2, 1, 0, 7, targets);
        assertThat(Operation.runs(targets)).containsExactly(new Operation.Run(0, 4, 3, true));
        Sequence other = Sequence.ofText(TraceTest.ORDER);
        other.insert(0, "hello", 0, 0);
        other.integrateDelete(0, 5, 0, 4, 3, true, VisibleChanges.NONE);
        assertThat(other.text()).isEqualTo("he");
        assertThat(other.textAt(agent -> 7)).isEqualTo("hel");
        assertThat(other.deletions.size()).isOne();
        assertThat(sequence.deletions.size()).isOne();
        assertThat(sequence.textAt(agent -> 6)).isEqualTo("hell");
    }

    @Test
    void aDeletedRangeIsGivenInRunsOfIds() {
        sequence.insert(0, "hello", 0, 0);
        sequence.insert(2, "XY", 1, 0);
        IdRuns targets = new IdRuns();
        sequence.delete(1, 5, 2, 0, targets);
        assertThat(sequence.text()).isEqualTo("ho");
        assertThat(Operation.runs(targets))
                .containsExactly(
                        new Operation.Run(0, 1, 1, false),
                        new Operation.Run(1, 0, 2, false),
                        new Operation.Run(0, 2, 2, false));
        assertThat(targets.total()).isEqualTo(5);
    }

    @Test
    void anElementRemembersEveryOperationThatDeletedIt() {
        sequence.insert(0, "abcd", 0, 0);
        List<String> changes = new ArrayList<>();
        VisibleChanges listener = (p, r, i) -> changes.add(p + "-" + r + "+" + i);
        sequence.integrateDelete(1, 0, 0, 1, 2, false, listener);
        sequence.integrateDelete(2, 0, 0, 2, 2, false, listener);
        assertThat(changes).containsExactly("1-2+0", "1-1+0");
        assertThat(sequence.text()).isEqualTo("a");
        List<String> found = new ArrayList<>();
        sequence.deletionsOf(
                0, 2, 1, (agent, seq, of, first, count, back) -> found.add(agent + "." + seq));
        assertThat(found).containsExactlyInAnyOrder("1.1", "2.0");
        assertThat(sequence.textAt(agent -> agent == 1 ? 0 : 9)).isEqualTo("ab");
        assertThat(sequence.textAt(agent -> agent == 2 ? 0 : 9)).isEqualTo("ad");
        assertThat(sequence.textOf(0, 1, 3)).isEqualTo("bcd");
    }

    @Test
    void cursorsStayWithTheirElements() {
        sequence.insert(0, "abc", 0, 0);
        Cursor before = sequence.cursorAt(2, false);
        Cursor after = sequence.cursorAt(2, true);
        Cursor start = sequence.cursorAt(0, true);
        Cursor end = sequence.cursorAt(3, false);
        sequence.insert(2, "XY", 1, 0);
        assertThat(sequence.resolve(before)).isEqualTo(4);
        assertThat(sequence.resolve(after)).isEqualTo(2);
        sequence.insert(0, "_", 1, 2);
        sequence.insert(6, "_", 1, 3);
        assertThat(sequence.text()).isEqualTo("_abXYc_");
        assertThat(sequence.resolve(start)).isZero();
        assertThat(sequence.resolve(end)).isEqualTo(7);
        sequence.delete(2, 1, 1, 4, new IdRuns());
        assertThat(sequence.resolve(after)).isEqualTo(2);
        for (int i = 0; i < sequence.length(); i++) {
            Cursor id = sequence.idAt(i);
            assertThat(sequence.positionOf(id.agent(), id.seq())).isEqualTo(i);
        }
    }

    @Test
    void positionsCountCodePoints() {
        sequence.insert(0, "a\ud83d\ude00b", 0, 0);
        sequence.insert(2, "\ud83d\ude01", 0, 3);
        assertThat(sequence.length()).isEqualTo(4);
        assertThat(sequence.text(1, 3)).isEqualTo("\ud83d\ude00\ud83d\ude01");
        assertThat(sequence.toUtf16(3)).isEqualTo(5);
        sequence.delete(1, 1, 0, 4, new IdRuns());
        assertThat(sequence.text()).isEqualTo("a\ud83d\ude01b");
        assertThat(sequence.toUtf16(2)).isEqualTo(3);
        assertThat(CodePoints.isWellFormed("\ud83d")).isFalse();
        assertThat(CodePoints.isWellFormed("\ude00\ud83d")).isFalse();
        assertThatThrownBy(() -> sequence.insert(0, "\ude00", 0, 5))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(sequence.length()).isEqualTo(3);
    }

    @Test
    void unitsAndPositionsAgreeInALongText() {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder();
        for (int seq = 0; seq < 3_000; seq++) {
            int at = random.nextInt(sequence.length() + 1);
            String added = random.nextInt(3) == 0 ? "\ud83d\ude00" : "\u00e9";
            text.insert(text.offsetByCodePoints(0, at), added);
            sequence.insert(at, added, 0, 2 * seq);
            if (random.nextInt(3) == 0) {
                int gone = random.nextInt(sequence.length());
                text.delete(text.offsetByCodePoints(0, gone), text.offsetByCodePoints(0, gone + 1));
                sequence.delete(gone, 1, 0, 2 * seq + 1, new IdRuns());
            }
        }
        assertThat(sequence.text()).isEqualTo(text.toString());
        for (int i = 0; i <= sequence.length(); i++) {
            int units = text.offsetByCodePoints(0, i);
            assertThat(sequence.toUtf16(i)).isEqualTo(units);
        }
    }

    @Test
    void blameShowsWhoWroteWhatIsVisible() {
        sequence.insert(0, "hello", 0, 0);
        sequence.insert(2, "XY", 1, 0);
        sequence.delete(0, 1, 1, 2, new IdRuns());
        List<String> runs = new ArrayList<>();
        sequence.blame(
                (position, agent, seq, n, v) ->
                        runs.add(position + ":" + agent + "." + seq + "*" + n));
        assertThat(runs).containsExactly("0:0.1*1", "1:1.0*2", "3:0.2*3");
    }

    @Test
    void originsAreJudgedByTheCausalPast() {
        sequence.insert(0, "abc", 0, 0);
        assertThat(sequence.originsValid(0, 0, 0, 1, ALL)).isTrue();
        assertThat(sequence.originsValid(-1, 0, -1, 0, agent -> 0)).isTrue();
        assertThat(sequence.originsValid(0, 1, 0, 0, ALL)).isFalse();
        assertThat(sequence.originsValid(0, 1, 0, 1, ALL)).isFalse();
        assertThat(sequence.originsValid(0, 0, 0, 1, agent -> 1)).isFalse();
        assertThat(sequence.originsValid(0, 3, -1, 0, ALL)).isFalse();
        assertThat(sequence.originsValid(1, 0, -1, 0, ALL)).isFalse();
        assertThat(sequence.originsValid(-2, 0, -1, 0, ALL)).isFalse();
        assertThat(sequence.isBefore(0, 0, 0, 2)).isTrue();
        assertThat(sequence.originsOf(0, 1)).isEqualTo(new Origins(0, 0, -1, 0));
    }

    @Test
    void whatCannotBeIntegratedChangesNothing() {
        sequence.insert(0, "abc", 0, 0);
        assertThatThrownBy(
                        () -> sequence.integrateInsert(1, 0, 7, 0, -1, 0, "x", VisibleChanges.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> sequence.integrateInsert(1, 0, 0, 0, 7, 0, "x", VisibleChanges.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> sequence.integrateInsert(0, 2, 0, 2, -1, 0, "x", VisibleChanges.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> sequence.integrateDelete(1, 0, 0, 1, 3, false, VisibleChanges.NONE))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(sequence.text()).isEqualTo("abc");
        assertThat(sequence.elements()).isEqualTo(3);
        sequence.integrateInsert(1, 0, 0, 2, -1, 0, "d", VisibleChanges.NONE);
        assertThat(sequence.text()).isEqualTo("abcd");
    }

    @Test
    void aListOfCellsHasNoContent() {
        Sequence cells = Sequence.ofCells(TraceTest.ORDER);
        cells.insertCells(0, 3, 0, 0);
        Origins origins = cells.insertCells(1, 2, 1, 0);
        assertThat(origins).isEqualTo(new Origins(0, 0, 0, 1));
        cells.delete(0, 1, 1, 2, new IdRuns());
        List<String> runs = new ArrayList<>();
        cells.forEachRun((p, agent, seq, n, v) -> runs.add(agent + "." + seq + "*" + n + v));
        assertThat(runs).containsExactly("0.0*1false", "1.0*2true", "0.1*2true");
        assertThatThrownBy(cells::text).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cells.insert(0, "a", 0, 9))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
