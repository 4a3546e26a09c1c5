package dev.parley.stores.internal;

import dev.parley.crdt.api.ElementId;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.ListEditor;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.TasksEditor;
import dev.parley.crdt.api.TextEditor;
import dev.parley.crdt.api.Transaction;
import dev.parley.crdt.api.TreeEditor;
import java.time.Duration;

/**
 * Seals every value that is written through it. What cannot be sealed - texts, counters, flags,
 * titles of tasks - is refused, so that nothing stands open that was meant to be sealed.
 */
final class SealingTransaction implements Transaction {
    private final Transaction transaction;
    private final SealKey key;

    SealingTransaction(Transaction transaction, SealKey key) {
        this.transaction = transaction;
        this.key = key;
    }

    private Scalar sealed(Scalar value) throws RefusedException {
        if (key.isDestroyed()) {
            throw new RefusedException(
                    RefusedException.Code.WRONG_STATE,
                    "what is sealed with this key was expunged meanwhile");
        }
        return key.seal(value);
    }

    private static IllegalArgumentException open(String what) {
        return new IllegalArgumentException(
                what
                        + " cannot be sealed; values of registers, sets, lists and trees can, and"
                        + " results of tasks");
    }

    @Override
    public State state() {
        return transaction.state();
    }

    @Override
    public int size() {
        return transaction.size();
    }

    @Override
    public void role(Id agent, Role role) {
        throw open("a role");
    }

    @Override
    public void shred(KeyId shredded) {
        throw open("a shred");
    }

    @Override
    public void put(Path map) throws RefusedException {
        transaction.put(map);
    }

    @Override
    public void clear(Path path) throws RefusedException {
        transaction.clear(path);
    }

    @Override
    public void set(Path register, Scalar value) throws RefusedException {
        transaction.set(register, sealed(value));
    }

    @Override
    public void increment(Path counter, long amount) {
        throw open("a counter");
    }

    @Override
    public void mint(Path escrow, long amount) {
        throw open("a counter");
    }

    @Override
    public void spend(Path escrow, long amount) {
        throw open("a counter");
    }

    @Override
    public void transfer(Path escrow, Id to, long amount) {
        throw open("a counter");
    }

    @Override
    public void flag(Path flag, boolean value) {
        throw open("a flag");
    }

    @Override
    public void add(Path set, Scalar value) throws RefusedException {
        transaction.add(set, sealed(value));
    }

    @Override
    public void remove(Path set, Scalar value) throws RefusedException {
        transaction.remove(set, value);
    }

    @Override
    public TextEditor text(Path text) {
        throw open("a text");
    }

    @Override
    public ListEditor list(Path list) {
        ListEditor editor = transaction.list(list);
        return new ListEditor() {
            @Override
            public int size() {
                return editor.size();
            }

            @Override
            public void insert(int index, Scalar value) throws RefusedException {
                editor.insert(index, sealed(value));
            }

            @Override
            public void move(int from, int to) throws RefusedException {
                editor.move(from, to);
            }

            @Override
            public void replace(int index, Scalar value) throws RefusedException {
                editor.replace(index, sealed(value));
            }

            @Override
            public void drop(int index) throws RefusedException {
                editor.drop(index);
            }
        };
    }

    @Override
    public TreeEditor tree(Path tree) {
        TreeEditor editor = transaction.tree(tree);
        return new TreeEditor() {
            @Override
            public ElementId grow(ElementId parent, int index, Scalar label)
                    throws RefusedException {
                return editor.grow(parent, index, sealed(label));
            }

            @Override
            public void move(ElementId node, ElementId parent, int index) throws RefusedException {
                editor.move(node, parent, index);
            }

            @Override
            public void label(ElementId node, Scalar label) throws RefusedException {
                editor.label(node, sealed(label));
            }

            @Override
            public void fell(ElementId node) throws RefusedException {
                editor.fell(node);
            }
        };
    }

    @Override
    public TasksEditor tasks(Path tasks) {
        TasksEditor editor = transaction.tasks(tasks);
        return new TasksEditor() {
            @Override
            public ElementId add(String title) {
                throw open("a title");
            }

            @Override
            public ElementId addExclusive(String title, Id arbiter) {
                throw open("a title");
            }

            @Override
            public ElementId claim(ElementId task, Duration lease) throws RefusedException {
                return editor.claim(task, lease);
            }

            @Override
            public void renew(ElementId claim, Duration lease) throws RefusedException {
                editor.renew(claim, lease);
            }

            @Override
            public void release(ElementId claim) throws RefusedException {
                editor.release(claim);
            }

            @Override
            public void expire(ElementId claim) throws RefusedException {
                editor.expire(claim);
            }

            @Override
            public void finish(ElementId claim, Scalar result) throws RefusedException {
                editor.finish(claim, sealed(result));
            }

            @Override
            public void cancel(ElementId task) throws RefusedException {
                editor.cancel(task);
            }

            @Override
            public void reopen(ElementId task) throws RefusedException {
                editor.reopen(task);
            }

            @Override
            public void grant(ElementId claim) throws RefusedException {
                editor.grant(claim);
            }

            @Override
            public void rename(ElementId task, String title) {
                throw open("a title");
            }
        };
    }
}
