package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.RefusedException.Code;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What undo and redo take back, of each type, and what they leave. */
class UndoTest {
    private static final Path DIR = Path.ROOT.map("dir");
    private static final Path TEXT = DIR.at("body", ObjectType.TEXT);
    private static final Path TITLE = DIR.at("title", ObjectType.REGISTER);
    private static final Path VALUES = DIR.at("title", ObjectType.MULTI_REGISTER);
    private static final Path LIST = DIR.at("items", ObjectType.LIST);
    private static final Path TAGS = DIR.at("tags", ObjectType.SET_ADD_WINS);
    private static final Path BANS = DIR.at("bans", ObjectType.SET_REMOVE_WINS);
    private static final Path OPEN = DIR.at("open", ObjectType.FLAG_ENABLE_WINS);
    private static final Path SAFE = DIR.at("safe", ObjectType.FLAG_DISABLE_WINS);
    private static final Path VISITS = DIR.at("visits", ObjectType.COUNTER);
    private static final Path STOCK = DIR.at("stock", ObjectType.ESCROW);
    private static final Path TREE = DIR.at("tree", ObjectType.TREE);
    private static final Path TASKS = Path.ROOT.at("todo", ObjectType.TASKS);
    private static final Path EMPTY = DIR.map("empty");

    private final Replicas replicas = Replicas.open(2);
    private final Replicas.Peer a = replicas.get(0);
    private final Replicas.Peer b = replicas.get(1);
    private UndoHistory undo;

    @BeforeEach
    void begin() {
        undo = a.replica.undoHistory(a.author);
    }

    private Undone undo() throws RefusedException {
        return undo.undo(a.clock++, Replicas::signature);
    }

    private Undone redo() throws RefusedException {
        return undo.redo(a.clock++, Replicas::signature);
    }

    private static State state(Replicas.Peer peer) {
        return peer.replica.state();
    }

    /** B writes with all that A has, and A gets it. */
    private void theirs(Replica.Edit edit) throws RefusedException {
        Replicas.pull(b, a);
        b.clock = a.clock + 100;
        b.write(edit);
        Replicas.pull(a, b);
        a.clock = b.clock;
    }

    private void refused(Code code, String text, Step step) {
        int before = a.replica.size();
        Id hash = state(a).hash();
        assertThatThrownBy(step::run)
                .isInstanceOfSatisfying(
                        RefusedException.class, it -> assertThat(it.code()).isEqualTo(code))
                .hasMessageContaining(text);
        assertThat(a.replica.size()).isEqualTo(before);
        assertThat(state(a).hash()).isEqualTo(hash);
    }

    private interface Step {
        void run() throws RefusedException;
    }

    /** Each of these is taken back and done again, alone. */
    private void thereAndBack(Replica.Edit edit) throws RefusedException {
        String before = state(a).shown(Path.ROOT) + shown(a);
        a.write(edit);
        String after = state(a).shown(Path.ROOT) + shown(a);
        for (int i = 0; i < 3; i++) {
            undo();
            assertThat(state(a).shown(Path.ROOT) + shown(a)).isEqualTo(before);
            redo();
            assertThat(state(a).shown(Path.ROOT) + shown(a)).isEqualTo(after);
        }
        Replicas.pull(b, a);
        assertThat(state(b).hash()).isEqualTo(state(a).hash());
    }

    static String shown(Replicas.Peer peer) {
        State state = peer.replica.state();
        return List.of(
                        DIR, TEXT, TITLE, VALUES, LIST, TAGS, BANS, OPEN, SAFE, VISITS, STOCK, TREE,
                        EMPTY)
                .stream()
                .map(it -> it + "=" + state.has(it) + ":" + state.shown(it))
                .toList()
                .toString();
    }

    private void fill() throws RefusedException {
        a.write(
                it -> {
                    it.set(TITLE, Scalar.of("title"));
                    it.set(VALUES, Scalar.of("value"));
                    it.increment(VISITS, 7);
                    it.flag(OPEN, true);
                    it.flag(SAFE, true);
                    it.add(TAGS, Scalar.of("one"));
                    it.add(TAGS, Scalar.of("two"));
                    it.add(BANS, Scalar.of("three"));
                    it.text(TEXT).insert(0, "one two three");
                    it.put(EMPTY);
                    for (int i = 0; i < 4; i++) {
                        it.list(LIST).insert(i, Scalar.of(i));
                    }
                    ElementId root = it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("root"));
                    ElementId left = it.tree(TREE).grow(root, 0, Scalar.of("left"));
                    it.tree(TREE).grow(left, 0, Scalar.of("leaf"));
                    it.tree(TREE).grow(root, 1, Scalar.of("right"));
                });
    }

    private ElementId node(String label) {
        return node(ElementId.ROOT, label).orElseThrow();
    }

    private Optional<ElementId> node(ElementId under, String label) {
        for (TreeNode child : state(a).children(TREE, under)) {
            if (child.label().equals(Scalar.of(label))) {
                return Optional.of(child.id());
            }
            Optional<ElementId> below = node(child.id(), label);
            if (below.isPresent()) {
                return below;
            }
        }
        return Optional.empty();
    }

    @Test
    void eachTypeIsTakenBackAndDoneAgain() throws Exception {
        thereAndBack(it -> it.set(TITLE, Scalar.of("first")));
        undo();
        fill();
        thereAndBack(it -> it.set(TITLE, Scalar.of("other")));
        thereAndBack(it -> it.set(VALUES, Scalar.of("other")));
        thereAndBack(it -> it.increment(VISITS, -3));
        thereAndBack(it -> it.flag(OPEN, false));
        thereAndBack(it -> it.flag(SAFE, false));
        thereAndBack(it -> it.add(TAGS, Scalar.of("three")));
        thereAndBack(it -> it.remove(TAGS, Scalar.of("one")));
        thereAndBack(it -> it.remove(BANS, Scalar.of("three")));
        thereAndBack(it -> it.text(TEXT).insert(4, "\ud83d\ude00 and "));
        thereAndBack(it -> it.text(TEXT).delete(2, 9));
        thereAndBack(it -> it.list(LIST).insert(2, Scalar.of(9)));
        thereAndBack(it -> it.list(LIST).move(0, 3));
        thereAndBack(it -> it.list(LIST).replace(1, Scalar.of(8)));
        thereAndBack(it -> it.list(LIST).drop(2));
        thereAndBack(it -> it.tree(TREE).grow(node("left"), 0, Scalar.of("new")));
        thereAndBack(it -> it.tree(TREE).move(node("right"), node("left"), 0));
        thereAndBack(it -> it.tree(TREE).label(node("right"), Scalar.of("Right")));
        thereAndBack(it -> it.tree(TREE).fell(node("left")));
        thereAndBack(it -> it.put(DIR.map("new")));
        thereAndBack(
                it -> {
                    it.set(TITLE, Scalar.of("x"));
                    it.set(TITLE, Scalar.of("y"));
                    it.text(TEXT).insert(0, "abc");
                    it.text(TEXT).delete(1, 4);
                    it.list(LIST).insert(0, Scalar.of(5));
                    it.list(LIST).replace(0, Scalar.of(6));
                    it.list(LIST).drop(1);
                });
    }

    @Test
    void whatWasClearedComesBack() throws Exception {
        fill();
        for (Path path :
                List.of(
                        TITLE, VALUES, VISITS, OPEN, SAFE, TAGS, BANS, TEXT, LIST, TREE, EMPTY, DIR,
                        Path.ROOT)) {
            thereAndBack(it -> it.clear(path));
            undo();
            Replicas.pull(b, a);
            assertThat(state(b).hash()).isEqualTo(state(a).hash());
        }
        assertThat(state(a).text(TEXT)).isEqualTo("one two three");
        thereAndBack(
                it -> {
                    it.increment(VISITS, 5);
                    it.clear(DIR);
                    it.increment(VISITS, 3);
                    it.text(TEXT).insert(0, "new");
                });
    }

    @Test
    void rolesAndShredsStandInTheWayOfNoUndo() throws Exception {
        SealKey key = SealKey.of(replicas.info.id(), a.author, new byte[SealKey.BYTES]);
        a.write(it -> it.set(TITLE, Scalar.of("first")));
        a.write(it -> it.role(b.author, Role.READER));
        a.write(it -> it.clear(Path.ROOT));
        undo();
        assertThat(state(a).register(TITLE)).contains(Scalar.of("first"));
        a.write(it -> it.shred(key.id()));
        a.write(it -> it.clear(Path.ROOT));
        undo();
        assertThat(state(a).register(TITLE)).contains(Scalar.of("first"));
        assertThat(a.replica.role(b.author)).isEqualTo(Role.READER);
        assertThat(a.replica.isShredded(key.id())).isTrue();
    }

    @Test
    void allThatWasDoneIsTakenBackOneAfterTheOther() throws Exception {
        a.write(it -> it.text(TEXT).insert(0, "abc"));
        a.write(it -> it.text(TEXT).delete(1, 1));
        a.write(it -> it.list(LIST).insert(0, Scalar.of(1)));
        a.write(it -> it.list(LIST).move(0, 0));
        a.write(it -> it.list(LIST).drop(0));
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5; i++) {
                undo();
            }
            assertThat(state(a).keys(Path.ROOT)).isEmpty();
            refused(Code.NOT_FOUND, "nothing to undo", this::undo);
            for (int i = 0; i < 3; i++) {
                redo();
            }
            assertThat(state(a).text(TEXT)).isEqualTo("ac");
            assertThat(state(a).list(LIST)).hasSize(1);
            redo();
            redo();
            assertThat(state(a).list(LIST)).isEmpty();
        }
        refused(Code.NOT_FOUND, "nothing to redo", this::redo);
        undo();
        a.write(it -> it.increment(VISITS, 1));
        refused(Code.NOT_FOUND, "nothing to redo", this::redo);
    }

    @Test
    void whatOthersWroteSinceStays() throws Exception {
        a.write(it -> it.text(TEXT).insert(0, "Hello world"));
        theirs(it -> it.text(TEXT).insert(5, ", dear"));
        a.write(it -> it.text(TEXT).delete(0, 11));
        assertThat(state(a).text(TEXT)).isEqualTo(" world");
        undo();
        assertThat(state(a).text(TEXT)).isEqualTo("Hello, dear world");
        undo();
        assertThat(state(a).text(TEXT)).isEqualTo(", dear");
        redo();
        assertThat(state(a).text(TEXT)).isEqualTo("Hello, dear world");
    }

    @Test
    void aValueThatSomebodySetSinceStaysAndTheUndoSaysSo() throws Exception {
        SignedChange mine = a.write(it -> it.set(TITLE, Scalar.of("mine")));
        theirs(it -> it.set(TITLE, Scalar.of("theirs")));
        Undone undone = undo();
        assertThat(undone.of()).isEqualTo(mine.id());
        assertThat(undone.left()).containsExactly(TITLE);
        assertThat(undone.differences()).isEmpty();
        assertThat(state(a).register(TITLE)).contains(Scalar.of("theirs"));
        a.write(it -> it.set(TITLE, Scalar.of("again")));
        Undone back = undo();
        assertThat(back.left()).isEmpty();
        assertThat(a.replica.touched(back.change().id())).containsExactly(TITLE);
        assertThat(back.differences())
                .containsExactly(new Difference(TITLE, "again", "theirs", List.of()));
        assertThat(undo.undoable()).isEmpty();
        assertThat(undo.redoable()).hasSize(1);
    }

    @Test
    void whatOthersDidToTheSameElementStays() throws Exception {
        fill();
        a.write(
                it -> {
                    it.add(TAGS, Scalar.of("x"));
                    it.remove(TAGS, Scalar.of("one"));
                    it.flag(OPEN, false);
                    it.list(LIST).insert(0, Scalar.of(50));
                    it.list(LIST).drop(1);
                    it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("mine"));
                    it.tree(TREE).label(node("right"), Scalar.of("Right"));
                });
        theirs(
                it -> {
                    it.add(TAGS, Scalar.of("x"));
                    it.flag(OPEN, true);
                    it.flag(OPEN, false);
                    it.list(LIST).replace(0, Scalar.of(51));
                    it.tree(TREE).grow(node("mine"), 0, Scalar.of("theirs"));
                    it.tree(TREE).label(node("Right"), Scalar.of("RIGHT"));
                });
        Undone undone = undo();
        assertThat(undone.left()).containsExactlyInAnyOrder(TAGS, OPEN, LIST, TREE);
        assertThat(state(a).set(TAGS))
                .containsExactlyInAnyOrder(Scalar.of("one"), Scalar.of("two"), Scalar.of("x"));
        assertThat(state(a).flag(OPEN)).isFalse();
        assertThat(state(a).shown(LIST)).isEqualTo("51, 0, 1, 2, 3");
        assertThat(state(a).shown(TREE)).isEqualTo("mine(theirs), root(left(leaf), RIGHT)");
    }

    @Test
    void aConcurrentWriteThatIsMergedBeforeTheUndoStays() throws Exception {
        fill();
        Replicas.pull(b, a);
        a.write(
                it -> {
                    it.clear(DIR);
                    it.set(TITLE, Scalar.of("a"));
                });
        b.write(
                it -> {
                    it.add(TAGS, Scalar.of("theirs"));
                    it.increment(VISITS, 1);
                    it.text(TEXT).delete(0, 4);
                    it.set(VALUES, Scalar.of("theirs"));
                });
        Replicas.pull(a, b);
        assertThat(state(a).counter(VISITS)).isEqualTo(1);
        Undone undone = undo();
        assertThat(undone.left()).contains(VALUES, TEXT).doesNotContain(TITLE, TREE, VISITS);
        assertThat(state(a).counter(VISITS)).isEqualTo(8);
        assertThat(state(a).text(TEXT)).isEqualTo("two three");
        assertThat(state(a).register(TITLE)).contains(Scalar.of("title"));
        assertThat(state(a).registers(VALUES)).containsExactly(Scalar.of("theirs"));
        assertThat(state(a).set(TAGS)).hasSize(3);
        Replicas.pull(b, a);
        assertThat(state(b).hash()).isEqualTo(state(a).hash());
    }

    @Test
    void anAmountThatSomebodyForgotIsNotTakenOffOnceMore() throws Exception {
        a.write(it -> it.increment(VISITS, 5));
        theirs(it -> it.clear(VISITS));
        assertThat(undo().left()).containsExactly(VISITS);
        assertThat(state(a).counter(VISITS)).isZero();
    }

    @Test
    void whatCannotBeTakenBackIsRefusedAndAnEarlierOneCanBeNamed() throws Exception {
        SignedChange named = a.write(it -> it.set(TITLE, Scalar.of("x")));
        a.write(it -> it.mint(STOCK, 5));
        refused(Code.WRONG_STATE, "escrow", this::undo);
        a.write(it -> it.spend(STOCK, 1));
        refused(Code.WRONG_STATE, "escrow", this::undo);
        a.write(it -> it.role(b.author, Role.READER));
        refused(Code.WRONG_STATE, "give the former ones", this::undo);
        assertThat(undo.undoable())
                .extracting(it -> it.refusal().isEmpty())
                .containsExactly(false, false, false, true);
        Undone undone = undo.undo(named.id(), a.clock++, Replicas::signature);
        assertThat(undone.of()).isEqualTo(named.id());
        assertThat(state(a).has(TITLE)).isFalse();
        redo();
        assertThat(state(a).register(TITLE)).contains(Scalar.of("x"));
        refused(
                Code.NOT_FOUND,
                "none of this agent's changes",
                () -> undo.undo(Replicas.author(7), a.clock++, Replicas::signature));
    }

    @Test
    void ofALaterChangeOfOnesOwnThatStandsNothingIsTakenBack() throws Exception {
        SignedChange first =
                a.write(
                        it -> {
                            it.set(TITLE, Scalar.of("one"));
                            it.increment(VISITS, 1);
                        });
        a.write(it -> it.set(TITLE, Scalar.of("two")));
        Undone undone = undo.undo(first.id(), a.clock++, Replicas::signature);
        assertThat(undone.left()).containsExactly(TITLE);
        assertThat(state(a).register(TITLE)).contains(Scalar.of("two"));
        assertThat(state(a).counter(VISITS)).isZero();
    }

    @Test
    void tasksAreTakenBackWhereThereIsATransition() throws Exception {
        a.write(it -> it.tasks(TASKS).add("sweep"));
        ElementId task = state(a).tasks(TASKS).get(0).id();
        undo();
        assertThat(state(a).task(TASKS, task).orElseThrow().status())
                .isEqualTo(Task.Status.CANCELLED);
        redo();
        a.write(it -> it.tasks(TASKS).rename(task, "mop"));
        undo();
        assertThat(state(a).task(TASKS, task).orElseThrow().title()).isEqualTo("sweep");
        a.write(it -> it.tasks(TASKS).claim(task, Duration.ofHours(1)));
        ElementId claim = state(a).task(TASKS, task).orElseThrow().claims().get(0).id();
        a.write(it -> it.tasks(TASKS).release(claim));
        undo();
        assertThat(state(a).task(TASKS, task).orElseThrow().status())
                .isEqualTo(Task.Status.CLAIMED);
        undo();
        assertThat(state(a).task(TASKS, task).orElseThrow().status()).isEqualTo(Task.Status.OPEN);
        redo();
        ElementId second = state(a).task(TASKS, task).orElseThrow().holder().orElseThrow().id();
        a.write(it -> it.tasks(TASKS).finish(second, Scalar.of("clean")));
        refused(Code.WRONG_STATE, "reopen it", this::undo);
    }

    @Test
    void aTaskThatSomebodyWentOnWithIsNotTakenBack() throws Exception {
        a.write(it -> it.tasks(TASKS).add("sweep"));
        ElementId task = state(a).tasks(TASKS).get(0).id();
        theirs(it -> it.tasks(TASKS).claim(task, Duration.ofHours(1)));
        refused(Code.WRONG_STATE, "went on with the task", this::undo);
        a.write(it -> it.clear(Path.ROOT));
        refused(Code.WRONG_STATE, "deleted the tasks", this::undo);
    }

    @Test
    void aboveACheckpointAllIsTakenBackAndNothingBelow() throws Exception {
        fill();
        SignedChange below = a.write(it -> it.text(TEXT).delete(0, 4));
        Snapshot snapshot = a.replica.snapshot(a.replica.heads(""), false);
        a.replica.compact(snapshot.checkpoint(), snapshot.file());
        refused(Code.NOT_FOUND, "nothing to undo", this::undo);
        refused(
                Code.NOT_FOUND,
                "none of this agent's changes",
                () -> undo.undo(below.id(), a.clock++, Replicas::signature));
        String before = shown(a);
        a.write(it -> it.set(TITLE, Scalar.of("above")));
        a.write(it -> it.text(TEXT).delete(0, 5));
        a.write(it -> it.list(LIST).drop(1));
        a.write(it -> it.tree(TREE).fell(node("left")));
        a.write(it -> it.clear(DIR));
        List<SignedChange> kept = new ArrayList<>();
        for (int i = 0; i < a.replica.size(); i++) {
            if (!a.replica.isForgotten(i)) {
                kept.add(a.replica.change(i));
            }
        }
        History disk = new MemoryHistory();
        kept.forEach(disk::append);
        Replica again =
                Replica.fromIndex(
                        a.replica.index(),
                        Optional.of(snapshot.file()),
                        disk,
                        kept.size(),
                        event -> {});
        UndoHistory anew = again.undoHistory(a.author);
        assertThat(anew.undoable()).isEqualTo(undo.undoable()).hasSize(5);
        for (int i = 0; i < 5; i++) {
            assertThat(undo().left()).isEmpty();
            long now = a.clock++;
            assertThat(anew.undo(now, Replicas::signature).left()).isEmpty();
        }
        assertThat(shown(a)).isEqualTo(before);
        assertThat(again.state().text(TEXT)).isEqualTo(state(a).text(TEXT));
        assertThat(again.state().shown(LIST)).isEqualTo(state(a).shown(LIST));
        assertThat(again.state().shown(TREE)).isEqualTo(state(a).shown(TREE));
    }

    @Test
    void anAppendOnlyStoreTakesNothingBack() throws Exception {
        Replicas.Peer alone = new Replicas(1, StoreInfo.Mode.OPEN, true).get(0);
        alone.write(it -> it.increment(VISITS, 1));
        assertThatThrownBy(
                        () ->
                                alone.replica
                                        .undoHistory(alone.author)
                                        .undo(alone.clock++, Replicas::signature))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        it -> assertThat(it.code()).isEqualTo(Code.APPEND_ONLY));
    }

    @Test
    void aBranchHasItsOwnUndo() throws Exception {
        a.write(it -> it.set(TITLE, Scalar.of("main")));
        a.replica.transact(
                a.author,
                "draft",
                "try",
                a.clock++,
                Replicas::signature,
                it -> it.set(TITLE, Scalar.of("draft")));
        UndoHistory draft = a.replica.undoHistory(a.author, "draft");
        assertThat(draft.undoable()).extracting(Undoable::message).containsExactly("try");
        draft.undo(a.clock++, Replicas::signature);
        assertThat(a.replica.state("draft").register(TITLE)).contains(Scalar.of("main"));
        draft.redo(a.clock++, Replicas::signature);
        assertThat(a.replica.state("draft").register(TITLE)).contains(Scalar.of("draft"));
        assertThat(state(a).register(TITLE)).contains(Scalar.of("main"));
        a.replica.merge(a.author, "draft", "", "", a.clock++, Replicas::signature);
        assertThat(undo.undoable()).hasSize(1);
        undo();
        assertThat(state(a).register(TITLE)).contains(Scalar.of("draft"));
    }

    @Test
    void noMoreThanSoManyChangesAreLookedAtAndCanBeTakenBack() throws Exception {
        for (int i = 0; i < UndoHistory.MAX_CHANGES + 5; i++) {
            a.write(it -> it.increment(VISITS, 1));
        }
        assertThat(undo.undoable()).hasSize(UndoHistory.MAX_CHANGES);
        for (int i = 0; i < UndoHistory.MAX_CHANGES; i++) {
            undo();
        }
        assertThat(state(a).counter(VISITS)).isEqualTo(5);
        refused(Code.NOT_FOUND, "nothing to undo", this::undo);
        UndoHistory anew = a.replica.undoHistory(a.author);
        assertThat(anew.redoable()).isEqualTo(undo.redoable()).hasSize(UndoHistory.MAX_CHANGES);
        // What is further back than the changes that are looked at is dropped, by both alike.
        for (int i = 0; i < 1_100; i++) {
            redo();
            if (!undo.undoable().isEmpty()) {
                undo();
            }
            if (i % 100 == 0) {
                UndoHistory fresh = a.replica.undoHistory(a.author);
                assertThat(fresh.redoable()).isEqualTo(undo.redoable());
                assertThat(fresh.undoable()).isEqualTo(undo.undoable());
            }
        }
        assertThat(a.replica.size()).isGreaterThan(UndoHistory.MAX_LOOKED_AT);
        assertThat(undo.redoable()).hasSizeLessThan(UndoHistory.MAX_CHANGES);
    }
}
