package dev.parley.demo;

import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * {@code parley demo}: four containers, each a process with a fresh folder, play the main job over
 * loopback QUIC.
 *
 * <p>Alice publishes a plugin, bob installs and calls it; alice stops; mallory, who holds a copy
 * with one flipped byte, offers it to carol, who refuses and then installs from bob. Every step
 * prints one line with its time. The exit code is 0 only if every step held; nothing is left
 * running or on disk.
 */
public final class Demo implements AutoCloseable {
    private static final String TOPIC = "plugins/demo";
    private static final long WAIT_SECONDS = 15;

    private final Path script;
    private final Path plugin;
    private final Path folder;
    private final Deque<Node> running = new ArrayDeque<>();
    private final boolean keep;

    private Demo(Path script, Path plugin, boolean keep) throws IOException {
        this.script = script;
        this.plugin = plugin;
        this.keep = keep;
        this.folder = Files.createTempDirectory("parley-demo-");
    }

    public static void main(String[] words) throws IOException, InterruptedException {
        Path home = Path.of(System.getProperty("parley.home"));
        List<String> options = List.of(words);
        if (options.contains("--help")) {
            System.out.println(
                    "Usage: parley demo [--keep]\n\nPlays the main job with four containers on loopback;"
                            + " --keep leaves their folders behind.");
            return;
        }
        int failed = 0;
        try (Demo demo =
                new Demo(
                        Path.of(System.getProperty("parley.script")),
                        home.resolve("samples").resolve("hello.jar"),
                        options.contains("--keep"))) {
            Runtime.getRuntime().addShutdownHook(new Thread(demo::close, "demo-clean-up"));
            demo.play();
        } catch (StepFailedException e) {
            System.out.println("demo: failed: " + e.getMessage());
            failed = 1;
        }
        if (failed == 0) {
            System.out.println("demo: every step held");
        }
        System.exit(failed);
    }

    private interface Step {
        String run() throws IOException, InterruptedException, StepFailedException;
    }

    private void step(String title, Step step)
            throws IOException, InterruptedException, StepFailedException {
        long start = System.nanoTime();
        String result;
        try {
            result = step.run();
        } catch (StepFailedException e) {
            throw new StepFailedException(title + ": " + e.getMessage());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "%6.2f s  %-52s %s%n", seconds, title, result);
    }

    private Node up(String name, Node... peers)
            throws IOException, InterruptedException, StepFailedException {
        List<String> addresses = new java.util.ArrayList<>();
        for (Node peer : peers) {
            addresses.add(listen(peer));
        }
        Node node = Node.start(script, folder, name, addresses);
        running.push(node);
        return node;
    }

    private static String listen(Node node)
            throws IOException, InterruptedException, StepFailedException {
        return Node.ok(node.get("/status")).text("listen");
    }

    private void play() throws IOException, InterruptedException, StepFailedException {
        Node[] nodes = new Node[4];
        step(
                "alice, bob and mallory start",
                () -> {
                    nodes[0] = up("alice");
                    nodes[1] = up("bob", nodes[0]);
                    nodes[3] = up("mallory", nodes[1]);
                    return "three processes, QUIC on loopback";
                });
        Node alice = nodes[0];
        Node bob = nodes[1];
        Node mallory = nodes[3];
        String publisher = Node.ok(alice.get("/status")).text("agent");
        step(
                "alice publishes hello on " + TOPIC,
                () ->
                        Node.ok(
                                        alice.post(
                                                "/plugins/publish",
                                                Value.map()
                                                        .put("path", plugin.toString())
                                                        .put("topic", TOPIC)))
                                .text("descriptor")
                                .substring(0, 16));
        step("bob sees the announcement", () -> seen(bob));
        step(
                "bob is shown who, what and how it is confined",
                () -> {
                    Node.Answer offer =
                            Node.ok(bob.post("/plugins/inspect", Value.map().put("ref", "hello")));
                    expect(
                            offer.text("publisher").equals(publisher),
                            "publisher " + offer.text("publisher"),
                            publisher);
                    return "permissions "
                            + offer.text("permissions")
                            + ", sandbox "
                            + offer.text("sandbox", "tier");
                });
        step(
                "bob may not install it from a stranger",
                () -> refused(install(bob), "PUBLISHER_UNKNOWN"));
        step(
                "bob trusts alice, installs and calls it",
                () -> {
                    trust(bob, publisher);
                    Node.ok(install(bob));
                    return greet(bob);
                });
        step(
                "mallory takes a copy too, and flips one byte of it",
                () -> {
                    seen(mallory);
                    trust(mallory, publisher);
                    Node.ok(install(mallory));
                    return tamper(mallory);
                });
        step(
                "alice stops for good, bob for now",
                () -> {
                    halt(alice);
                    halt(bob);
                    return "only mallory still holds hello";
                });
        step(
                "carol starts, connected to mallory",
                () -> {
                    nodes[2] = up("carol", mallory);
                    seen(nodes[2]);
                    trust(nodes[2], publisher);
                    return "and has alice's announcement, later than everybody";
                });
        Node carol = nodes[2];
        step("carol refuses the tampered copy", () -> refused(install(carol), "FETCH_BAD_CHUNK"));
        step(
                "bob comes back with his plugin",
                () -> {
                    nodes[1] = up("bob", mallory);
                    return running(nodes[1]) + greet(nodes[1]);
                });
        step(
                "carol meets bob, installs from him and calls it",
                () -> {
                    Node.ok(carol.post("/peers", Value.map().put("address", listen(nodes[1]))));
                    Node.ok(install(carol));
                    return greet(carol);
                });
        step(
                "everything is uninstalled",
                () -> {
                    for (Node node : List.of(nodes[1], carol, mallory)) {
                        Node.ok(node.delete("/plugins/hello"));
                        Node.Answer call =
                                node.post("/tools/hello/greet", Value.map().put("name", "nobody"));
                        expect(
                                call.status() == 404,
                                "a call still answers with status " + call.status(),
                                "404");
                    }
                    return "its tools are gone";
                });
        step(
                "everything is stopped",
                () -> {
                    while (!running.isEmpty()) {
                        running.pop().close();
                    }
                    return "no process left";
                });
    }

    private void halt(Node node) {
        node.close();
        running.remove(node);
    }

    /** Waits until the plugins of a container that has just started are running again. */
    private static String running(Node node)
            throws IOException, InterruptedException, StepFailedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!Node.ok(node.get("/plugins")).json().contains("\"RUNNING\"")) {
            if (System.nanoTime() > end) {
                throw new StepFailedException(
                        "found " + node.get("/plugins").json() + ", expected hello to run");
            }
            Thread.sleep(20);
        }
        return "installed and trusted as before: ";
    }

    private static String seen(Node node)
            throws IOException, InterruptedException, StepFailedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        Node.Answer list = Node.ok(node.get("/announcements?query=hello"));
        while (!list.json().contains("\"hello\"")) {
            if (System.nanoTime() > end) {
                throw new StepFailedException(
                        "found " + list.json() + ", expected an announcement of hello");
            }
            Thread.sleep(10);
            list = Node.ok(node.get("/announcements?query=hello"));
        }
        return "hello " + "is announced";
    }

    private static void trust(Node node, String agent)
            throws IOException, InterruptedException, StepFailedException {
        Node.ok(node.post("/contacts", Value.map().put("agent", agent).put("level", "trusted")));
    }

    private static Node.Answer install(Node node)
            throws IOException, InterruptedException, StepFailedException {
        return node.post(
                "/plugins/install",
                Value.map()
                        .put("ref", "hello")
                        .put("consent", Value.map().put("permissions", "all").build()));
    }

    private static String greet(Node node)
            throws IOException, InterruptedException, StepFailedException {
        Node.Answer answer =
                Node.ok(node.post("/tools/hello/greet", Value.map().put("name", node.name())));
        expect(answer.json().contains(node.name()), answer.json(), "a greeting for " + node.name());
        return answer.json();
    }

    private static String refused(Node.Answer answer, String code) throws StepFailedException {
        expect(answer.status() >= 400, "status " + answer.status(), "a refusal with " + code);
        expect(answer.text("error", "code").equals(code), answer.json(), "a refusal with " + code);
        return code;
    }

    private static void expect(boolean holds, String found, String expected)
            throws StepFailedException {
        if (!holds) {
            throw new StepFailedException("found " + found + ", expected " + expected);
        }
    }

    /** Flips a byte of the plugin in a holder's blob store, as somebody with that disk could. */
    private String tamper(Node holder) throws IOException, StepFailedException {
        byte[] original = Files.readAllBytes(plugin);
        try (Stream<Path> files = Files.walk(holder.data().resolve("storage"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.size(file) == original.length && Files.mismatch(file, plugin) < 0) {
                    original[original.length / 2] ^= 1;
                    Files.write(file, original);
                    return "byte " + original.length / 2 + " of " + original.length;
                }
            }
        }
        throw new StepFailedException("no copy of the plugin in " + holder.data());
    }

    @Override
    public synchronized void close() {
        while (!running.isEmpty()) {
            running.pop().close();
        }
        if (keep || !Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            System.err.println("demo: could not remove " + folder + ": " + e.getMessage());
        }
    }
}
