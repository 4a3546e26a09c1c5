package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The counterpart of {@link OperationWriter}. */
final class OperationReader {
    static final int MAX_TITLE_BYTES = 1024;
    static final int MAX_LEASE_SECONDS = 2_592_000;

    private final Reader in;
    private int number;
    private SentTables tables = SentTables.EMPTY;

    OperationReader(Reader in) {
        this.in = in;
    }

    List<Operation> read(int start, SentTables sent) throws MalformedException {
        tables = sent;
        int count = in.count("operations", 1, ChangeCodec.MAX_OPERATIONS);
        if (count == 1) {
            number = start;
            Operation only = next();
            if (start > Integer.MAX_VALUE - only.length()) {
                throw new MalformedException("operation numbers beyond 2^31-1");
            }
            tables.allUsed();
            return List.of(only);
        }
        List<Operation> operations = new ArrayList<>(Math.min(count, 1024));
        long next = start;
        for (int i = 0; i < count; i++) {
            number = (int) next;
            Operation operation = next();
            operations.add(operation);
            next += operation.length();
            if (next > Integer.MAX_VALUE) {
                throw new MalformedException("operation numbers beyond 2^31-1");
            }
        }
        tables.allUsed();
        return operations;
    }

    private Ref ref() throws MalformedException {
        int agent = in.uint("an agent", ChangeCodec.MAX_TABLE);
        int value = in.uint();
        if (agent > 0) {
            return tables.ref(agent, value);
        }
        if (value >= number) {
            throw new MalformedException("a reference before the author's first operation");
        }
        return Ref.own(number - 1 - value);
    }

    private @Nullable Ref maybe() throws MalformedException {
        int there = in.u8();
        if (there > 1) {
            throw new MalformedException("presence " + there + ", expected 0 or 1");
        }
        return there == 0 ? null : ref();
    }

    private Operation.Origins origins() throws MalformedException {
        return new Operation.Origins(maybe(), maybe());
    }

    private Operation.Place place() throws MalformedException {
        Ref parent = maybe();
        String position = in.text("a position", 1, Positions.MAX_DIGITS);
        if (!Positions.isValid(position)) {
            throw new MalformedException("a position has 0-9A-Za-z and does not end in 0");
        }
        return new Operation.Place(parent, position);
    }

    private static void on(boolean fits, int action, Path path) throws MalformedException {
        if (!fits) {
            throw new MalformedException("action " + action + " on a " + path.type());
        }
    }

    private Operation next() throws MalformedException {
        int action = in.u8();
        Path path = tables.object(in.uint("an object", ChangeCodec.MAX_TABLE));
        ObjectType type = path.type();
        return switch (action) {
            case 1 -> {
                on(type == ObjectType.MAP && path != Path.ROOT, action, path);
                yield new Operation.Put(path);
            }
            case 2 -> new Operation.Clear(path);
            case 3 -> {
                on(type == ObjectType.REGISTER || type == ObjectType.MULTI_REGISTER, action, path);
                yield new Operation.Set(path, in.scalar());
            }
            case 4 -> {
                on(type == ObjectType.COUNTER, action, path);
                yield new Operation.AddNumber(path, in.zigzag());
            }
            case 5, 6, 7 -> escrow(action, path);
            case 8, 9 -> {
                on(
                        type == ObjectType.FLAG_ENABLE_WINS || type == ObjectType.FLAG_DISABLE_WINS,
                        action,
                        path);
                yield action == 8 ? new Operation.Enable(path) : new Operation.Disable(path);
            }
            case 10, 11 -> {
                on(
                        type == ObjectType.SET_ADD_WINS || type == ObjectType.SET_REMOVE_WINS,
                        action,
                        path);
                yield action == 10
                        ? new Operation.Add(path, in.scalar())
                        : new Operation.Remove(path, in.scalar());
            }
            case 12, 13 -> {
                on(type == ObjectType.TEXT, action, path);
                yield text(action, path);
            }
            case 14, 15, 16, 17 -> {
                on(type == ObjectType.LIST, action, path);
                yield list(action, path);
            }
            case 18, 19, 20, 21 -> {
                on(type == ObjectType.TREE, action, path);
                yield tree(action, path);
            }
            case 22, 23, 24, 25, 26, 27, 28, 29, 30, 31 -> {
                on(type == ObjectType.TASKS, action, path);
                yield task(action, path);
            }
            case 32 -> {
                on(path == Path.ROOT, action, path);
                yield new Operation.SetRole(path, in.id(), ChangeCodec.role(in.u8()));
            }
            case 33 -> {
                on(path == Path.ROOT, action, path);
                yield new Operation.Note(path);
            }
            case 34 -> {
                on(path == Path.ROOT, action, path);
                yield shred(in, path);
            }
            case 35, 36 -> {
                on(path == Path.ROOT, action, path);
                yield action == 35
                        ? new Operation.Undo(path, ref())
                        : new Operation.Redo(path, ref());
            }
            default -> throw new MalformedException("action " + action + " is none");
        };
    }

    static Operation shred(Reader in, Path path) throws MalformedException {
        return in.uint("who shreds", 1) == 0
                ? new Operation.Shred(path, in.keyId(), null)
                : new Operation.Shred(path, null, in.id());
    }

    private Operation escrow(int action, Path path) throws MalformedException {
        on(path.type() == ObjectType.ESCROW, action, path);
        Id to = action == 7 ? in.id() : null;
        long amount = in.uint64();
        if (amount <= 0) {
            throw new MalformedException("an amount of " + Long.toUnsignedString(amount));
        }
        if (to != null) {
            return new Operation.Transfer(path, to, amount);
        }
        return action == 5 ? new Operation.Mint(path, amount) : new Operation.Spend(path, amount);
    }

    private Operation text(int action, Path path) throws MalformedException {
        if (action == 12) {
            Operation.Origins origins = origins();
            String text = in.text("an insertion", 1, SignedChange.MAX_BODY_BYTES);
            return new Operation.Insert(path, origins, text, text.codePointCount(0, text.length()));
        }
        Ref first = ref();
        long run = in.zigzag();
        if (run == 0
                || run > Integer.MAX_VALUE - (long) first.number()
                || run < -(long) first.number() - 1
                || run < -Integer.MAX_VALUE) {
            throw new MalformedException("a deletion of " + run + " from " + first.number());
        }
        if (first.agent() == null && run > 0 && first.number() + run > number) {
            throw new MalformedException("a deletion of what is not yet there");
        }
        return new Operation.Delete(path, first, (int) run);
    }

    private Operation list(int action, Path path) throws MalformedException {
        if (action == 14) {
            return new Operation.PlaceCell(path, origins(), in.scalar());
        }
        Ref element = ref();
        return switch (action) {
            case 15 -> new Operation.MoveCell(path, element, origins());
            case 16 -> new Operation.Replace(path, element, in.scalar());
            default -> new Operation.Drop(path, element);
        };
    }

    private Operation tree(int action, Path path) throws MalformedException {
        if (action == 18) {
            return new Operation.Grow(path, place(), in.scalar());
        }
        Ref node = ref();
        return switch (action) {
            case 19 -> new Operation.Graft(path, node, place());
            case 20 -> new Operation.Label(path, node, in.scalar());
            default -> new Operation.Fell(path, node);
        };
    }

    private int lease() throws MalformedException {
        int seconds = in.uint("a lease", MAX_LEASE_SECONDS);
        if (seconds == 0) {
            throw new MalformedException("a lease of 0 s");
        }
        return seconds;
    }

    private Operation task(int action, Path path) throws MalformedException {
        if (action == 22) {
            String title = in.text("a title", 1, MAX_TITLE_BYTES);
            int exclusive = in.u8();
            if (exclusive > 1) {
                throw new MalformedException("exclusive " + exclusive + ", expected 0 or 1");
            }
            return new Operation.NewTask(path, title, exclusive == 1, in.id());
        }
        Ref ref = ref();
        return switch (action) {
            case 23 -> new Operation.Claim(path, ref, lease());
            case 24 -> new Operation.Renew(path, ref, lease());
            case 25 -> new Operation.Release(path, ref);
            case 26 -> new Operation.Expire(path, ref);
            case 27 -> new Operation.Finish(path, ref, in.scalar());
            case 28 -> new Operation.Cancel(path, ref);
            case 29 -> new Operation.Reopen(path, ref);
            case 30 -> new Operation.Grant(path, ref);
            default -> new Operation.Rename(path, ref, in.text("a title", 1, MAX_TITLE_BYTES));
        };
    }
}
