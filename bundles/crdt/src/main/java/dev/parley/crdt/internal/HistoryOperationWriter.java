package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.HistoryFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.RleWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The operations of all changes of a history file, column by column. */
final class HistoryOperationWriter {
    private final TreeMap<Integer, ByteWriter> columns;
    private final List<RleWriter> runs = new ArrayList<>();
    private final Names names;
    private final RleWriter action;
    private final RleWriter object;
    private final RleWriter referenceAgent;
    private final RleWriter referenceNumber;
    private final RleWriter insertPlace;
    private final RleWriter insertPosition;
    private final RleWriter insertLength;
    private final ByteWriter insertText;
    private final RleWriter deletePlace;
    private final RleWriter deletePosition;
    private final RleWriter deleteRun;
    private final RleWriter ids;
    private final Writer values = new Writer(64);

    private final Map<Path, Integer> objects = new LinkedHashMap<>();
    private final Map<Ref, Integer> references = new LinkedHashMap<>();
    private final Map<Id, Integer> idTable = new LinkedHashMap<>();
    private final Map<Ref, Integer> lastNumbers = new HashMap<>();
    private final HistoryTexts texts = new HistoryTexts();
    private int author;
    private int number;

    /** What the file calls authors. */
    interface Names {
        /**
         * @return -1 if the file does not have it
         */
        int of(AgentName name);

        /** Whether all its changes in the file are one line. */
        boolean isSimple(int author);
    }

    HistoryOperationWriter(TreeMap<Integer, ByteWriter> columns, Names names) {
        this.columns = columns;
        this.names = names;
        action = runs(ACTION);
        object = runs(OBJECT);
        referenceAgent = runs(REFERENCE_AGENT);
        referenceNumber = runs(REFERENCE_NUMBER);
        insertPlace = runs(INSERT_PLACE);
        insertPosition = runs(INSERT_POSITION);
        insertLength = runs(INSERT_LENGTH);
        insertText = columns.computeIfAbsent(INSERT_TEXT, it -> new ByteWriter());
        deletePlace = runs(DELETE_PLACE);
        deletePosition = runs(DELETE_POSITION);
        deleteRun = runs(DELETE_RUN);
        ids = runs(ID);
    }

    private RleWriter runs(int column) {
        RleWriter writer = new RleWriter(columns.computeIfAbsent(column, it -> new ByteWriter()));
        runs.add(writer);
        return writer;
    }

    static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    /**
     * @param author the number of the change's author in the file
     * @param start the number of its first operation
     */
    void write(int author, int start, List<Operation> operations) {
        this.author = author;
        number = start;
        for (Operation operation : operations) {
            write(operation);
            number += operation.length();
        }
    }

    private void write(Operation operation) {
        object.write(object(operation.path()));
        if (operation instanceof Operation.Insert insert) {
            action.write(INSERT);
            write(insert);
        } else if (operation instanceof Operation.Delete delete) {
            action.write(DELETE);
            write(delete);
        } else {
            writeRest(operation);
        }
    }

    private int object(Path path) {
        if (path.segments().isEmpty()) {
            return 0;
        }
        Integer known = objects.get(path);
        if (known == null) {
            List<Path.Segment> above = path.segments().subList(0, path.segments().size() - 1);
            object(new Path(above));
            known = objects.size() + 1;
            objects.put(path, known);
        }
        return known;
    }

    /** The element by the author's place in the file's table, if one line made all it has. */
    private long dot(@Nullable Ref ref) {
        if (ref == null) {
            return HistoryTexts.EDGE;
        }
        AgentName name = ref.agent();
        int of = name == null ? author : ref.fork() == null ? names.of(name) : -1;
        boolean told = of >= 0 && names.isSimple(of) && (name == null || of != author);
        return told ? At.dot(of, ref.number()) : HistoryTexts.ELSEWHERE;
    }

    private void write(Operation.Insert insert) {
        HistoryTexts.Text text = texts.of(insert.path());
        long left = dot(insert.origins().left());
        long right = dot(insert.origins().right());
        int position = names.isSimple(author) ? text.behind(left) : -1;
        if (position < 0) {
            insertPlace.write(BOTH_NAMED);
            reference(insert.origins().left());
            reference(insert.origins().right());
        } else {
            int place =
                    right == text.follower(position)
                            ? BY_POSITION
                            : left != HistoryTexts.EDGE && right == text.rightOf(left)
                                    ? LIKE_LEFT
                                    : RIGHT_NAMED;
            insertPlace.write(place);
            insertPosition.write(zigzag((long) position - text.cursor(author)));
            if (place == RIGHT_NAMED) {
                reference(insert.origins().right());
            }
        }
        insertLength.write(insert.length());
        insertText.writeBytes(insert.text().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (names.isSimple(author)) {
            text.insert(author, number, insert.length(), insert.text(), left, right);
        }
    }

    private void write(Operation.Delete delete) {
        HistoryTexts.Text text = texts.of(delete.path());
        long first = dot(delete.first());
        int position = names.isSimple(author) ? text.position(first) : -1;
        deletePlace.write(position < 0 ? BOTH_NAMED : BY_POSITION);
        if (position < 0) {
            reference(delete.first());
        } else {
            deletePosition.write(zigzag((long) position - text.cursor(author)));
        }
        deleteRun.write(zigzag(delete.run()));
        if (names.isSimple(author)) {
            text.delete(author, number, first, delete.run());
        }
    }

    private void reference(@Nullable Ref ref) {
        if (ref == null) {
            referenceAgent.write(0);
        } else if (ref.agent() == null) {
            referenceAgent.write(1);
            referenceNumber.write(zigzag((long) number - 1 - ref.number()));
        } else {
            Ref agent = new Ref(ref.agent(), ref.fork(), 0);
            referenceAgent.write(2 + references.computeIfAbsent(agent, it -> references.size()));
            int last = lastNumbers.getOrDefault(agent, 0);
            referenceNumber.write(zigzag((long) ref.number() - last));
            lastNumbers.put(agent, ref.number());
        }
    }

    private void id(Id id) {
        ids.write(idTable.computeIfAbsent(id, it -> idTable.size()));
    }

    private void place(Operation.Place place) {
        reference(place.parent());
        values.text(place.position());
    }

    private void writeRest(Operation operation) {
        action.write(actionOf(operation));
        if (operation instanceof Operation.Mint mint) {
            values.uint(mint.amount());
        } else if (operation instanceof Operation.Spend spend) {
            values.uint(spend.amount());
        } else if (operation instanceof Operation.Transfer transfer) {
            id(transfer.to());
            values.uint(transfer.amount());
        } else if (operation instanceof Operation.AddNumber add) {
            values.zigzag(add.amount());
        } else if (operation instanceof Operation.PlaceCell place) {
            reference(place.origins().left());
            reference(place.origins().right());
        } else if (operation instanceof Operation.MoveCell move) {
            reference(move.element());
            reference(move.origins().left());
            reference(move.origins().right());
        } else if (operation instanceof Operation.Grow grow) {
            place(grow.place());
        } else if (operation instanceof Operation.Graft graft) {
            reference(graft.node());
            place(graft.place());
        } else if (operation instanceof Operation.NewTask task) {
            values.text(task.title());
            values.u8(task.exclusive() ? 1 : 0);
            id(task.arbiter());
        } else if (operation instanceof Operation.Claim claim) {
            reference(claim.task());
            values.uint(claim.leaseSeconds());
        } else if (operation instanceof Operation.Renew renew) {
            reference(renew.claim());
            values.uint(renew.leaseSeconds());
        } else if (operation instanceof Operation.Rename rename) {
            reference(rename.task());
            values.text(rename.title());
        } else if (operation instanceof Operation.SetRole role) {
            id(role.agent());
            values.u8(role.role());
        } else if (operation instanceof Operation.Shred shred) {
            OperationWriter.shred(values, shred);
        } else {
            Ref subject = subject(operation);
            if (subject != null) {
                reference(subject);
            }
        }
        Scalar scalar = scalar(operation);
        if (scalar != null) {
            values.scalar(scalar);
        }
    }

    /** What an operation with one reference is about. */
    private static @Nullable Ref subject(Operation operation) {
        if (operation instanceof Operation.Replace it) {
            return it.element();
        } else if (operation instanceof Operation.Drop it) {
            return it.element();
        } else if (operation instanceof Operation.Label it) {
            return it.node();
        } else if (operation instanceof Operation.Fell it) {
            return it.node();
        } else if (operation instanceof Operation.Release it) {
            return it.claim();
        } else if (operation instanceof Operation.Expire it) {
            return it.claim();
        } else if (operation instanceof Operation.Finish it) {
            return it.claim();
        } else if (operation instanceof Operation.Cancel it) {
            return it.task();
        } else if (operation instanceof Operation.Reopen it) {
            return it.task();
        } else if (operation instanceof Operation.Grant it) {
            return it.claim();
        } else if (operation instanceof Operation.Undo it) {
            return it.change();
        } else if (operation instanceof Operation.Redo it) {
            return it.change();
        }
        return null;
    }

    static @Nullable Scalar scalar(Operation operation) {
        if (operation instanceof Operation.Set it) {
            return it.value();
        } else if (operation instanceof Operation.Add it) {
            return it.value();
        } else if (operation instanceof Operation.Remove it) {
            return it.value();
        } else if (operation instanceof Operation.PlaceCell it) {
            return it.value();
        } else if (operation instanceof Operation.Replace it) {
            return it.value();
        } else if (operation instanceof Operation.Grow it) {
            return it.label();
        } else if (operation instanceof Operation.Label it) {
            return it.label();
        } else if (operation instanceof Operation.Finish it) {
            return it.result();
        }
        return null;
    }

    private static final List<Class<? extends Operation>> ACTIONS =
            List.of(
                    Operation.Put.class,
                    Operation.Clear.class,
                    Operation.Set.class,
                    Operation.AddNumber.class,
                    Operation.Mint.class,
                    Operation.Spend.class,
                    Operation.Transfer.class,
                    Operation.Enable.class,
                    Operation.Disable.class,
                    Operation.Add.class,
                    Operation.Remove.class,
                    Operation.Insert.class,
                    Operation.Delete.class,
                    Operation.PlaceCell.class,
                    Operation.MoveCell.class,
                    Operation.Replace.class,
                    Operation.Drop.class,
                    Operation.Grow.class,
                    Operation.Graft.class,
                    Operation.Label.class,
                    Operation.Fell.class,
                    Operation.NewTask.class,
                    Operation.Claim.class,
                    Operation.Renew.class,
                    Operation.Release.class,
                    Operation.Expire.class,
                    Operation.Finish.class,
                    Operation.Cancel.class,
                    Operation.Reopen.class,
                    Operation.Grant.class,
                    Operation.Rename.class,
                    Operation.SetRole.class,
                    Operation.Note.class,
                    Operation.Shred.class);

    private static int actionOf(Operation operation) {
        if (operation instanceof Operation.Undo) {
            return 35;
        }
        if (operation instanceof Operation.Redo) {
            return 36;
        }
        return ACTIONS.indexOf(operation.getClass()) + 1;
    }

    /** Completes the columns and writes the tables of what they name. */
    void finish(Writer tables) {
        runs.forEach(RleWriter::finish);
        columns.computeIfAbsent(VALUE, it -> new ByteWriter())
                .writeBytes(values.array(), 0, values.length());
        tables.uint(references.size());
        for (Ref reference : references.keySet()) {
            AgentName name = reference.agent();
            Id fork = reference.fork();
            if (name != null) {
                tables.id(name.author());
                tables.text(name.branch());
                tables.u8(fork == null ? 0 : 1);
                if (fork != null) {
                    tables.id(fork);
                }
            }
        }
        tables.uint(idTable.size());
        idTable.keySet().forEach(tables::id);
        tables.uint(objects.size());
        for (Path path : objects.keySet()) {
            Path.Segment last = path.segments().get(path.segments().size() - 1);
            tables.uint(object(new Path(path.segments().subList(0, path.segments().size() - 1))));
            tables.u8(last.type().ordinal());
            tables.text(last.key());
        }
    }
}
