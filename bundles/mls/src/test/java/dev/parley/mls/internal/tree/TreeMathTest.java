package dev.parley.mls.internal.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.internal.codec.Vectors;
import dev.parley.wire.api.Value;
import org.junit.jupiter.api.Test;

class TreeMathTest {
    @Test
    void theOfficialVectorsHold() {
        for (Vectors.Case each : Vectors.read("tree-math")) {
            int leaves = (int) each.number("n_leaves");
            int nodes = (int) each.number("n_nodes");
            int root = (int) each.number("root");
            assertThat(TreeMath.nodeCount(leaves)).isEqualTo(nodes);
            assertThat(TreeMath.root(leaves)).isEqualTo(root);
            for (int node = 0; node < nodes; node++) {
                boolean leaf = TreeMath.isLeaf(node);
                same(each, "left", node, leaf ? -1 : TreeMath.left(node));
                same(each, "right", node, leaf ? -1 : TreeMath.right(node));
                same(each, "parent", node, node == root ? -1 : TreeMath.parent(node));
                same(each, "sibling", node, node == root ? -1 : TreeMath.sibling(node));
            }
        }
    }

    private static void same(Vectors.Case each, String name, int node, int found) {
        Value expected = each.values(name).get(node);
        assertThat(found)
                .as(name + " of " + node)
                .isEqualTo(expected instanceof Value.Int number ? (int) number.value() : -1);
    }

    @Test
    void commonAncestorsAndWhatIsBelow() {
        assertThat(TreeMath.commonAncestor(0, 4)).isEqualTo(3);
        assertThat(TreeMath.commonAncestor(4, 0)).isEqualTo(3);
        assertThat(TreeMath.commonAncestor(0, 14)).isEqualTo(7);
        assertThat(TreeMath.commonAncestor(2, 1)).isEqualTo(1);
        assertThat(TreeMath.isBelow(4, 3)).isTrue();
        assertThat(TreeMath.isBelow(8, 3)).isFalse();
    }
}
