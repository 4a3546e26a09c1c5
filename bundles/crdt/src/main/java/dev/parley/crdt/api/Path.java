package dev.parley.crdt.api;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Where an object is: the keys from the root map down, each with the type of what is there. Two who
 * write under one path write the same object. Paths can be compared, so that hash tables stay quick
 * if somebody chooses keys with one hash.
 *
 * @param segments none for the root
 */
public record Path(List<Segment> segments) implements Comparable<Path> {
    public static final int MAX_DEPTH = 32;
    public static final int MAX_KEY_BYTES = 256;
    public static final Path ROOT = new Path(List.of());

    /** One step down. */
    public record Segment(String key, ObjectType type) {
        public Segment {
            if (key.getBytes(StandardCharsets.UTF_8).length > MAX_KEY_BYTES) {
                throw new IllegalArgumentException(
                        "a key has at most " + MAX_KEY_BYTES + " bytes: " + key);
            }
        }
    }

    public Path {
        segments = List.copyOf(segments);
        if (segments.size() > MAX_DEPTH) {
            throw new IllegalArgumentException("a path has at most " + MAX_DEPTH + " keys");
        }
        for (int i = 0; i + 1 < segments.size(); i++) {
            if (segments.get(i).type() != ObjectType.MAP) {
                throw new IllegalArgumentException(
                        "only a map has keys, not the "
                                + segments.get(i).type()
                                + " at "
                                + segments.get(i).key());
            }
        }
    }

    /** From the root down, by keys and then by types. */
    @Override
    public int compareTo(Path other) {
        int common = Math.min(segments.size(), other.segments.size());
        for (int i = 0; i < common; i++) {
            Segment ours = segments.get(i);
            Segment theirs = other.segments.get(i);
            int byKey = ours.key().compareTo(theirs.key());
            int order = byKey != 0 ? byKey : ours.type().compareTo(theirs.type());
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(segments.size(), other.segments.size());
    }

    /** The object of this type under the key of this map. */
    public Path at(String key, ObjectType type) {
        List<Segment> longer = new ArrayList<>(segments);
        longer.add(new Segment(key, type));
        return new Path(longer);
    }

    /** Whether this is the object of this type under the key of that map. */
    public boolean is(Path map, String key, ObjectType type) {
        int last = segments.size() - 1;
        return last == map.segments.size()
                && segments.get(last).type() == type
                && segments.get(last).key().equals(key)
                && segments.subList(0, last).equals(map.segments);
    }

    /** A map under the key. */
    public Path map(String key) {
        return at(key, ObjectType.MAP);
    }

    public ObjectType type() {
        return segments.isEmpty() ? ObjectType.MAP : segments.get(segments.size() - 1).type();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("/");
        for (Segment segment : segments) {
            text.append(text.length() > 1 ? "/" : "").append(segment.key());
        }
        return text.toString();
    }
}
