package dev.parley.mls.internal.tree;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.suite.Hash;
import org.jspecify.annotations.Nullable;

/**
 * How often each key stands in a tree, as a persistent trie over the SHA-256 of the keys, so that
 * nobody can choose keys which collide. A change costs O(log n) and leaves the old tally as it was;
 * {@link #hasDuplicates} costs nothing.
 */
final class KeyTally {
    static final KeyTally EMPTY = new KeyTally(null, 0);

    private static final int BITS = 4;

    /** A branch has children, an end has a digest and a count. */
    private sealed interface Trie {}

    private record Branch(@Nullable Trie[] children) implements Trie {}

    private record End(Bytes digest, int count) implements Trie {}

    private final @Nullable Trie root;
    private final int duplicates;

    private KeyTally(@Nullable Trie root, int duplicates) {
        this.root = root;
        this.duplicates = duplicates;
    }

    boolean hasDuplicates() {
        return duplicates > 0;
    }

    KeyTally plus(Bytes key) {
        return change(key, 1);
    }

    KeyTally minus(Bytes key) {
        return change(key, -1);
    }

    boolean contains(Bytes key) {
        return count(digest(key)) > 0;
    }

    private static Bytes digest(Bytes key) {
        return Bytes.wrap(Hash.SHA256.hash(key.array()));
    }

    private KeyTally change(Bytes key, int by) {
        Bytes digest = digest(key);
        int before = count(digest);
        int after = before + by;
        if (after < 0) {
            throw new IllegalStateException("a key that is not there is taken away");
        }
        int more = (after > 1 ? 1 : 0) - (before > 1 ? 1 : 0);
        return new KeyTally(put(root, digest, after, 0), duplicates + more);
    }

    private int count(Bytes digest) {
        Trie at = root;
        for (int depth = 0; at instanceof Branch branch; depth++) {
            at = branch.children()[slot(digest, depth)];
        }
        return at instanceof End end && end.digest().equals(digest) ? end.count() : 0;
    }

    private static int slot(Bytes digest, int depth) {
        int octet = digest.array()[depth / 2];
        return (depth % 2 == 0 ? octet >>> BITS : octet) & 0xf;
    }

    private static @Nullable Trie put(@Nullable Trie at, Bytes digest, int count, int depth) {
        if (at instanceof Branch branch) {
            @Nullable Trie[] children = branch.children().clone();
            int slot = slot(digest, depth);
            children[slot] = put(children[slot], digest, count, depth + 1);
            return count == 0 ? shrunk(children) : new Branch(children);
        }
        if (at instanceof End end && !end.digest().equals(digest)) {
            if (count == 0) {
                return at;
            }
            @Nullable Trie[] children = new @Nullable Trie[1 << BITS];
            children[slot(end.digest(), depth)] = end;
            int slot = slot(digest, depth);
            children[slot] = put(children[slot], digest, count, depth + 1);
            return new Branch(children);
        }
        return count == 0 ? null : new End(digest, count);
    }

    /** A branch that is left with one end or nothing is that. */
    private static @Nullable Trie shrunk(@Nullable Trie[] children) {
        Trie only = null;
        for (Trie child : children) {
            if (child != null && (only != null || child instanceof Branch)) {
                return new Branch(children);
            }
            only = child == null ? only : child;
        }
        return only;
    }
}
