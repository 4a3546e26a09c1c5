package dev.parley.benchmarks.mls;

import com.sun.management.ThreadMXBean;
import dev.parley.benchmarks.Report;
import dev.parley.benchmarks.Samples;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * What each step of a group costs, ours and bcmls in turns: {@code benchmarks/mls/run}. Times are
 * CPU time of the one thread that works, without compiler and collector, in milliseconds.
 */
public final class MlsBenchmark {
    private static final List<Integer> SIZES = List.of(2, 10, 100, 1000);
    private static final int X25519 = 1;
    private static final int XWING = 0xF001;
    private static final int XWING_MLDSA = 0xF002;
    private static final List<Integer> SUITES = List.of(X25519, XWING, XWING_MLDSA);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private interface Step {
        void run(Side side) throws Exception;
    }

    /** A name and what it does, in the order in which they are done in a round. */
    private record Named(String name, Step step) {}

    private static final List<Named> STEPS =
            List.of(
                    new Named("create", Side::create),
                    new Named("key package", Side::newKeyPackage),
                    new Named("add, commit, welcome", Side::addCommit),
                    new Named("process add", Side::processAdd),
                    new Named("join", Side::join),
                    new Named("update commit", Side::updateCommit),
                    new Named("process update", Side::processUpdate),
                    new Named("", Side::advance),
                    new Named("encrypt 1 KiB", Side::encrypt),
                    new Named("decrypt 1 KiB", Side::decrypt));

    private static final Report REPORT = new Report();

    private MlsBenchmark() {}

    public static void main(String[] words) throws Exception {
        List<Integer> sizes = numbers(words, false, SIZES);
        List<Integer> suites = numbers(words, true, SUITES);
        System.out.printf(
                Locale.ROOT,
                "JDK %s, %d processors, load %s%n",
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                Files.readString(Path.of("/proc/loadavg")).split(" ")[0]);
        warmUp();
        for (int size : sizes) {
            for (int suite : suites) {
                Side ours = new OurSide(suite);
                if (suite == X25519) {
                    table(suite, size, ours, new BcSide(suite));
                } else {
                    table(suite, size, ours);
                }
            }
        }
        REPORT.end();
        System.exit(0);
    }

    /** Suites are written as 0x0001, sizes as 1000. */
    private static List<Integer> numbers(String[] words, boolean hex, List<Integer> otherwise) {
        List<Integer> found =
                Arrays.stream(words)
                        .filter(it -> it.startsWith("0x") == hex)
                        .map(Integer::decode)
                        .toList();
        return found.isEmpty() ? otherwise : found;
    }

    /** So that what is measured first was compiled too. */
    private static void warmUp() throws Exception {
        for (Side side :
                List.of(
                        new OurSide(X25519),
                        new BcSide(X25519),
                        new OurSide(XWING),
                        new OurSide(XWING_MLDSA))) {
            side.build(50);
            measure(List.of(side), 150, 0);
        }
    }

    private static void table(int suite, int size, Side... sides) throws Exception {
        for (Side side : sides) {
            side.build(size);
        }
        int rounds = size >= 1000 ? 30 : size >= 100 ? 100 : 300;
        Map<String, double[]> times = measure(List.of(sides), rounds, rounds / 5);
        REPORT.line(
                String.format(
                        Locale.ROOT,
                        "%n== suite 0x%04X, %d members, %d rounds (ms of CPU, kB allocated)",
                        suite,
                        size,
                        rounds));
        for (Named step : STEPS) {
            if (step.name().isEmpty()) {
                continue;
            }
            StringBuilder line = new StringBuilder(String.format("%-22s", step.name()));
            for (Side side : sides) {
                double[] medians = of(times, side.name(), step.name());
                line.append(
                        String.format(
                                Locale.ROOT,
                                "  %s %8.3f (%7.0f)",
                                side.name(),
                                medians[0],
                                medians[1] / 1000));
            }
            if (sides.length > 1) {
                double ours = of(times, sides[0].name(), step.name())[0];
                double peer = of(times, sides[1].name(), step.name())[0];
                line.append(String.format(Locale.ROOT, "  %6.1f times", peer / ours));
                if (size == 1000) {
                    REPORT.goal(step.name() + ", ours / bcmls, %", 100 * ours / peer, 33, "%");
                }
            }
            REPORT.line(line.toString());
        }
        if (size == 1000 && suite == X25519) {
            goal(times, "update commit", 3);
            goal(times, "process update", 1.5);
        }
        for (Side side : sides) {
            sizes(side, size);
        }
    }

    private static double[] of(Map<String, double[]> times, String side, String step) {
        return Objects.requireNonNull(times.get(side + step));
    }

    private static void goal(Map<String, double[]> times, String step, double most) {
        double found = of(times, "parley", step)[0];
        REPORT.goal(step + " at 1,000, microseconds", 1000 * found, 1000 * most, "us");
    }

    /** Medians of time and of bytes allocated, by the name of the side and of the step. */
    private static Map<String, double[]> measure(List<Side> sides, int rounds, int unmeasured)
            throws Exception {
        Map<String, List<double[]>> all = new LinkedHashMap<>();
        long thread = Thread.currentThread().getId();
        for (int round = 0; round < rounds + unmeasured; round++) {
            for (Side side : sides) {
                for (Named step : STEPS) {
                    long bytes = THREADS.getThreadAllocatedBytes(thread);
                    long start = THREADS.getCurrentThreadCpuTime();
                    step.step().run(side);
                    double millis = (THREADS.getCurrentThreadCpuTime() - start) / 1e6;
                    double allocated = THREADS.getThreadAllocatedBytes(thread) - bytes;
                    if (round >= unmeasured) {
                        all.computeIfAbsent(side.name() + step.name(), it -> new ArrayList<>())
                                .add(new double[] {millis, allocated});
                    }
                }
            }
        }
        Map<String, double[]> medians = new LinkedHashMap<>();
        all.forEach(
                (name, values) ->
                        medians.put(name, new double[] {median(values, 0), median(values, 1)}));
        return medians;
    }

    private static double median(List<double[]> values, int which) {
        return Samples.of(values.stream().mapToDouble(it -> it[which]).toArray()).median();
    }

    private static void sizes(Side side, int size) throws Exception {
        int copies = size >= 1000 ? 10 : 100;
        side.newKeyPackage();
        side.addCommit();
        long heap = heapOfAState(side, copies);
        String saved = "";
        if (side instanceof OurSide ours) {
            byte[] encoded = ours.encoded();
            List<double[]> encode = new ArrayList<>();
            List<double[]> decode = new ArrayList<>();
            for (int i = 0; i < copies; i++) {
                long start = THREADS.getCurrentThreadCpuTime();
                ours.encoded();
                long middle = THREADS.getCurrentThreadCpuTime();
                ours.decoded(encoded);
                long end = THREADS.getCurrentThreadCpuTime();
                encode.add(new double[] {(middle - start) / 1e6});
                decode.add(new double[] {(end - middle) / 1e6});
            }
            saved =
                    String.format(
                            Locale.ROOT,
                            ", saved state %d (%.3f ms, read %.3f ms)",
                            encoded.length,
                            median(encode, 0),
                            median(decode, 0));
        }
        REPORT.line(
                String.format(
                        Locale.ROOT,
                        "%-8s bytes: key package %d, update commit %d, welcome %d, 1 KiB message %d;"
                                + " heap of a state %d%s",
                        side.name(),
                        side.keyPackageBytes(),
                        side.commitBytes(),
                        side.welcomeBytes(),
                        side.messageBytes(),
                        heap,
                        saved));
    }

    /** By what more of them take, so that nothing else that comes or goes is counted. */
    private static long heapOfAState(Side side, int copies) throws Exception {
        Object[] kept = new Object[3 * copies];
        for (int i = 0; i < copies; i++) {
            kept[i] = side.freshState();
        }
        long before = heap();
        for (int i = copies; i < 3 * copies; i++) {
            kept[i] = side.freshState();
        }
        long after = heap();
        Reference.reachabilityFence(kept);
        return (after - before) / (2L * copies);
    }

    private static long heap() {
        Runtime runtime = Runtime.getRuntime();
        for (int i = 0; i < 6; i++) {
            System.gc();
            System.runFinalization();
        }
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
