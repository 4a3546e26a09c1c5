package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ListEditor;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.TasksEditor;
import dev.parley.crdt.api.TextEditor;
import dev.parley.crdt.api.Transaction;
import dev.parley.crdt.api.TreeEditor;
import dev.parley.crdt.internal.sequence.Sequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A transaction that notes how each of its operations is taken back. */
final class RecordingTransaction implements Transaction {
    private final LocalTransaction transaction;
    private final Undo undo;
    private final List<Undo.Inverse> inverses;

    RecordingTransaction(LocalTransaction transaction, Undo undo, List<Undo.Inverse> inverses) {
        this.transaction = transaction;
        this.undo = undo;
        this.inverses = inverses;
    }

    @Override
    public State state() {
        return transaction.state();
    }

    @Override
    public void role(Id agent, Role role) throws RefusedException {
        transaction.role(agent, role);
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
    public void mint(Path escrow, long amount) throws RefusedException {
        transaction.mint(escrow, amount);
    }

    @Override
    public void spend(Path escrow, long amount) throws RefusedException {
        transaction.spend(escrow, amount);
    }

    @Override
    public void transfer(Path escrow, Id to, long amount) throws RefusedException {
        transaction.transfer(escrow, to, amount);
    }

    @Override
    public int size() {
        return transaction.size();
    }

    @Override
    public TreeEditor tree(Path tree) {
        return transaction.tree(tree);
    }

    @Override
    public TasksEditor tasks(Path tasks) {
        return transaction.tasks(tasks);
    }

    @Override
    public void set(Path register, Scalar value) throws RefusedException {
        RegisterState state = (RegisterState) transaction.view().orCreate(register);
        Optional<Scalar> before = state.value();
        long beforeDot = state.lastDot();
        long dot = transaction.at().dot();
        transaction.set(register, value);
        inverses.add(
                it -> {
                    RegisterState now = (RegisterState) it.transaction.view().orCreate(register);
                    if (now.lastDot() != undo.newest(dot)) {
                        return;
                    }
                    if (before.isPresent()) {
                        undo.writtenAgain(undo.newest(beforeDot), it.transaction.at().dot());
                        it.set(register, before.get());
                    } else {
                        it.unset(register, value, dot);
                    }
                });
    }

    /** A register that had no value has none again. */
    private void unset(Path register, Scalar value, long dot) throws RefusedException {
        transaction.clear(register);
        inverses.add(
                it -> {
                    if (it.state().register(register).isEmpty()) {
                        undo.writtenAgain(undo.newest(dot), it.transaction.at().dot());
                        it.set(register, value);
                    }
                });
    }

    @Override
    public void increment(Path counter, long amount) throws RefusedException {
        transaction.increment(counter, amount);
        inverses.add(it -> it.increment(counter, -amount));
    }

    @Override
    public void flag(Path flag, boolean value) throws RefusedException {
        boolean before = state().flag(flag);
        transaction.flag(flag, value);
        if (before != value) {
            inverses.add(
                    it -> {
                        if (it.state().flag(flag) == value) {
                            it.flag(flag, before);
                        }
                    });
        }
    }

    private boolean contains(Path set, Scalar value) {
        return ((SetState) transaction.view().orCreate(set)).contains(value);
    }

    @Override
    public void add(Path set, Scalar value) throws RefusedException {
        boolean before = contains(set, value);
        transaction.add(set, value);
        if (!before) {
            inverses.add(
                    it -> {
                        if (it.contains(set, value)) {
                            it.remove(set, value);
                        }
                    });
        }
    }

    @Override
    public void remove(Path set, Scalar value) throws RefusedException {
        boolean before = contains(set, value);
        transaction.remove(set, value);
        if (before) {
            inverses.add(
                    it -> {
                        if (!it.contains(set, value)) {
                            it.add(set, value);
                        }
                    });
        }
    }

    @Override
    public TextEditor text(Path path) {
        TextEditor editor = transaction.text(path);
        Sequence sequence = ((TextState) transaction.view().orCreate(path)).sequence();
        return new TextEditor() {
            @Override
            public int length() {
                return editor.length();
            }

            @Override
            public void insert(int position, String text) throws RefusedException {
                long first = transaction.at().dot();
                editor.insert(position, text);
                long end = transaction.at().dot();
                if (end > first) {
                    inverses.add(it -> it.deleteAgain(path, first, end));
                }
            }

            @Override
            public void delete(int position, int count) throws RefusedException {
                if (count <= 0 || position < 0 || position > sequence.length() - count) {
                    editor.delete(position, count);
                    return;
                }
                int[] points = sequence.text(position, position + count).codePoints().toArray();
                List<Long> targets = new ArrayList<>(count);
                for (int i = 0; i < count; i++) {
                    var id = sequence.idAt(position + i);
                    targets.add(At.dot(id.agent(), id.seq()));
                }
                int change = transaction.at().change();
                editor.delete(position, count);
                inverses.add(it -> it.insertAgain(path, targets, points, change));
            }
        };
    }

    /** Deletes what is still visible of an insertion. */
    private void deleteAgain(Path path, long first, long end) throws RefusedException {
        Sequence sequence = ((TextState) transaction.view().orCreate(path)).sequence();
        TextEditor editor = text(path);
        int from = -1;
        int count = 0;
        for (long dot = end - 1; dot >= first; dot--) {
            long element = undo.newest(dot);
            if (!sequence.isVisible(At.agent(element), At.number(element))) {
                continue;
            }
            int position = sequence.positionOf(At.agent(element), At.number(element));
            if (count > 0 && position != from - 1) {
                editor.delete(from, count);
                position = sequence.positionOf(At.agent(element), At.number(element));
                count = 0;
            }
            from = position;
            count++;
        }
        editor.delete(from, count);
    }

    /** Writes again what this change deleted and nobody else did. */
    private void insertAgain(Path path, List<Long> targets, int[] points, int change)
            throws RefusedException {
        TextState text = (TextState) transaction.view().orCreate(path);
        Sequence sequence = text.sequence();
        for (int i = 0; i < points.length; ) {
            long target = undo.newest(targets.get(i));
            if (!isOurs(sequence, target, change)) {
                i++;
                continue;
            }
            int end = i + 1;
            long last = target;
            while (end < points.length) {
                long next = undo.newest(targets.get(end));
                if (!isOurs(sequence, next, change)
                        || !sequence.isDirectlyBehind(
                                At.agent(last), At.number(last), At.agent(next), At.number(next))) {
                    break;
                }
                last = next;
                end++;
            }
            long first = transaction.at().dot();
            String written = new String(points, i, end - i);
            transaction.done(text.insertBehind(path, last, written, transaction.at()));
            long behind = transaction.at().dot();
            inverses.add(it -> it.deleteAgain(path, first, behind));
            for (int j = i; j < end; j++) {
                undo.writtenAgain(undo.newest(targets.get(j)), first + j - i);
            }
            i = end;
        }
    }

    /** Whether the element is deleted, and by this change alone. */
    private boolean isOurs(Sequence sequence, long dot, int change) {
        if (sequence.isVisible(At.agent(dot), At.number(dot))) {
            return false;
        }
        ChangeGraph graph = transaction.at().graph();
        boolean[] others = {false};
        sequence.deletionsOf(
                At.agent(dot),
                At.number(dot),
                1,
                (agent, number, targetAgent, first, count, backward) ->
                        others[0] |= graph.changeOf(agent, number) != change);
        return !others[0];
    }

    @Override
    public ListEditor list(Path path) {
        ListEditor editor = transaction.list(path);
        ListState list = (ListState) transaction.view().orCreate(path);
        return new ListEditor() {
            @Override
            public int size() {
                return editor.size();
            }

            @Override
            public void insert(int index, Scalar value) throws RefusedException {
                long element = transaction.at().dot();
                editor.insert(index, value);
                inverses.add(
                        it -> {
                            int now = it.indexOf(path, element);
                            if (now >= 0) {
                                it.list(path).drop(now);
                            }
                        });
            }

            @Override
            public void move(int from, int to) throws RefusedException {
                long element = element(list, from);
                long place = transaction.at().dot();
                editor.move(from, to);
                inverses.add(
                        it -> {
                            int now = it.indexOf(path, element);
                            if (now >= 0 && it.isPlace(path, element, place)) {
                                it.list(path).move(now, Math.min(from, it.list(path).size() - 1));
                            }
                        });
            }

            @Override
            public void replace(int index, Scalar value) throws RefusedException {
                long element = element(list, index);
                Scalar before = value(path, index);
                editor.replace(index, value);
                inverses.add(
                        it -> {
                            int now = it.indexOf(path, element);
                            if (now >= 0 && it.value(path, now).equals(value)) {
                                it.list(path).replace(now, before);
                            }
                        });
            }

            @Override
            public void drop(int index) throws RefusedException {
                long element = element(list, index);
                Scalar before = value(path, index);
                editor.drop(index);
                inverses.add(
                        it -> {
                            undo.writtenAgain(undo.newest(element), it.transaction.at().dot());
                            it.list(path).insert(Math.min(index, it.list(path).size()), before);
                        });
            }
        };
    }

    private static long element(ListState list, int index) throws RefusedException {
        try {
            return list.element(index);
        } catch (VoidException e) {
            throw e.refused();
        }
    }

    private Scalar value(Path path, int index) {
        return state().list(path).get(index).value();
    }

    private int indexOf(Path path, long element) {
        return ((ListState) transaction.view().orCreate(path)).indexOf(undo.newest(element));
    }

    private boolean isPlace(Path path, long element, long place) {
        return ((ListState) transaction.view().orCreate(path)).isPlace(undo.newest(element), place);
    }
}
