package dev.parley.gateway.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.Transaction;
import dev.parley.crdt.api.TreeEditor;
import dev.parley.crdt.api.TreeNode;
import dev.parley.gateway.api.Arguments;
import dev.parley.gateway.api.Operation;
import dev.parley.gateway.api.Operation.Type;
import dev.parley.gateway.api.OperationException;
import dev.parley.stores.api.Documents;
import dev.parley.stores.api.StoreException;
import dev.parley.wire.api.Value;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/** Trees in a store: nodes that can be moved, with all below them, while others move them too. */
final class StoreTrees {
    private static final int MIN_DIGITS = 4;
    private static final String NODE =
            "a node's id or the first " + MIN_DIGITS + " or more digits of it, or its label";
    private static final String INDEX = "how many siblings come before it; all";
    private static final Pattern WHOLE = Pattern.compile("[0-9a-f]{64}\\.[0-9]{1,9}");
    private static final String TREE = "/stores/{store}/tree";

    private final StoreEdits edits;
    private final StoreVersions versions;

    StoreTrees(StoreEdits edits, StoreVersions versions) {
        this.edits = edits;
        this.versions = versions;
    }

    List<Operation> operations() {
        return List.of(
                versions.reading(
                        Operation.get(
                                        "stores.tree",
                                        TREE,
                                        "The nodes of the tree at a place",
                                        (arguments, progress) -> show(arguments))
                                .needs("store", Type.TEXT, StoreOperations.ID)
                                .needs("path", Type.TEXT, StoreEdits.PLACE)),
                StoreEdits.sealable(
                                write(
                                        "add",
                                        TREE,
                                        "Adds a node to the tree at a place",
                                        this::grow))
                        .needs("label", Type.ANY, "a text, number, boolean or null")
                        .takes("parent", Type.TEXT, NODE + "; the root")
                        .takes("index", Type.INTEGER, INDEX),
                onNode("move", "Moves a node, with all below it", this::move)
                        .takes("parent", Type.TEXT, NODE + "; the root")
                        .takes("index", Type.INTEGER, INDEX),
                StoreEdits.sealable(onNode("label", "Gives a node another label", this::label))
                        .needs("label", Type.ANY, "a text, number, boolean or null"),
                onNode("remove", "Takes a node away, with all below it", this::fell));
    }

    private static Operation onNode(String verb, String summary, Operation.Handler handler) {
        return write(verb, TREE + "/{node}/" + verb, summary, handler)
                .needs("node", Type.TEXT, NODE);
    }

    private static Operation write(
            String verb, String path, String summary, Operation.Handler handler) {
        return StoreEdits.taking(
                Operation.of("stores.tree." + verb, "POST", path, summary, handler)
                        .needs("store", Type.TEXT, StoreOperations.ID)
                        .needs("path", Type.TEXT, StoreEdits.PLACE));
    }

    private static Path place(Arguments arguments) throws OperationException {
        try {
            return Documents.path(arguments.text("path"), ObjectType.TREE);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
    }

    private Value show(Arguments arguments) throws OperationException {
        Path path = place(arguments);
        return versions.read(
                arguments,
                state ->
                        Value.map()
                                .put("path", Documents.place(path))
                                .put(
                                        "heads",
                                        Value.texts(state.heads().stream().map(Id::hex).toList()))
                                .put("nodes", Documents.value(state, path))
                                .build());
    }

    private Value grow(Arguments arguments, java.util.function.Consumer<Value> progress)
            throws OperationException {
        int[] offset = new int[1];
        Id change =
                edits.write(
                        arguments,
                        (place, given) -> {
                            Path path = Documents.path(place, ObjectType.TREE);
                            Scalar label = label(given);
                            return it -> {
                                StoreEdits.fits(it.state(), path);
                                ElementId parent = parent(it, path, given);
                                int index = index(it, path, parent, null, given);
                                offset[0] = it.tree(path).grow(parent, index, label).offset();
                            };
                        });
        return Value.map()
                .put("node", new ElementId(change, offset[0]).toString())
                .put("change", change.hex())
                .build();
    }

    private Value move(Arguments arguments, java.util.function.Consumer<Value> progress)
            throws OperationException {
        return onNode(
                arguments,
                (it, tree, path, node) -> {
                    ElementId parent = parent(it, path, arguments);
                    tree.move(node, parent, index(it, path, parent, node, arguments));
                });
    }

    private Value label(Arguments arguments, java.util.function.Consumer<Value> progress)
            throws OperationException {
        Scalar label;
        try {
            label = label(arguments);
        } catch (StoreException e) {
            throw Waiting.failure(e);
        }
        return onNode(arguments, (it, tree, path, node) -> tree.label(node, label));
    }

    private Value fell(Arguments arguments, java.util.function.Consumer<Value> progress)
            throws OperationException {
        return onNode(arguments, (it, tree, path, node) -> tree.fell(node));
    }

    private interface OnNode {
        void run(Transaction transaction, TreeEditor tree, Path path, ElementId node)
                throws RefusedException;
    }

    private Value onNode(Arguments arguments, OnNode action) throws OperationException {
        ElementId[] named = new ElementId[1];
        Id change =
                edits.write(
                        arguments,
                        (place, given) -> {
                            Path path = Documents.path(place, ObjectType.TREE);
                            String wanted = given.text("node");
                            return it -> {
                                named[0] = find(it.state(), path, wanted);
                                action.run(it, it.tree(path), path, named[0]);
                            };
                        });
        return Value.map().put("node", named[0].toString()).put("change", change.hex()).build();
    }

    private static Scalar label(Arguments arguments) throws StoreException {
        return Documents.scalar(arguments.value("label").orElse(Value.NULL));
    }

    private static ElementId parent(Transaction it, Path path, Arguments arguments)
            throws RefusedException {
        String parent = arguments.text("parent");
        return parent.isEmpty() ? ElementId.ROOT : find(it.state(), path, parent);
    }

    /** Behind all siblings if none is given; the node that is moved is none of them. */
    private static int index(
            Transaction it,
            Path path,
            ElementId parent,
            @org.jspecify.annotations.Nullable ElementId moved,
            Arguments arguments)
            throws RefusedException {
        long siblings =
                it.state().children(path, parent).stream()
                        .filter(node -> !node.id().equals(moved))
                        .count();
        long index = arguments.integer("index", siblings);
        if (index < 0 || index > siblings) {
            throw new RefusedException(
                    RefusedException.Code.NOT_FOUND,
                    "index "
                            + index
                            + " among "
                            + siblings
                            + " siblings, expected 0 to "
                            + siblings);
        }
        return (int) index;
    }

    /** The node that is called so: by its id, else by its label, else by its first digits. */
    private static ElementId find(State state, Path path, String wanted) throws RefusedException {
        if (WHOLE.matcher(wanted).matches()) {
            ElementId id = ElementId.parse(wanted);
            if (state.node(path, id).isPresent()) {
                return id;
            }
        }
        List<TreeNode> all = all(state, path);
        List<ElementId> named = named(all, wanted);
        if (named.size() == 1) {
            return named.get(0);
        }
        throw new RefusedException(
                RefusedException.Code.NOT_FOUND,
                (named.isEmpty() ? "no node is '" : named.size() + " nodes are '")
                        + wanted
                        + "' in the tree of "
                        + all.size()
                        + " nodes at "
                        + Documents.place(path)
                        + ", expected "
                        + NODE
                        + "; 'parley tree show' shows them");
    }

    private static List<ElementId> named(List<TreeNode> all, String wanted) {
        List<ElementId> labelled = new ArrayList<>();
        List<ElementId> starting = new ArrayList<>();
        for (TreeNode node : all) {
            String id = node.id().toString();
            if (node.label() instanceof Scalar.Text text && text.value().equals(wanted)) {
                labelled.add(node.id());
            }
            if (wanted.length() >= MIN_DIGITS && id.startsWith(wanted)) {
                starting.add(node.id());
            }
        }
        return labelled.isEmpty() ? starting : labelled;
    }

    private static List<TreeNode> all(State state, Path path) {
        List<TreeNode> all = new ArrayList<>();
        Deque<ElementId> open = new ArrayDeque<>(List.of(ElementId.ROOT));
        while (!open.isEmpty()) {
            for (TreeNode node : state.children(path, open.pop())) {
                all.add(node);
                open.push(node.id());
            }
        }
        return all;
    }
}
