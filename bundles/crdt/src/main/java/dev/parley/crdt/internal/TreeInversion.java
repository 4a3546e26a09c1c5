package dev.parley.crdt.internal;

import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.internal.TreeState.Spot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Takes back what a change did to a tree: each node that it moved goes back under its former
 * parent, if that can be seen, and one that it made is felled, if nobody put anything under it.
 */
final class TreeInversion {
    private static final Spot GONE = new Spot(Spot.GONE, "", dev.parley.crdt.api.Scalar.NULL);

    private final Inversion inversion;
    private final Path path;
    private final LocalTransaction transaction;
    private final TreeState tree;
    private final TreeState before;

    TreeInversion(Inversion inversion, Path path) {
        this.inversion = inversion;
        this.path = path;
        this.transaction = inversion.transaction();
        this.tree = (TreeState) transaction.view().orCreate(path);
        this.before = (TreeState) inversion.sides().before().orCreate(path);
    }

    void run() throws RefusedException {
        Map<Long, Spot> was = before.spots();
        Map<Long, Spot> became = ((TreeState) inversion.sides().after().orCreate(path)).spots();
        List<Long> nodes = new ArrayList<>(became.keySet());
        // Parents first: then no move can make a circle.
        nodes.sort(Comparator.comparing((Long it) -> depth(it, was)).thenComparing(it -> it));
        for (long node : nodes) {
            Spot left = became.getOrDefault(node, GONE);
            Spot back = was.getOrDefault(node, GONE);
            if (!back.isSamePlace(left)) {
                place(node, back, left);
            }
            if (was.containsKey(node) && !back.label().equals(left.label())) {
                label(node, back, left);
            }
        }
    }

    private static int depth(long node, Map<Long, Spot> was) {
        int depth = 0;
        Spot at = was.get(node);
        while (at != null && at.parent() >= 0) {
            depth++;
            at = was.get(at.parent());
        }
        return depth;
    }

    private void place(long node, Spot was, Spot became) throws RefusedException {
        Spot now = tree.spot(node);
        if (inversion.since().isTouched(path, node) || now == null || !now.isSamePlace(became)) {
            inversion.leave(path);
            return;
        }
        At at = transaction.at();
        if (was.isGone()) {
            if (tree.below(node).stream().anyMatch(this::isOthers)) {
                inversion.leave(path);
                return;
            }
            inversion.write(path);
            transaction.perform(new Operation.Fell(path, at.name(node)));
        } else if (tree.canGo(node, was.parent())
                && (tree.isSeen(was.parent()) || !before.isSeen(was.parent()))) {
            inversion.write(path);
            Ref parent = was.parent() == Spot.ROOT ? null : at.name(was.parent());
            transaction.perform(
                    new Operation.Graft(
                            path, at.name(node), new Operation.Place(parent, was.position())));
        } else {
            inversion.leave(path);
        }
    }

    /** Whether somebody did something to the node since, or put something under it. */
    private boolean isOthers(long node) {
        return inversion.since().isTouched(path, node)
                || inversion.since().isLabelled(path, node)
                || inversion.since().hasNew(path, node);
    }

    private void label(long node, Spot was, Spot became) throws RefusedException {
        Spot now = tree.spot(node);
        if (inversion.since().isLabelled(path, node)
                || now == null
                || !now.label().equals(became.label())) {
            inversion.leave(path);
            return;
        }
        inversion.write(path);
        transaction.perform(new Operation.Label(path, transaction.at().name(node), was.label()));
    }
}
