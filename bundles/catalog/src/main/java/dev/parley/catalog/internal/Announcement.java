package dev.parley.catalog.internal;

import dev.parley.catalog.api.Descriptor;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;

/**
 * What is gossiped on {@code plugins/*}: a plugin exists, or somebody serves it. Its author is the
 * envelope's.
 */
sealed interface Announcement {
    int MAX_BYTES = 1024;
    int MAX_ADDRESS_CHARS = 80;

    /** The author published this; it serves it at this address. */
    record Published(
            Hash descriptor,
            String bsn,
            String version,
            String name,
            String title,
            long size,
            long sequence,
            String address)
            implements Announcement {}

    /** The author serves the bytes of somebody's plugin. */
    record Holding(Hash descriptor, String address) implements Announcement {}

    static Published of(Hash hash, Descriptor descriptor, String address) {
        return new Published(
                hash,
                descriptor.bsn(),
                descriptor.version(),
                descriptor.name(),
                descriptor.title(),
                descriptor.size(),
                descriptor.sequence(),
                address);
    }

    default byte[] encode() {
        if (this instanceof Published it) {
            return Cbor.encode(
                    Value.map()
                            .put(0, Value.of(1))
                            .put(1, Value.of(it.descriptor().bytes()))
                            .put(2, Value.of(it.address()))
                            .put(3, Value.of(it.bsn()))
                            .put(4, Value.of(it.version()))
                            .put(5, Value.of(it.name()))
                            .put(6, Value.of(it.title()))
                            .put(7, Value.of(it.size()))
                            .put(8, Value.of(it.sequence()))
                            .build());
        }
        Holding it = (Holding) this;
        return Cbor.encode(
                Value.map()
                        .put(0, Value.of(2))
                        .put(1, Value.of(it.descriptor().bytes()))
                        .put(2, Value.of(it.address()))
                        .build());
    }

    static Announcement decode(byte[] bytes) throws MalformedException {
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_BYTES), "announcement");
        long kind = fields.integer(0, 1, 2);
        Hash descriptor = Hash.of(fields.bytes(1, Hash.BYTES, Hash.BYTES));
        String address = fields.text(2, MAX_ADDRESS_CHARS);
        Announcement announcement =
                kind == 2
                        ? new Holding(descriptor, address)
                        : new Published(
                                descriptor,
                                fields.text(3, 128),
                                fields.text(4, 64),
                                fields.text(5, 40),
                                fields.text(6, 100),
                                fields.integer(7, 1, Descriptor.MAX_JAR_BYTES),
                                fields.integer(8, 1, Long.MAX_VALUE),
                                address);
        fields.end();
        return announcement;
    }
}
