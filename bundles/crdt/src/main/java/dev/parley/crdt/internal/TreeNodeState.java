package dev.parley.crdt.internal;

import dev.parley.crdt.api.Scalar;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node where the moves so far have put it. */
final class TreeNodeState {
    final long dot;

    /** Stands for the change of the hidden root, whose children have no order. */
    static final int HIDDEN = -2;

    /** The change that made it, as the graph numbers it; negative for the two roots. */
    final int change;

    Scalar label = Scalar.NULL;
    long labelDot = At.NOWHERE;

    /** Null if nothing put it anywhere. */
    @Nullable TreeNodeState parent;

    String position = "";

    /** By position and id. */
    private List<TreeNodeState> children = List.of();

    TreeNodeState(long dot, int change) {
        this.dot = dot;
        this.change = change;
    }

    List<TreeNodeState> children() {
        return children;
    }

    boolean isBelow(TreeNodeState other) {
        TreeNodeState at = this;
        while (at != null && at != other) {
            at = at.parent;
        }
        return at != null;
    }

    void put(@Nullable TreeNodeState under, String at, ChangeGraph graph) {
        TreeNodeState before = parent;
        if (before != null && before.change != HIDDEN) {
            before.children.remove(before.indexOf(this, graph));
        }
        parent = under;
        position = at;
        if (under != null && under.change != HIDDEN) {
            if (under.children.isEmpty()) {
                under.children = new ArrayList<>(1);
            }
            under.children.add(-1 - under.indexOf(this, graph), this);
        }
    }

    /** Where a child is; if it is not there, -1 minus where it would be. */
    int indexOf(TreeNodeState child, ChangeGraph graph) {
        int low = 0;
        int high = children.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            int order = compare(children.get(middle), child, graph);
            if (order == 0) {
                return middle;
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1 - low;
    }

    private static int compare(TreeNodeState a, TreeNodeState b, ChangeGraph graph) {
        int byPosition = a.position.compareTo(b.position);
        if (byPosition != 0 || a == b) {
            return byPosition;
        }
        int byChange = graph.id(a.change).compareTo(graph.id(b.change));
        return byChange != 0 ? byChange : Long.compare(At.number(a.dot), At.number(b.dot));
    }
}
