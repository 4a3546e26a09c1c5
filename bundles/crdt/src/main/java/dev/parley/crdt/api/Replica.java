package dev.parley.crdt.api;

import dev.parley.crdt.internal.ReplicaCore;
import dev.parley.crdt.internal.SealedValues;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One store as one participant knows it: a signed hash graph of changes and the state that follows
 * from them. Replicas with the same changes have the same state, in whatever order they came.
 *
 * <p>Signatures are checked by who receives a change, before it comes here. <b>Threads:</b> one at
 * a time. <b>Nulls:</b> none in, none out. Format: {@code docs/protocols/0010-crdt-changes.md}.
 */
public interface Replica {
    /**
     * @param listener told of each change of the main line, in order
     */
    static Replica create(StoreInfo info, History history, Consumer<ChangeEvent> listener) {
        return new ReplicaCore(info, history, listener);
    }

    static Replica create(StoreInfo info) {
        return create(info, new MemoryHistory(), event -> {});
    }

    /**
     * A replica from a history file. It is whole or there is none; if it fails, throw the history
     * away too, which has what came before the fault.
     *
     * @param check asked for each signature in the file, and with an empty one for the last change
     *     of a line that has none; what it then proves is in {@code 0010-crdt-changes}
     * @throws MalformedException if it is no such file, a hash is another one, or {@code check}
     *     said no
     */
    static Replica load(
            byte[] file,
            long nowMillis,
            SignatureCheck check,
            History history,
            Consumer<ChangeEvent> listener)
            throws MalformedException {
        return ReplicaCore.load(file, nowMillis, check, history, listener);
    }

    /**
     * All changes that are here as one file, much smaller than they are: what follows from
     * something else is left out, and so are signatures that a later one of the same line covers.
     */
    byte[] save();

    /**
     * As the other one, only these changes and their past.
     *
     * @throws RefusedException if one of them is not there
     */
    byte[] save(List<Id> versions) throws RefusedException;

    /**
     * Takes a history file in; what it builds on may be here already. Nothing is taken in if it
     * fails.
     *
     * @param check as for {@link #load}
     * @return how many changes were new
     */
    int receiveAll(byte[] file, long nowMillis, SignatureCheck check) throws MalformedException;

    /**
     * A replica that begins where a checkpoint ends: the state is there, and the graph of the
     * changes below without their operations. Give it what came after.
     *
     * @param history empty
     * @throws MalformedException if the snapshot is not the one that the checkpoint names
     */
    static Replica fromCheckpoint(
            Checkpoint checkpoint, byte[] snapshot, History history, Consumer<ChangeEvent> listener)
            throws MalformedException {
        return ReplicaCore.fromCheckpoint(checkpoint, snapshot, history, listener);
    }

    /**
     * The state of the main line after these changes. Everybody who has them gets the same
     * checkpoint.
     *
     * @param deletedText whether deleted text is kept
     * @throws RefusedException if one of them is not there or not of the main line, or the state
     *     cannot be built again because what it needs was given up
     */
    Snapshot snapshot(List<Id> heads, boolean deletedText) throws RefusedException;

    /**
     * What all have whose frontiers these are, and the main line here: its last changes. Nothing
     * that somebody writes from now on is older, but somebody may still hold back changes that are.
     *
     * @param frontiers of each member that counts, its last changes; one that is not here counts as
     *     if its author had nothing of what only it has
     */
    List<Id> stableCut(Collection<List<Id>> frontiers);

    /**
     * Gives up the operations of all changes below a checkpoint, with their signatures. What is
     * seen does not change, and changes that build on old ones can still come. States and branches
     * that need what was given up are refused from then on, and what was done below cannot be
     * undone.
     *
     * @throws MalformedException if the snapshot is not the one that the checkpoint names, or not,
     *     byte for byte, the one that this replica makes of its changes; then nothing has happened
     */
    void compact(Checkpoint checkpoint, byte[] snapshot) throws MalformedException;

    /**
     * Whether this replica began with a snapshot without the ids of most changes. Then a change
     * that builds on one of those waits, {@link State#blame} and cursors fail where they would have
     * to name one, and no snapshot can be taken, until {@link #addIds} gave it the ids.
     */
    boolean lacksIds();

    /** Which ids those are; empty if all are here. */
    Optional<IdsApart> idsApart();

    /** Whether the id of a change is here, in the order of {@link #change}. */
    boolean knowsId(int index);

    /**
     * Takes the ids that the snapshot left out with which this replica began. Does nothing if all
     * are here.
     *
     * @param ids one after the other, as {@link Snapshot#idsApart} has them
     * @return the changes that had waited for them and were taken in, in order
     * @throws MalformedException if they are others
     */
    List<Id> addIds(byte[] ids, long nowMillis) throws MalformedException;

    /** Whether somebody who said this misses changes whose operations were given up here. */
    boolean needsCheckpoint(Summary theirs);

    /**
     * An agent's role by what these changes have in their past, and they themselves.
     *
     * @throws RefusedException if one of them is not there
     */
    Role roleAt(Id agent, List<Id> heads) throws RefusedException;

    /**
     * What {@link #fromIndex} begins with instead of taking the whole history in again. It costs as
     * much as the store is long. It is believed: whoever keeps it sees to it that it is what it
     * was.
     */
    byte[] index();

    /**
     * A replica from an index and the history that it was made of, to which more may have been
     * appended. Only that, and branches that were not merged, are taken in again; nobody is told of
     * them. It is the same replica as the one that takes all in, with its changes in the same
     * order.
     *
     * @param floor the file of the last {@link #compact} or {@link #fromCheckpoint}, if there was
     *     one; of the changes below it the history has none, and none is counted
     * @param history asked for its changes; they must not be given to {@link #receive} again
     * @param size how many changes it has
     * @throws MalformedException if it is damaged, of another history, or of more than is there
     */
    static Replica fromIndex(
            byte[] index,
            Optional<byte[]> floor,
            History history,
            int size,
            Consumer<ChangeEvent> listener)
            throws MalformedException {
        return ReplicaCore.fromIndex(index, floor, history, size, listener);
    }

    StoreInfo info();

    /** Takes a change in, in any order; what it builds on may come later. */
    Receipt receive(SignedChange change, long nowMillis);

    /** Takes up changes that were ahead of their time; call it about once a minute. */
    List<Id> tick(long nowMillis);

    /** What a transaction does. */
    interface Edit {
        void on(Transaction transaction) throws RefusedException;
    }

    /**
     * Makes one change of all that {@code edit} does on the main line. If it fails nothing has
     * happened. Where more changes lie beside each other than one can name, others of the author
     * that do nothing but join them come before it, and are signed and appended too.
     *
     * @throws RefusedException as {@code edit} did, or if the author may not write
     */
    SignedChange transact(Id author, long nowMillis, ChangeSigner signer, Edit edit)
            throws RefusedException;

    /**
     * As the other one, on a branch.
     *
     * @param branch empty for the main line; a new one leaves the main line as it is now
     * @param message for people; may be empty
     */
    SignedChange transact(
            Id author,
            String branch,
            String message,
            long nowMillis,
            ChangeSigner signer,
            Edit edit)
            throws RefusedException;

    /**
     * Makes a change of one branch that has all of the other one in its past.
     *
     * @throws RefusedException if there is no such branch or nothing to merge
     */
    SignedChange merge(
            Id author,
            String from,
            String into,
            String message,
            long nowMillis,
            ChangeSigner signer)
            throws RefusedException;

    /** The main line. Always as it is now. */
    State state();

    /**
     * A branch as it is now.
     *
     * @throws RefusedException if nobody wrote on it
     */
    State state(String branch) throws RefusedException;

    /**
     * As it was when these were the last changes.
     *
     * @throws RefusedException if one of them is not there
     */
    State at(List<Id> versions) throws RefusedException;

    /**
     * What is different in the second state. Each is named by its last changes.
     *
     * @throws RefusedException if one of them is not there
     */
    List<Difference> diff(List<Id> before, List<Id> after) throws RefusedException;

    /**
     * Objects that two branches both changed since they parted. Merging decides each by its type;
     * this says where to look.
     *
     * @param from empty for the main line
     */
    List<Path> changedOnBoth(String from, String into) throws RefusedException;

    /** The branches somebody wrote on, without the main line. */
    List<String> branches();

    /** The last changes of a branch, which together name its state. */
    List<Id> heads(String branch);

    /** The last changes of all; equal heads mean equal replicas. */
    List<Id> heads();

    /** How many changes there are. */
    int size();

    boolean has(Id change);

    /** As how many-th it was taken in, from 0; below 0 if it is not there. */
    int indexOf(Id change);

    /**
     * In the order they were taken in; compaction changes it.
     *
     * @throws IllegalArgumentException if it was given up
     */
    SignedChange change(int index);

    /** The id of a change, in the order of {@link #change}; also of one that was given up. */
    Id id(int index);

    /** Who made a change, in the order of {@link #change}; also one that was given up. */
    Id author(int index);

    /**
     * The changes whose ids begin so, as far as the ids are here; also of those given up.
     *
     * @param hex lowercase hex digits
     * @param limit stops there; two are enough to know that it is not one
     * @return in no order
     */
    List<Id> startingWith(String hex, int limit);

    /** Whether only the graph's knowledge of a change is left, not its operations. */
    boolean isForgotten(int index);

    /** Whether a change that is there has no effect. */
    boolean isVoid(Id change);

    /** What the log says of a change. */
    ChangeInfo describe(Id change) throws RefusedException;

    /**
     * The objects that a change is about; the root if it changes roles.
     *
     * @throws RefusedException if it is not there, or its operations were given up
     */
    Set<Path> touched(Id change) throws RefusedException;

    /**
     * Says what opens sealed values from now on. Without it, and where it has no key, a state shows
     * them as {@link Scalar.Sealed}; if the key is shredded, as {@link Scalar.Expunged}.
     */
    void unsealWith(Unsealing keys);

    /**
     * Keys that were shredded: nobody keeps, asks for, takes or gives them any more. A view of how
     * it is now, until the replica is compacted.
     */
    Set<KeyId> shredded();

    boolean isShredded(KeyId key);

    /** Is shown sealed values. */
    interface SealedVisitor {
        void visit(Path path, Scalar.Sealed value);
    }

    /** Shows all sealed values that the main line keeps. It costs as much as there are objects. */
    void visitSealed(SealedVisitor visitor);

    /** The keys with which values of a change are sealed; none if it is no change. */
    static Set<KeyId> keysOf(SignedChange change) {
        return SealedValues.keysOf(change);
    }

    /** How far each agent is known here, also by changes that wait for their time. */
    default Summary summary() {
        return summary(Integer.MAX_VALUE);
    }

    /**
     * As the other one, not longer than so many bytes: if there are more agents, the last changes
     * that nothing builds on and the agents who wrote last. Who is told it may give some that are
     * here.
     */
    Summary summary(int maxBytes);

    /** The first change of each line, with which an author begins on a branch. */
    Summary beginnings();

    /** What somebody misses who said this, and is not given up here. */
    Serving serve(Summary theirs);

    /**
     * The first of what somebody misses who said this.
     *
     * @param maxBytes stops before it would be more, but not before the first one
     */
    default List<SignedChange> missing(Summary theirs, int maxBytes) {
        return serve(theirs).next(maxBytes, Integer.MAX_VALUE);
    }

    /** What an author can take back on the main line. */
    default UndoHistory undoHistory(Id author) {
        return undoHistory(author, "");
    }

    /**
     * What an author can take back on a branch, by the history as it is whenever it is asked.
     *
     * @param branch empty for the main line
     */
    UndoHistory undoHistory(Id author, String branch);

    /** Authors who said two things at once, one proof each. */
    List<Fork> forks();

    Role role(Id agent);

    Map<Id, Role> members();

    /** How many changes wait for others, and how many for their time. */
    int waiting();

    int parked();

    boolean isParked(Id change);

    /** Those that wait for their time, in the order they came. */
    List<SignedChange> parkedChanges();
}
