package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.storage.api.Hash;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** What a comparison compares (0011, the digest): equal digests are equal stores. Any thread. */
final class HeadsDigest {
    private static final byte[] CONTEXT =
            "parley.store.heads.v1".getBytes(StandardCharsets.US_ASCII);

    private HeadsDigest() {}

    /** Of the last changes of a store, in whatever order. */
    static Id of(List<Id> heads) {
        Stream<byte[]> sorted = heads.stream().sorted().map(Id::bytes);
        Hash hash = Hash.sha256(Stream.concat(Stream.of(CONTEXT), sorted).toArray(byte[][]::new));
        return Id.of(hash.bytes());
    }
}
