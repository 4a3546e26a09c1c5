package dev.parley.crdt.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The objects of a store. What is not there is empty: zero, false, no keys. */
public interface State {
    /** Keys of a map with content, in order; one key twice if it has objects of two types. */
    List<Path.Segment> keys(Path map);

    /** Whether there is content at a path, so that its map has the key. */
    boolean has(Path path);

    /** The last writer's value. */
    Optional<Scalar> register(Path path);

    /** All concurrent values, the last first. */
    List<Scalar> registers(Path path);

    long counter(Path path);

    /** What is left of an escrow counter, by owner. */
    Map<Id, Long> shares(Path path);

    boolean flag(Path path);

    /** In the order of their encodings. */
    List<Scalar> set(Path path);

    String text(Path path);

    /** In code points. */
    int textLength(Path path);

    /** Who wrote what is there, from the start to the end. */
    List<Blame> blame(Path text);

    /**
     * @param position from 0 to the length, in code points
     * @param after whether it stays with the code point before it, not with the one behind it
     */
    TextCursor cursor(Path text, int position, boolean after);

    /**
     * @return where the cursor is now; beside a deleted code point it is where that one was
     */
    int position(Path text, TextCursor cursor) throws RefusedException;

    /** What is there, as people read it; empty if there is nothing. */
    String shown(Path path);

    List<ListElement> list(Path path);

    /**
     * The nodes under one, in order; none if it cannot be seen.
     *
     * @param parent a node, or {@link ElementId#ROOT}
     */
    List<TreeNode> children(Path tree, ElementId parent);

    /**
     * @return nothing if it was felled, or one above it
     */
    Optional<TreeNode> node(Path tree, ElementId node);

    /** In the order they were made. */
    List<Task> tasks(Path path);

    Optional<Task> task(Path path, ElementId task);

    /** SHA-256 of the canonical form: equal states have equal hashes. */
    Id hash();

    /** The last changes in it. */
    List<Id> heads();
}
