package dev.parley.crdt.internal;

import dev.parley.crdt.api.Fork;
import dev.parley.crdt.api.History;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a replica begins with instead of taking its whole history in again: a snapshot of the main
 * line, and where in the history each change of it is ({@code docs/protocols/0010-crdt-changes},
 * Index). What the history has beside, such as branches, and what was appended later, is taken in
 * as it always is.
 */
final class HistoryIndex {
    private static final int VERSION = 1;

    /** No more changes than a snapshot has, and as many beside. */
    private static final int MAX_SIZE = 2 * SnapshotFormat.MAX_CHANGES;

    private static final int BESIDE = -1;

    private final StoreSnapshotReader snapshot;
    private final int[] numbers;
    private final int forgotten;
    private final int size;
    private final List<Fork> forks;

    private HistoryIndex(StoreSnapshotReader snapshot, int[] places, int size, List<Fork> forks) {
        this.snapshot = snapshot;
        this.forgotten = (int) Arrays.stream(places).filter(place -> place < 0).count();
        this.size = size;
        this.forks = forks;
        numbers = new int[places.length];
        int below = 0;
        for (int row = 0; row < places.length; row++) {
            numbers[row] = places[row] < 0 ? below++ : forgotten + places[row];
        }
    }

    StoreSnapshotReader snapshot() {
        return snapshot;
    }

    /** How many changes were given up. They come first; the others are as in the history. */
    int forgotten() {
        return forgotten;
    }

    /** Which number each row of the snapshot has. */
    int[] numbers() {
        return numbers;
    }

    /** For each number the row of the snapshot, or {@code -1} if the change is beside it. */
    int[] rows() {
        int[] rows = new int[forgotten + size];
        Arrays.fill(rows, BESIDE);
        for (int row = 0; row < numbers.length; row++) {
            rows[numbers[row]] = row;
        }
        return rows;
    }

    List<Fork> forks() {
        return forks;
    }

    /**
     * @param floor the hash of the snapshot below which changes were given up
     */
    static byte[] write(Integration integration, @Nullable Id floor) {
        ChangeGraph graph = integration.graph();
        Places places = integration.places();
        byte[] packed =
                StoreSnapshotWriter.write(
                                integration.info(),
                                graph,
                                integration.roles(),
                                integration.seals(),
                                integration.main(),
                                floor == null)
                        .packed();
        // Positions are counted without what was given up, as they are once the history is closed.
        int end = places.next(graph.size());
        BitSet kept = new BitSet(end);
        int last = -1;
        for (int change = 0; change < graph.size(); change++) {
            if (!places.isForgotten(change)) {
                int place = places.of(change);
                kept.set(place);
                last = last == -1 || place > places.of(last) ? change : last;
            }
        }
        int[] position = new int[end];
        int count = 0;
        for (int place = kept.nextSetBit(0); place >= 0; place = kept.nextSetBit(place + 1)) {
            position[place] = count++;
        }
        int[] order = CausalOrder.of(graph, integration.main().changes());
        Writer out = new Writer(packed.length + 2 * order.length + 256);
        out.u8(VERSION);
        out.uint(packed.length);
        out.bytes(packed);
        out.u8(floor == null ? 0 : 1);
        if (floor != null) {
            out.id(floor);
        }
        out.uint(count);
        if (count > 0) {
            out.id(graph.id(last));
        }
        int before = 0;
        for (int change : order) {
            int next = places.isForgotten(change) ? 0 : position[places.of(change)] + 1;
            out.zigzag(next - before - 1L);
            before = next;
        }
        out.uint(integration.forks().size());
        for (Fork fork : integration.forks()) {
            write(out, fork.first());
            write(out, fork.second());
        }
        return out.toByteArray();
    }

    private static void write(Writer out, SignedChange change) {
        byte[] encoded = change.encode();
        out.uint(encoded.length);
        out.bytes(encoded);
    }

    /**
     * @param floor the hash of the snapshot that is there, below which changes were given up
     * @param size how many changes the history has
     * @throws MalformedException if it is damaged, of another floor, or not of this history
     */
    static HistoryIndex read(byte[] file, @Nullable Id floor, History history, int size)
            throws MalformedException {
        Reader in = new Reader(file);
        in.expect("version", VERSION, in.u8());
        StoreSnapshotReader snapshot =
                new StoreSnapshotReader(in.bytes(in.count("a snapshot", 1, Integer.MAX_VALUE)));
        Id expected = in.uint("a floor", 1) == 0 ? null : in.id();
        if (!Objects.equals(expected, floor)) {
            throw new MalformedException("an index above another checkpoint");
        }
        int count = in.uint("changes", MAX_SIZE);
        if (count > size) {
            throw new MalformedException(
                    "an index of " + count + " changes, and the history has " + size);
        }
        if (count > 0 && !in.id().equals(history.get(count - 1).id())) {
            throw new MalformedException("an index of another history");
        }
        int[] places = readPlaces(in, snapshot.count(), count);
        List<Fork> forks = new ArrayList<>();
        for (int i = in.uint(); i > 0; i--) {
            SignedChange first = signed(in);
            forks.add(new Fork(ChangeCodec.decode(first.body()).author(), first, signed(in)));
        }
        in.end();
        return new HistoryIndex(snapshot, places, size, forks);
    }

    private static int[] readPlaces(Reader in, int rows, int count) throws MalformedException {
        int[] places = new int[rows];
        BitSet taken = new BitSet(count);
        long before = 0;
        for (int row = 0; row < rows; row++) {
            before += in.zigzag() + 1;
            if (before < 0 || before > count || before > 0 && taken.get((int) before - 1)) {
                throw new MalformedException("a change stands nowhere, or where another one does");
            }
            places[row] = (int) before - 1;
            if (before > 0) {
                taken.set(places[row]);
            }
        }
        return places;
    }

    private static SignedChange signed(Reader in) throws MalformedException {
        return SignedChange.decode(in.bytes(in.count("a change", 1, 1 << 21)));
    }
}
