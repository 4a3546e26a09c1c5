package dev.parley.benchmarks;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;

/** The JMH benchmarks with JMH's own options, and after them each of ours over its peer. */
public final class Micro {
    private static final Map<String, String> PEERS =
            new TreeMap<>(
                    Map.of(
                            "CborBenchmark.encodeOurs", "CborBenchmark.encodeJackson",
                            "CborBenchmark.decodeOurs", "CborBenchmark.decodeJackson",
                            "EnvelopeBenchmark.sign", "EnvelopeBenchmark.signHybrid",
                            "MerkleBenchmark.treeOfAFile", "MerkleBenchmark.oneHashOfAFile"));

    private Micro() {}

    public static void main(String[] words) throws CommandLineOptionException, RunnerException {
        Collection<RunResult> results = new Runner(new CommandLineOptions(words)).run();
        Map<String, Double> scores = new TreeMap<>();
        for (RunResult result : results) {
            String[] name = result.getParams().getBenchmark().split("\\.");
            scores.put(
                    name[name.length - 2] + "." + name[name.length - 1],
                    result.getPrimaryResult().getScore());
        }
        Report report = new Report();
        report.line("== time");
        PEERS.forEach(
                (ours, peer) -> {
                    Double found = scores.get(ours);
                    Double beside = scores.get(peer);
                    if (found != null && beside != null) {
                        report.ratio(ours + " over " + peer, found, beside);
                    }
                });
    }
}
