package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Transaction;
import dev.parley.stores.api.StoreException;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes changes of the writes that wait: one of all that may be gathered, one of each other.
 *
 * <p>A write that is refused must not take its neighbours with it. If it did nothing before it was
 * refused, the others just go on. If it did, the whole transaction is rolled back, which costs as
 * much as the store is long, and made again without it.
 */
final class Commits {
    static final int MAX_GATHERED = 4096;

    private final OpenStore store;
    private final Id self;
    private final long nowMillis;
    private final List<Done> done = new ArrayList<>();

    /** A write that is in a change, and is to be acknowledged once that is on disk. */
    record Done(Write write, Id change) {}

    /** A write failed half way. */
    private static final class HalfDone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        HalfDone() {
            super("a write failed half way", null, false, false);
        }
    }

    private Commits(OpenStore store, Id self, long nowMillis) {
        this.store = store;
        this.self = self;
        this.nowMillis = nowMillis;
    }

    /** Takes at most {@link #MAX_GATHERED} writes; those that are refused are told so at once. */
    static List<Done> run(OpenStore store, Id self, long nowMillis) {
        Commits commits = new Commits(store, self, nowMillis);
        List<Write.Gathered> gathered = new ArrayList<>();
        for (int i = 0; i < MAX_GATHERED && !store.writes.isEmpty(); i++) {
            Write next = store.writes.remove();
            if (!store.damage().isEmpty()) {
                fail(next, new StoreException(StoreException.Code.DISK, store.damage()));
            } else if (store.owes()) {
                fail(
                        next,
                        new StoreException(
                                StoreException.Code.NOT_SYNCED,
                                "what this agent wrote to the store before it left, or before its"
                                        + " disk was damaged, has not come back yet"));
            } else if (next instanceof Write.Gathered write) {
                gathered.add(write);
            } else if (next instanceof Write.Own write) {
                commits.gather(gathered);
                gathered.clear();
                commits.own(write);
            }
        }
        commits.gather(gathered);
        return commits.done;
    }

    /** No write that waits is made any more. */
    static void refuseAll(OpenStore store, StoreException why) {
        for (Write next = store.writes.poll(); next != null; next = store.writes.poll()) {
            fail(next, why);
        }
    }

    private void own(Write.Own write) {
        try {
            SignedChange change = write.maker().make(store, nowMillis);
            store.wrote(write.branch(), change);
            done.add(new Done(write, change.id()));
        } catch (RefusedException | RuntimeException e) {
            failed(write, e);
        }
    }

    private void gather(List<Write.Gathered> writes) {
        List<Write.Gathered> left = new ArrayList<>(writes);
        while (!left.isEmpty()) {
            List<Write.Gathered> refused = new ArrayList<>();
            try {
                SignedChange change =
                        store.replica()
                                .transact(
                                        self,
                                        nowMillis,
                                        id -> store.sign("", id),
                                        transaction -> all(left, refused, transaction));
                store.wrote("", change);
                left.removeAll(refused);
                left.forEach(write -> done.add(new Done(write, change.id())));
                return;
            } catch (HalfDone e) {
                left.removeAll(refused);
            } catch (RefusedException e) {
                left.removeAll(refused);
                if (e.code() == RefusedException.Code.TOO_LARGE && left.size() > 1) {
                    gather(left.subList(0, left.size() / 2));
                    gather(left.subList(left.size() / 2, left.size()));
                } else {
                    left.forEach(write -> failed(write, e));
                }
                return;
            } catch (RuntimeException e) {
                left.removeAll(refused);
                left.forEach(write -> failed(write, e));
                return;
            }
        }
    }

    private void all(
            List<Write.Gathered> writes, List<Write.Gathered> refused, Transaction transaction)
            throws RefusedException {
        for (Write.Gathered write : writes) {
            int before = transaction.size();
            try {
                write.edit().on(transaction);
                if (transaction.size() == before) {
                    throw new RefusedException(
                            RefusedException.Code.NOT_FOUND, "the write does nothing");
                }
            } catch (RefusedException | RuntimeException e) {
                refused.add(write);
                failed(write, e);
                if (transaction.size() != before) {
                    throw new HalfDone();
                }
            }
        }
        if (transaction.size() == 0) {
            throw new RefusedException(RefusedException.Code.NOT_FOUND, "no write does anything");
        }
    }

    private void failed(Write write, Exception why) {
        if (why instanceof LogHistory.DiskException) {
            store.diskFailed(why);
            fail(write, new StoreException(StoreException.Code.DISK, store.damage()));
        } else {
            fail(write, Failures.of(why));
        }
    }

    private static void fail(Write write, StoreException why) {
        write.done().completeExceptionally(why);
    }
}
