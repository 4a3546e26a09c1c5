package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.Unsealing;
import dev.parley.storage.api.SecretFiles;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys of one store's sealed values, each in a file of its own. Which keys there are is said on
 * the room's thread; files may be written and destroyed on another one. A key is no more in memory
 * before its file is destroyed, so that whatever happens between is done again at the next start.
 */
final class KeyRing implements Unsealing {
    static final int MAX_KEYS = 65_536;
    static final int MAX_LABEL_BYTES = 128;

    private static final System.Logger LOG = System.getLogger(KeyRing.class.getName());
    private static final int VERSION = 1;

    private final Id store;
    private final SecretFiles files;
    private final Map<KeyId, Held> held = new ConcurrentHashMap<>();

    /** Keys whose files cannot be read, though something of the key may be in them. */
    private final Set<KeyId> unreadable = ConcurrentHashMap.newKeySet();

    /** Keys that are forgotten, and whose files are still there. */
    private final Set<KeyId> doomed = ConcurrentHashMap.newKeySet();

    /**
     * A key that is here.
     *
     * @param label empty if it is another agent's
     */
    record Held(SealKey key, String label) {}

    /** Reads all of them. */
    KeyRing(Id store, SecretFiles files) throws StorageException {
        this.store = store;
        this.files = files;
        for (Map.Entry<String, byte[]> file : files.all().entrySet()) {
            try {
                Held read = decode(file.getValue());
                if (!read.key().id().hex().equals(file.getKey())) {
                    throw new MalformedException(
                            MalformedException.Reason.BAD_VALUE, "a key of another name");
                }
                held.put(read.key().id(), read);
            } catch (MalformedException e) {
                noteUnreadable(file.getKey());
                LOG.log(
                        System.Logger.Level.WARNING,
                        "store {0}: the key {1} cannot be used: {2}",
                        store.hex(),
                        file.getKey(),
                        e.getMessage());
            }
        }
    }

    private void noteUnreadable(String name) {
        if (name.matches("[0-9a-f]{32}")) {
            unreadable.add(KeyId.parse(name));
        }
    }

    private byte[] encode(Held key) {
        return new ByteWriter(128)
                .u8(VERSION)
                .bytes(key.key().author().bytes())
                .bytes(key.key().secret())
                .text(key.label())
                .toByteArray();
    }

    private Held decode(byte[] bytes) throws MalformedException {
        ByteReader in = new ByteReader(bytes, "a key");
        int version = in.u8();
        if (version != VERSION) {
            throw new MalformedException(
                    MalformedException.Reason.UNSUPPORTED, "a key of version " + version);
        }
        Id author = Id.of(in.bytes(Id.BYTES));
        SealKey key = SealKey.of(store, author, in.bytes(SealKey.BYTES));
        Held read = new Held(key, in.text(MAX_LABEL_BYTES, "label"));
        in.end();
        return read;
    }

    @Override
    public Optional<SealKey> key(KeyId id) {
        return Optional.ofNullable(held.get(id)).map(Held::key);
    }

    boolean has(KeyId id) {
        return held.containsKey(id);
    }

    /** Whether there is something of a key on disk. */
    boolean hasFile(KeyId id) {
        return has(id) || unreadable.contains(id);
    }

    /** Those of which there is something on disk. */
    Set<KeyId> files() {
        Set<KeyId> files = new HashSet<>(held.keySet());
        files.addAll(unreadable);
        return files;
    }

    /** How many more keys of others are kept; they take no room from one's own. */
    int roomForOthers() {
        return MAX_KEYS - (held.size() - own());
    }

    /** Whether no more keys are made. */
    boolean isFull() {
        return own() >= MAX_KEYS;
    }

    private int own() {
        return (int) held.values().stream().filter(it -> !it.label().isEmpty()).count();
    }

    Collection<Held> all() {
        return List.copyOf(held.values());
    }

    Optional<Held> labelled(String label) {
        return held.values().stream().filter(it -> it.label().equals(label)).findAny();
    }

    /** Puts a key on disk. It can be used once {@link #add} said so. */
    void keep(Held key) throws StorageException {
        if (!has(key.key().id())) {
            files.destroy(key.key().id().hex());
            files.put(key.key().id().hex(), encode(key));
            unreadable.remove(key.key().id());
        }
    }

    /** From now on a key that is on disk is used. */
    void add(Held key) {
        held.putIfAbsent(key.key().id(), key);
    }

    /** Makes a key useless at once; {@link #destroyForgotten} does the rest. */
    void forget(KeyId id) {
        Held key = held.remove(id);
        if (key != null) {
            key.key().destroy();
        }
        unreadable.remove(id);
        doomed.add(id);
    }

    /** Makes all keys useless that are in memory. */
    void end() {
        held.values().forEach(each -> each.key().destroy());
        held.clear();
    }

    /** Destroys a key that was put on disk and is not to be used. */
    void discard(Held key) throws StorageException {
        held.remove(key.key().id());
        key.key().destroy();
        files.destroy(key.key().id().hex());
    }

    /** Destroys the files of keys that were forgotten. What forgets them must be on disk. */
    void destroyForgotten() throws StorageException {
        for (KeyId id : List.copyOf(doomed)) {
            files.destroy(id.hex());
            doomed.remove(id);
        }
    }
}
