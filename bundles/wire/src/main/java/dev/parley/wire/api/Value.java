package dev.parley.wire.api;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;

/**
 * A value as it crosses rooms and processes: what CBOR and JSON have in common, and byte strings.
 *
 * <p>Values are immutable and may be shared between threads. Map keys are {@link Int} or {@link
 * Text}; a map keeps the order in which it was built, equality ignores it, and {@link Cbor} writes
 * it in canonical order.
 */
public sealed interface Value {
    Value NULL = new Null();
    Value TRUE = new Bool(true);
    Value FALSE = new Bool(false);

    record Null() implements Value {}

    record Bool(boolean value) implements Value {}

    record Int(long value) implements Value {}

    record Real(double value) implements Value {}

    record Text(String value) implements Value {}

    /** A byte string. The array is copied in and out. */
    record Bytes(byte[] value) implements Value {
        public Bytes {
            value = value.clone();
        }

        @Override
        public byte[] value() {
            return value.clone();
        }

        public int length() {
            return value.length;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Bytes that && Arrays.equals(value, that.value);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(value);
        }

        @Override
        public String toString() {
            return "Bytes[" + value.length + "]";
        }
    }

    record List(java.util.List<Value> items) implements Value {
        public List {
            items = java.util.List.copyOf(items);
        }
    }

    record Map(java.util.Map<Value, Value> entries) implements Value {
        public Map {
            for (Value key : entries.keySet()) {
                if (!(key instanceof Int) && !(key instanceof Text)) {
                    throw new IllegalArgumentException(
                            "a map key is an Int or a Text, found " + key);
                }
            }
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }

        public Optional<Value> get(String key) {
            return Optional.ofNullable(entries.get(new Text(key)));
        }

        public Optional<Value> get(long key) {
            return Optional.ofNullable(entries.get(new Int(key)));
        }
    }

    static Value of(long value) {
        return new Int(value);
    }

    static Value of(String value) {
        return new Text(value);
    }

    static Value of(byte[] value) {
        return new Bytes(value);
    }

    static Value of(boolean value) {
        return value ? TRUE : FALSE;
    }

    static Value of(double value) {
        return new Real(value);
    }

    static List list(java.util.List<? extends Value> items) {
        return new List(java.util.List.copyOf(items));
    }

    static List texts(Iterable<String> items) {
        java.util.List<Value> texts = new java.util.ArrayList<>();
        items.forEach(item -> texts.add(new Text(item)));
        return new List(texts);
    }

    /** Starts a map; see {@link MapBuilder}. */
    static MapBuilder map() {
        return new MapBuilder();
    }

    /** Builds a map entry by entry. Not thread-safe. */
    final class MapBuilder {
        private final LinkedHashMap<Value, Value> entries = new LinkedHashMap<>();

        public MapBuilder put(long key, Value value) {
            entries.put(new Int(key), value);
            return this;
        }

        public MapBuilder put(String key, Value value) {
            entries.put(new Text(key), value);
            return this;
        }

        public MapBuilder put(String key, String value) {
            return put(key, new Text(value));
        }

        public MapBuilder put(String key, long value) {
            return put(key, new Int(value));
        }

        public MapBuilder put(String key, boolean value) {
            return put(key, of(value));
        }

        public MapBuilder put(String key, Optional<String> value) {
            value.ifPresent(present -> put(key, present));
            return this;
        }

        public Map build() {
            return new Map(entries);
        }
    }
}
