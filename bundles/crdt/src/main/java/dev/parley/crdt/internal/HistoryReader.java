package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.HistoryFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignatureCheck;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.DeltaReader;
import dev.parley.crdt.internal.columns.PackedColumns;
import dev.parley.crdt.internal.columns.RleReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link HistoryWriter} wrote: each change's exact body is built again, and so its id.
 * The ids of the last changes are in the file; if those come out, all others did, because each is
 * in the hash of one that builds on it.
 */
public final class HistoryReader {
    private static final int NONE = -1;
    private static final byte[] UNSIGNED = {};

    private final StoreInfo info;
    private final Id store;
    private final int count;
    private final PackedColumns columns;

    /** Takes changes, each after what it builds on, as far as that is in the file. */
    interface Sink {
        void take(SignedChange signed, Change change) throws MalformedException;
    }

    /** Changes that are not in the file. */
    interface Outside {
        /**
         * @return null if it is not there
         */
        @Nullable Known find(Id change);
    }

    /** A change on which others build. */
    record Known(AgentName name, int seq, int end) {}

    /** Takes the columns apart; {@link #read} may be called once. */
    private final ChangeWriter writer = new ChangeWriter();

    public HistoryReader(byte[] file) throws MalformedException {
        try {
            ByteReader in = new ByteReader(file);
            long version = in.readVarint();
            if (version != VERSION) {
                throw new MalformedException("version " + version + ", expected " + VERSION);
            }
            info = StoreInfo.decode(in.readBytes(in.readLength(512, "the store")));
            count = in.readLength(MAX_CHANGES, "changes");
            columns = new PackedColumns(in);
            in.finish();
        } catch (dev.parley.crdt.internal.columns.MalformedException e) {
            throw malformed(e);
        }
        store = info.id();
    }

    static MalformedException malformed(dev.parley.crdt.internal.columns.MalformedException e) {
        return new MalformedException(String.valueOf(e.getMessage()));
    }

    public StoreInfo info() {
        return info;
    }

    static AgentName name(Reader tables) throws MalformedException {
        Id author = tables.id();
        String branch = tables.text("a branch", 0, ChangeCodec.MAX_NAME_BYTES);
        if (!ChangeCodec.validBranch(branch)) {
            throw new MalformedException("a branch's name has only a-z, 0-9 and ._/-");
        }
        return new AgentName(author, branch);
    }

    /** What is known of a row, and of the changes outside. */
    private static final class Rows {
        private final int outside;
        private byte[] ids;
        private int[] names;
        private int[] seqs;
        private int[] ends;

        /** Places of changes that nothing builds on, and of those nobody's line goes on from. */
        private final BitSet heads = new BitSet();

        private final BitSet tips = new BitSet();

        private final BitSet signed = new BitSet();

        Rows(int outside) {
            this.outside = outside;
            int capacity = outside + 1024;
            ids = new byte[capacity * Id.BYTES];
            names = new int[capacity];
            seqs = new int[capacity];
            ends = new int[capacity];
        }

        /** Places are rows, after those outside: the last of them is the first. */
        int place(int row, long back) throws MalformedException {
            long place = outside + row - back;
            if (back < 1 || place < 0) {
                throw new MalformedException("a change that builds on one " + back + " before");
            }
            return (int) place;
        }

        Id id(int place) {
            return Id.of(ids, place * Id.BYTES, Id.BYTES);
        }

        void set(int place, Id id, int name, int seq, int end) {
            if (place == names.length) {
                int more = place + (place >> 1);
                ids = Arrays.copyOf(ids, more * Id.BYTES);
                names = Arrays.copyOf(names, more);
                seqs = Arrays.copyOf(seqs, more);
                ends = Arrays.copyOf(ends, more);
            }
            id.copyTo(ids, place * Id.BYTES);
            names[place] = name;
            seqs[place] = seq;
            ends[place] = end;
        }
    }

    /**
     * Builds all changes.
     *
     * @param outside for a file that goes on where a checkpoint ends
     * @param check asked for each signature, and with an empty one for the last change of a line
     *     that has none
     */
    void read(Outside outside, SignatureCheck check, Sink sink) throws MalformedException {
        try {
            Reader tables = new Reader(bytes(TABLES));
            int outsideCount = tables.count("changes outside", 0, MAX_TABLE, Id.BYTES);
            Rows rows = new Rows(outsideCount);
            Known[] known = new Known[outsideCount];
            for (int i = 0; i < outsideCount; i++) {
                Id id = tables.id();
                Known found = outside.find(id);
                if (found == null) {
                    throw new MalformedException("it builds on " + id.hex() + ", not here");
                }
                known[i] = found;
                rows.set(outsideCount - 1 - i, id, NONE, found.seq(), found.end());
            }
            int nameCount = tables.count("authors", 0, MAX_TABLE, Id.BYTES + 2);
            List<AgentName> names = new ArrayList<>();
            boolean[] simple = new boolean[nameCount];
            int[] tips = new int[nameCount];
            for (int i = 0; i < nameCount; i++) {
                names.add(name(tables));
                simple[i] = tables.u8() == 1;
                int first = simple[i] ? tables.uint("a change outside", outsideCount) : 0;
                tips[i] = first == 0 ? NONE : outsideCount - first;
            }
            for (int i = 0; i < outsideCount; i++) {
                rows.names[outsideCount - 1 - i] = names.indexOf(known[i].name());
            }
            String[] messages = new String[tables.count("messages", 0, MAX_TABLE, 2) + 1];
            messages[0] = "";
            for (int i = 1; i < messages.length; i++) {
                messages[i] = tables.text("a message", 1, ChangeCodec.MAX_MESSAGE_BYTES);
            }
            HistoryOperationReader operations =
                    new HistoryOperationReader(columns, tables, names, simple);
            List<Id> heads = new ArrayList<>();
            for (int i = tables.count("heads", 0, MAX_TABLE, Id.BYTES); i > 0; i--) {
                heads.add(tables.id());
            }
            tables.end();
            read(rows, names, simple, tips, messages, operations, check, sink);
            if (!heads.equals(rows.heads.stream().mapToObj(rows::id).sorted().toList())) {
                throw new MalformedException("the last changes have other ids than the file says");
            }
            rows.tips.andNot(rows.signed);
            for (int tip = rows.tips.nextSetBit(0); tip >= 0; tip = rows.tips.nextSetBit(tip + 1)) {
                Id author = names.get(rows.names[tip]).author();
                if (!check.isValid(author, rows.id(tip), UNSIGNED)) {
                    throw new MalformedException("no signature of " + rows.id(tip).hex());
                }
            }
        } catch (dev.parley.crdt.internal.columns.MalformedException e) {
            throw malformed(e);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("a change that nobody can have made: " + e.getMessage());
        }
    }

    private byte[] bytes(int column) throws dev.parley.crdt.internal.columns.MalformedException {
        ByteReader in = columns.take(column);
        return in.readBytes(in.remaining());
    }

    private void read(
            Rows rows,
            List<AgentName> names,
            boolean[] simple,
            int[] tips,
            String[] messages,
            HistoryOperationReader operations,
            SignatureCheck check,
            Sink sink)
            throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
        RleReader author = new RleReader(columns.take(AUTHOR));
        RleReader prevs = new RleReader(columns.take(PREV));
        RleReader dependencyCount = new RleReader(columns.take(DEPENDENCY_COUNT));
        RleReader dependency = new RleReader(columns.take(DEPENDENCY));
        DeltaReader millis = new DeltaReader(columns.take(MILLIS));
        RleReader counter = new RleReader(columns.take(COUNTER));
        RleReader message = new RleReader(columns.take(MESSAGE));
        RleReader operationCount = new RleReader(columns.take(OPERATION_COUNT));
        Signatures signatures = new Signatures();
        columns.finish();
        for (int row = 0; row < count; row++) {
            int name = author.nextInt(names.size() - 1, "author");
            int prev = tips[name];
            if (!simple[name]) {
                long back = prevs.next();
                prev = back == 0 ? NONE : rows.place(row, back);
            }
            if (prev != NONE && rows.names[prev] != name) {
                throw new MalformedException("a line that changes its name");
            }
            Id[] builtOn = new Id[dependencyCount.nextInt(ChangeCodec.MAX_DEPENDENCIES, "deps")];
            for (int i = 0; i < builtOn.length; i++) {
                int dependsOn = rows.place(row, dependency.next());
                builtOn[i] = rows.id(dependsOn);
                rows.heads.clear(dependsOn);
            }
            Arrays.sort(builtOn);
            long time = millis.next(0, (1L << 48) - 1, "time") << 16;
            time |= counter.nextInt(0xffff, "counter");
            int start = prev == NONE ? 0 : rows.ends[prev];
            String said = messages[message.nextInt(messages.length - 1, "message")];
            int many = operationCount.nextInt(ChangeCodec.MAX_OPERATIONS, "operations");
            if (many == 0) {
                throw new MalformedException("a change without operations");
            }
            AgentName who = names.get(name);
            Change change =
                    new Change(
                            store,
                            who.author(),
                            prev == NONE ? 1 : rows.seqs[prev] + 1,
                            prev == NONE ? null : rows.id(prev),
                            start,
                            List.of(builtOn),
                            time,
                            who.branch(),
                            said,
                            operations.read(name, start, many));
            byte[] body = writer.write(change);
            if (!operations.arePlain() || builtOn.length > 0) {
                ChangeCodec.decode(body);
            }
            Id id = Sha256.of(body);
            int place = rows.outside + row;
            rows.heads.set(place);
            rows.tips.set(place);
            if (prev != NONE) {
                rows.heads.clear(prev);
                rows.tips.clear(prev);
            }
            rows.set(place, id, name, change.seq(), start + change.length());
            tips[name] = place;
            byte[] signature = signatures.of(row);
            if (signature.length > 0) {
                rows.signed.set(place);
            }
            if (signature.length > 0 && !check.isValid(who.author(), id, signature)) {
                throw new MalformedException("a wrong signature of " + id.hex());
            }
            sink.take(SignedChange.of(id, body, signature), change);
        }
        for (RleReader column :
                List.of(
                        author,
                        prevs,
                        dependencyCount,
                        dependency,
                        counter,
                        message,
                        operationCount)) {
            column.finish();
        }
        millis.finish();
        signatures.finish();
        operations.finish();
    }

    /** Which rows have a signature. */
    private final class Signatures {
        private final RleReader gaps = new RleReader(columns.take(SIGNED_ROW));
        private final RleReader lengths = new RleReader(columns.take(SIGNATURE_LENGTH));
        private final ByteReader bytes = columns.take(SIGNATURE);
        private long next = NONE;

        Signatures() throws dev.parley.crdt.internal.columns.MalformedException {
            advance();
        }

        private void advance() throws dev.parley.crdt.internal.columns.MalformedException {
            next = gaps.hasNext() ? next + 1 + gaps.next() : Long.MAX_VALUE;
        }

        byte[] of(int row) throws dev.parley.crdt.internal.columns.MalformedException {
            if (row != next) {
                return UNSIGNED;
            }
            advance();
            return bytes.readBytes(
                    lengths.nextInt(SignedChange.MAX_SIGNATURE_BYTES, "a signature"));
        }

        void finish()
                throws MalformedException, dev.parley.crdt.internal.columns.MalformedException {
            lengths.finish();
            bytes.finish();
            if (next != Long.MAX_VALUE) {
                throw new MalformedException("a signature of row " + next + " of " + count);
            }
        }
    }
}
