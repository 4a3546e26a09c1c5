package dev.parley.crdt.internal.sequence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** Editing histories: a file of the shared test data, or one of the project's own. */
final class Traces {
    private static final Path SHARED = Path.of("../../../shared/data/editing-traces");

    record Patch(int position, int removed, String inserted) {}

    record Transaction(int agent, int[] parents, List<Patch> patches) {}

    record Trace(String end, List<Transaction> transactions, boolean concurrent) {}

    private Traces() {}

    static Path shared(String name) {
        return SHARED.resolve(name);
    }

    static Trace load(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return parse(
                    new String(new GZIPInputStream(in).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Trace own(String name) {
        try (InputStream in = Traces.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Trace parse(String json) {
        Object root = SmallJson.parse(json);
        List<Transaction> transactions = new ArrayList<>();
        boolean concurrent = SmallJson.map(root).containsKey("numAgents");
        for (Object each : SmallJson.list(SmallJson.get(root, "txns"))) {
            int agent = concurrent ? SmallJson.number(SmallJson.get(each, "agent")) : 0;
            int[] parents =
                    concurrent
                            ? SmallJson.list(SmallJson.get(each, "parents")).stream()
                                    .mapToInt(SmallJson::number)
                                    .toArray()
                            : new int[0];
            List<Patch> patches = new ArrayList<>(1);
            for (Object patch : SmallJson.list(SmallJson.get(each, "patches"))) {
                List<Object> parts = SmallJson.list(patch);
                patches.add(
                        new Patch(
                                SmallJson.number(parts.get(0)),
                                SmallJson.number(parts.get(1)),
                                (String) parts.get(2)));
            }
            transactions.add(new Transaction(agent, parents, patches));
        }
        return new Trace((String) SmallJson.get(root, "endContent"), transactions, concurrent);
    }

    /** Applies a transaction and returns its operations; seq is that of the first one. */
    static List<Operation> apply(Sequence sequence, Transaction transaction, int seq) {
        List<Operation> operations = new ArrayList<>(2);
        int at = seq;
        for (Patch patch : transaction.patches()) {
            int agent = transaction.agent();
            if (patch.removed() > 0) {
                operations.add(
                        Operation.delete(sequence, patch.position(), patch.removed(), agent, at));
                at += patch.removed();
            }
            if (!patch.inserted().isEmpty()) {
                Operation insertion =
                        Operation.insert(sequence, patch.position(), patch.inserted(), agent, at);
                operations.add(insertion);
                at += insertion.count();
            }
        }
        return operations;
    }

    /** The operations of each transaction, made by one replica for each agent. */
    static List<List<Operation>> operations(Trace trace, AgentOrder order) {
        List<List<Operation>> all = new ArrayList<>();
        if (!trace.concurrent()) {
            Sequence sequence = Sequence.ofText(order);
            int seq = 0;
            for (Transaction transaction : trace.transactions()) {
                List<Operation> operations = apply(sequence, transaction, seq);
                all.add(operations);
                seq += operations.stream().mapToInt(Operation::count).sum();
            }
            return all;
        }
        int agents = 1 + trace.transactions().stream().mapToInt(Transaction::agent).max().orElse(0);
        Sequence[] replicas = new Sequence[agents];
        boolean[][] has = new boolean[agents][trace.transactions().size()];
        int[] seqs = new int[agents];
        for (int i = 0; i < agents; i++) {
            replicas[i] = Sequence.ofText(order);
        }
        for (int i = 0; i < trace.transactions().size(); i++) {
            Transaction transaction = trace.transactions().get(i);
            int agent = transaction.agent();
            for (int missing : missing(trace, transaction.parents(), has[agent])) {
                all.get(missing).forEach(op -> op.integrate(replicas[agent], VisibleChanges.NONE));
            }
            List<Operation> operations = apply(replicas[agent], transaction, seqs[agent]);
            seqs[agent] += operations.stream().mapToInt(Operation::count).sum();
            has[agent][i] = true;
            all.add(operations);
        }
        return all;
    }

    /** The ancestors that a replica has not, in causal order; they are marked as had. */
    private static List<Integer> missing(Trace trace, int[] parents, boolean[] has) {
        List<Integer> found = new ArrayList<>();
        List<Integer> pending = new ArrayList<>();
        for (int parent : parents) {
            pending.add(parent);
        }
        while (!pending.isEmpty()) {
            int next = pending.remove(pending.size() - 1);
            if (!has[next]) {
                has[next] = true;
                found.add(next);
                for (int parent : trace.transactions().get(next).parents()) {
                    pending.add(parent);
                }
            }
        }
        found.sort(null);
        return found;
    }
}
