package dev.parley.crdt.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.TreeNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A tree whose nodes can be moved (Kleppmann et al., "A highly-available move operation for
 * replicated trees", 2021).
 *
 * <p>Moves take effect in one order, that of time, change and number, and one that would put a node
 * below itself has no effect. So a move that comes late undoes those after it, and they are done
 * again. That is put off until somebody looks: a thousand late moves cost one pass. To fell a node
 * is to move it under a hidden root, so nothing is ever lost; a later move brings it back.
 */
final class TreeState extends ObjectState {
    static final int MAX_DEPTH = 1024;

    private static final class Move {
        final int change;
        final int number;
        final long dot;
        final TreeNodeState node;
        final TreeNodeState to;
        final String position;

        /** A new node has nothing below it, and makes no circle. */
        final boolean grows;

        /** How it was before, once the move is done and had an effect. */
        boolean effective;

        @Nullable TreeNodeState before;
        String positionBefore = "";

        Move(At at, TreeNodeState node, TreeNodeState to, String position) {
            this.change = at.change();
            this.number = at.number();
            this.dot = at.dot();
            this.node = node;
            this.to = to;
            this.position = position;
            this.grows = at.dot() == node.dot;
        }
    }

    private final Map<Long, TreeNodeState> nodes = new HashMap<>();
    private final TreeNodeState root = new TreeNodeState(At.NOWHERE, -1);
    private final TreeNodeState felled = new TreeNodeState(At.NOWHERE, TreeNodeState.HIDDEN);
    private final List<Move> log = new ArrayList<>();
    private final ChangeGraph graph;

    /** How many moves of the log are done. */
    private int done;

    TreeState(ChangeGraph graph) {
        this.graph = graph;
    }

    @Override
    void check(Operation operation, At at, Earlier earlier) throws VoidException {
        if (operation instanceof Operation.Grow grow) {
            checkParent(grow.place(), grow.path(), at, earlier);
            earlier.insert(grow.path(), at.number(), 1);
        } else if (operation instanceof Operation.Graft graft) {
            checkNode(graft.node(), graft.path(), at, earlier);
            checkParent(graft.place(), graft.path(), at, earlier);
        } else if (operation instanceof Operation.Label label) {
            checkNode(label.node(), label.path(), at, earlier);
        } else if (operation instanceof Operation.Fell fell) {
            checkNode(fell.node(), fell.path(), at, earlier);
        }
    }

    private void checkParent(Operation.Place place, Path path, At at, Earlier earlier)
            throws VoidException {
        Ref parent = place.parent();
        if (parent != null) {
            checkNode(parent, path, at, earlier);
        }
    }

    private void checkNode(Ref ref, Path path, At at, Earlier earlier) throws VoidException {
        long dot = at.resolve(ref);
        boolean there =
                dot != At.NOWHERE
                        && (nodes.containsKey(dot)
                                || at.isEarlierHere(dot)
                                        && earlier.find(path, At.number(dot)) != null);
        if (!there) {
            throw new VoidException(Code.NOT_FOUND, "there is no such node in the tree " + path);
        }
    }

    @Override
    void apply(Operation operation, At at) {
        if (operation instanceof Operation.Grow grow) {
            TreeNodeState node = new TreeNodeState(at.dot(), at.change());
            nodes.put(node.dot, node);
            label(node, grow.label(), at);
            insert(new Move(at, node, parent(grow.place(), at), grow.place().position()));
        } else if (operation instanceof Operation.Graft graft) {
            TreeNodeState node = node(graft.node(), at);
            insert(new Move(at, node, parent(graft.place(), at), graft.place().position()));
        } else if (operation instanceof Operation.Fell fell) {
            insert(new Move(at, node(fell.node(), at), felled, ""));
        } else if (operation instanceof Operation.Label label) {
            label(node(label.node(), at), label.label(), at);
        } else {
            throw unexpected(operation);
        }
    }

    private TreeNodeState parent(Operation.Place place, At at) {
        Ref parent = place.parent();
        return parent == null ? root : node(parent, at);
    }

    /** Of an operation that was checked. */
    private TreeNodeState node(Ref ref, At at) {
        TreeNodeState node = nodes.get(at.resolve(ref));
        if (node == null) {
            throw new IllegalStateException("no node " + ref);
        }
        return node;
    }

    private static void label(TreeNodeState node, Scalar label, At at) {
        if (node.labelDot == At.NOWHERE || at.compare(at.dot(), node.labelDot) > 0) {
            node.label = label;
            node.labelDot = at.dot();
        }
    }

    private void insert(Move move) {
        int at = placeOf(move.change, move.number);
        undoFrom(at);
        log.add(at, move);
    }

    /** How many moves of the log come before one of this change with this number. */
    private int placeOf(int change, int number) {
        int low = 0;
        int high = log.size();
        if (high > 0 && isBefore(log.get(high - 1), change, number)) {
            return high;
        }
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (isBefore(log.get(middle), change, number)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private boolean isBefore(Move move, int change, int number) {
        return At.compareChanges(graph, move.change, move.number, change, number) < 0;
    }

    private void undoFrom(int place) {
        while (done > place) {
            undo(log.get(--done));
        }
    }

    private void undo(Move move) {
        if (move.effective) {
            move.node.put(move.before, move.positionBefore, graph);
            move.effective = false;
            move.before = null;
        }
    }

    private void settle() {
        for (; done < log.size(); done++) {
            Move move = log.get(done);
            if (move.grows || canMove(move.node, move.to)) {
                move.before = move.node.parent;
                move.positionBefore = move.node.position;
                move.effective = true;
                move.node.put(move.to, move.position, graph);
            }
        }
    }

    /**
     * Whether it makes no circle. Looks up so many levels, so that a move costs no more however
     * deep somebody makes a tree; below that nothing can be moved to, only grown.
     */
    static boolean canMove(TreeNodeState node, TreeNodeState to) {
        TreeNodeState at = to;
        for (int level = 0; at != null && at != node; level++) {
            if (level > MAX_DEPTH) {
                return false;
            }
            at = at.parent;
        }
        return at == null;
    }

    /** What no {@code CLEAR} knew stands. */
    @Override
    void clear(At at) {
        super.clear(at);
        undoFrom(0);
        log.removeIf(it -> isCleared(it.dot));
    }

    @Override
    void clearAgain(At at, List<Written> since) {
        super.clear(at);
        int first = placeOf(at.change(), 0);
        int end = first;
        while (end < log.size() && log.get(end).change == at.change()) {
            end++;
        }
        undoFrom(first);
        log.subList(first, end).clear();
    }

    @Override
    boolean knownContent(At at) {
        return log.stream().anyMatch(it -> at.knows(it.dot));
    }

    @Override
    boolean present() {
        settle();
        return !root.children().isEmpty();
    }

    /**
     * The node, or the root; null if nobody made it or it cannot be seen.
     *
     * @param hidden also one that cannot be seen
     */
    @Nullable TreeNodeState find(ElementId id, boolean hidden) {
        settle();
        if (id.equals(ElementId.ROOT)) {
            return root;
        }
        TreeNodeState node = nodes.get(graph.dot(id));
        return node != null && (hidden || node.isBelow(root)) ? node : null;
    }

    /**
     * Where a node is.
     *
     * @param parent the node above, or {@link #ROOT}; {@link #GONE} if it was felled, or nobody put
     *     it anywhere
     */
    record Spot(long parent, String position, Scalar label) {
        static final long ROOT = -1;
        static final long GONE = -2;

        boolean isSamePlace(Spot other) {
            return parent == other.parent && position.equals(other.position);
        }

        boolean isGone() {
            return parent == GONE;
        }
    }

    /** All nodes that were ever made. */
    Map<Long, Spot> spots() {
        settle();
        Map<Long, Spot> spots = new HashMap<>();
        nodes.forEach((dot, node) -> spots.put(dot, spot(node)));
        return spots;
    }

    private Spot spot(TreeNodeState node) {
        TreeNodeState parent = node.parent;
        long above =
                parent == null || parent == felled
                        ? Spot.GONE
                        : parent == root ? Spot.ROOT : parent.dot;
        return new Spot(above, node.position, node.label);
    }

    /** Null if there is no such node. */
    @Nullable Spot spot(long dot) {
        settle();
        TreeNodeState node = nodes.get(dot);
        return node == null ? null : spot(node);
    }

    /** Whether a node can go below another one, or below the root, without a circle. */
    boolean canGo(long dot, long under) {
        settle();
        TreeNodeState node = nodes.get(dot);
        TreeNodeState to = under == Spot.ROOT ? root : nodes.get(under);
        return node != null && to != null && canMove(node, to);
    }

    boolean isSeen(long dot) {
        settle();
        TreeNodeState node = nodes.get(dot);
        return dot == Spot.ROOT || node != null && node.isBelow(root);
    }

    /** The node and all that is below it. */
    List<Long> below(long dot) {
        settle();
        List<TreeNodeState> found = new ArrayList<>();
        TreeNodeState node = nodes.get(dot);
        if (node != null) {
            found.add(node);
        }
        for (int i = 0; i < found.size(); i++) {
            found.addAll(found.get(i).children());
        }
        return found.stream().map(it -> it.dot).toList();
    }

    /** What others call it. */
    Operation.Place place(TreeNodeState parent, String position, At at) {
        return new Operation.Place(parent == root ? null : at.name(parent.dot), position);
    }

    Optional<TreeNode> node(ElementId id) {
        TreeNodeState node = find(id, false);
        return node == null || node == root ? Optional.empty() : Optional.of(shown(node));
    }

    List<TreeNode> children(ElementId parent) {
        TreeNodeState node = find(parent, false);
        return node == null ? List.of() : node.children().stream().map(this::shown).toList();
    }

    /**
     * As people read it: nodes with what is below them in brackets. A tree may be as deep as
     * somebody likes.
     */
    String shown(Function<Scalar, String> label) {
        settle();
        StringBuilder shown = new StringBuilder();
        Deque<Iterator<TreeNodeState>> open = new ArrayDeque<>();
        open.push(root.children().iterator());
        boolean isFirst = true;
        while (!open.isEmpty()) {
            if (!open.element().hasNext()) {
                open.pop();
                shown.append(open.isEmpty() ? "" : ")");
                continue;
            }
            TreeNodeState node = open.element().next();
            shown.append(isFirst ? "" : ", ").append(label.apply(node.label));
            isFirst = !node.children().isEmpty();
            if (isFirst) {
                shown.append('(');
                open.push(node.children().iterator());
            }
        }
        return shown.toString();
    }

    private TreeNode shown(TreeNodeState node) {
        TreeNodeState parent = node.parent;
        return new TreeNode(
                graph.element(node.dot),
                parent == null || parent == root ? ElementId.ROOT : graph.element(parent.dot),
                node.label);
    }

    @Override
    boolean isBlank() {
        return nodes.isEmpty();
    }

    @Override
    void write(StateWriter out) {
        out.plain().uint(nodes.size());
        for (long dot : out.sorted(nodes.keySet())) {
            TreeNodeState node = Objects.requireNonNull(nodes.get(dot));
            out.dot(dot);
            out.dot(node.labelDot);
            out.scalar(node.label);
        }
        out.plain().uint(log.size());
        for (Move move : log) {
            out.dot(move.dot);
            out.dot(move.node.dot);
            out.plain().u8(move.to == root ? 0 : move.to == felled ? 1 : 2);
            if (move.to != root && move.to != felled) {
                out.dot(move.to.dot);
            }
            out.plain().text(move.position);
        }
    }

    @Override
    void read(StateReader in) throws MalformedException {
        for (int i = in.plain().count("nodes", 0, Integer.MAX_VALUE, 5); i > 0; i--) {
            long dot = in.dot();
            TreeNodeState node = new TreeNodeState(dot, in.at(dot).change());
            node.labelDot = in.dot();
            node.label = in.scalar();
            nodes.put(dot, node);
        }
        for (int i = in.plain().count("moves", 0, Integer.MAX_VALUE, 6); i > 0; i--) {
            At at = in.at(in.dot());
            TreeNodeState node = node(in);
            int kind = in.plain().u8();
            TreeNodeState to = kind == 0 ? root : kind == 1 ? felled : node(in);
            Move move =
                    new Move(at, node, to, in.plain().text("a position", 0, Positions.MAX_DIGITS));
            if (!log.isEmpty() && !isBefore(log.get(log.size() - 1), move.change, move.number)) {
                throw new MalformedException("moves are not in order");
            }
            log.add(move);
        }
    }

    private TreeNodeState node(StateReader in) throws MalformedException {
        TreeNodeState node = nodes.get(in.dot());
        if (node == null) {
            throw new MalformedException("a move of a node that is not there");
        }
        return node;
    }

    @Override
    void eachScalar(Consumer<Scalar> each) {
        nodes.values().forEach(node -> each.accept(node.label));
    }

    /** Each node after its parent, with how many children it has. */
    @Override
    void canonical(Writer out, ChangeGraph shared) {
        settle();
        out.uint(root.children().size());
        Deque<TreeNodeState> open = new ArrayDeque<>();
        push(root, open);
        while (!open.isEmpty()) {
            TreeNodeState node = open.pop();
            canonicalDot(out, shared, node.dot);
            out.withoutContent(node.label);
            out.uint(node.children().size());
            push(node, open);
        }
    }

    private static void push(TreeNodeState node, Deque<TreeNodeState> open) {
        List<TreeNodeState> children = node.children();
        for (int i = children.size() - 1; i >= 0; i--) {
            open.push(children.get(i));
        }
    }
}
