package dev.parley.host.internal;

import dev.parley.catalog.api.Descriptor;
import dev.parley.identity.api.SignedRecord;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What must survive: which plugins are installed with which grants, and the highest sequence ever
 * seen of each.
 */
final class Ledger {
    private static final int MAX_BYTES = 256 * 1024;

    private final KeyValueStore store;

    Ledger(KeyValueStore store) {
        this.store = store;
    }

    /** An installed plugin; {@code enabled} if it is to run. */
    record Installed(
            SignedRecord signed,
            Descriptor descriptor,
            Set<String> granted,
            String topic,
            boolean enabled) {}

    /** The highest sequence that was ever admitted, and its descriptor's hash. */
    record Mark(long sequence, Hash descriptor) {}

    private static String markKey(Descriptor descriptor) {
        return "mark/" + descriptor.publisher().hex() + "/" + descriptor.bsn();
    }

    Optional<Mark> mark(Descriptor descriptor) throws MalformedException {
        Optional<byte[]> bytes = store.get(markKey(descriptor));
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        ByteReader in = new ByteReader(bytes.get(), "mark");
        return Optional.of(new Mark(in.i64(), Hash.of(in.bytes(Hash.BYTES))));
    }

    /** The mark first, the installation last: a crash in between leaves nothing installed. */
    void commit(Installed plugin) throws StorageException {
        Hash hash = Hash.sha256(plugin.signed().encode());
        if (plugin.descriptor().sequence() >= highest(plugin.descriptor())) {
            store.put(
                    markKey(plugin.descriptor()),
                    new ByteWriter()
                            .i64(plugin.descriptor().sequence())
                            .bytes(hash.bytes())
                            .toByteArray());
        }
        store.put(
                "installed/" + plugin.descriptor().name(),
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of(1))
                                .put(1, Value.of(plugin.signed().encode()))
                                .put(2, Value.texts(plugin.granted().stream().sorted().toList()))
                                .put(3, Value.of(plugin.topic()))
                                .put(4, Value.of(plugin.enabled()))
                                .build()));
    }

    /** A mark never goes back; one that is damaged stays as it is, and admission says so. */
    private long highest(Descriptor descriptor) {
        try {
            return mark(descriptor).map(Mark::sequence).orElse(0L);
        } catch (MalformedException e) {
            return Long.MAX_VALUE;
        }
    }

    void remove(String name) throws StorageException {
        store.delete("installed/" + name);
    }

    List<Installed> installed() throws MalformedException {
        List<Installed> all = new ArrayList<>();
        for (String key : store.keys("installed/")) {
            Fields fields =
                    Fields.of(
                            Cbor.decode(store.get(key).orElseThrow(), MAX_BYTES),
                            "installed plugin");
            fields.integer(0, 1, 1);
            SignedRecord signed = SignedRecord.decode(fields.bytes(1, 1, SignedRecord.MAX_BYTES));
            Set<String> granted = new HashSet<>(fields.texts(2, Descriptor.MAX_PERMISSIONS, 200));
            String topic = fields.text(3, 128);
            boolean enabled = fields.required(4).equals(Value.TRUE);
            fields.end();
            all.add(
                    new Installed(
                            signed, Descriptor.decode(signed.body()), granted, topic, enabled));
        }
        return all;
    }
}
