package dev.parley.crdt.internal.sequence;

import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.Deflate;
import dev.parley.crdt.internal.sequence.SequenceSnapshot.Agents;
import dev.parley.crdt.internal.sequence.SequenceSnapshot.Limits;
import dev.parley.crdt.internal.sequence.SequenceSnapshot.Parts;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Prints what traces cost, in medians of the thread's CPU time. Not a test: run its main method
 * with the files of traces as arguments.
 */
final class SequenceMeasurement {
    private static final int ROUNDS = 25;
    private static final Limits LIMITS = new Limits(1 << 26, 1 << 22);
    private static final AgentOrder ORDER =
            (a, s, b, t) -> a != b ? Integer.compare(a, b) : Integer.compare(s, t);

    private interface Work {
        Object run() throws Exception;
    }

    private SequenceMeasurement() {}

    public static void main(String[] files) throws Exception {
        for (String file : files) {
            Traces.Trace trace = Traces.load(Path.of(file));
            System.out.println(Path.of(file).getFileName());
            List<List<Operation>> operations = Traces.operations(trace, ORDER);
            int[] agentCount = {1};
            operations.forEach(
                    all ->
                            all.forEach(
                                    op -> agentCount[0] = Math.max(agentCount[0], op.agent() + 1)));
            if (!trace.concurrent()) {
                measure("local", () -> local(trace));
            }
            measure("remote, no listener", () -> remote(operations, VisibleChanges.NONE));
            long[] sum = new long[1];
            VisibleChanges listener = (position, removed, inserted) -> sum[0] += position;
            measure("remote, listener", () -> remote(operations, listener));
            Sequence sequence = remote(operations, VisibleChanges.NONE);
            if (!sequence.text().equals(trace.end())) {
                throw new IllegalStateException("another text");
            }
            measure("text()", sequence::text);
            Agents agents =
                    new Agents(
                            agentCount[0],
                            IntUnaryOperator.identity(),
                            IntUnaryOperator.identity());
            size(sequence, agents, "state", Parts.STATE);
            size(sequence, agents, "state + deleted text", new Parts(true, false));
            size(sequence, agents, "history", Parts.HISTORY);
            heap("integrated", () -> remote(operations, VisibleChanges.NONE));
        }
    }

    private static void size(Sequence sequence, Agents agents, String name, Parts parts)
            throws Exception {
        ByteWriter out = new ByteWriter();
        SnapshotWriter.write(sequence, agents, parts, out);
        byte[] raw = out.toBytes();
        byte[] deflated = Deflate.deflate(raw);
        System.out.printf("  %-24s %8d B, deflated %8d B%n", name, raw.length, deflated.length);
        measure(
                "write " + name,
                () -> {
                    ByteWriter again = new ByteWriter(raw.length);
                    SnapshotWriter.write(sequence, agents, parts, again);
                    return again;
                });
        measure(
                "load " + name,
                () -> SnapshotReader.read(new ByteReader(raw), ORDER, agents, LIMITS));
        measure(
                "inflate + load " + name,
                () ->
                        SnapshotReader.read(
                                new ByteReader(Deflate.inflate(deflated, raw.length, 1 << 26)),
                                ORDER,
                                agents,
                                LIMITS));
        heap(
                "loaded " + name,
                () -> SnapshotReader.read(new ByteReader(raw), ORDER, agents, LIMITS));
    }

    private static Sequence local(Traces.Trace trace) {
        Sequence sequence = Sequence.ofText(ORDER);
        IdRuns targets = new IdRuns();
        int seq = 0;
        for (Traces.Transaction transaction : trace.transactions()) {
            for (Traces.Patch patch : transaction.patches()) {
                if (patch.removed() > 0) {
                    targets.clear();
                    sequence.delete(patch.position(), patch.removed(), 0, seq, targets);
                    seq += patch.removed();
                }
                if (!patch.inserted().isEmpty()) {
                    sequence.insert(patch.position(), patch.inserted(), 0, seq);
                    seq += patch.inserted().length();
                }
            }
        }
        return sequence;
    }

    private static Sequence remote(List<List<Operation>> operations, VisibleChanges changes) {
        Sequence sequence = Sequence.ofText(ORDER);
        for (List<Operation> all : operations) {
            for (Operation operation : all) {
                operation.integrate(sequence, changes);
            }
        }
        return sequence;
    }

    private static void measure(String name, Work work) throws Exception {
        var threads = ManagementFactory.getThreadMXBean();
        long[] nanos = new long[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = threads.getCurrentThreadCpuTime();
            Object result = work.run();
            nanos[i] = threads.getCurrentThreadCpuTime() - start;
            if (result == null) {
                throw new IllegalStateException("nothing done");
            }
        }
        double first = nanos[0] / 1e6;
        Arrays.sort(nanos);
        System.out.printf(
                "  %-34s median %8.2f ms, first %8.2f, least %8.2f%n",
                name, nanos[ROUNDS / 2] / 1e6, first, nanos[0] / 1e6);
    }

    private static void heap(String name, Work work) throws Exception {
        List<Object> kept = new ArrayList<>();
        int copies = 8;
        kept.add(work.run());
        used();
        long before = used();
        for (int i = 0; i < copies; i++) {
            kept.add(work.run());
        }
        long each = (used() - before) / copies;
        java.lang.ref.Reference.reachabilityFence(kept);
        System.out.printf("  %-34s heap %8d B%n", name, each);
        kept.clear();
    }

    private static long used() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            System.gc();
            Thread.sleep(20);
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
