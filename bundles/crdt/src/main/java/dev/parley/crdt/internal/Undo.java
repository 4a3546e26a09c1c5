package dev.parley.crdt.internal;

import dev.parley.crdt.api.ChangeSigner;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.UndoHistory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an author can take back, newest first. */
final class Undo implements UndoHistory {
    private static final int MAX_TRANSACTIONS = 1000;

    /** Takes one operation back as far as it still stands. */
    interface Inverse {
        void run(RecordingTransaction transaction) throws RefusedException;
    }

    private final ReplicaCore replica;
    private int compactions;
    private final Id author;
    private final Deque<List<Inverse>> done = new ArrayDeque<>();
    private final Deque<List<Inverse>> undone = new ArrayDeque<>();

    /** Elements that were deleted and written again: what the newest one is. */
    private final Map<Long, Long> again = new HashMap<>();

    Undo(ReplicaCore replica, Id author) {
        this.replica = replica;
        this.compactions = replica.compactions();
        this.author = author;
    }

    long newest(long element) {
        long newest = element;
        for (Long next = again.get(newest); next != null; next = again.get(newest)) {
            newest = next;
        }
        return newest;
    }

    void writtenAgain(long element, long asElement) {
        again.put(element, asElement);
    }

    /** What was noted names operations by numbers that a compaction changed. */
    private void forgetIfCompacted() {
        if (compactions != replica.compactions()) {
            compactions = replica.compactions();
            done.clear();
            undone.clear();
            again.clear();
        }
    }

    private SignedChange record(
            Deque<List<Inverse>> into, long nowMillis, ChangeSigner signer, Replica.Edit edit)
            throws RefusedException {
        List<Inverse> inverses = new ArrayList<>();
        SignedChange change =
                replica.transact(
                        author,
                        nowMillis,
                        signer,
                        it ->
                                edit.on(
                                        new RecordingTransaction(
                                                (LocalTransaction) it, this, inverses)));
        into.push(inverses);
        if (into.size() > MAX_TRANSACTIONS) {
            into.removeLast();
        }
        return change;
    }

    @Override
    public SignedChange transact(long nowMillis, ChangeSigner signer, Replica.Edit edit)
            throws RefusedException {
        forgetIfCompacted();
        SignedChange change = record(done, nowMillis, signer, edit);
        undone.clear();
        return change;
    }

    private SignedChange takeBack(
            Deque<List<Inverse>> from,
            Deque<List<Inverse>> into,
            String what,
            long nowMillis,
            ChangeSigner signer)
            throws RefusedException {
        forgetIfCompacted();
        List<Inverse> inverses = from.poll();
        if (inverses == null) {
            throw new RefusedException(Code.NOT_FOUND, "there is nothing to " + what);
        }
        return record(
                into,
                nowMillis,
                signer,
                it -> {
                    for (int i = inverses.size() - 1; i >= 0; i--) {
                        inverses.get(i).run((RecordingTransaction) it);
                    }
                });
    }

    @Override
    public SignedChange undo(long nowMillis, ChangeSigner signer) throws RefusedException {
        return takeBack(done, undone, "undo", nowMillis, signer);
    }

    @Override
    public SignedChange redo(long nowMillis, ChangeSigner signer) throws RefusedException {
        return takeBack(undone, done, "redo", nowMillis, signer);
    }

    @Override
    public int undoable() {
        forgetIfCompacted();
        return done.size();
    }

    @Override
    public int redoable() {
        forgetIfCompacted();
        return undone.size();
    }
}
