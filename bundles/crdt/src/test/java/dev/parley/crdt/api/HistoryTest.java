package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Undo, time travel, blame, cursors, differences. */
class HistoryTest {
    private static final Path TEXT = Path.ROOT.at("body", ObjectType.TEXT);
    private static final Path TITLE = Path.ROOT.at("title", ObjectType.REGISTER);
    private static final Path LIST = Path.ROOT.at("items", ObjectType.LIST);
    private static final Path TAGS = Path.ROOT.at("tags", ObjectType.SET_ADD_WINS);
    private static final Path VISITS = Path.ROOT.at("visits", ObjectType.COUNTER);

    private final Replicas replicas = Replicas.open(2);
    private final Replicas.Peer a = replicas.get(0);
    private final Replicas.Peer b = replicas.get(1);

    private static String text(Replicas.Peer peer) {
        return peer.replica.state().text(TEXT);
    }

    @Test
    void anUndoLeavesWhatOthersWrote() throws Exception {
        UndoHistory undo = a.replica.undoHistory(a.author);
        undo.transact(a.clock++, Replicas::signature, it -> it.text(TEXT).insert(0, "Hello world"));
        Replicas.pull(b, a);
        b.write(it -> it.text(TEXT).insert(5, ", dear"));
        Replicas.pull(a, b);
        undo.transact(a.clock++, Replicas::signature, it -> it.text(TEXT).delete(0, 11));
        assertThat(text(a)).isEqualTo(" world");
        undo.undo(a.clock++, Replicas::signature);
        assertThat(text(a)).isEqualTo("Hello, dear world");
        undo.undo(a.clock++, Replicas::signature);
        assertThat(text(a)).isEqualTo(", dear");
        undo.redo(a.clock++, Replicas::signature);
        Replicas.pull(b, a);
        assertThat(text(b)).isEqualTo(text(a));
    }

    @Test
    void aRegisterIsTakenBackOnlyIfItIsAsItWasLeft() throws Exception {
        UndoHistory undo = a.replica.undoHistory(a.author);
        undo.transact(a.clock++, Replicas::signature, it -> it.set(TITLE, Scalar.of("mine")));
        Replicas.pull(b, a);
        b.clock += 100;
        b.write(it -> it.set(TITLE, Scalar.of("theirs")));
        Replicas.pull(a, b);
        assertThatThrownBy(() -> undo.undo(a.clock++, Replicas::signature))
                .isInstanceOf(RefusedException.class);
        assertThat(a.replica.state().register(TITLE)).contains(Scalar.of("theirs"));
        undo.transact(a.clock++, Replicas::signature, it -> it.set(TITLE, Scalar.of("again")));
        undo.undo(a.clock++, Replicas::signature);
        assertThat(a.replica.state().register(TITLE)).contains(Scalar.of("theirs"));
        undo.redo(a.clock++, Replicas::signature);
        assertThat(a.replica.state().register(TITLE)).contains(Scalar.of("again"));
        assertThatThrownBy(() -> undo.redo(a.clock++, Replicas::signature))
                .hasMessageContaining("nothing to redo");
    }

    @Property(tries = 200)
    void undoingAllAloneGivesTheStateBeforeAndRedoingAllTheStateAfter(@ForAll long seed)
            throws Exception {
        Random random = new Random(seed);
        Replicas.Peer alone = Replicas.open(1).get(0);
        UndoHistory undo = alone.replica.undoHistory(alone.author);
        alone.write(it -> it.set(TITLE, Scalar.of("before")));
        alone.write(it -> it.text(TEXT).insert(0, "before"));
        String before = shown(alone);
        for (int i = 0; i < 12; i++) {
            try {
                undo.transact(alone.clock++, Replicas::signature, it -> edit(random, it));
            } catch (RefusedException e) {
                assertThat(e).hasMessageContaining("did nothing");
            }
        }
        String after = shown(alone);
        for (int round = 0; round < 2; round++) {
            while (undo.undoable() > 0) {
                tolerant(() -> undo.undo(alone.clock++, Replicas::signature));
            }
            assertThat(shown(alone)).isEqualTo(before);
            while (undo.redoable() > 0) {
                tolerant(() -> undo.redo(alone.clock++, Replicas::signature));
            }
            assertThat(shown(alone)).isEqualTo(after);
        }
    }

    private interface Step {
        void run() throws RefusedException;
    }

    /** A transaction that changed nothing visible leaves nothing to take back. */
    private static void tolerant(Step step) {
        try {
            step.run();
        } catch (RefusedException e) {
            assertThat(e).hasMessageContaining("did nothing");
        }
    }

    private static String shown(Replicas.Peer peer) {
        State state = peer.replica.state();
        return state.counter(VISITS)
                + List.of(TEXT, TITLE, LIST, TAGS).stream().map(state::shown).toList().toString();
    }

    private static void edit(Random random, Transaction it) throws RefusedException {
        for (int i = random.nextInt(3); i >= 0; i--) {
            TextEditor text = it.text(TEXT);
            ListEditor list = it.list(LIST);
            Scalar value = Scalar.of(random.nextInt(4));
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(7)) {
                case 0, 1 -> text.insert(at, "xyz".substring(random.nextInt(3)));
                case 2 -> text.delete(at, Math.min(2, text.length() - at));
                case 3 -> it.set(TITLE, value);
                case 4 -> list.insert(random.nextInt(list.size() + 1), value);
                case 5 -> {
                    if (random.nextBoolean()) {
                        it.add(TAGS, value);
                    } else {
                        it.remove(TAGS, value);
                    }
                }
                default -> it.increment(VISITS, 3);
            }
        }
    }

    @Test
    void timeTravelBlameAndCursors() throws Exception {
        a.write(it -> it.text(TEXT).insert(0, "one three"));
        List<Id> first = a.replica.heads("");
        Replicas.pull(b, a);
        b.write(it -> it.text(TEXT).insert(4, "two "));
        Replicas.pull(a, b);
        TextCursor cursor = a.replica.state().cursor(TEXT, 8, false);
        a.write(it -> it.text(TEXT).delete(0, 4));
        assertThat(text(a)).isEqualTo("two three");
        assertThat(a.replica.state().position(TEXT, cursor)).isEqualTo(4);
        assertThat(a.replica.at(first).text(TEXT)).isEqualTo("one three");
        assertThat(a.replica.state().blame(TEXT))
                .extracting(Blame::author)
                .containsExactly(b.author, a.author);
        assertThat(a.replica.diff(first, a.replica.heads("")))
                .containsExactly(
                        new Difference(
                                TEXT,
                                "one three",
                                "two three",
                                List.of(new TextEdit(0, 4, "two "))));
    }

    @Test
    void aMergeSaysWhatBothChanged() throws Exception {
        a.write(
                it -> {
                    it.set(TITLE, Scalar.of("t"));
                    it.text(TEXT).insert(0, "body");
                    it.increment(VISITS, 1);
                });
        a.replica.transact(
                a.author,
                "draft",
                "",
                a.clock++,
                Replicas::signature,
                it -> {
                    it.set(TITLE, Scalar.of("draft"));
                    it.text(TEXT).insert(4, "!");
                });
        a.write(
                it -> {
                    it.text(TEXT).insert(0, "The ");
                    it.increment(VISITS, 1);
                });
        assertThat(a.replica.changedOnBoth("draft", "")).containsExactly(TEXT);
        a.replica.merge(a.author, "draft", "", "", a.clock++, Replicas::signature);
        assertThat(text(a)).isEqualTo("The body!");
        assertThat(a.replica.state().register(TITLE)).contains(Scalar.of("draft"));
    }
}
