package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.KeyId;
import dev.parley.crdt.api.ListEditor;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.RefusedException.Code;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.State;
import dev.parley.crdt.api.TasksEditor;
import dev.parley.crdt.api.TextEditor;
import dev.parley.crdt.api.Transaction;
import dev.parley.crdt.api.TreeEditor;
import dev.parley.crdt.internal.sequence.CodePoints;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A change that is being made: each operation is checked as everybody will check it, and applied.
 */
final class LocalTransaction implements Transaction {
    private final Integration integration;
    private final View view;
    private final At at;
    private final List<Operation> operations = new ArrayList<>(1);

    LocalTransaction(Integration integration, View view, int change) {
        this.integration = integration;
        this.view = view;
        this.at = new At(integration.graph(), change);
    }

    List<Operation> operations() {
        return operations;
    }

    @Override
    public int size() {
        return operations.size();
    }

    At at() {
        return at;
    }

    View view() {
        return view;
    }

    /** Checks an operation, applies it and makes it part of the change. */
    void perform(Operation operation) throws RefusedException {
        Scalar value = HistoryOperationWriter.scalar(operation);
        if (value != null) {
            checked(value);
        }
        ObjectState object = view.orCreate(operation.path());
        try {
            if (integration.info().appendOnly()) {
                View.checkAppendOnly(operation, object, at);
            }
            // What this transaction did is applied already, so there is nothing earlier to know.
            object.check(operation, at, new Earlier());
        } catch (VoidException e) {
            throw e.refused();
        }
        view.apply(operation, at);
        done(operation);
    }

    /** Makes an operation part of the change that is applied already. */
    void done(Operation operation) throws RefusedException {
        if (operations.size() == ChangeCodec.MAX_OPERATIONS) {
            throw new RefusedException(
                    Code.TOO_LARGE,
                    "a transaction has at most " + ChangeCodec.MAX_OPERATIONS + " operations");
        }
        operations.add(operation);
        integration.graph().extend(at.change(), operation.length());
        at.advance(operation.length());
    }

    static void on(Path path, ObjectType... types) {
        for (ObjectType type : types) {
            if (path.type() == type) {
                return;
            }
        }
        throw new IllegalArgumentException(path + " is a " + path.type());
    }

    static Scalar checked(Scalar value) throws RefusedException {
        if (value instanceof Scalar.Expunged
                || value instanceof Scalar.Sealed left && left.isLeftOut()) {
            throw new RefusedException(Code.NOT_FOUND, "the value was expunged");
        }
        int bytes =
                value instanceof Scalar.Text text
                        ? wellFormed(text.value())
                        : value instanceof Scalar.Bytes binary ? binary.value().length : 0;
        if (value instanceof Scalar.Sealed sealed) {
            bytes = sealed.content().length - (Scalar.MAX_SEALED_BYTES - Scalar.MAX_BYTES);
        }
        if (bytes > Scalar.MAX_BYTES) {
            throw new RefusedException(
                    Code.TOO_LARGE, "a value of " + bytes + " bytes, at most " + Scalar.MAX_BYTES);
        }
        return value;
    }

    /**
     * @return how many bytes of UTF-8 it is
     */
    static int wellFormed(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        if (!CodePoints.isWellFormed(text)) {
            throw new IllegalArgumentException("the text has half a surrogate pair");
        }
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void positive(long amount) {
        if (amount <= 0) {
            throw new IllegalArgumentException("an amount is at least 1, found " + amount);
        }
    }

    /** Something that changes the state at once, and the operation that says so. */
    interface Step {
        void run() throws VoidException, RefusedException;
    }

    private void run(Step step) throws RefusedException {
        try {
            step.run();
        } catch (VoidException e) {
            throw e.refused();
        }
    }

    private void mayReplace() throws VoidException {
        if (integration.info().appendOnly()) {
            throw new VoidException(
                    Code.APPEND_ONLY, "the store only grows: nothing in it can be changed");
        }
    }

    @Override
    public TextEditor text(Path path) {
        if (path.type() != ObjectType.TEXT) {
            on(path, ObjectType.TEXT);
        }
        TextState text = (TextState) view.orCreate(path);
        return new TextEditor() {
            @Override
            public int length() {
                return text.sequence().length();
            }

            @Override
            public void insert(int position, String inserted) throws RefusedException {
                if (inserted.isEmpty()) {
                    return;
                }
                if (!CodePoints.isWellFormed(inserted)) {
                    throw new IllegalArgumentException("the text has half a surrogate pair");
                }
                try {
                    done(text.insert(path, position, inserted, at));
                } catch (VoidException e) {
                    throw e.refused();
                }
            }

            @Override
            public void delete(int position, int count) throws RefusedException {
                if (count <= 0) {
                    return;
                }
                try {
                    mayReplace();
                    List<Operation> deletions = text.delete(path, position, count, at);
                    for (int i = 0; i < deletions.size(); i++) {
                        done(deletions.get(i));
                    }
                } catch (VoidException e) {
                    throw e.refused();
                }
            }
        };
    }

    @Override
    public ListEditor list(Path path) {
        on(path, ObjectType.LIST);
        ListState list = (ListState) view.orCreate(path);
        return new ListEditor() {
            @Override
            public int size() {
                return list.size();
            }

            @Override
            public void insert(int index, Scalar value) throws RefusedException {
                Scalar allowed = checked(value);
                run(() -> place(new Operation.PlaceCell(path, list.place(index, at), allowed)));
            }

            private void place(Operation operation) throws RefusedException {
                list.placed(operation, at);
                done(operation);
            }

            @Override
            public void move(int from, int to) throws RefusedException {
                run(
                        () -> {
                            mayReplace();
                            Ref element = at.name(list.element(from));
                            if (to < 0 || to >= list.size()) {
                                list.element(to);
                            }
                            int before = to > from ? to + 1 : to;
                            place(new Operation.MoveCell(path, element, list.place(before, at)));
                        });
            }

            @Override
            public void replace(int index, Scalar value) throws RefusedException {
                Scalar allowed = checked(value);
                run(
                        () ->
                                perform(
                                        new Operation.Replace(
                                                path, at.name(list.element(index)), allowed)));
            }

            @Override
            public void drop(int index) throws RefusedException {
                run(() -> perform(new Operation.Drop(path, at.name(list.element(index)))));
            }
        };
    }

    @Override
    public State state() {
        return new ViewState(() -> view, integration::seals);
    }

    @Override
    public void role(Id agent, Role role) throws RefusedException {
        done(new Operation.SetRole(Path.ROOT, agent, role.ordinal()));
    }

    @Override
    public void shred(KeyId key) throws RefusedException {
        if (integration.seals().isShredded(key)) {
            throw new RefusedException(
                    Code.WRONG_STATE, "what is sealed with the key " + key + " is expunged");
        }
        Id author = at.author();
        Operation shred =
                integration
                        .seals()
                        .keys()
                        .key(key)
                        .filter(it -> it.author().equals(author))
                        .map(it -> new Operation.Shred(Path.ROOT, null, it.proof()))
                        .orElse(new Operation.Shred(Path.ROOT, key, null));
        done(shred);
    }

    @Override
    public void put(Path map) throws RefusedException {
        on(map, ObjectType.MAP);
        perform(new Operation.Put(map));
    }

    @Override
    public void clear(Path path) throws RefusedException {
        perform(new Operation.Clear(path));
    }

    @Override
    public void set(Path register, Scalar value) throws RefusedException {
        on(register, ObjectType.REGISTER, ObjectType.MULTI_REGISTER);
        perform(new Operation.Set(register, checked(value)));
    }

    @Override
    public void increment(Path counter, long amount) throws RefusedException {
        on(counter, ObjectType.COUNTER);
        perform(new Operation.AddNumber(counter, amount));
    }

    @Override
    public void mint(Path escrow, long amount) throws RefusedException {
        on(escrow, ObjectType.ESCROW);
        positive(amount);
        perform(new Operation.Mint(escrow, amount));
    }

    @Override
    public void spend(Path escrow, long amount) throws RefusedException {
        on(escrow, ObjectType.ESCROW);
        positive(amount);
        perform(new Operation.Spend(escrow, amount));
    }

    @Override
    public void transfer(Path escrow, Id to, long amount) throws RefusedException {
        on(escrow, ObjectType.ESCROW);
        positive(amount);
        perform(new Operation.Transfer(escrow, to, amount));
    }

    @Override
    public void flag(Path flag, boolean value) throws RefusedException {
        on(flag, ObjectType.FLAG_ENABLE_WINS, ObjectType.FLAG_DISABLE_WINS);
        perform(value ? new Operation.Enable(flag) : new Operation.Disable(flag));
    }

    @Override
    public void add(Path set, Scalar value) throws RefusedException {
        on(set, ObjectType.SET_ADD_WINS, ObjectType.SET_REMOVE_WINS);
        perform(new Operation.Add(set, checked(value)));
    }

    @Override
    public void remove(Path set, Scalar value) throws RefusedException {
        on(set, ObjectType.SET_ADD_WINS, ObjectType.SET_REMOVE_WINS);
        for (Scalar each : stored(set, value)) {
            perform(new Operation.Remove(set, checked(each)));
        }
    }

    /** How a value of a set is kept there: sealed ones are found by what they are shown as. */
    List<Scalar> stored(Path set, Scalar value) {
        if (value instanceof Scalar.Sealed) {
            return List.of(value);
        }
        SetState state = (SetState) view.orCreate(set);
        List<Scalar> found = new ArrayList<>(1);
        for (Scalar each : state.sealedValues()) {
            if (integration.seals().shown(each).equals(value)) {
                found.add(each);
            }
        }
        if (found.isEmpty() || state.contains(value)) {
            found.add(value);
        }
        return found;
    }

    @Override
    public TreeEditor tree(Path tree) {
        on(tree, ObjectType.TREE);
        return new LocalTreeEditor(this, tree);
    }

    @Override
    public TasksEditor tasks(Path tasks) {
        on(tasks, ObjectType.TASKS);
        return new LocalTasksEditor(this, tasks);
    }
}
