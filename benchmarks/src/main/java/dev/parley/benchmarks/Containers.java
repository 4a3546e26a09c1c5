package dev.parley.benchmarks;

import dev.parley.demo.Node;
import dev.parley.demo.StepFailedException;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What is measured on containers in processes of their own, started by the start script. */
final class Containers {
    private static final Pattern PID = Pattern.compile("\"pid\":(\\d+)");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long IDLE_SECONDS = 10;

    private final Path home;
    private final Path folder;
    private final Report report;

    Containers(Path home, Path folder, Report report) {
        this.home = home;
        this.folder = folder;
        this.report = report;
    }

    Path isolateJar() {
        return home.resolve("isolate").resolve("isolate.jar");
    }

    Path sample(String name) {
        return home.resolve("samples").resolve(name + ".jar");
    }

    private Path script() {
        return home.resolve("bin").resolve("parley");
    }

    private Node up(Path script, String name, String... peers) throws Exception {
        return Node.start(script, folder, name, List.of(peers));
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    void start(int repetitions) throws Exception {
        Samples first = cold(repetitions);
        up(script(), "warm").close();
        double[] fresh = new double[repetitions];
        double[] again = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            for (double[] into : List.of(fresh, again)) {
                into[i] = start(script(), "start-" + i);
            }
        }
        report.samples("up to READY, no class archives yet, new data folder", first, "ms");
        report.samples("up to READY, class archives, new data folder", Samples.of(fresh), "ms");
        report.samples("up to READY, class archives, its data again", Samples.of(again), "ms");
        report.ratio("class archives over none", Samples.of(fresh), first);
        report.goal("up to READY the first time ever, p50", first.median(), 2000, "ms");
        report.goal("up to READY, p50", Samples.of(fresh).median(), 1200, "ms");
    }

    private double start(Path script, String name) throws Exception {
        long start = System.nanoTime();
        Node node = up(script, name);
        double millis = millisSince(start);
        node.close();
        return millis;
    }

    /** Starts of an installation that was never started: a copy, whose archives go each time. */
    private Samples cold(int repetitions) throws Exception {
        Path copy = folder.resolve("installation");
        Files.createDirectory(copy);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path from :
                    files.filter(it -> !it.startsWith(home.resolve("archives"))).toList()) {
                Path to = copy.resolve(home.relativize(from));
                if (!Files.exists(to)) {
                    Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
        double[] millis = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            millis[i] = start(copy.resolve("bin").resolve("parley"), "cold-" + i);
            awaitArchives(copy.resolve("archives"));
            Harness.delete(copy.resolve("archives"));
        }
        return Samples.of(millis);
    }

    /** The first container makes them beside its work, and they are not to disturb the next. */
    private static void awaitArchives(Path archives) throws Exception {
        long start = System.nanoTime();
        while (true) {
            try (Stream<Path> files = Files.walk(archives)) {
                List<String> names = files.map(it -> String.valueOf(it.getFileName())).toList();
                if (names.contains("container.seal") && !names.contains("making")) {
                    return;
                }
            } catch (UncheckedIOException | NoSuchFileException e) {
                continue; // it changed under the walk
            }
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new StepFailedException("the class archives were not made");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static String agent(Node node) throws Exception {
        return Node.ok(node.get("/status")).text("agent");
    }

    private void publish(Node node, String plugin) throws Exception {
        Node.ok(
                node.post(
                        "/plugins/publish",
                        Value.map()
                                .put("path", sample(plugin).toString())
                                .put("topic", "plugins/bench")));
    }

    private static void awaitAnnounced(Node node, String plugin) throws Exception {
        long start = System.nanoTime();
        while (!Node.ok(node.get("/announcements?query=" + plugin))
                .json()
                .contains("\"" + plugin + "\"")) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                throw new StepFailedException(plugin + " was not announced");
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    private static void install(Node node, String plugin) throws Exception {
        Node.ok(
                node.post(
                        "/plugins/install",
                        Value.map()
                                .put("ref", plugin)
                                .put("consent", Value.map().put("permissions", "all").build())));
    }

    private static void greet(Node node) throws Exception {
        Node.ok(node.post("/tools/hello/greet", Value.map().put("name", "you")));
    }

    private static void readBook(Node node) throws Exception {
        Node.ok(node.post("/tools/guestbook/list", Value.map()));
    }

    /** Two containers that are connected, the second trusting the first. */
    private record Pair(Node alice, Node bob) implements AutoCloseable {
        @Override
        public void close() {
            bob.close();
            alice.close();
        }
    }

    private Pair pair(String suffix) throws Exception {
        Node alice = up(script(), "alice" + suffix);
        Node bob = up(script(), "bob" + suffix, Node.ok(alice.get("/status")).text("listen"));
        while (!Node.ok(bob.get("/peers")).json().contains(agent(alice))) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        Node.ok(
                bob.post(
                        "/contacts",
                        Value.map().put("agent", agent(alice)).put("level", "trusted")));
        // Until it has tried its sandbox a container installs nothing; that belongs to its start.
        while (Node.ok(bob.get("/doctor")).json().contains("\"testing\"")) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return new Pair(alice, bob);
    }

    void publish(int repetitions) throws Exception {
        double[] seen = new double[repetitions];
        double[] installed = new double[repetitions];
        double[] first = new double[repetitions];
        double[] second = new double[repetitions];
        for (int i = 0; i < repetitions; i++) {
            try (Pair pair = pair("-" + i)) {
                long start = System.nanoTime();
                publish(pair.alice(), "hello");
                awaitAnnounced(pair.bob(), "hello");
                seen[i] = millisSince(start);
                install(pair.bob(), "hello");
                installed[i] = millisSince(start);
                greet(pair.bob());
                first[i] = millisSince(start);
                start = System.nanoTime();
                publish(pair.alice(), "guestbook");
                awaitAnnounced(pair.bob(), "guestbook");
                install(pair.bob(), "guestbook");
                readBook(pair.bob());
                second[i] = millisSince(start);
            }
        }
        report.samples("published to seen by the other", Samples.of(seen), "ms");
        report.samples("published to installed there", Samples.of(installed), "ms");
        report.samples("published to first answer, first plugin", Samples.of(first), "ms");
        report.samples("published to first answer, second one", Samples.of(second), "ms");
        report.goal("published to callable elsewhere, p50", Samples.of(first).median(), 1000, "ms");
    }

    void callByRest(int repetitions) throws Exception {
        try (Pair pair = pair("-call")) {
            Node bob = pair.bob();
            publish(pair.alice(), "hello");
            awaitAnnounced(bob, "hello");
            install(bob, "hello");
            double[] tool = new double[repetitions];
            double[] nothing = new double[repetitions];
            for (int i = -2000; i < repetitions; i++) {
                long start = System.nanoTime();
                bob.get("/peers");
                long between = System.nanoTime();
                greet(bob);
                if (i >= 0) {
                    nothing[i] = (between - start) / 1e3;
                    tool[i] = (System.nanoTime() - between) / 1e3;
                }
            }
            report.samples("REST keep-alive, GET /peers", Samples.of(nothing), "us");
            report.samples("REST keep-alive, a tool of a plugin", Samples.of(tool), "us");
        }
    }

    private double run(List<String> words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(script().toString()));
        command.addAll(words);
        long start = System.nanoTime();
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException(words + " ended with " + process.exitValue());
        }
        return millisSince(start);
    }

    void command(int repetitions) throws Exception {
        try (Node node = up(script(), "command")) {
            String data = node.data().toString();
            double[] status = new double[repetitions];
            double[] plugins = new double[repetitions];
            run(List.of("status", "--data", data));
            for (int i = 0; i < repetitions; i++) {
                status[i] = run(List.of("status", "--data", data));
                plugins[i] = run(List.of("plugins", "list", "--json", "--data", data));
            }
            report.samples("parley status", Samples.of(status), "ms");
            report.samples("parley plugins list --json", Samples.of(plugins), "ms");
        }
    }

    private static List<Long> pids(String json) {
        List<Long> pids = new ArrayList<>();
        for (Matcher match = PID.matcher(json); match.find(); ) {
            pids.add(Long.parseLong(match.group(1)));
        }
        return pids;
    }

    private static long pid(Node node) throws IOException {
        return pids(Files.readString(node.data().resolve("rest.json"))).get(0);
    }

    private double memoryOf(String what, Node node) throws Exception {
        TimeUnit.SECONDS.sleep(IDLE_SECONDS);
        double resident = Memory.resident(pid(node));
        report.line(
                String.format(
                        Locale.ROOT, "%-58s VmRSS %6.1f MiB", "container, " + what, resident));
        return resident;
    }

    /** Of its isolates, each the sandbox's own processes and the JVM together. */
    private double mostProportional(Node node) throws Exception {
        double most = 0;
        for (long pid : pids(Node.ok(node.get("/plugins")).json())) {
            Memory memory = Memory.of(pid);
            most = Math.max(most, memory.proportional());
            report.line(String.format(Locale.ROOT, "%-58s %s", "  isolate", memory.words()));
        }
        return most;
    }

    void memory() throws Exception {
        double container = 0;
        double isolate = 0;
        try (Pair pair = pair("-memory")) {
            Node bob = pair.bob();
            container = Math.max(container, memoryOf("idle for 10 s, one peer", bob));
            for (String plugin : List.of("hello", "guestbook")) {
                publish(pair.alice(), plugin);
                awaitAnnounced(bob, plugin);
                install(bob, plugin);
                container = Math.max(container, memoryOf("and with " + plugin + ", idle", bob));
                isolate = Math.max(isolate, mostProportional(bob));
            }
            for (int i = 0; i < 20_000; i++) {
                greet(bob);
            }
            container = Math.max(container, memoryOf("after 20,000 calls by REST, idle", bob));
            isolate = Math.max(isolate, mostProportional(bob));
        }
        try (Pair pair = pair("-alone")) {
            publish(pair.alice(), "hello");
            awaitAnnounced(pair.bob(), "hello");
            install(pair.bob(), "hello");
            greet(pair.bob());
            pair.alice().close(); // fewer JVMs to share pages with, so each counts for more
            container = Math.max(container, memoryOf("alone with one plugin, idle", pair.bob()));
            isolate = Math.max(isolate, mostProportional(pair.bob()));
        }
        report.goal("container, the most resident", container, 200, "MiB");
        report.goal("isolate, the most proportional", isolate, 40, "MiB");
    }
}
