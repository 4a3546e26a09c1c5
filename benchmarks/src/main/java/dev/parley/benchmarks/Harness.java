package dev.parley.benchmarks;

import dev.parley.host.internal.FacadeCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the built distribution by real processes: {@code benchmarks/run WHAT [REPETITIONS]}.
 * What it prints is for reading; nothing fails because it is slow.
 */
public final class Harness {
    private static final List<String> ALL =
            List.of("start", "memory", "publish", "call", "command", "blob");

    private Harness() {}

    public static void main(String[] words) throws Exception {
        String what = words.length == 0 ? "help" : words[0];
        int repetitions = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        if (!what.equals("all") && !ALL.contains(what)) {
            System.err.println("usage: benchmarks/run micro|all|" + String.join("|", ALL) + " [N]");
            System.exit(2);
        }
        System.out.println(
                "JDK "
                        + Runtime.version()
                        + ", "
                        + Runtime.getRuntime().availableProcessors()
                        + " processors, load "
                        + load());
        Path folder = Files.createTempDirectory("parley-bench-");
        Report report = new Report();
        try {
            for (String name : what.equals("all") ? ALL : List.of(what)) {
                System.out.println("== " + name);
                run(name, repetitions, Files.createDirectory(folder.resolve(name)), report);
            }
            report.end();
        } finally {
            delete(folder);
        }
        System.exit(0);
    }

    private static void run(String name, int repetitions, Path folder, Report report)
            throws Exception {
        Containers containers =
                new Containers(
                        Path.of(System.getProperty("parley.home")).toRealPath(), folder, report);
        switch (name) {
            case "start" -> containers.start(repetitions == 0 ? 15 : repetitions);
            case "memory" -> containers.memory();
            case "publish" -> containers.publish(repetitions == 0 ? 9 : repetitions);
            case "command" -> containers.command(repetitions == 0 ? 15 : repetitions);
            case "call" -> {
                FacadeCall.measure(
                        containers.isolateJar(),
                        containers.sample("hello"),
                        Files.createDirectory(folder.resolve("framework")),
                        report);
                containers.callByRest(repetitions == 0 ? 5000 : repetitions);
            }
            default -> BlobTransfer.measure(folder, repetitions == 0 ? 9 : repetitions, report);
        }
    }

    private static String load() throws IOException {
        Path file = Path.of("/proc/loadavg");
        return Files.exists(file) ? Files.readString(file).split(" ", 2)[0] : "unknown";
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
