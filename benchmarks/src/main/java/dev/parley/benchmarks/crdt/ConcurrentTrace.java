package dev.parley.benchmarks.crdt;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** A real history that several wrote at once: each transaction as a change made where it was. */
record ConcurrentTrace(List<SignedChange> changes, String end, int edits) {
    private static final int MAX_BYTES = 64 << 20;
    private static final byte[] UNSIGNED = {};

    static ConcurrentTrace read(java.nio.file.Path file, StoreInfo info)
            throws IOException, MalformedException, dev.parley.crdt.api.RefusedException {
        byte[] json;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            json = in.readAllBytes();
        }
        Value.Map trace = (Value.Map) Json.parse(json, MAX_BYTES);
        List<Value> transactions = items(trace, "txns");
        List<SignedChange> changes = new ArrayList<>();
        List<List<Value>> parents = new ArrayList<>();
        List<Author> authors = new ArrayList<>();
        int edits = 0;
        for (Value each : transactions) {
            Value.Map transaction = (Value.Map) each;
            int agent = number(transaction.get("agent").orElseThrow());
            while (authors.size() <= agent) {
                authors.add(new Author(Trace.author(authors.size() + 1), Replica.create(info)));
            }
            parents.add(items(transaction, "parents"));
            Author author = authors.get(agent);
            author.learn(parents.get(parents.size() - 1), parents, changes);
            List<Value> patches = items(transaction, "patches");
            edits += patches.size();
            int number = changes.size();
            changes.add(
                    author.replica.transact(
                            author.id,
                            CrdtBenchmark.NOW + number,
                            id -> UNSIGNED,
                            it -> {
                                for (Value patch : patches) {
                                    List<Value> parts = ((Value.List) patch).items();
                                    new Trace.Edit(
                                                    number(parts.get(0)),
                                                    number(parts.get(1)),
                                                    ((Value.Text) parts.get(2)).value())
                                            .apply(it);
                                }
                            }));
            author.known.set(number);
        }
        String end = ((Value.Text) trace.get("endContent").orElseThrow()).value();
        return new ConcurrentTrace(changes, end, edits);
    }

    /**
     * The same history as one reader saw it, who got the changes in this order: what each changed
     * in the text, one edit after the other.
     */
    Trace flat(String name, StoreInfo info) {
        Replica reader = Replica.create(info);
        List<Trace.Edit> seen = new ArrayList<>();
        int[] before = {};
        for (SignedChange change : changes) {
            reader.receive(new SignedChange(change.body(), UNSIGNED), CrdtBenchmark.NOW * 2);
            int[] after = reader.state().text(Trace.TEXT).codePoints().toArray();
            int same = Arrays.mismatch(before, after);
            if (same >= 0) {
                int end = sameAtTheEnd(before, after, same);
                String inserted = new String(after, same, after.length - end - same);
                seen.add(new Trace.Edit(same, before.length - end - same, inserted));
            }
            before = after;
        }
        return new Trace(name, seen, end);
    }

    private static int sameAtTheEnd(int[] before, int[] after, int from) {
        int most = Math.min(before.length, after.length) - from;
        int same = 0;
        while (same < most && before[before.length - 1 - same] == after[after.length - 1 - same]) {
            same++;
        }
        return same;
    }

    private static final class Author {
        private final Id id;
        private final Replica replica;
        private final BitSet known = new BitSet();

        Author(Id id, Replica replica) {
            this.id = id;
            this.replica = replica;
        }

        void learn(List<Value> versions, List<List<Value>> parents, List<SignedChange> changes) {
            BitSet wanted = new BitSet();
            Deque<Integer> open = new ArrayDeque<>();
            versions.forEach(it -> open.add(number(it)));
            while (!open.isEmpty()) {
                int next = open.pop();
                if (!known.get(next)) {
                    known.set(next);
                    wanted.set(next);
                    parents.get(next).forEach(it -> open.add(number(it)));
                }
            }
            wanted.stream().forEach(it -> replica.receive(changes.get(it), CrdtBenchmark.NOW * 2));
        }
    }

    private static List<Value> items(Value.Map map, String key) {
        return ((Value.List) map.get(key).orElseThrow()).items();
    }

    private static int number(Value value) {
        return (int) ((Value.Int) value).value();
    }
}
