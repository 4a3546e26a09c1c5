package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.HistoryFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.PackedColumns;
import dev.parley.crdt.internal.columns.RleReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The counterpart of {@link HistoryOperationWriter}. */
final class HistoryOperationReader {
    private static final long MAX_ZIGZAG = (1L << 34) - 1;

    private final List<AgentName> names;
    private final Map<AgentName, Integer> numbers = new HashMap<>();
    private final boolean[] simple;
    private final Ref[] references;
    private final int[] lastNumbers;
    private final Id[] idTable;
    private final Path[] objects;
    private final RleReader action;
    private final RleReader object;
    private final RleReader referenceAgent;
    private final RleReader referenceNumber;
    private final RleReader insertPlace;
    private final RleReader insertPosition;
    private final RleReader insertLength;
    private final String insertText;
    private final RleReader deletePlace;
    private final RleReader deletePosition;
    private final RleReader deleteRun;
    private final RleReader ids;
    private final Reader values;
    private final HistoryTexts texts = new HistoryTexts();
    private int textAt;
    private int author;
    private int number;
    private boolean plain;

    HistoryOperationReader(
            PackedColumns columns, Reader tables, List<AgentName> names, boolean[] simple)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        this.names = names;
        for (AgentName name : names) {
            numbers.put(name, numbers.size());
        }
        this.simple = simple;
        references = new Ref[tables.count("references", 0, MAX_TABLE, Id.BYTES)];
        for (int i = 0; i < references.length; i++) {
            AgentName name = HistoryReader.name(tables);
            references[i] = new Ref(name, tables.u8() == 0 ? null : tables.id(), 0);
        }
        lastNumbers = new int[references.length];
        idTable = new Id[tables.count("ids", 0, MAX_TABLE, Id.BYTES)];
        for (int i = 0; i < idTable.length; i++) {
            idTable[i] = tables.id();
        }
        objects = new Path[tables.count("objects", 0, MAX_TABLE, 3) + 1];
        objects[0] = Path.ROOT;
        for (int i = 1; i < objects.length; i++) {
            Path above = objects[tables.uint("a parent", i - 1)];
            ObjectType type = ObjectType.of(tables.u8());
            String key = tables.text("a key", 0, Path.MAX_KEY_BYTES);
            if (above.type() != ObjectType.MAP || above.segments().size() == Path.MAX_DEPTH) {
                throw new MalformedException("an object under one that has no keys");
            }
            objects[i] = above.at(key, type);
        }
        action = new RleReader(columns.take(ACTION));
        object = new RleReader(columns.take(OBJECT));
        referenceAgent = new RleReader(columns.take(REFERENCE_AGENT));
        referenceNumber = new RleReader(columns.take(REFERENCE_NUMBER));
        insertPlace = new RleReader(columns.take(INSERT_PLACE));
        insertPosition = new RleReader(columns.take(INSERT_POSITION));
        insertLength = new RleReader(columns.take(INSERT_LENGTH));
        insertText = text(columns.take(INSERT_TEXT));
        deletePlace = new RleReader(columns.take(DELETE_PLACE));
        deletePosition = new RleReader(columns.take(DELETE_POSITION));
        deleteRun = new RleReader(columns.take(DELETE_RUN));
        ids = new RleReader(columns.take(ID));
        ByteReader rest = columns.take(VALUE);
        values = new Reader(rest.readBytes(rest.remaining()));
    }

    private static String text(ByteReader column)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        byte[] bytes = column.readBytes(column.remaining());
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException("the text is not UTF-8");
        }
    }

    private static long signed(RleReader column, String what)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        long bits = column.next();
        if (bits > MAX_ZIGZAG) {
            throw new MalformedException(what + ": " + bits + ", at most " + MAX_ZIGZAG);
        }
        return bits >>> 1 ^ -(bits & 1);
    }

    /**
     * Whether the operations that were read last are insertions and deletions in texts, which are
     * checked here as {@link OperationReader} does.
     */
    boolean arePlain() {
        return plain;
    }

    List<Operation> read(int author, int start, int count)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        this.author = author;
        plain = true;
        if (count == 1) {
            number = start;
            return List.of(checked(next()));
        }
        List<Operation> operations = new ArrayList<>(Math.min(count, 1024));
        number = start;
        for (int i = 0; i < count; i++) {
            Operation next = checked(next());
            operations.add(next);
            number += next.length();
        }
        return operations;
    }

    private Operation checked(Operation operation) throws MalformedException {
        if (operation.length() < 0 || number > Integer.MAX_VALUE - operation.length()) {
            throw new MalformedException("operation numbers beyond 2^31-1");
        }
        return operation;
    }

    private Operation next()
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        Path path = objects[object.nextInt(objects.length - 1, "object")];
        int what = action.nextInt(36, "action");
        if (what == INSERT || what == DELETE) {
            if (path.type() != ObjectType.TEXT) {
                throw new MalformedException("action " + what + " on a " + path.type());
            }
            return what == INSERT ? insert(path) : delete(path);
        }
        plain = false;
        return rest(what, path);
    }

    private @Nullable Ref ref(long dot) {
        if (dot == HistoryTexts.EDGE) {
            return null;
        }
        int of = At.agent(dot);
        return of == author
                ? Ref.own(At.number(dot))
                : new Ref(names.get(of), null, At.number(dot));
    }

    private long dot(@Nullable Ref ref) {
        if (ref == null) {
            return HistoryTexts.EDGE;
        }
        AgentName name = ref.agent();
        int of = name == null ? author : ref.fork() == null ? numbers.getOrDefault(name, -1) : -1;
        boolean told = of >= 0 && simple[of] && (name == null || of != author);
        return told ? At.dot(of, ref.number()) : HistoryTexts.ELSEWHERE;
    }

    private Operation.Insert insert(Path path)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        HistoryTexts.Text text = texts.of(path);
        int place = insertPlace.nextInt(BOTH_NAMED, "place");
        Ref left;
        Ref right;
        long leftDot;
        long rightDot;
        if (place == BOTH_NAMED) {
            left = reference();
            right = reference();
            leftDot = dot(left);
            rightDot = dot(right);
        } else {
            long position = text.cursor(author) + signed(insertPosition, "position");
            if (position < 0 || position > text.length() || !simple[author]) {
                throw new MalformedException(
                        "position " + position + ", the text has " + text.length());
            }
            int at = (int) position;
            leftDot = at == 0 ? HistoryTexts.EDGE : text.elementAt(at - 1);
            left = ref(leftDot);
            if (place == RIGHT_NAMED || place == LIKE_LEFT && at == 0) {
                right = reference();
                rightDot = dot(right);
            } else {
                rightDot = place == BY_POSITION ? text.follower(at) : text.rightOf(leftDot);
                right = ref(rightDot);
            }
        }
        int length = insertLength.nextInt(1 << 20, "inserted");
        if (length == 0 || length > insertText.length() - textAt) {
            throw new MalformedException("an insertion of " + length + " code points");
        }
        int end;
        try {
            end = insertText.offsetByCodePoints(textAt, length);
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedException("an insertion of " + length + " code points");
        }
        String inserted = insertText.substring(textAt, end);
        textAt = end;
        if (simple[author]) {
            text.insert(author, number, length, inserted, leftDot, rightDot);
        }
        return new Operation.Insert(path, new Operation.Origins(left, right), inserted, length);
    }

    private Operation.Delete delete(Path path)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        HistoryTexts.Text text = texts.of(path);
        Ref first;
        if (deletePlace.nextInt(BOTH_NAMED, "place") == BY_POSITION) {
            long position = text.cursor(author) + signed(deletePosition, "position");
            if (position < 0 || position >= text.length() || !simple[author]) {
                throw new MalformedException(
                        "position " + position + ", the text has " + text.length());
            }
            first = ref(text.elementAt((int) position));
        } else {
            first = reference();
        }
        long run = signed(deleteRun, "deleted");
        if (first == null
                || run == 0
                || run > Integer.MAX_VALUE - (long) first.number()
                || run < -(long) first.number() - 1
                || first.agent() == null && run > 0 && first.number() + run > number) {
            throw new MalformedException("a deletion of " + run);
        }
        if (simple[author]) {
            text.delete(author, number, dot(first), (int) run);
        }
        return new Operation.Delete(path, first, (int) run);
    }

    private @Nullable Ref reference()
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        int agent = referenceAgent.nextInt(references.length + 1, "reference's agent");
        if (agent == 0) {
            return null;
        }
        long value = signed(referenceNumber, "reference");
        if (agent == 1) {
            if (value < 0 || value >= number) {
                throw new MalformedException("a reference before the author's first operation");
            }
            return Ref.own((int) (number - 1 - value));
        }
        value += lastNumbers[agent - 2];
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw new MalformedException("a reference to " + value);
        }
        lastNumbers[agent - 2] = (int) value;
        Ref named = references[agent - 2];
        return new Ref(named.agent(), named.fork(), (int) value);
    }

    private Ref there()
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        Ref reference = reference();
        if (reference == null) {
            throw new MalformedException("a reference is expected");
        }
        return reference;
    }

    private Id id() throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        if (idTable.length == 0) {
            throw new MalformedException("an id, and none in the table");
        }
        return idTable[ids.nextInt(idTable.length - 1, "id")];
    }

    private Operation.Origins origins()
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        return new Operation.Origins(reference(), reference());
    }

    private Operation.Place place()
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        return new Operation.Place(reference(), values.text("a position", 1, Positions.MAX_DIGITS));
    }

    private int lease() throws MalformedException {
        return values.uint("a lease", OperationReader.MAX_LEASE_SECONDS);
    }

    private String title() throws MalformedException {
        return values.text("a title", 1, OperationReader.MAX_TITLE_BYTES);
    }

    private Scalar scalar() throws MalformedException {
        return values.scalar();
    }

    /** The order of what is read is that in which the writer wrote it. */
    private Operation rest(int what, Path path)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        return switch (what) {
            case 1 -> new Operation.Put(path);
            case 2 -> new Operation.Clear(path);
            case 3 -> new Operation.Set(path, scalar());
            case 4 -> new Operation.AddNumber(path, values.zigzag());
            case 5 -> new Operation.Mint(path, values.uint64());
            case 6 -> new Operation.Spend(path, values.uint64());
            case 7 -> new Operation.Transfer(path, id(), values.uint64());
            case 8 -> new Operation.Enable(path);
            case 9 -> new Operation.Disable(path);
            case 10 -> new Operation.Add(path, scalar());
            case 11 -> new Operation.Remove(path, scalar());
            case 14 -> new Operation.PlaceCell(path, origins(), scalar());
            case 15 -> new Operation.MoveCell(path, there(), origins());
            case 16 -> new Operation.Replace(path, there(), scalar());
            case 17 -> new Operation.Drop(path, there());
            case 18 -> new Operation.Grow(path, place(), scalar());
            case 19 -> new Operation.Graft(path, there(), place());
            case 20 -> new Operation.Label(path, there(), scalar());
            case 21 -> new Operation.Fell(path, there());
            case 22 -> new Operation.NewTask(path, title(), values.u8() == 1, id());
            case 23 -> new Operation.Claim(path, there(), lease());
            case 24 -> new Operation.Renew(path, there(), lease());
            case 25 -> new Operation.Release(path, there());
            case 26 -> new Operation.Expire(path, there());
            case 27 -> new Operation.Finish(path, there(), scalar());
            case 28 -> new Operation.Cancel(path, there());
            case 29 -> new Operation.Reopen(path, there());
            case 30 -> new Operation.Grant(path, there());
            case 31 -> new Operation.Rename(path, there(), title());
            case 32 -> new Operation.SetRole(path, id(), values.u8());
            case 33 -> new Operation.Note(path);
            case 34 -> OperationReader.shred(values, path);
            case 35 -> new Operation.Undo(path, there());
            case 36 -> new Operation.Redo(path, there());
            default -> throw new MalformedException("action " + what + " is none");
        };
    }

    void finish() throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        for (RleReader column :
                List.of(
                        action,
                        object,
                        referenceAgent,
                        referenceNumber,
                        insertPlace,
                        insertPosition,
                        insertLength,
                        deletePlace,
                        deletePosition,
                        deleteRun,
                        ids)) {
            column.finish();
        }
        values.end();
        if (textAt < insertText.length()) {
            throw new MalformedException("text that no operation inserts");
        }
    }
}
