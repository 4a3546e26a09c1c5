package dev.parley.stores.internal;

import dev.parley.crdt.api.ChangeEvent;
import dev.parley.crdt.api.ChangeInfo;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.IdsApart;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Receipt;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.Summary;
import dev.parley.crdt.api.UndoHistory;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.PublicKey;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.api.Storage;
import dev.parley.storage.api.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One store that this container follows: the replica, its log, the writes that wait for the next
 * commit and what is to be told once that is on disk. The room's actor owns it.
 */
final class OpenStore {
    private static final System.Logger LOG = System.getLogger(OpenStore.class.getName());

    private final Identity identity;
    private final Id self;
    private final Id id;
    private final StoreFiles files;
    private final IdsKept ids;
    private final Parking parking;
    private final StoreKeys sealKeys;

    private volatile LogHistory history;
    private Replica replica;
    private Optional<CheckpointFile> checkpoint = Optional.empty();
    private int fileLength;
    private int fileBeginning;
    private final Set<String> ownBranches = new HashSet<>();
    private final AuthorKeys authorKeys = new AuthorKeys();
    private final Indexing indexing;
    private final List<Consumer<ChangeEvent>> listeners = new ArrayList<>();
    private final List<Consumer<Integer>> watchers = new ArrayList<>();
    private final Owed owed;
    private List<SignedChange> behindDamage = List.of();
    private @Nullable UndoHistory undo;
    private @Nullable Replica undoOf;
    private String undoBranch = "";
    private List<SignedChange> made = new ArrayList<>();
    private List<ChangeEvent> events = new ArrayList<>();
    private boolean replaying = true;
    private String damage = "";

    final Deque<Write> writes = new ArrayDeque<>();
    final Pulls pulls = new Pulls();
    final Fetches fetches = new Fetches();
    final Compacting compacting;
    final Vouched vouched;

    /** Why it does not get what others have; empty if nothing is known of that. */
    String obstacle = "";

    boolean flushing;

    /** What waits until nothing of it is on its way to the disk. */
    final Deque<Runnable> whenQuiet = new ArrayDeque<>();

    boolean scheduled;
    long flushedAtNanos;
    boolean unforced;

    /** How many changes are on disk; set by the disk's threads before they acknowledge. */
    volatile int onDisk;

    /** Changes of our own that are on disk and not yet published. */
    List<SignedChange> unpublished = new ArrayList<>();

    boolean publishing;

    /** Whether a replica that begins with a checkpoint is being made. */
    boolean rebuilding;

    /** Whether a checkpoint that others propose is being made here. */
    boolean judging;

    /** Whether ids that lie apart are being asked for. */
    boolean fetchingIds;

    /** Who was asked last, and how many times it was begun to ask. */
    @Nullable MachineId idsFrom;

    int idsJob;

    /**
     * Reads the index and what the log has beyond it; without an index, the whole log.
     *
     * @param owed what this agent wrote before it left, and has to get back before it writes
     */
    OpenStore(Identity identity, Storage storage, KeyValueStore kept, StoreInfo info, Set<Id> owed)
            throws StorageException {
        this.identity = identity;
        this.self = Id.of(identity.agent().bytes());
        this.id = info.id();
        this.owed = new Owed(id, self, new StoreList(kept), owed);
        this.files = new StoreFiles(storage, kept, id);
        this.ids = new IdsKept(files);
        this.parking = new Parking(id, files);
        this.sealKeys = new StoreKeys(new KeyRing(id, files.secrets()));
        this.history = files.openLog(this::foundDamage);
        boolean read = false;
        try {
            int wasIndexed = files.indexed();
            StoredReplica found = StoredReplica.read(info, files, history, this::onEvent);
            this.replica = found.replica();
            this.indexing = new Indexing(this, found.indexed());
            found.below().ifPresent(it -> begin(it, found.length()));
            if (found.isUseless()) {
                files.dropIndex();
            }
            if (replica.size() < wasIndexed) {
                this.owed.addLostEnd(wasIndexed, replica.size());
            }
            ids.lacks(replica.idsApart());
            read = true;
        } finally {
            if (!read) {
                history.close();
            }
        }
        learn();
        sealKeys.begin(replica);
        sealKeys.ring().destroyForgotten();
        this.replaying = false;
        this.onDisk = replica.size();
        this.vouched = new Vouched(kept, id);
        this.compacting = new Compacting(new Promises(kept, id), replica);
    }

    private void foundDamage(List<SignedChange> behind) throws StorageException {
        behindDamage = behind;
        owed.addBehindDamage(behind);
    }

    /** Which change brings whose key, and where this agent has written. */
    private void learn() {
        authorKeys.begin(replica);
        relearnOwnBranches();
    }

    /** Keys of sealed values. */
    StoreKeys sealKeys() {
        return sealKeys;
    }

    /**
     * Uses keys that came and are on disk.
     *
     * @return what listeners hear, if values can be read now
     */
    Optional<ChangeEvent> unsealed(List<KeyRing.Held> came) throws StorageException {
        return sealKeys.came(replica, came);
    }

    private void noteShreds() {
        sealKeys.noteShreds(replica).filter(event -> !replaying).ifPresent(events::add);
    }

    /** What is here now, whatever comes later. */
    StoreCopy copy() {
        return new StoreCopy(info(), files, history.reader());
    }

    private void begin(CheckpointFile file, int length) {
        fileLength = length;
        fileBeginning = length - new Snapshot(file.checkpoint(), file.snapshot()).idsApart().length;
        checkpoint = Optional.of(file.approval());
        authorKeys.addBelow(file.keys());
    }

    /** Who is admin, as far as is known here. */
    List<Id> admins() {
        return vouched.admins(replica);
    }

    /** Below which changes were given up here, with who approved it. */
    Optional<CheckpointFile> checkpoint() {
        return checkpoint;
    }

    /** Of the checkpoint's file; 0 if there is none. */
    int fileLength() {
        return fileLength;
    }

    /** How much of it comes before the ids that lie apart. */
    int fileBeginning() {
        return fileBeginning;
    }

    StoreFiles files() {
        return files;
    }

    /** What came of the ids that lie apart. */
    IdsKept ids() {
        return ids;
    }

    /** Whether this agent wrote here. */
    boolean hasWritten() {
        return !ownBranches.isEmpty();
    }

    /**
     * How far all agents are known here.
     *
     * @param named changes that are here, and have to be named
     */
    Summary summary(int maxBytes, List<Id> named) {
        List<Summary.Tip> tips = new ArrayList<>();
        int bytes = 0;
        for (Id each : named) {
            try {
                ChangeInfo info = replica.describe(each);
                tips.add(new Summary.Tip(info.author(), info.branch(), info.seq(), each));
                bytes += 2 * Id.BYTES + 74;
            } catch (RefusedException e) {
                throw new IllegalArgumentException("a change that is not here", e);
            }
        }
        tips.addAll(replica.summary(Math.max(0, maxBytes - bytes)).tips());
        return new Summary(tips);
    }

    /** Whether nothing of it is on its way to the disk, as {@link Rebuild#finish} needs it. */
    boolean isQuiet() {
        return !flushing && !unforced;
    }

    /** Keys of all whose changes are here. */
    List<PublicKey> allKeys() {
        return authorKeys.all(replica);
    }

    /** {@link Rebuild} made what it is from now on. */
    void become(Replica next, LogHistory log, CheckpointFile file, int length) {
        Set<Id> seen = Set.copyOf(replica.heads(""));
        replica = next;
        sealKeys.begin(replica);
        history = log;
        begin(file, length);
        lacks(next.idsApart());
        fetches.clear();
        undo = null;
        vouched.end();
        learn();
        indexing.restart();
        for (Id head : next.heads("")) {
            if (!seen.contains(head)) {
                Id author = next.author(next.indexOf(head));
                events.add(new ChangeEvent(head, author, false, false, Set.of(Path.ROOT)));
                unforced = true;
            }
        }
    }

    private void lacks(Optional<IdsApart> missing) {
        try {
            ids.lacks(missing);
        } catch (StorageException e) {
            LOG.log(System.Logger.Level.WARNING, "ids of store " + id.hex(), e);
        }
    }

    /** What waits for its time, in a replica that does not know of it. */
    void takeParked(List<SignedChange> waiting, long nowMillis) {
        waiting.forEach(change -> take(change, nowMillis));
    }

    /** Its index on disk. */
    Indexing indexing() {
        return indexing;
    }

    void onEvent(ChangeEvent event) {
        if (!replaying) {
            events.add(event);
        }
    }

    Id id() {
        return id;
    }

    StoreInfo info() {
        return replica.info();
    }

    Replica replica() {
        return replica;
    }

    LogHistory history() {
        return history;
    }

    List<Consumer<ChangeEvent>> listeners() {
        return listeners;
    }

    List<Consumer<Integer>> watchers() {
        return watchers;
    }

    /** What this agent can take back; kept for the branch that was asked for last. */
    UndoHistory undo(String branch) {
        UndoHistory existing = undo;
        if (existing == null || undoOf != replica || !undoBranch.equals(branch)) {
            existing = replica.undoHistory(self, branch);
            undo = existing;
            undoOf = replica;
            undoBranch = branch;
        }
        return existing;
    }

    String damage() {
        return damage;
    }

    /** The disk failed: what is in memory is no more what is on it. */
    void diskFailed(Exception why) {
        damaged(
                "nothing is written to it before the container is started again: "
                        + why.getMessage());
    }

    void damaged(String why) {
        damage = why;
    }

    /** Events of what was taken in since the last call. */
    List<ChangeEvent> takeEvents() {
        List<ChangeEvent> taken = events;
        events = new ArrayList<>();
        return taken;
    }

    /** Our own changes since the last call. */
    List<SignedChange> takeMade() {
        List<SignedChange> taken = made;
        made = new ArrayList<>();
        return taken;
    }

    /** Whether changes of this agent are still missing, or may be. */
    boolean owes() {
        return owed.isMissing(replica);
    }

    /** Somebody gave all it has, or has the same. */
    void heardAll() {
        owed.heardAll(replica);
    }

    /** The last changes of this agent, which it has to get back should it leave and come again. */
    Set<Id> ownTips() {
        return owed.tips(replica);
    }

    /** Signs a change of this agent; the first one on a branch brings the key. */
    byte[] sign(String branch, Id change) {
        Optional<PublicKey> key =
                ownBranches.contains(branch) ? Optional.empty() : Optional.of(identity.agentKey());
        return ChangeSeal.encode(key, identity.signAsAgent(ChangeSeal.CONTEXT, change.bytes()));
    }

    /** A change of this agent is in the replica. */
    void wrote(String branch, SignedChange change) {
        ownBranches.add(branch);
        authorKeys.note(change);
        noteShreds();
        made.add(change);
        unforced = true;
    }

    /** Takes up what waited for its time before the last start, and what was behind damage. */
    void readParked(long nowMillis) {
        behindDamage.forEach(change -> take(change, nowMillis));
        behindDamage = List.of();
        parking.read(replica, change -> take(change, nowMillis));
    }

    Receipt receive(SignedChange change, long nowMillis) {
        boolean known = replica.isParked(change.id());
        Receipt receipt = take(change, nowMillis);
        if (!known && replica.isParked(change.id())) {
            parking.keep(change, replica);
        }
        return receipt;
    }

    private Receipt take(SignedChange change, long nowMillis) {
        int before = replica.size();
        Receipt receipt = replica.receive(change, nowMillis);
        if (!receipt.applied().isEmpty()) {
            unforced = true;
            authorKeys.note(change);
            sealKeys.met(replica, change);
            noteKeys(before + 1);
            noteShreds();
        }
        if (receipt.applied().contains(change.id())
                && ChangeSeal.author(change).filter(self::equals).isPresent()) {
            relearnOwnBranches();
        }
        return receipt;
    }

    /**
     * Takes the ids that lay apart, which are on disk behind the checkpoint's file by now, and what
     * waited for them.
     *
     * @throws MalformedException if they are others
     */
    void addIds(byte[] added, long nowMillis) throws MalformedException {
        int before = replica.size();
        replica.addIds(added, nowMillis);
        lacks(replica.idsApart());
        fileLength = fileBeginning + added.length;
        if (replica.size() > before) {
            unforced = true;
            noteKeys(before);
            noteShreds();
            relearnOwnBranches();
        }
    }

    /** Takes up what was ahead of its time. */
    void tick(long nowMillis) {
        int before = replica.size();
        if (!replica.tick(nowMillis).isEmpty()) {
            unforced = true;
            noteKeys(before);
            noteShreds();
        }
    }

    /** Of changes that had waited. */
    private void noteKeys(int from) {
        for (int i = from; i < replica.size(); i++) {
            SignedChange change = replica.change(i);
            authorKeys.note(change);
            sealKeys.met(replica, change);
        }
    }

    private void relearnOwnBranches() {
        for (Summary.Tip first : replica.beginnings().tips()) {
            if (first.author().equals(self)) {
                ownBranches.add(first.branch());
            }
        }
    }

    /** An author's key, if a change that is here brought it. */
    Optional<PublicKey> key(Id author) {
        return authorKeys.of(author, replica);
    }

    /** What a comparison compares: equal digests are equal stores. */
    Id digest() {
        return HeadsDigest.of(replica.heads());
    }

    boolean mayRead(Id agent) {
        return replica.role(agent).compareTo(Role.READER) >= 0;
    }

    void close() throws StorageException {
        try {
            parking.close();
        } finally {
            try {
                history.close();
            } finally {
                files.close();
            }
        }
    }

    /** Removes all of it from the disk; it must be closed. */
    void delete() throws StorageException {
        ids.lacks(Optional.empty());
        sealKeys.ring().end();
        files.delete();
        vouched.end();
        compacting.promises().delete(self);
    }
}
