package dev.parley.benchmarks.crdt;

import com.sun.management.OperatingSystemMXBean;
import dev.parley.benchmarks.Samples;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.lang.management.ManagementFactory;
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
    private static final long NOW = 1_800_000_000_000L;
    private static final byte[] UNSIGNED = {};
    private static final int ROUNDS = 15;
    private static final int WARM = 5;
    private static final int MAX_LINE = 1 << 20;
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Medians, in milliseconds and bytes; less than 0 if not measured. */
    private record Result(
            String who, double local, double remote, double load, double size, double packed) {}

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
        for (String name :
                List.of("automerge-paper", "rustcode", "sveltecomponent", "friendsforever")) {
            Path file = traces.resolve(name + ".json.gz");
            if (!Files.exists(file)) {
                System.out.println(name + ": not measured, there is no " + file);
            } else if (!name.equals("friendsforever")) {
                table(Trace.sequential(file), file, peers);
            }
        }
        System.exit(0);
    }

    private static void table(Trace trace, Path file, Path peers) throws Exception {
        System.out.printf(
                Locale.ROOT,
                "%n== %s, %d edits (ms of CPU; bytes)%n%-12s %10s %10s %10s %10s %10s%n",
                trace.name(),
                trace.edits().size(),
                "",
                "local",
                "remote",
                "load",
                "size",
                "packed");
        Result ours = ours(trace);
        print(ours);
        for (String library : List.of("yjs", "json-joy", "loro", "automerge")) {
            Optional<Result> peer = peer(library, file, peers);
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
                "%-12s %10.1f %10.1f %10.2f %10.0f %10.0f%n",
                result.who(),
                result.local(),
                result.remote(),
                result.load(),
                result.size(),
                result.packed());
    }

    private static double cpuMillis() {
        return SYSTEM.getProcessCpuTime() / 1e6;
    }

    private static Result ours(Trace trace) throws Exception {
        List<Double> local = new ArrayList<>();
        List<Double> remote = new ArrayList<>();
        Id author = Trace.author(1);
        StoreInfo info =
                new StoreInfo("bench", author, StoreInfo.Mode.OPEN, false, "bench", new byte[16]);
        for (int round = 0; round < ROUNDS; round++) {
            List<SignedChange> changes = new ArrayList<>(trace.edits().size());
            double start = cpuMillis();
            Replica replica = Replica.create(info, new MemoryHistory(), event -> {});
            long now = NOW;
            for (Trace.Edit edit : trace.edits()) {
                changes.add(replica.transact(author, now++, id -> UNSIGNED, edit::apply));
            }
            double end = cpuMillis();
            check(trace, replica);
            List<byte[]> received = changes.stream().map(SignedChange::body).toList();
            double begin = cpuMillis();
            Replica other = Replica.create(info, new MemoryHistory(), event -> {});
            for (byte[] body : received) {
                other.receive(new SignedChange(body, UNSIGNED), now);
            }
            double done = cpuMillis();
            check(trace, other);
            if (round >= WARM) {
                local.add(end - start);
                remote.add(done - begin);
            }
        }
        return new Result("parley", median(local), median(remote), -1, -1, -1);
    }

    private static double median(List<Double> values) {
        return Samples.of(values.stream().mapToDouble(Double::doubleValue).toArray()).median();
    }

    private static void check(Trace trace, Replica replica) {
        if (!replica.state().text(Trace.TEXT).equals(trace.end())) {
            throw new IllegalStateException(trace.name() + ": another text");
        }
    }

    private static Optional<Result> peer(String library, Path trace, Path peers) throws Exception {
        Process process =
                new ProcessBuilder(
                                "node",
                                "--expose-gc",
                                "peers.mjs",
                                library,
                                trace.toAbsolutePath().toString(),
                                library.equals("automerge") ? "1" : "3")
                        .directory(peers.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || said.isEmpty()) {
            System.out.println(library + ": not measured, it ended with " + process.exitValue());
            return Optional.empty();
        }
        Value.Map result = (Value.Map) Json.parse(said, MAX_LINE);
        return Optional.of(
                new Result(
                        library,
                        number(result, "local"),
                        number(result, "remote"),
                        number(result, "load"),
                        number(result, "size"),
                        number(result, "gzip")));
    }

    private static double number(Value.Map result, String key) {
        Value value = result.get(key).orElse(Value.NULL);
        if (value instanceof Value.Real real) {
            return real.value();
        }
        return value instanceof Value.Int integer ? integer.value() : -1;
    }
}
