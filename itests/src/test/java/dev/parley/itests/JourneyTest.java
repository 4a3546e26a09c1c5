package dev.parley.itests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Journeys through real containers: the built distribution, processes of their own, QUIC on
 * loopback.
 */
class JourneyTest {
    private static final Path HOME =
            Path.of("..", "distribution", "target", "parley").toAbsolutePath().normalize();
    private static final Path SCRIPT = HOME.resolve("bin").resolve("parley");

    @TempDir private Path dir;

    private final Deque<Node> running = new ArrayDeque<>();

    @AfterEach
    void stop() {
        while (!running.isEmpty()) {
            running.pop().close();
        }
    }

    private Node up(String name, String... peers) throws Exception {
        Node node = Node.start(SCRIPT, dir, name, List.of(peers));
        running.push(node);
        return node;
    }

    private void down(Node node) {
        node.close();
        running.remove(node);
    }

    private static String listen(Node node) throws Exception {
        return Node.ok(node.get("/status")).text("listen");
    }

    private static String publish(Node node, String sample) throws Exception {
        Node.ok(
                node.post(
                        "/plugins/publish",
                        Value.map()
                                .put(
                                        "path",
                                        HOME.resolve("samples").resolve(sample + ".jar").toString())
                                .put("topic", "plugins/test")));
        return Node.ok(node.get("/status")).text("agent");
    }

    private static void trust(Node node, String agent, String level) throws Exception {
        Node.ok(node.post("/contacts", Value.map().put("agent", agent).put("level", level)));
    }

    private static Node.Answer install(Node node, String name, Value consent) throws Exception {
        return node.post(
                "/plugins/install",
                Value.map()
                        .put("ref", name)
                        .put("consent", Value.map().put("permissions", consent).build()));
    }

    private static Node.Answer greet(Node node) throws Exception {
        return node.post("/tools/hello/greet", Value.map().put("name", "you"));
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static long await(Duration limit, Condition condition) throws Exception {
        long start = System.nanoTime();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds waited")
                    .isLessThan(limit.toNanos());
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return System.nanoTime() - start;
    }

    private static void announced(Node node, String name) throws Exception {
        await(
                Duration.ofSeconds(15),
                () ->
                        Node.ok(node.get("/announcements?query=" + name))
                                .json()
                                .contains("\"" + name + "\""));
    }

    /** Where a container keeps what its children see, from the command of one of them. */
    private static Path isolateFolder(long pid) throws IOException {
        String command = Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        for (String word : command.split("\0")) {
            int end = word.indexOf("/isolate.jar");
            if (end > 0 && word.contains("/parley-isolates-")) {
                return Path.of(word.substring(0, end));
            }
        }
        throw new IOException("no folder in " + command);
    }

    @Test
    @Timeout(180)
    void theDemoHoldsAndLeavesNothingBehind() throws Exception {
        Path temp = Files.createDirectory(dir.resolve("tmp"));
        Process demo =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Dparley.home=" + HOME,
                                "-Dparley.script=" + SCRIPT,
                                "-Djava.io.tmpdir=" + temp,
                                "-cp",
                                HOME.resolve("lib").resolve("demo.jar").toString(),
                                "dev.parley.demo.Demo")
                        .redirectErrorStream(true)
                        .start();
        String said = new String(demo.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(demo.waitFor()).as(said).isZero();
        assertThat(said).contains("every step held").contains("FETCH_BAD_CHUNK");
        try (var left = Files.list(temp)) {
            assertThat(left).isEmpty();
        }
        assertThat(
                        ProcessHandle.allProcesses()
                                .filter(
                                        it ->
                                                it.info()
                                                        .commandLine()
                                                        .orElse("")
                                                        .contains(temp.toString())))
                .isEmpty();
    }

    @Test
    @Timeout(120)
    void aBlockedPublishersPluginStopsWithinASecondAndStaysStopped() throws Exception {
        Node alice = up("alice");
        String agent = publish(alice, "hello");
        Node bob = up("bob", listen(alice));
        announced(bob, "hello");
        trust(bob, agent, "trusted");
        Node.ok(install(bob, "hello", Value.of("all")));
        assertThat(greet(bob).json()).contains("Hello, you");
        trust(bob, agent, "blocked");
        await(Duration.ofSeconds(1), () -> greet(bob).status() == 404);
        Node.Answer refused = install(bob, "hello", Value.of("all"));
        assertThat(refused.status()).isGreaterThanOrEqualTo(400);
        await(Duration.ofSeconds(5), () -> Node.ok(bob.get("/peers")).json().contains("[]"));
        String peer = listen(alice);
        down(bob);
        Node again = up("bob", peer);
        assertThat(Node.ok(again.get("/plugins")).json())
                .contains("hello")
                .doesNotContain("RUNNING");
        assertThat(greet(again).status()).isEqualTo(404);
    }

    @Test
    @Timeout(120)
    void wrongArgumentsAreRefusedByNameAndADeniedPermissionIsVisible() throws Exception {
        Node alice = up("alice");
        String agent = publish(alice, "hello");
        publish(alice, "guestbook");
        Node bob = up("bob", listen(alice));
        announced(bob, "guestbook");
        trust(bob, agent, "known");
        Node.ok(install(bob, "hello", Value.of("all")));
        Node.Answer wrong = bob.post("/tools/hello/greet", Value.map().put("nmae", "you"));
        assertThat(wrong.text("error", "code")).isEqualTo("ARGUMENTS_INVALID");
        assertThat(wrong.json()).contains("nmae").contains("name");
        Node.Answer noConsent = install(bob, "guestbook", Value.list(List.of()));
        assertThat(noConsent.text("error", "code")).isEqualTo("CONSENT_REQUIRED");
        Node.Answer offer =
                Node.ok(bob.post("/plugins/inspect", Value.map().put("ref", "guestbook")));
        assertThat(offer.json()).contains("storage:").contains("gossip.publish:");
    }

    @Test
    @Timeout(120)
    void aChangedBundleIsNotPublished() throws Exception {
        Node alice = up("alice");
        byte[] jar = Files.readAllBytes(HOME.resolve("samples").resolve("hello.jar"));
        Path appended = dir.resolve("appended.jar");
        Files.write(appended, java.util.Arrays.copyOf(jar, jar.length + 10));
        Node.Answer refused =
                alice.post(
                        "/plugins/publish",
                        Value.map().put("path", appended.toString()).put("topic", "plugins/test"));
        assertThat(refused.text("error", "code")).isEqualTo("BAD_ARCHIVE");
    }

    private static void kill(Node node) throws IOException, InterruptedException {
        String pid =
                Files.readString(node.data().resolve("rest.json"))
                        .replaceAll(".*\"pid\":(\\d+).*", "$1")
                        .strip();
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        TimeUnit.MILLISECONDS.sleep(300);
    }

    @Test
    @Timeout(120)
    void aKilledContainerComesBackWithItsPluginsAndItsTrust() throws Exception {
        Node alice = up("alice");
        String agent = publish(alice, "hello");
        Node bob = up("bob", listen(alice));
        announced(bob, "hello");
        trust(bob, agent, "trusted");
        Node.ok(install(bob, "hello", Value.of("all")));
        String plugins = Node.ok(bob.get("/plugins")).json();
        long isolate = Long.parseLong(plugins.replaceAll("(?s).*\"pid\":(\\d+).*", "$1"));
        List<ProcessHandle> isolates =
                ProcessHandle.of(isolate).stream()
                        .flatMap(it -> Stream.concat(Stream.of(it), it.descendants()))
                        .toList();
        assertThat(isolates).isNotEmpty();
        Path folder = isolateFolder(isolate);
        assertThat(folder).isDirectory();
        kill(bob);
        running.remove(bob);
        await(Duration.ofSeconds(5), () -> isolates.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(folder).as("nobody was left to remove it").isDirectory();
        Node again = up("bob", listen(alice));
        await(Duration.ofSeconds(15), () -> greet(again).status() == 200);
        assertThat(folder).doesNotExist();
        assertThat(Node.ok(again.get("/contacts")).json()).contains(agent).contains("trusted");
    }
}
