package dev.parley.benchmarks.crdt;

import com.sun.management.OperatingSystemMXBean;
import dev.parley.benchmarks.Samples;
import dev.parley.crdt.api.ChangeSigner;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Editing traces through a whole replica (each edit a change of its own: encoded, hashed, kept),
 * and through yjs, json-joy, loro and automerge in the same run: {@code benchmarks/crdt/run}. All
 * times are CPU time of the whole process, with its compiler and collector.
 */
public final class CrdtBenchmark {
    static final long NOW = 1_800_000_000_000L;
    private static final byte[] UNSIGNED = {};
    private static final int ROUNDS = 24;
    private static final int WARM = 10;

    /**
     * A short trace is repeated until a round has about as many, so that all are measured equally
     * warm, and by more than one step of the clock; the libraries in JavaScript likewise.
     */
    private static final int EDITS_EACH_ROUND = 260_000;

    /** Short work is done so often before it is measured, and for so long in each round. */
    private static final int SHORT_WARM = 300;

    private static final int SHORT_MILLIS = 400;
    private static final int SHORT_ROUNDS = 9;
    private static final int MAX_LINE = 1 << 20;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Medians, in milliseconds and bytes; less than 0 if not measured. */
    private record Result(
            String who,
            double local,
            double remote,
            double load,
            double size,
            double packed,
            double heap) {}

    private CrdtBenchmark() {}

    public static void main(String[] words) throws Exception {
        Path traces = Path.of(words[0]);
        Path peers = Path.of(words[1]);
        System.out.printf(
                Locale.ROOT,
                "JDK %s, %d processors, load %s%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        List<String> parts =
                words.length > 2
                        ? List.of(words).subList(2, words.length)
                        : List.of("traces", "concurrent", "scenarios", "crowd", "files", "signed");
        if (parts.contains("traces")) {
            for (String name : List.of("automerge-paper", "rustcode", "sveltecomponent")) {
                Path file = traces.resolve(name + ".json.gz");
                if (there(file)) {
                    table(Trace.sequential(file), file, peers);
                }
            }
        }
        Path several = traces.resolve("friendsforever.json.gz");
        if (parts.contains("traces") && there(several)) {
            Trace flat = ConcurrentTrace.read(several, info()).flat("friendsforever, flat", info());
            Path file = Files.createTempFile("friendsforever-flat", ".json.gz");
            try {
                flat.write(file);
                table(flat, file, peers);
            } finally {
                Files.delete(file);
            }
        }
        if (parts.contains("concurrent") && there(several)) {
            concurrent(several);
        }
        if (parts.contains("scenarios")) {
            scenarios(peers);
        }
        if (parts.contains("crowd")) {
            crowd();
        }
        Path paper = traces.resolve("automerge-paper.json.gz");
        if (parts.contains("files") && there(paper)) {
            files(Trace.sequential(paper));
        }
        if (parts.contains("signed") && there(paper)) {
            SignedTrace.run(Trace.sequential(paper));
        }
        System.exit(0);
    }

    private static boolean there(Path file) {
        if (!Files.exists(file)) {
            System.out.println("not measured: there is no " + file);
        }
        return Files.exists(file);
    }

    private static void table(Trace trace, Path file, Path peers) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%n== %s, %d edits (ms of CPU; bytes)%n%-12s %10s %10s %10s %10s %10s %10s%n",
                trace.name(),
                trace.edits().size(),
                "",
                "local",
                "remote",
                "load",
                "file",
                "packed",
                "heap");
        Result ours = ours(trace);
        print(ours);
        for (String library : List.of("yjs", "json-joy", "loro", "automerge")) {
            Optional<Result> peer = peer(library, file, peers, 3 * repeats(trace));
            peer.ifPresent(CrdtBenchmark::print);
            peer.ifPresent(
                    it ->
                            System.out.printf(
                                    Locale.ROOT,
                                    "%-12s %10s %10s   times ours%n",
                                    "",
                                    times(it.local(), ours.local()),
                                    times(it.remote(), ours.remote())));
        }
    }

    private static String times(double peer, double ours) {
        return peer < 0 || ours <= 0 ? "-" : String.format(Locale.ROOT, "%.1f", peer / ours);
    }

    private static void print(Result result) {
        System.out.printf(
                Locale.ROOT,
                "%-12s %10.1f %10.1f %10.2f %10.0f %10.0f %10.0f%n",
                result.who(),
                result.local(),
                result.remote(),
                result.load(),
                result.size(),
                result.packed(),
                result.heap());
    }

    private static StoreInfo info() {
        return new StoreInfo(
                "bench", Trace.author(1), StoreInfo.Mode.OPEN, false, "bench", new byte[16]);
    }

    /** As a session would write it: many edits in one change. */
    static Replica gathered(Trace trace, int editsEach, ChangeSigner signer) throws Exception {
        Replica replica = Replica.create(info());
        List<Trace.Edit> edits = trace.edits();
        for (int from = 0; from < edits.size(); from += editsEach) {
            int start = from;
            int end = Math.min(edits.size(), from + editsEach);
            replica.transact(
                    Trace.author(1),
                    NOW + from,
                    signer,
                    it -> {
                        for (int i = start; i < end; i++) {
                            edits.get(i).apply(it);
                        }
                    });
        }
        return replica;
    }

    private static long heap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    interface Work<T> {
        T run() throws Exception;
    }

    static double cpu(int rounds, Work<?> work) throws Exception {
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            double start = cpuMillis();
            work.run();
            times.add(cpuMillis() - start);
        }
        return median(times.subList(rounds / 3, rounds));
    }

    /** Of a very short piece of work: so many times as the clock needs; the libraries likewise. */
    private static double shortCpu(Work<?> work) throws Exception {
        double begin = cpuMillis();
        for (int i = 0; i < SHORT_WARM; i++) {
            work.run();
        }
        double spent = Math.max(1, cpuMillis() - begin);
        int times = (int) Math.ceil(Math.min(2000, SHORT_MILLIS * SHORT_WARM / spent));
        List<Double> rounds = new ArrayList<>();
        for (int round = 0; round < SHORT_ROUNDS; round++) {
            double start = cpuMillis();
            for (int i = 0; i < times; i++) {
                work.run();
            }
            rounds.add((cpuMillis() - start) / times);
        }
        return middle(rounds);
    }

    /** To a text that is read, as the libraries beside ours do it. */
    private static String loaded(Snapshot snapshot, byte[] file) throws Exception {
        return restored(snapshot, file).state().text(Trace.TEXT);
    }

    private static Replica restored(Snapshot snapshot, byte[] file) throws Exception {
        return Replica.fromCheckpoint(
                snapshot.checkpoint(), file, new MemoryHistory(), event -> {});
    }

    /** Files of one history, by how many edits were gathered into a change. */
    private static void files(Trace trace) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%n== %s as files (ms of CPU; bytes)%n"
                        + "%-12s %10s %10s %10s %10s %10s %10s %10s %10s %10s %10s%n",
                trace.name(),
                "edits each",
                "changes",
                "history",
                "save",
                "load",
                "snapshot",
                "load",
                "heap",
                "no ids",
                "load",
                "heap");
        for (int each : new int[] {1, 20, 200}) {
            Replica replica = gathered(trace, each, id -> UNSIGNED);
            byte[] file = replica.save();
            double save = cpu(9, replica::save);
            double load =
                    cpu(
                            9,
                            () ->
                                    Replica.load(
                                            file,
                                            NOW * 2,
                                            (author, signed, signature) -> true,
                                            new MemoryHistory(),
                                            event -> {}));
            Snapshot snapshot = replica.snapshot(replica.heads(), false);
            System.out.printf(
                    Locale.ROOT,
                    "%-12d %10d %10d %10.1f %10.1f",
                    each,
                    replica.size(),
                    file.length,
                    save,
                    load);
            for (byte[] state : new byte[][] {snapshot.file(), snapshot.withoutIds()}) {
                System.out.printf(
                        Locale.ROOT,
                        " %10d %10.2f %10.0f",
                        state.length,
                        shortCpu(() -> loaded(snapshot, state)),
                        heapOf(trace, snapshot, state));
            }
            System.out.println();
            Reference.reachabilityFence(replica);
        }
    }

    /** What is freed when it is let go; several times, because others let go of things too. */
    private static double heapOf(Trace trace, Snapshot snapshot, byte[] file) throws Exception {
        List<Double> freed = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            List<Replica> kept = new ArrayList<>(List.of(restored(snapshot, file)));
            check(trace, kept.get(0));
            long with = heap();
            kept.clear();
            freed.add((double) (with - heap()));
        }
        return median(freed);
    }

    private static void concurrent(Path file) throws Exception {
        ConcurrentTrace trace = ConcurrentTrace.read(file, info());
        Replica[] last = new Replica[1];
        double remote =
                cpu(
                        60,
                        () -> {
                            Replica replica = Replica.create(info());
                            for (SignedChange change : trace.changes()) {
                                replica.receive(new SignedChange(change.body(), UNSIGNED), NOW * 2);
                            }
                            last[0] = replica;
                            return replica;
                        });
        if (!last[0].state().text(Trace.TEXT).equals(trace.end())) {
            throw new IllegalStateException("another text");
        }
        System.out.printf(
                Locale.ROOT,
                "%n== friendsforever, written at once, %d edits in %d changes: remote %.1f ms,"
                        + " history file %d bytes%n",
                trace.edits(),
                trace.changes().size(),
                remote,
                last[0].save().length);
    }

    private static void scenarios(Path peers) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%n== scenarios, N = 6000 (ms of CPU)%n%-12s %10s %10s %10s %10s %10s %10s%n",
                "",
                "parley",
                "file",
                "yjs",
                "json-joy",
                "loro",
                "automerge");
        Scenarios scenarios = new Scenarios(info());
        for (String name : List.of("B1.1", "B1.3", "B1.4", "B1.7", "B2.2", "B3.1", "B3.4")) {
            double time = shortCpu(() -> scenarios.run(name, 6000));
            int size = scenarios.run(name, 6000).save().length;
            System.out.printf(Locale.ROOT, "%-12s %10.1f %10d", name, time, size);
            for (String library : List.of("yjs", "json-joy", "loro", "automerge")) {
                Optional<Value.Map> peer = said(peers, library, "scenario", name, "6000");
                System.out.printf(
                        Locale.ROOT, " %10.1f", peer.map(it -> number(it, "time")).orElse(-1.0));
            }
            System.out.println();
        }
    }

    private static void crowd() throws Exception {
        for (int authors : new int[] {20_000, 40_000}) {
            List<SignedChange> changes = new Scenarios(info()).crowd(authors);
            double time =
                    cpu(
                            6,
                            () -> {
                                Replica replica = Replica.create(info());
                                changes.forEach(it -> replica.receive(it, NOW * 2));
                                return replica;
                            });
            System.out.printf(Locale.ROOT, "%n== %d inserts at one spot: %.0f ms%n", authors, time);
        }
    }

    static double cpuMillis() {
        return SYSTEM.getProcessCpuTime() / 1e6;
    }

    private static Result ours(Trace trace) throws Exception {
        List<Double> local = new ArrayList<>();
        List<Double> remote = new ArrayList<>();
        Id author = Trace.author(1);
        StoreInfo info =
                new StoreInfo("bench", author, StoreInfo.Mode.OPEN, false, "bench", new byte[16]);
        int repeats = repeats(trace);
        for (int round = 0; round < ROUNDS; round++) {
            double writing = 0;
            double receiving = 0;
            for (int i = 0; i < repeats; i++) {
                Times times = writeAndReceive(trace, info, author);
                writing += times.local();
                receiving += times.remote();
            }
            if (round >= WARM) {
                local.add(writing / repeats);
                remote.add(receiving / repeats);
            }
        }
        Replica replica = gathered(trace, 1, id -> UNSIGNED);
        Snapshot snapshot = replica.snapshot(replica.heads(), false);
        byte[] file = snapshot.withoutIds();
        double load = shortCpu(() -> loaded(snapshot, file));
        double heap = heapOf(trace, snapshot, file);
        int history = replica.save().length;
        return new Result(
                "parley", middle(local), middle(remote), load, history, file.length, heap);
    }

    private record Times(double local, double remote) {}

    private static Times writeAndReceive(Trace trace, StoreInfo info, Id author) throws Exception {
        List<SignedChange> changes = new ArrayList<>(trace.edits().size());
        System.gc(); // what earlier rounds left is not this one's
        double start = cpuMillis();
        Replica replica = Replica.create(info, new MemoryHistory(), event -> {});
        write(replica, trace, author, changes);
        double writing = cpuMillis() - start;
        check(trace, replica);
        // As they would come from elsewhere: copies, one after the other.
        List<byte[]> received = changes.stream().map(it -> it.body().clone()).toList();
        System.gc();
        double begin = cpuMillis();
        Replica other = Replica.create(info, new MemoryHistory(), event -> {});
        receive(other, received);
        double receiving = cpuMillis() - begin;
        check(trace, other);
        return new Times(writing, receiving);
    }

    private static void write(Replica replica, Trace trace, Id author, List<SignedChange> changes)
            throws RefusedException {
        long now = NOW;
        for (Trace.Edit edit : trace.edits()) {
            changes.add(replica.transact(author, now++, id -> UNSIGNED, edit::apply));
        }
    }

    private static void receive(Replica replica, List<byte[]> bodies) {
        for (byte[] body : bodies) {
            replica.receive(new SignedChange(body, UNSIGNED), NOW * 2);
        }
    }

    private static int repeats(Trace trace) {
        return Math.max(1, EDITS_EACH_ROUND / trace.edits().size());
    }

    /** The mean of the middle half: between the steps of a coarse clock a median cannot be. */
    private static double middle(List<Double> values) {
        return values.stream()
                .sorted()
                .skip(values.size() / 4)
                .limit(values.size() - 2 * (values.size() / 4))
                .mapToDouble(Double::doubleValue)
                .average()
                .orElseThrow();
    }

    private static double median(List<Double> values) {
        return Samples.of(values.stream().mapToDouble(Double::doubleValue).toArray()).median();
    }

    private static void check(Trace trace, Replica replica) {
        if (!replica.state().text(Trace.TEXT).equals(trace.end())) {
            throw new IllegalStateException(trace.name() + ": another text");
        }
    }

    private static Optional<Result> peer(String library, Path trace, Path peers, int rounds)
            throws Exception {
        return said(
                        peers,
                        library,
                        trace.toAbsolutePath().toString(),
                        // What loro drops fills its memory until a process ends.
                        library.equals("automerge") || library.equals("loro")
                                ? "1"
                                : Integer.toString(rounds))
                .map(
                        it ->
                                new Result(
                                        library,
                                        number(it, "local"),
                                        number(it, "remote"),
                                        number(it, "load"),
                                        number(it, "size"),
                                        number(it, "gzip"),
                                        number(it, "memory")));
    }

    private static Optional<Value.Map> said(Path peers, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("node", "--expose-gc", "peers.mjs"));
        command.addAll(List.of(words));
        Process process =
                new ProcessBuilder(command)
                        .directory(peers.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || said.isEmpty()) {
            System.out.println(words[0] + ": not measured, it ended with " + process.exitValue());
            return Optional.empty();
        }
        return Optional.of((Value.Map) Json.parse(said, MAX_LINE));
    }

    private static double number(Value.Map result, String key) {
        Value value = result.get(key).orElse(Value.NULL);
        if (value instanceof Value.Real real) {
            return real.value();
        }
        return value instanceof Value.Int integer ? integer.value() : -1;
    }
}
