package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Real containers in processes of their own, started from the built distribution. */
final class Containers implements AutoCloseable {
    static final Path HOME =
            Path.of("..", "distribution", "target", "parley").toAbsolutePath().normalize();
    static final Path SCRIPT = HOME.resolve("bin").resolve("parley");
    static final Path ISOLATE = HOME.resolve("isolate").resolve("isolate.jar");

    /** What a test waits for. */
    interface Condition {
        boolean holds() throws Exception;
    }

    private final Path dir;
    private final Deque<Node> running = new ArrayDeque<>();

    Containers(Path dir) {
        this.dir = dir;
    }

    @Override
    public void close() {
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    /** Starts one; its data is what it was if it ran before. */
    Node up(String name, String... peers) throws Exception {
        Node node = Node.start(SCRIPT, dir, name, List.of(peers));
        running.push(node);
        return node;
    }

    void down(Node node) {
        node.close();
        running.remove(node);
    }

    /** Ends it as a crash would. */
    void kill(Node node) throws Exception {
        ProcessHandle process =
                ProcessHandle.of(
                                Long.parseLong(
                                        Files.readString(node.data().resolve("rest.json"))
                                                .replaceAll("(?s).*\"pid\":(\\d+).*", "$1")))
                        .orElseThrow();
        process.destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);
        running.remove(node);
    }

    static String listen(Node node) throws Exception {
        return Node.ok(node.get("/status")).text("listen");
    }

    static String agent(Node node) throws Exception {
        return Node.ok(node.get("/status")).text("agent");
    }

    static Path sample(String name) {
        return HOME.resolve("samples").resolve(name + ".jar");
    }

    static Node.Answer publish(Node node, Path jar) throws Exception {
        return node.post(
                "/plugins/publish",
                Value.map().put("path", jar.toString()).put("topic", "plugins/test"));
    }

    static void trust(Node node, String agent, String level) throws Exception {
        Node.ok(node.post("/contacts", Value.map().put("agent", agent).put("level", level)));
    }

    static Node.Answer install(Node node, String ref) throws Exception {
        return install(node, ref, Value.of("all"));
    }

    static Node.Answer install(Node node, String ref, Value consent) throws Exception {
        return node.post(
                "/plugins/install",
                Value.map()
                        .put("ref", ref)
                        .put("consent", Value.map().put("permissions", consent).build()));
    }

    static Node.Answer greet(Node node) throws Exception {
        return node.post("/tools/hello/greet", Value.map().put("name", "you"));
    }

    static long await(Duration limit, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds waited")
                    .isLessThan(limit.toNanos());
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return System.nanoTime() - start;
    }

    static void announced(Node node, String text) throws Exception {
        await(
                Duration.ofSeconds(15),
                () -> Node.ok(node.get("/announcements?query=")).json().contains(text));
    }
}
