package dev.parley.mls.internal.group;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.node.Capabilities;
import dev.parley.mls.internal.node.Credential;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.mls.internal.node.LeafNodeSource;
import dev.parley.mls.internal.tree.RatchetTree;
import java.util.List;

/**
 * Where somebody stands who joins by an external commit (RFC 9420 section 12.4.3.2): at the leaf
 * that an add would take, with a leaf of no meaning until the path puts the real one there.
 *
 * @param tree with that leaf
 */
record Joiner(RatchetTree tree, int leafIndex) {
    static final LeafNode PLACEHOLDER =
            new LeafNode(
                    Bytes.EMPTY,
                    Bytes.EMPTY,
                    new Credential.Basic(Bytes.EMPTY),
                    new Capabilities(List.of(), List.of(), List.of(), List.of(), List.of()),
                    new LeafNodeSource.Update(),
                    Extensions.NONE,
                    Bytes.EMPTY);

    /** The place after the commit's proposals were applied. */
    static Joiner place(Applied applied) throws MlsException {
        RatchetTree tree = applied.tree();
        return applied.roster().size() == 0
                ? new Joiner(tree, 0)
                : new Joiner(tree.add(PLACEHOLDER), tree.nextFreeLeaf());
    }
}
