package dev.parley.stores.internal;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.IdsApart;
import dev.parley.crdt.api.Snapshot;
import dev.parley.storage.api.BlobStore;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.PartialBlob;
import dev.parley.storage.api.SecretFiles;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is on disk of a store: the log of its changes, which is the truth; the checkpoint below
 * which changes were given up, if they were; and an index of both, which may be missing. A pointer
 * in the key-value store says which of them count. Files are named by their content's hash, so a
 * damaged one is known; what a crash left beside the pointer is removed at the next opening.
 */
final class StoreFiles {
    private static final System.Logger LOG = System.getLogger(StoreFiles.class.getName());
    private static final String KEY = "place/";
    private static final int VERSION = 1;
    private static final int MAX_TRASH = 16;

    /** What a crash may have left of logs. */
    private enum Left {
        NOTHING,
        /** A part of the next one. */
        NEXT,
        /** The one before. */
        PREVIOUS
    }

    private record Pointer(
            int generation,
            Left left,
            @Nullable Hash checkpoint,
            @Nullable Hash index,
            int indexed,
            boolean parked,
            List<Hash> trash) {
        byte[] encode() {
            ByteWriter out = new ByteWriter(128);
            out.u8(VERSION).varint(generation).u8(left.ordinal());
            hashes(out, checkpoint == null ? List.of() : List.of(checkpoint));
            hashes(out, index == null ? List.of() : List.of(index));
            out.varint(indexed).u8(parked ? 1 : 0);
            hashes(out, trash);
            return out.toByteArray();
        }

        private static void hashes(ByteWriter out, List<Hash> hashes) {
            out.u8(hashes.size());
            hashes.forEach(hash -> out.bytes(hash.bytes()));
        }

        static Pointer decode(byte[] bytes) throws MalformedException {
            ByteReader in = new ByteReader(bytes, "a store's pointer");
            int version = in.u8();
            long generation = in.varint();
            int left = in.u8();
            if (version != VERSION || generation > Integer.MAX_VALUE || left > 2) {
                throw new MalformedException(
                        MalformedException.Reason.BAD_VALUE, "a store's pointer of another kind");
            }
            List<Hash> checkpoint = hashes(in, 1);
            List<Hash> index = hashes(in, 1);
            long indexed = in.varint();
            boolean parked = in.u8() == 1;
            List<Hash> trash = hashes(in, MAX_TRASH);
            in.end();
            return new Pointer(
                    (int) generation,
                    Left.values()[left],
                    checkpoint.isEmpty() ? null : checkpoint.get(0),
                    index.isEmpty() ? null : index.get(0),
                    (int) Math.min(indexed, Integer.MAX_VALUE),
                    parked,
                    trash);
        }

        private static List<Hash> hashes(ByteReader in, int max) throws MalformedException {
            int count = in.u8();
            if (count > max) {
                throw new MalformedException(
                        MalformedException.Reason.TOO_LONG, count + " files, at most " + max);
            }
            List<Hash> hashes = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                hashes.add(Hash.of(in.bytes(Hash.BYTES)));
            }
            return hashes;
        }
    }

    private final Storage storage;
    private final KeyValueStore kept;
    private final Id store;
    private Pointer pointer;
    private @Nullable Begun begun;
    private boolean closed;
    private boolean deleted;

    /** A next log that does not count yet. */
    private record Begun(Hash checkpoint, LogHistory log) {}

    StoreFiles(Storage storage, KeyValueStore kept, Id store) throws StorageException {
        this.storage = storage;
        this.kept = kept;
        this.store = store;
        Optional<byte[]> found = kept.get(KEY + store.hex());
        try {
            pointer =
                    found.isPresent()
                            ? Pointer.decode(found.get())
                            : new Pointer(0, Left.NOTHING, null, null, 0, false, List.of());
        } catch (MalformedException e) {
            throw new StorageException(StorageException.Reason.IO, String.valueOf(e.getMessage()));
        }
        clean();
    }

    private void clean() throws StorageException {
        if (pointer.left() != Left.NOTHING) {
            int other = pointer.generation() + (pointer.left() == Left.NEXT ? 1 : -1);
            storage.deleteLog(logName(other));
        }
        for (Hash each : pointer.trash()) {
            if (!Objects.equals(each, pointer.index())
                    && !Objects.equals(each, pointer.checkpoint())) {
                storage.blobs().delete(each);
            }
        }
    }

    private String logName(int generation) {
        return generation == 0 ? store.hex() : store.hex().substring(0, 40) + "-" + generation;
    }

    private void point(Pointer next) throws StorageException {
        kept.put(KEY + store.hex(), next.encode());
        pointer = next;
    }

    /** Opens the log, and finds out where each change stands in it. */
    LogHistory openLog(LogHistory.Damage damage) throws StorageException {
        return new LogHistory(storage, logName(pointer.generation()), damage);
    }

    /** Where the keys of sealed values are kept. */
    SecretFiles secrets() {
        return storage.secrets(store.hex());
    }

    /** Where changes are kept that came ahead of their time. */
    ParkedLog parkedLog() {
        return new ParkedLog(storage, store.hex().substring(0, 40) + "-parked");
    }

    /** Whether there may be any. */
    synchronized boolean hasParked() {
        return pointer.parked();
    }

    synchronized void hasParked(boolean parked) throws StorageException {
        if (!closed && pointer.parked() != parked) {
            Pointer now = pointer;
            point(
                    new Pointer(
                            now.generation(),
                            now.left(),
                            now.checkpoint(),
                            now.index(),
                            now.indexed(),
                            parked,
                            now.trash()));
        }
    }

    /** How many changes the index was made of. */
    int indexed() {
        return pointer.indexed();
    }

    /** The index, if there is one that is whole. */
    synchronized Optional<byte[]> index() {
        Hash index = pointer.index();
        if (index == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(index));
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "store {0}: its index cannot be read, so its whole log is: {1}",
                    store.hex(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * What {@link #compact} was given last.
     *
     * @throws StorageException if it is damaged: without it the log means nothing
     */
    synchronized Optional<byte[]> checkpoint() throws StorageException {
        Hash checkpoint = pointer.checkpoint();
        if (checkpoint == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(read(checkpoint));
        } catch (IOException e) {
            throw StorageException.of(
                    "reading the checkpoint of store "
                            + store.hex()
                            + "; leave and join it to get it again",
                    e);
        }
    }

    /** A part of the checkpoint's file; shorter at its end. */
    synchronized byte[] checkpointPart(int offset, int max) throws StorageException {
        Hash checkpoint = pointer.checkpoint();
        if (checkpoint == null) {
            return new byte[0];
        }
        try (SeekableByteChannel file = Files.newByteChannel(path(checkpoint))) {
            long left = Math.max(0, file.size() - offset);
            ByteBuffer part = ByteBuffer.allocate((int) Math.min(max, left));
            file.position(offset);
            while (part.hasRemaining() && file.read(part) >= 0) {
                // Until all of it is there.
            }
            return part.array();
        } catch (IOException e) {
            throw StorageException.of("reading the checkpoint of store " + store.hex(), e);
        }
    }

    private Path path(Hash hash) throws IOException {
        return storage.blobs()
                .path(hash)
                .orElseThrow(() -> new IOException("the file " + hash + " is missing"));
    }

    private byte[] read(Hash hash) throws IOException {
        Path path = path(hash);
        byte[] content = Files.readAllBytes(path);
        if (!Hash.sha256(content).equals(hash)) {
            throw new IOException("the file " + path + " is damaged");
        }
        return content;
    }

    /**
     * The index is not one of the log. When the log has grown it could be taken for one: what comes
     * back to it may come in another order.
     */
    synchronized void dropIndex() throws StorageException {
        Hash index = pointer.index();
        if (index != null) {
            point(with(pointer, null, 0, trash(null, index)));
            storage.blobs().delete(index);
            point(with(pointer, null, 0, List.of()));
        }
    }

    /**
     * Replaces the index. What it is of must be on disk. Any thread may call.
     *
     * @param changes how many it is of
     */
    synchronized void keepIndex(byte[] index, int changes) throws StorageException {
        BlobStore blobs = storage.blobs();
        Hash before = pointer.index();
        Hash next = Hash.sha256(index);
        if (closed || Objects.equals(next, before)) {
            return;
        }
        Pointer now = pointer;
        // Named before it is there: whatever a crash leaves of it is known.
        point(with(now, before, now.indexed(), trash(before, next)));
        blobs.put(index);
        point(with(now, next, changes, trash(next, before)));
        if (before != null) {
            blobs.delete(before);
        }
    }

    private static Pointer with(Pointer now, @Nullable Hash index, int indexed, List<Hash> trash) {
        return new Pointer(
                now.generation(),
                now.left(),
                now.checkpoint(),
                index,
                indexed,
                now.parked(),
                trash);
    }

    private static List<Hash> trash(@Nullable Hash kept, @Nullable Hash... gone) {
        List<Hash> trash = new ArrayList<>();
        for (Hash each : gone) {
            if (each != null && !Objects.equals(each, kept)) {
                trash.add(each);
            }
        }
        return trash;
    }

    /**
     * Begins a next log above this checkpoint, which counts from {@link #finish} on. Any thread may
     * call; one at a time.
     *
     * @return the next log, empty and open
     */
    synchronized LogHistory begin(byte[] checkpoint) throws StorageException {
        if (closed) {
            throw new StorageException(StorageException.Reason.IO, "the store was closed or left");
        }
        Pointer now = pointer;
        int generation = now.generation() + 1;
        point(
                new Pointer(
                        now.generation(),
                        Left.NEXT,
                        now.checkpoint(),
                        now.index(),
                        now.indexed(),
                        now.parked(),
                        trash(now.checkpoint(), Hash.sha256(checkpoint))));
        storage.deleteLog(logName(generation));
        storage.blobs().put(checkpoint);
        LogHistory log = new LogHistory(storage, logName(generation));
        begun = new Begun(Hash.sha256(checkpoint), log);
        return log;
    }

    /**
     * From now on the next log counts, with its checkpoint. A crash leaves the old one or the new
     * one.
     *
     * @param old is closed and removed
     */
    synchronized void finish(byte[] checkpoint, LogHistory old) throws StorageException {
        Pointer now = pointer;
        Hash next = Hash.sha256(checkpoint);
        int generation = now.generation() + 1;
        point(
                new Pointer(
                        generation,
                        Left.PREVIOUS,
                        next,
                        null,
                        0,
                        now.parked(),
                        trash(next, now.checkpoint(), now.index())));
        old.close();
        clean();
        point(new Pointer(generation, Left.NOTHING, next, null, 0, now.parked(), List.of()));
        begun = null;
    }

    /**
     * The next log does not come to count. Of a store that was closed the next opening removes it,
     * or leaving has: by now its name and its checkpoint may be those of another one.
     */
    synchronized void abandon(byte[] checkpoint, LogHistory log) throws StorageException {
        if (closed) {
            return;
        }
        log.close();
        begun = null;
        Pointer now = pointer;
        storage.deleteLog(logName(now.generation() + 1));
        Hash next = Hash.sha256(checkpoint);
        if (!Objects.equals(next, now.checkpoint())) {
            storage.blobs().delete(next);
        }
        point(
                new Pointer(
                        now.generation(),
                        Left.NOTHING,
                        now.checkpoint(),
                        now.index(),
                        now.indexed(),
                        now.parked(),
                        List.of()));
    }

    /** Nothing is put on disk any more, whatever other threads still do; a next log is closed. */
    synchronized void close() throws StorageException {
        closed = true;
        if (begun != null) {
            begun.log().close();
        }
    }

    /** What came so far of ids that lie apart from the checkpoint. */
    PartialBlob ids(IdsApart ids) throws StorageException {
        return storage.blobs().partial(Hash.of(ids.hash().bytes()), ids.bytes());
    }

    /** All of them, if they came and are not behind the checkpoint's file yet. */
    Optional<Path> idsFile(IdsApart ids) {
        return storage.blobs().path(Hash.of(ids.hash().bytes()));
    }

    /** They are not needed any more. */
    void discard(IdsApart ids) throws StorageException {
        ids(ids).discard();
        storage.blobs().delete(Hash.of(ids.hash().bytes()));
    }

    /**
     * Puts the ids that lay apart behind the checkpoint's file. A crash leaves it without or with
     * them. Any thread may call.
     *
     * @return whether it is still the file that they belong to
     */
    synchronized boolean complete(Checkpoint checkpoint, IdsApart ids, byte[] content)
            throws StorageException {
        Hash before = pointer.checkpoint();
        if (closed || before == null) {
            return false;
        }
        try {
            byte[] beginning = read(before);
            CheckpointFile file = CheckpointFile.decode(beginning);
            if (!file.checkpoint().equals(checkpoint)) {
                return false;
            }
            if (new Snapshot(checkpoint, file.snapshot()).idsApart().length > 0) {
                return true;
            }
            byte[] whole = Arrays.copyOf(beginning, beginning.length + content.length);
            System.arraycopy(content, 0, whole, beginning.length, content.length);
            Hash next = Hash.sha256(whole);
            Hash apart = Hash.of(ids.hash().bytes());
            point(checkpointed(before, trash(before, next, apart)));
            storage.blobs().put(whole);
            point(checkpointed(next, trash(next, before, apart)));
            storage.blobs().delete(before);
            storage.blobs().delete(apart);
            return true;
        } catch (MalformedException | IOException e) {
            throw new StorageException(StorageException.Reason.IO, String.valueOf(e.getMessage()));
        }
    }

    private Pointer checkpointed(Hash checkpoint, List<Hash> trash) {
        Pointer now = pointer;
        return new Pointer(
                now.generation(),
                now.left(),
                checkpoint,
                now.index(),
                now.indexed(),
                now.parked(),
                trash);
    }

    /** Whether the store was left. */
    synchronized boolean isDeleted() {
        return deleted;
    }

    /** Removes all of it. It must be closed, and the log too. */
    synchronized void delete() throws StorageException {
        closed = true;
        deleted = true;
        secrets().destroyAll();
        if (begun != null) {
            storage.deleteLog(logName(pointer.generation() + 1));
            storage.blobs().delete(begun.checkpoint());
        }
        storage.deleteLog(logName(pointer.generation()));
        if (pointer.parked()) {
            parkedLog().delete();
        }
        for (Hash each : trash(null, pointer.index(), pointer.checkpoint())) {
            storage.blobs().delete(each);
        }
        kept.delete(KEY + store.hex());
    }
}
