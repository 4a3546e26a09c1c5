package dev.parley.crdt.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TreeTest {
    private static final Path TREE = Path.ROOT.at("tree", ObjectType.TREE);

    private final Replicas replicas = Replicas.open(2);
    private final Replicas.Peer a = replicas.get(0);
    private final Replicas.Peer b = replicas.get(1);

    private static ElementId grow(Replicas.Peer peer, ElementId parent, String label)
            throws RefusedException {
        ElementId[] made = new ElementId[1];
        int last = peer.replica.state().children(TREE, parent).size();
        SignedChange change =
                peer.write(it -> made[0] = it.tree(TREE).grow(parent, last, Scalar.of(label)));
        return made[0].in(change);
    }

    private void sync() {
        Replicas.pull(a, b);
        Replicas.pull(b, a);
        assertThat(a.replica.state().hash()).isEqualTo(b.replica.state().hash());
    }

    /** As {@code x(y z)}. */
    private static String shown(State state, ElementId parent) {
        StringBuilder out = new StringBuilder();
        for (TreeNode child : state.children(TREE, parent)) {
            String below = shown(state, child.id());
            out.append(out.length() > 0 ? " " : "")
                    .append(((Scalar.Text) child.label()).value())
                    .append(below.isEmpty() ? "" : "(" + below + ")");
        }
        return out.toString();
    }

    private static String shown(Replicas.Peer peer) {
        return shown(peer.replica.state(), ElementId.ROOT);
    }

    @Test
    void nodesStandWhereTheyArePut() throws Exception {
        ElementId x = grow(a, ElementId.ROOT, "x");
        ElementId y = grow(a, ElementId.ROOT, "y");
        ElementId z = grow(a, x, "z");
        assertThat(shown(a)).isEqualTo("x(z) y");
        a.write(it -> it.tree(TREE).move(z, ElementId.ROOT, 0));
        a.write(it -> it.tree(TREE).move(x, y, 0));
        a.write(it -> it.tree(TREE).label(y, Scalar.of("Y")));
        assertThat(shown(a)).isEqualTo("z Y(x)");
        a.write(it -> it.tree(TREE).move(z, ElementId.ROOT, 1));
        assertThat(shown(a)).isEqualTo("Y(x) z");
        a.write(it -> it.tree(TREE).fell(y));
        assertThat(shown(a)).isEqualTo("z");
        assertThat(a.replica.state().node(TREE, x)).isEmpty();
        a.write(it -> it.tree(TREE).move(x, z, 0));
        assertThat(shown(a)).isEqualTo("z(x)");
        sync();
        assertThat(shown(b)).isEqualTo("z(x)");
        assertThatThrownBy(() -> b.write(it -> it.tree(TREE).move(z, x, 0)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("below itself");
        assertThatThrownBy(() -> b.write(it -> it.tree(TREE).grow(z, 2, Scalar.NULL)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("index 2");
    }

    @Test
    void twoMovesThatWouldMakeACircleTogetherMakeNone() throws Exception {
        ElementId x = grow(a, ElementId.ROOT, "x");
        ElementId y = grow(a, ElementId.ROOT, "y");
        sync();
        b.clock = a.clock + 5;
        a.write(it -> it.tree(TREE).move(x, y, 0));
        b.write(it -> it.tree(TREE).move(y, x, 0));
        sync();
        assertThat(shown(a)).isEqualTo("y(x)");
    }

    @Test
    void whatIsMovedOutOfAFelledNodeStays() throws Exception {
        ElementId x = grow(a, ElementId.ROOT, "x");
        ElementId y = grow(a, x, "y");
        sync();
        a.write(it -> it.tree(TREE).fell(x));
        b.write(it -> it.tree(TREE).move(y, ElementId.ROOT, 1));
        b.write(it -> it.tree(TREE).grow(x, 0, Scalar.of("unseen")));
        sync();
        assertThat(shown(a)).isEqualTo("y");
        a.write(it -> it.tree(TREE).move(x, ElementId.ROOT, 0));
        sync();
        assertThat(shown(b)).isEqualTo("x(unseen) y");
    }

    @Test
    void theLaterOfTwoMovesCountsAndOnlyOneNodeThereIs() throws Exception {
        ElementId x = grow(a, ElementId.ROOT, "x");
        ElementId y = grow(a, ElementId.ROOT, "y");
        ElementId z = grow(a, ElementId.ROOT, "z");
        sync();
        b.clock = a.clock + 5;
        a.write(it -> it.tree(TREE).move(z, x, 0));
        b.write(it -> it.tree(TREE).move(z, y, 0));
        sync();
        assertThat(shown(a)).isEqualTo("x y(z)");
    }

    @Test
    void anyNumberFitsBetweenTwo() throws Exception {
        grow(a, ElementId.ROOT, "first");
        grow(a, ElementId.ROOT, "last");
        List<String> expected = new ArrayList<>(List.of("first", "last"));
        for (int i = 0; i < 1_500; i++) {
            String label = "n" + i;
            int index = i % 3 == 0 ? 1 : expected.size() - 1;
            a.write(it -> it.tree(TREE).grow(ElementId.ROOT, index, Scalar.of(label)));
            expected.add(index, label);
        }
        assertThat(shown(a)).isEqualTo(String.join(" ", expected));
        sync();
        assertThat(shown(b)).isEqualTo(String.join(" ", expected));
    }

    @Test
    void betweenTwoThatWerePutAtOnePlaceThereIsRoomToo() throws Exception {
        a.write(it -> it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("a")));
        b.write(it -> it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("b")));
        sync();
        String before = shown(a);
        a.write(it -> it.tree(TREE).grow(ElementId.ROOT, 1, Scalar.of("-")));
        sync();
        assertThat(shown(b)).isEqualTo(before.replace(" ", " - "));
    }

    @Test
    void whatATransactionMadeItCanUseAndItsNameLastsAfterwards() throws Exception {
        List<ElementId> made = new ArrayList<>();
        SignedChange change =
                a.write(
                        it -> {
                            TreeEditor tree = it.tree(TREE);
                            ElementId x = tree.grow(ElementId.ROOT, 0, Scalar.of("x"));
                            ElementId y = tree.grow(x, 0, Scalar.of("y"));
                            tree.label(x, Scalar.of("X"));
                            assertThat(it.state().children(TREE, x).get(0).id()).isEqualTo(y);
                            assertThat(x.isPending()).isTrue();
                            made.addAll(List.of(x, y));
                        });
        assertThat(made.get(0).in(change)).isEqualTo(new ElementId(change.id(), 0));
        ElementId y = made.get(1).in(change);
        assertThat(y.isPending()).isFalse();
        assertThat(ElementId.ROOT.isPending()).isFalse();
        assertThat(a.replica.state().node(TREE, y)).map(TreeNode::label).contains(Scalar.of("y"));
        sync();
        assertThat(shown(b)).isEqualTo("X(y)");
    }

    @Test
    void aNameOfOneTransactionMeansNothingInAnother() throws Exception {
        ElementId[] stale = new ElementId[1];
        assertThatThrownBy(
                        () ->
                                a.write(
                                        it -> {
                                            stale[0] =
                                                    it.tree(TREE)
                                                            .grow(
                                                                    ElementId.ROOT,
                                                                    0,
                                                                    Scalar.of("lost"));
                                            throw new RefusedException(
                                                    RefusedException.Code.NOT_FOUND, "no");
                                        }))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(
                        () ->
                                a.write(
                                        it -> {
                                            it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("new"));
                                            it.tree(TREE).label(stale[0], Scalar.of("wrong"));
                                        }))
                .isInstanceOf(RefusedException.class)
                .extracting(e -> ((RefusedException) e).code())
                .isEqualTo(RefusedException.Code.NOT_FOUND);
        assertThat(a.replica.size()).isZero();
    }

    @Test
    void aNodeThatIsGrownAndFelledAtOnceTroublesNobody() throws Exception {
        for (int i = 0; i < 20; i++) {
            a.write(
                    it -> {
                        ElementId x = it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("x"));
                        it.tree(TREE).fell(x);
                    });
        }
        b.clock -= 50_000;
        b.write(it -> it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("b")));
        sync();
        assertThat(shown(a)).isEqualTo("b");
    }

    @Test
    void aDeepTreeIsNoDeepRecursion() throws Exception {
        a.write(
                it -> {
                    ElementId at = ElementId.ROOT;
                    for (int i = 0; i < 20_000; i++) {
                        at = it.tree(TREE).grow(at, 0, Scalar.of(i));
                    }
                });
        sync();
        assertThat(b.replica.state().keys(Path.ROOT)).hasSize(1);
    }

    @Test
    void nothingIsMovedFurtherDownThanAThousandLevels() throws Exception {
        ElementId[] made = new ElementId[1_100];
        SignedChange change =
                a.write(
                        it -> {
                            ElementId at = ElementId.ROOT;
                            for (int i = 0; i < made.length; i++) {
                                at = it.tree(TREE).grow(at, 0, Scalar.of(i));
                                made[i] = at;
                            }
                        });
        ElementId node = grow(a, ElementId.ROOT, "node");
        a.write(it -> it.tree(TREE).move(node, made[1_023].in(change), 0));
        for (int deep = 1_024; deep < 1_100; deep += 25) {
            ElementId parent = made[deep].in(change);
            assertThatThrownBy(() -> a.write(it -> it.tree(TREE).move(node, parent, 0)))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("1024 levels");
        }
        sync();
        assertThat(b.replica.state().node(TREE, node))
                .map(TreeNode::parent)
                .contains(made[1_023].in(change));
    }

    @Test
    void clearForgetsWhatItKnewAndNoMore() throws Exception {
        ElementId x = grow(a, ElementId.ROOT, "x");
        ElementId y = grow(a, ElementId.ROOT, "y");
        sync();
        a.write(it -> it.clear(TREE));
        b.write(it -> it.tree(TREE).move(y, ElementId.ROOT, 0));
        b.write(it -> it.tree(TREE).grow(ElementId.ROOT, 0, Scalar.of("z")));
        sync();
        assertThat(shown(a)).isEqualTo("z y");
        assertThat(a.replica.state().node(TREE, x)).isEmpty();
        a.write(it -> it.clear(Path.ROOT));
        sync();
        assertThat(a.replica.state().keys(Path.ROOT)).isEmpty();
    }
}
