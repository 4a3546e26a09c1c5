package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.TreeEditor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes the operations of a tree, and finds the positions for them. */
final class LocalTreeEditor implements TreeEditor {
    /** How many siblings to each side move apart at first; then twice as many. */
    private static final int FEW = 8;

    private final LocalTransaction transaction;
    private final Path path;

    LocalTreeEditor(LocalTransaction transaction, Path path) {
        this.transaction = transaction;
        this.path = path;
    }

    private TreeState tree() {
        return (TreeState) transaction.view().orCreate(path);
    }

    private TreeNodeState find(ElementId id, boolean hidden) throws RefusedException {
        TreeNodeState node = tree().find(id, hidden);
        if (node == null) {
            throw new RefusedException(
                    Code.NOT_FOUND, "there is no node " + id + " in the tree " + path);
        }
        return node;
    }

    private Ref name(ElementId id, boolean hidden) throws RefusedException {
        if (id.equals(ElementId.ROOT)) {
            throw new RefusedException(Code.NOT_FOUND, "the root is no node");
        }
        return transaction.at().name(find(id, hidden).dot);
    }

    @Override
    public ElementId grow(ElementId parent, int index, Scalar label) throws RefusedException {
        LocalTransaction.checked(label);
        TreeNodeState under = find(parent, false);
        String position = room(under, null, index);
        long dot = transaction.at().dot();
        transaction.perform(
                new Operation.Grow(path, tree().place(under, position, transaction.at()), label));
        return transaction.at().graph().element(dot);
    }

    @Override
    public void move(ElementId node, ElementId parent, int index) throws RefusedException {
        name(node, true);
        TreeNodeState moved = find(node, true);
        TreeNodeState under = find(parent, false);
        if (under.isBelow(moved)) {
            throw new RefusedException(
                    Code.WRONG_STATE, "the node " + node + " cannot go below itself");
        }
        if (!TreeState.canMove(moved, under)) {
            throw new RefusedException(
                    Code.TOO_LARGE,
                    "a node moves to at most " + TreeState.MAX_DEPTH + " levels below the root");
        }
        String position = room(under, moved, index);
        graft(moved, under, position);
    }

    private void graft(TreeNodeState node, TreeNodeState under, String position)
            throws RefusedException {
        At at = transaction.at();
        transaction.perform(
                new Operation.Graft(path, at.name(node.dot), tree().place(under, position, at)));
    }

    /** A position so that there are {@code index} siblings before it, not counting one. */
    private String room(TreeNodeState under, @Nullable TreeNodeState without, int index)
            throws RefusedException {
        List<TreeNodeState> siblings = under.children();
        if (without != null && without.parent == under) {
            siblings = siblings.stream().filter(it -> it != without).toList();
        }
        if (index < 0 || index > siblings.size()) {
            throw new RefusedException(
                    Code.NOT_FOUND, "index " + index + " among " + siblings.size() + " siblings");
        }
        Optional<String> between =
                Positions.between(position(siblings, index - 1), position(siblings, index));
        return between.isPresent() ? between.get() : makeRoom(under, siblings, index);
    }

    private static @Nullable String position(List<TreeNodeState> siblings, int index) {
        return index < 0 || index >= siblings.size() ? null : siblings.get(index).position;
    }

    /** Moves siblings apart, as few as do, and keeps a place among them. */
    private String makeRoom(TreeNodeState under, List<TreeNodeState> siblings, int index)
            throws RefusedException {
        for (int few = FEW; ; few *= 2) {
            int from = Math.max(0, index - few);
            int to = Math.min(siblings.size(), index + few);
            Optional<List<String>> spread =
                    Positions.spread(
                            position(siblings, from - 1), position(siblings, to), to - from + 1);
            if (spread.isPresent()) {
                List<TreeNodeState> moved = List.copyOf(siblings.subList(from, to));
                List<String> positions = spread.get();
                for (int i = 0; i < moved.size(); i++) {
                    graft(moved.get(i), under, positions.get(from + i < index ? i : i + 1));
                }
                tree().find(ElementId.ROOT, false); // the moves take effect
                return positions.get(index - from);
            }
        }
    }

    @Override
    public void label(ElementId node, Scalar label) throws RefusedException {
        LocalTransaction.checked(label);
        transaction.perform(new Operation.Label(path, name(node, false), label));
    }

    @Override
    public void fell(ElementId node) throws RefusedException {
        transaction.perform(new Operation.Fell(path, name(node, false)));
    }
}
