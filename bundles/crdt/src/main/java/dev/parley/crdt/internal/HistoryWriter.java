package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.HistoryFormat.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.DeltaWriter;
import dev.parley.crdt.internal.columns.PackedColumns;
import dev.parley.crdt.internal.columns.RleWriter;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Writes changes as columns over all of them. What follows from something else is left out: ids,
 * prev, seq and start from the chain of each author; who signed, because the newest signature of a
 * line covers what is before it.
 */
final class HistoryWriter {
    private static final int NONE = -1;

    private final ChangeGraph graph;
    private final IntFunction<SignedChange> changes;
    private final int[] order;
    private final int[] rows;
    private final TreeMap<Integer, ByteWriter> columns = new TreeMap<>();
    private final Map<AgentName, Integer> names = new LinkedHashMap<>();
    private final List<Boolean> simple = new ArrayList<>();

    /** Of each author in the file: what its first change there builds on. */
    private final List<Integer> firstPrevs = new ArrayList<>();

    private final Map<Integer, Integer> outside = new LinkedHashMap<>();
    private final Map<String, Integer> messages = new LinkedHashMap<>();

    private HistoryWriter(ChangeGraph graph, IntFunction<SignedChange> changes, BitSet set) {
        this.graph = graph;
        this.changes = changes;
        order = CausalOrder.of(graph, set);
        rows = new int[graph.size()];
        java.util.Arrays.fill(rows, NONE);
        for (int row = 0; row < order.length; row++) {
            rows[order[row]] = row;
        }
    }

    /**
     * @param set numbers of changes
     * @param changes gives each of them
     */
    static byte[] write(
            StoreInfo info, ChangeGraph graph, IntFunction<SignedChange> changes, BitSet set) {
        HistoryWriter writer = new HistoryWriter(graph, changes, set);
        writer.nameAuthors();
        byte[] encoded = info.encode();
        ByteWriter out = new ByteWriter(1 << 16);
        out.writeVarint(VERSION);
        out.writeVarint(encoded.length);
        out.writeBytes(encoded);
        out.writeVarint(writer.order.length);
        writer.columns();
        PackedColumns.write(writer.columns, out);
        return out.toBytes();
    }

    private void nameAuthors() {
        List<Integer> tips = new ArrayList<>();
        for (int change : order) {
            AgentName name = graph.agents().name(graph.agent(change));
            Integer known = names.putIfAbsent(name, names.size());
            if (known == null) {
                simple.add(true);
                firstPrevs.add(graph.prev(change));
                tips.add(change);
                int prev = graph.prev(change);
                if (prev != NONE && rows[prev] != NONE) {
                    throw new IllegalStateException("a line that changes its name");
                }
            } else {
                if (graph.prev(change) != tips.get(known)) {
                    simple.set(known, false);
                }
                tips.set(known, change);
            }
        }
    }

    /** Counts backwards from a row; behind the first one are the changes outside. */
    private long back(int row, int change) {
        int other = rows[change];
        if (other != NONE) {
            return row - other;
        }
        return (long) row + 1 + outside.computeIfAbsent(change, it -> outside.size());
    }

    private RleWriter runs(int column) {
        return new RleWriter(columns.computeIfAbsent(column, it -> new ByteWriter()));
    }

    private void columns() {
        RleWriter author = runs(AUTHOR);
        RleWriter prev = runs(PREV);
        RleWriter dependencyCount = runs(DEPENDENCY_COUNT);
        RleWriter dependency = runs(DEPENDENCY);
        DeltaWriter millis =
                new DeltaWriter(columns.computeIfAbsent(MILLIS, it -> new ByteWriter()));
        RleWriter counter = runs(COUNTER);
        RleWriter message = runs(MESSAGE);
        RleWriter count = runs(OPERATION_COUNT);
        HistoryOperationWriter operations =
                new HistoryOperationWriter(
                        columns,
                        new HistoryOperationWriter.Names() {
                            @Override
                            public int of(AgentName name) {
                                return names.getOrDefault(name, NONE);
                            }

                            @Override
                            public boolean isSimple(int author) {
                                return simple.get(author);
                            }
                        });
        messages.put("", 0);
        int lastAgent = NONE;
        int name = NONE;
        for (int row = 0; row < order.length; row++) {
            int number = order[row];
            Change change = decoded(number);
            if (graph.agent(number) != lastAgent) {
                lastAgent = graph.agent(number);
                name = names.getOrDefault(graph.agents().name(lastAgent), NONE);
            }
            author.write(name);
            if (!simple.get(name)) {
                prev.write(graph.prev(number) == NONE ? 0 : back(row, graph.prev(number)));
            }
            int[] builtOn = graph.dependencies(number);
            dependencyCount.write(builtOn.length);
            if (builtOn.length > 0) {
                long[] distances = new long[builtOn.length];
                for (int i = 0; i < builtOn.length; i++) {
                    distances[i] = back(row, builtOn[i]);
                }
                java.util.Arrays.sort(distances);
                for (long distance : distances) {
                    dependency.write(distance);
                }
            }
            millis.write(change.time() >>> 16);
            counter.write(change.time() & 0xffff);
            message.write(messages.computeIfAbsent(change.message(), it -> messages.size()));
            count.write(change.operations().size());
            operations.write(name, change.start(), change.operations());
        }
        List.of(author, prev, dependencyCount, dependency, counter, message, count)
                .forEach(RleWriter::finish);
        millis.finish();
        signatures();
        columns.computeIfAbsent(TABLES, it -> new ByteWriter())
                .writeBytes(tables(operations).toByteArray());
    }

    private Change decoded(int number) {
        try {
            return ChangeCodec.decode(changes.apply(number).body());
        } catch (MalformedException e) {
            throw new IllegalStateException("the history gave other bytes than it got", e);
        }
    }

    private Writer tables(HistoryOperationWriter operations) {
        Writer tables = new Writer(256);
        // What the first changes build on may be the last that is found to lie outside.
        Writer authors = new Writer(256);
        authors.uint(names.size());
        int index = 0;
        for (AgentName name : names.keySet()) {
            authors.id(name.author());
            authors.text(name.branch());
            int first = firstPrevs.get(index);
            authors.u8(simple.get(index) ? 1 : 0);
            if (simple.get(index)) {
                authors.uint(
                        first == NONE
                                ? 0
                                : 1 + outside.computeIfAbsent(first, it -> outside.size()));
            }
            index++;
        }
        tables.uint(outside.size());
        outside.keySet().forEach(it -> tables.id(graph.id(it)));
        tables.bytes(authors.toByteArray());
        tables.uint(messages.size() - 1);
        messages.keySet().stream().skip(1).forEach(tables::text);
        operations.finish(tables);
        List<Id> heads = heads();
        tables.uint(heads.size());
        heads.forEach(tables::id);
        return tables;
    }

    private List<Id> heads() {
        BitSet heads = new BitSet();
        for (int number : order) {
            heads.set(number);
        }
        for (int number : order) {
            if (graph.prev(number) != NONE) {
                heads.clear(graph.prev(number));
            }
            for (int each : graph.dependencies(number)) {
                heads.clear(each);
            }
        }
        return heads.stream().mapToObj(graph::id).sorted().toList();
    }

    /**
     * Of the last change of each line; where lines part of both, as proof; and of each author's
     * first, with which the author's key comes.
     */
    private void signatures() {
        Map<Long, Integer> followers = new HashMap<>();
        BitSet kept = new BitSet();
        kept.set(0, order.length);
        for (int number : order) {
            int before = graph.prev(number);
            if (before != NONE && rows[before] != NONE) {
                kept.clear(rows[before]);
            }
            followers.merge(follower(number), 1, Integer::sum);
        }
        for (int row = 0; row < order.length; row++) {
            if (followers.getOrDefault(follower(order[row]), 0) > 1
                    || graph.prev(order[row]) == NONE) {
                kept.set(row);
            }
        }
        RleWriter rowGaps = runs(SIGNED_ROW);
        RleWriter lengths = runs(SIGNATURE_LENGTH);
        ByteWriter bytes = columns.computeIfAbsent(SIGNATURE, it -> new ByteWriter());
        int last = NONE;
        for (int row = kept.nextSetBit(0); row >= 0; row = kept.nextSetBit(row + 1)) {
            byte[] signature = changes.apply(order[row]).signature();
            if (signature.length > 0) {
                rowGaps.write(row - last - 1);
                lengths.write(signature.length);
                bytes.writeBytes(signature);
                last = row;
            }
        }
        rowGaps.finish();
        lengths.finish();
    }

    /** What two changes have in common of which one contradicts the other. */
    private long follower(int number) {
        int before = graph.prev(number);
        int name = names.getOrDefault(graph.agents().name(graph.agent(number)), 0);
        return before == NONE ? -1L - name : before;
    }
}
