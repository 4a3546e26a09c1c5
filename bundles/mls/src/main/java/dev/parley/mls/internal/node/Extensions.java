package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A list of extensions in the order of the wire. */
public record Extensions(List<Extension> items) implements Encodable {
    public static final Extensions NONE = new Extensions(List.of());

    public Extensions {
        items = List.copyOf(items);
    }

    public static Extensions of(Extension... items) {
        return new Extensions(List.of(items));
    }

    public static Extensions read(TlsReader in) throws MalformedException {
        return new Extensions(in.list(Extension::read));
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }

    /** The data of the first extension of this type. */
    public Optional<Bytes> find(int type) {
        for (Extension item : items) {
            if (item.type() == type) {
                return Optional.of(item.data());
            }
        }
        return Optional.empty();
    }

    /** About how long they are, for who writes them: a ratchet tree may be among them. */
    public int expectedBytes() {
        return items.stream().mapToInt(item -> item.data().length() + 16).sum();
    }

    /** Whether each type stands there once at most, as section 13.4 demands. */
    public boolean areDistinct() {
        Set<Integer> seen = new HashSet<>();
        return items.stream().allMatch(item -> seen.add(item.type()));
    }

    @Override
    public void write(TlsWriter out) {
        out.list(items);
    }
}
