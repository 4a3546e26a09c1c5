package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.SnapshotFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ColumnsReader;
import dev.parley.crdt.internal.columns.Deflate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads what {@link StoreSnapshotWriter} wrote. */
public final class StoreSnapshotReader {
    private final Id hash;
    private final StoreInfo info;
    private final int count;
    private final byte[] objects;
    private final byte[] roles;
    private final SnapshotRows rows;
    private @Nullable ChangeGraph graph;

    /**
     * @param file as it is kept and sent
     */
    public StoreSnapshotReader(byte[] file) throws MalformedException {
        try {
            ByteReader packed = new ByteReader(file);
            version(packed.readVarint());
            int length = packed.readLength(MAX_RAW_BYTES, "a snapshot");
            byte[] raw =
                    Deflate.inflate(packed.readBytes(packed.remaining()), length, MAX_RAW_BYTES);
            hash = Sha256.of(raw);
            ByteReader in = new ByteReader(raw);
            version(in.readVarint());
            info = StoreInfo.decode(in.readBytes(in.readLength(512, "the store")));
            in.readInt(DELETED_TEXT, "flags");
            count = in.readLength(MAX_CHANGES, "changes");
            ColumnsReader columns = new ColumnsReader(in);
            in.finish();
            objects = bytes(columns.take(OBJECTS));
            roles = bytes(columns.take(ROLES));
            rows = new SnapshotRows(columns, count);
        } catch (dev.parley.crdt.internal.columns.MalformedException e) {
            throw HistoryReader.malformed(e);
        }
    }

    private static void version(long found) throws MalformedException {
        if (found != VERSION) {
            throw new MalformedException("version " + found + ", expected " + VERSION);
        }
    }

    private static byte[] bytes(ByteReader in)
            throws dev.parley.crdt.internal.columns.MalformedException {
        return in.readBytes(in.remaining());
    }

    public StoreInfo info() {
        return info;
    }

    /** What a checkpoint names. */
    public Id hash() {
        return hash;
    }

    int count() {
        return count;
    }

    SnapshotRows rows() {
        return rows;
    }

    /** The changes in the order of the snapshot; those that come later are added to it. */
    ChangeGraph graph() throws MalformedException {
        ChangeGraph built = graph;
        if (built == null) {
            built = new ChangeGraph();
            int[] numbers = new int[count];
            for (int row = 0; row < count; row++) {
                numbers[row] = row;
                rows.addTo(built, row, numbers);
            }
            graph = built;
        }
        return built;
    }

    /**
     * @param numbers of the snapshot's changes in the graph of the roles
     */
    void readRoles(Roles into, int[] numbers) throws MalformedException {
        Reader in = new Reader(roles);
        into.read(in, numbers);
        in.end();
    }

    /**
     * The state on a graph that has these changes.
     *
     * @throws MalformedException if it does not have them, or its lines part where these do not
     */
    Base on(ChangeGraph other) throws MalformedException {
        int[] numbers = rows.numbersIn(other);
        int[] lines = rows.linesIn(other, numbers);
        int[] heads = rows.heads(numbers);
        Arrays.sort(numbers);
        return new Base(info, other, numbers, heads, lines, objects);
    }
}
