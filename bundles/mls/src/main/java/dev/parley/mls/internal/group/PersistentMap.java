package dev.parley.mls.internal.group;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An immutable ordered map (an AVL tree): a change costs O(log n) whatever the keys are, and shares
 * the rest with the map that it came from.
 */
final class PersistentMap<K extends Comparable<? super K>, V> {
    private record Node<K, V>(
            K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right, int height) {
        static <K, V> Node<K, V> of(
                K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            return new Node<>(key, value, left, right, 1 + Math.max(tall(left), tall(right)));
        }

        Node<K, V> balanced() {
            int lean = tall(left) - tall(right);
            if (lean > 1 && left != null) {
                Node<K, V> raised = tall(left.left) >= tall(left.right) ? left : left.rotatedLeft();
                return of(key, value, raised, right).rotatedRight();
            }
            if (lean < -1 && right != null) {
                Node<K, V> raised =
                        tall(right.right) >= tall(right.left) ? right : right.rotatedRight();
                return of(key, value, left, raised).rotatedLeft();
            }
            return this;
        }

        private Node<K, V> rotatedLeft() {
            return right == null
                    ? this
                    : of(right.key, right.value, of(key, value, left, right.left), right.right);
        }

        private Node<K, V> rotatedRight() {
            return left == null
                    ? this
                    : of(left.key, left.value, left.left, of(key, value, left.right, right));
        }
    }

    private final @Nullable Node<K, V> root;
    private final int size;

    private PersistentMap(@Nullable Node<K, V> root, int size) {
        this.root = root;
        this.size = size;
    }

    static <K extends Comparable<? super K>, V> PersistentMap<K, V> empty() {
        return new PersistentMap<>(null, 0);
    }

    int size() {
        return size;
    }

    /** How many steps the longest search takes. */
    int depth() {
        return tall(root);
    }

    Optional<V> get(K key) {
        Node<K, V> at = root;
        while (at != null) {
            int order = key.compareTo(at.key());
            if (order == 0) {
                return Optional.of(at.value());
            }
            at = order < 0 ? at.left() : at.right();
        }
        return Optional.empty();
    }

    PersistentMap<K, V> with(K key, V value) {
        return new PersistentMap<>(put(root, key, value), get(key).isPresent() ? size : size + 1);
    }

    PersistentMap<K, V> without(K key) {
        return get(key).isPresent() ? new PersistentMap<>(cut(root, key), size - 1) : this;
    }

    /** By ascending key. */
    List<V> values() {
        List<V> values = new ArrayList<>(size);
        collect(root, values, new ArrayList<>());
        return values;
    }

    /** Ascending. */
    List<K> keys() {
        List<K> keys = new ArrayList<>(size);
        collect(root, new ArrayList<>(), keys);
        return keys;
    }

    private static int tall(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height();
    }

    private static <K, V> void collect(@Nullable Node<K, V> at, List<V> values, List<K> keys) {
        if (at != null) {
            collect(at.left(), values, keys);
            keys.add(at.key());
            values.add(at.value());
            collect(at.right(), values, keys);
        }
    }

    private static <K extends Comparable<? super K>, V> Node<K, V> put(
            @Nullable Node<K, V> at, K key, V value) {
        if (at == null) {
            return Node.of(key, value, null, null);
        }
        int order = key.compareTo(at.key());
        if (order == 0) {
            return Node.of(key, value, at.left(), at.right());
        }
        Node<K, V> changed =
                order < 0
                        ? Node.of(at.key(), at.value(), put(at.left(), key, value), at.right())
                        : Node.of(at.key(), at.value(), at.left(), put(at.right(), key, value));
        return changed.balanced();
    }

    private static <K extends Comparable<? super K>, V> @Nullable Node<K, V> cut(
            @Nullable Node<K, V> at, K key) {
        if (at == null) {
            return null;
        }
        int order = key.compareTo(at.key());
        if (order < 0) {
            return Node.of(at.key(), at.value(), cut(at.left(), key), at.right()).balanced();
        }
        if (order > 0) {
            return Node.of(at.key(), at.value(), at.left(), cut(at.right(), key)).balanced();
        }
        Node<K, V> least = at.right();
        if (least == null) {
            return at.left();
        }
        while (least.left() != null) {
            least = least.left();
        }
        return Node.of(least.key(), least.value(), at.left(), cut(at.right(), least.key()))
                .balanced();
    }
}
