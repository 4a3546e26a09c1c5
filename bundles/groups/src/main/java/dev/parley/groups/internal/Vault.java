package dev.parley.groups.internal;

import dev.parley.groups.api.GroupId;
import dev.parley.storage.api.AppendLog;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One group's keys and values on disk. A batch is one record of a log: all of it survives a crash,
 * or none. The log is written anew under the next number when much of it was deleted, and the old
 * one removed, so that deleted keys do not stay in it. Which number counts is said last, in a store
 * of the room. Not thread-safe.
 */
final class Vault {
    private static final int MAX_BATCH_BYTES = 1 << 20;

    /** Below this a log is not written anew for its size. */
    private static final long SMALL = 4L << 20;

    private static final int MAX_KEY_BYTES = 256;

    private final Storage storage;
    private final KeyValueStore names;
    private final GroupId group;
    private final NavigableMap<String, Place> index = new TreeMap<>();
    private AppendLog log;
    private long number;
    private long size;
    private long live;
    private boolean deleted;

    private record Place(long record, int length) {}

    private Vault(Storage storage, KeyValueStore names, GroupId group, long number, AppendLog log) {
        this.storage = storage;
        this.names = names;
        this.group = group;
        this.number = number;
        this.log = log;
    }

    /**
     * Opens it, empty if it was never there.
     *
     * @param values is given all that is in it
     */
    static Vault open(
            Storage storage, KeyValueStore names, GroupId group, Map<String, byte[]> values)
            throws StorageException {
        Optional<byte[]> kept = names.get(group.hex());
        long number =
                kept.map(it -> Long.parseLong(new String(it, StandardCharsets.US_ASCII)))
                        .orElse(1L);
        storage.deleteLog(name(group, number + 1));
        if (number > 1) {
            storage.deleteLog(name(group, number - 1));
        }
        if (kept.isEmpty()) {
            storage.deleteLog(name(group, number));
        }
        Map<Long, byte[]> records = new LinkedHashMap<>();
        AppendLog log = storage.log(name(group, number), records::put);
        Vault vault = new Vault(storage, names, group, number, log);
        for (Map.Entry<Long, byte[]> record : records.entrySet()) {
            vault.apply(record.getKey(), record.getValue(), values);
        }
        if (kept.isEmpty()) {
            vault.sayNumber();
        }
        return vault;
    }

    private static String name(GroupId group, long number) {
        return "group-" + group.hex().substring(0, 40) + "-" + number;
    }

    private void sayNumber() throws StorageException {
        names.put(group.hex(), Long.toString(number).getBytes(StandardCharsets.US_ASCII));
    }

    private void apply(long place, byte[] record, @Nullable Map<String, byte[]> values)
            throws StorageException {
        Map<String, Optional<byte[]>> changes = decode(record);
        size += record.length;
        for (Map.Entry<String, Optional<byte[]>> change : changes.entrySet()) {
            String key = change.getKey();
            Place old =
                    change.getValue().isPresent()
                            ? index.put(key, new Place(place, change.getValue().get().length))
                            : index.remove(key);
            live -= old == null ? 0 : old.length() + key.length();
            live += change.getValue().map(it -> it.length + key.length()).orElse(0);
            deleted |= old != null;
            if (values != null) {
                change.getValue()
                        .ifPresentOrElse(value -> values.put(key, value), () -> values.remove(key));
            }
        }
    }

    private static byte[] encode(Map<String, Optional<byte[]>> changes) {
        ByteWriter out = new ByteWriter(1024).varint(changes.size());
        changes.forEach(
                (key, value) -> {
                    out.text(key).u8(value.isPresent() ? 1 : 0);
                    value.ifPresent(out::block);
                });
        return out.toByteArray();
    }

    private static Map<String, Optional<byte[]>> decode(byte[] record) throws StorageException {
        try {
            ByteReader in = new ByteReader(record, "group record");
            Map<String, Optional<byte[]>> changes = new LinkedHashMap<>();
            for (long left = in.varint(); left > 0; left--) {
                String key = in.text(MAX_KEY_BYTES, "key");
                changes.put(
                        key,
                        in.u8() == 1
                                ? Optional.of(in.block(AppendLog.MAX_RECORD_BYTES, "value"))
                                : Optional.empty());
            }
            in.end();
            return changes;
        } catch (MalformedException e) {
            throw new StorageException(
                    StorageException.Reason.IO, "group record: " + e.getMessage());
        }
    }

    /** On disk when it returns. */
    void write(Map<String, Optional<byte[]>> changes) throws StorageException {
        byte[] record = encode(changes);
        long place = log.append(record);
        log.force();
        apply(place, record, null);
    }

    Optional<byte[]> read(String key) throws StorageException {
        Place place = index.get(key);
        if (place == null) {
            return Optional.empty();
        }
        Optional<byte[]> value = decode(log.read(place.record())).get(key);
        return value == null ? Optional.empty() : value;
    }

    /** Keys from there on with that prefix. */
    List<String> keys(String from, String prefix) {
        return index.tailMap(from, false).keySet().stream()
                .takeWhile(key -> key.startsWith(prefix))
                .toList();
    }

    /** Whether something deleted is still in the log. */
    boolean deleted() {
        return deleted;
    }

    boolean large() {
        return size > SMALL && size > 2 * live;
    }

    /** Leaves what was deleted behind. */
    void rewrite() throws StorageException {
        storage.deleteLog(name(group, number + 1));
        NavigableMap<String, Place> places = new TreeMap<>();
        AppendLog next = storage.log(name(group, number + 1), (place, record) -> {});
        try {
            Map<String, Optional<byte[]>> batch = new LinkedHashMap<>();
            int bytes = 0;
            for (String key : index.keySet()) {
                byte[] value = read(key).orElseThrow();
                batch.put(key, Optional.of(value));
                bytes += value.length;
                if (bytes > MAX_BATCH_BYTES) {
                    append(next, batch, places);
                    batch.clear();
                    bytes = 0;
                }
            }
            append(next, batch, places);
            next.force();
        } catch (StorageException e) {
            next.close();
            throw e;
        }
        number++;
        sayNumber();
        AppendLog old = log;
        log = next;
        index.clear();
        index.putAll(places);
        size = live;
        deleted = false;
        old.close();
        storage.deleteLog(name(group, number - 1));
    }

    private static void append(
            AppendLog to, Map<String, Optional<byte[]>> batch, Map<String, Place> places)
            throws StorageException {
        if (batch.isEmpty()) {
            return;
        }
        long place = to.append(encode(batch));
        batch.forEach(
                (key, value) -> places.put(key, new Place(place, value.orElseThrow().length)));
    }

    void close() throws StorageException {
        log.close();
    }

    /** Removes all of it. */
    void delete() throws StorageException {
        log.close();
        names.delete(group.hex());
        storage.deleteLog(name(group, number));
    }
}
