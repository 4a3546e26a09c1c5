package dev.parley.itests;

import static dev.parley.itests.Containers.agent;
import static dev.parley.itests.Containers.await;
import static dev.parley.itests.Containers.listen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stores that real containers share. */
class StoresTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir private Path dir;
    private Containers containers = new Containers(Path.of("."));

    @BeforeEach
    void open() {
        containers = new Containers(dir);
    }

    @AfterEach
    void stop() {
        containers.close();
    }

    private static String create(Node node, String mode) throws Exception {
        return Node.ok(node.post("/stores", Value.map().put("name", "notes").put("mode", mode)))
                .text("link");
    }

    private static void join(Node node, String link) throws Exception {
        Node.ok(node.post("/stores/join", Value.map().put("link", link)));
    }

    private static void put(Node node, String path, String value) throws Exception {
        Node.ok(
                node.post(
                        "/stores/notes/put",
                        Value.map().put("path", path).put("value", Value.of(value))));
    }

    private static void count(Node node, long by) throws Exception {
        Node.ok(
                node.post(
                        "/stores/notes/increment",
                        Value.map().put("path", "/count").put("by", by)));
    }

    private static String value(Node node, String path) throws Exception {
        return Node.ok(node.get("/stores/notes/value?path=" + path)).text("value");
    }

    private static String hash(Node node) throws Exception {
        return Node.ok(node.get("/stores/notes")).text("hash");
    }

    private static boolean equal(Node... nodes) throws Exception {
        String first = hash(nodes[0]);
        for (Node node : nodes) {
            if (!hash(node).equals(first)) {
                return false;
            }
        }
        return true;
    }

    @Test
    @Timeout(120)
    void twoContainersShareAStoreAndItIsThereAfterARestart() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        String link = create(alice, "shared");
        put(alice, "/title", "Shopping");
        join(bob, link);
        assertThat(
                        bob.post(
                                        "/stores/notes/put",
                                        Value.map().put("path", "/title").put("value", "mine"))
                                .text("error", "code"))
                .isEqualTo("NOT_ALLOWED");
        Node.ok(
                alice.post(
                        "/stores/notes/members",
                        Value.map().put("agent", agent(bob)).put("role", "writer")));
        await(SOON, () -> value(bob, "/title").equals("Shopping"));
        put(bob, "/items/milk", "two bottles");
        count(bob, 3);
        Node.ok(
                bob.post(
                        "/stores/notes/add",
                        Value.map().put("path", "/tags").put("value", "urgent")));
        await(SOON, () -> equal(alice, bob));
        assertThat(value(alice, "/"))
                .isEqualTo(
                        "{\"count\":3,\"items\":{\"milk\":\"two bottles\"},\"tags\":[\"urgent\"],"
                                + "\"title\":\"Shopping\"}");
        assertThat(Node.ok(alice.get("/stores/notes/log")).json()).contains(agent(bob));
        assertThat(Node.ok(bob.get("/stores/notes/members")).json())
                .contains("\"admin\"", "\"writer\"");
        String before = hash(bob);
        containers.kill(bob);
        Node again = containers.up("bob", listen(alice));
        assertThat(hash(again)).isEqualTo(before);
        put(again, "/after", "a crash");
        await(SOON, () -> value(alice, "/after").equals("a crash"));
        Node.ok(again.delete("/stores/notes"));
        assertThat(again.get("/stores/notes").status()).isEqualTo(404);
    }

    @Test
    @Timeout(120)
    void aLateJoinerIsServedByAThirdHolderWhileTheOwnerIsGone() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        String link = create(alice, "open");
        join(bob, link);
        for (int i = 0; i < 50; i++) {
            put(alice, "/keys/key-" + i, "x".repeat(10_000));
        }
        await(SOON, () -> equal(alice, bob));
        String hash = hash(alice);
        containers.down(alice);
        Node carol = containers.up("carol", listen(bob));
        join(carol, link);
        await(SOON, () -> hash(carol).equals(hash));
    }

    /**
     * The cut: all threads of carol's process are stopped for 30 s, so that the others lose it, and
     * it finds its clock and its peers gone. It writes right before, and as soon as it goes on.
     */
    private static void grant(Node node, Node agent, String role) throws Exception {
        Node.ok(
                node.post(
                        "/stores/notes/members",
                        Value.map().put("agent", agent(agent)).put("role", role)));
    }

    private static Node.Answer compact(Node node) throws Exception {
        return Node.ok(node.post("/stores/notes/compact", Value.map()));
    }

    @Test
    @Timeout(180)
    void aNewcomerHasACompactedStoreWhoseOwnerIsGoneForGood() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        Node carol = containers.up("carol", listen(alice), listen(bob));
        Node eve = containers.up("eve", listen(alice), listen(bob));
        String ofOwner = create(alice, "shared");
        grant(alice, bob, "admin");
        grant(alice, carol, "admin");
        grant(alice, eve, "reader");
        for (int i = 0; i < 20; i++) {
            put(alice, "/keys/key-" + i, "value " + i);
        }
        for (Node each : List.of(bob, carol, eve)) {
            join(each, ofOwner);
        }
        await(SOON, () -> equal(alice, bob, carol, eve));
        // Who is no admin wishes for it: all say what they have, and there is nothing to sign.
        compact(eve);
        containers.kill(alice);
        await(Duration.ofSeconds(60), () -> compact(bob).json().contains("\"done\":true"));
        Node dave = containers.up("dave", listen(bob));
        grant(bob, dave, "writer");
        join(dave, Node.ok(bob.get("/stores/notes")).text("link"));
        await(SOON, () -> equal(bob, carol, dave));
        assertThat(value(dave, "/keys/key-7")).isEqualTo("value 7");
        put(dave, "/from", "dave");
        await(SOON, () -> value(carol, "/from").equals("dave"));
        // By the owner's link, which named no admin, it says what to do.
        Node erin = containers.up("erin", listen(bob));
        grant(bob, erin, "reader");
        join(erin, ofOwner);
        await(
                Duration.ofSeconds(20),
                () ->
                        Node.ok(erin.get("/stores/notes"))
                                .text("obstacle")
                                .contains("ask an admin for a fresh link"));
    }

    @Test
    @Timeout(180)
    void whoWasStoppedForHalfAMinuteHasTheSameTenSecondsLater() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        Node carol = containers.up("carol", listen(alice), listen(bob));
        String link = create(alice, "open");
        join(bob, link);
        join(carol, link);
        count(carol, 1);
        await(SOON, () -> equal(alice, bob, carol) && value(alice, "/count").equals("1"));
        signal(carol, "STOP");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        int writes = 0;
        while (System.nanoTime() < end) {
            count(alice, 1);
            put(bob, "/bob/" + writes, "while carol is away");
            writes++;
            TimeUnit.MILLISECONDS.sleep(100);
        }
        goOn(carol);
        for (int i = 0; i < 20; i++) {
            count(carol, 1000);
        }
        int expected = 20_001 + writes;
        long nanos =
                await(
                        SOON,
                        () ->
                                equal(alice, bob, carol)
                                        && value(carol, "/count").equals("" + expected));
        System.out.printf("equal %.2f s after the heal, %d writes%n", nanos / 1e9, writes);
        assertThat(value(alice, "/count")).isEqualTo("" + expected);
    }

    /**
     * A cut with both sides at work: bob is between alice and carol, and is gone for 30 s while
     * both write.
     */
    @Test
    @Timeout(180)
    void bothSidesOfACutOfHalfAMinuteWriteAndAreEqualTenSecondsLater() throws Exception {
        Node bob = containers.up("bob");
        Node alice = containers.up("alice", listen(bob));
        Node carol = containers.up("carol", listen(bob));
        String link = create(alice, "open");
        join(bob, link);
        join(carol, link);
        count(alice, 1);
        await(SOON, () -> equal(alice, bob, carol) && value(carol, "/count").equals("1"));
        signal(bob, "STOP");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        int writes = 0;
        while (System.nanoTime() < end) {
            count(alice, 1);
            count(carol, 1000);
            put(alice, "/title", "of alice " + writes);
            put(carol, "/title", "of carol " + writes);
            writes++;
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(equal(alice, carol)).as("equal while they are apart").isFalse();
        goOn(bob);
        int expected = 1 + 1001 * writes;
        long nanos =
                await(
                        SOON,
                        () ->
                                equal(alice, bob, carol)
                                        && value(bob, "/count").equals("" + expected));
        System.out.printf("equal %.2f s after the heal, 2 x %d writes%n", nanos / 1e9, writes);
    }

    /**
     * Its surface ends the connections that were kept meanwhile, so the first question may fail.
     */
    private static void goOn(Node node) throws Exception {
        signal(node, "CONT");
        await(
                SOON,
                () -> {
                    try {
                        return node.get("/status").status() == 200;
                    } catch (IOException e) {
                        return false;
                    }
                });
    }

    private static void signal(Node node, String signal) throws Exception {
        String pid =
                Files.readString(node.data().resolve("rest.json"))
                        .replaceAll("(?s).*\"pid\":(\\d+).*", "$1");
        Process kill = new ProcessBuilder("kill", "-" + signal, pid).start();
        assertThat(kill.waitFor()).isZero();
    }

    private String parley(Node node, String... words) throws IOException, InterruptedException {
        List<String> command =
                new java.util.ArrayList<>(List.of(Containers.SCRIPT.toString(), "store"));
        command.addAll(List.of(words));
        command.addAll(List.of("--data", node.data().toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.strip();
    }

    private String run(Node node, String editor, String... words) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(Containers.SCRIPT.toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--data", node.data().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().remove("VISUAL");
        builder.environment().put("EDITOR", editor);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said.strip();
    }

    @Test
    @Timeout(120)
    void anEditedTextIsMergedWithWhatAnotherWroteWhileTheEditorWasOpen() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        join(bob, create(alice, "open"));
        Node.ok(
                alice.post(
                        "/stores/notes/text",
                        Value.map().put("path", "/doc").put("text", "The quick fox jumps.")));
        await(SOON, () -> value(bob, "/doc").equals("The quick fox jumps."));
        Path began = dir.resolve("began");
        Path go = dir.resolve("go");
        Path editor = dir.resolve("editor");
        Files.writeString(
                editor,
                "touch "
                        + began
                        + "; while [ ! -e "
                        + go
                        + " ]; do sleep 0.05; done; sed -i s/quick/slow/ \"$1\"\n");
        Thread editing =
                new Thread(
                        () -> {
                            try {
                                run(alice, "sh " + editor, "doc", "edit", "notes", "/doc");
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        editing.start();
        await(SOON, () -> Files.exists(began));
        Node.ok(
                bob.post(
                        "/stores/notes/text",
                        Value.map().put("path", "/doc").put("text", "The quick fox jumps high.")));
        await(SOON, () -> value(alice, "/doc").endsWith("high."));
        Files.createFile(go);
        editing.join();
        await(SOON, () -> equal(alice, bob));
        assertThat(value(bob, "/doc")).isEqualTo("The slow fox jumps high.");
    }

    @Test
    @Timeout(120)
    void twoWhoClaimOneTaskAtTheSameTimeAgreeOnOneHolder() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        join(bob, create(alice, "open"));
        assertThat(run(alice, "", "task", "add", "notes", "dig a hole")).contains("open");
        await(SOON, () -> Node.ok(bob.get("/stores/notes/tasks")).json().contains("dig a hole"));
        java.util.concurrent.CyclicBarrier barrier = new java.util.concurrent.CyclicBarrier(2);
        List<Thread> claiming = new java.util.ArrayList<>();
        for (Node node : List.of(alice, bob)) {
            Thread thread =
                    new Thread(
                            () -> {
                                try {
                                    barrier.await();
                                    node.post(
                                            "/stores/notes/tasks/dig%20a%20hole/claim",
                                            Value.map());
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            claiming.add(thread);
            thread.start();
        }
        for (Thread thread : claiming) {
            thread.join();
        }
        await(SOON, () -> equal(alice, bob));
        String tasks = Node.ok(alice.get("/stores/notes/tasks")).json();
        assertThat(tasks).contains("\"holder\"", "\"fence\"");
        assertThat(Node.ok(bob.get("/stores/notes/tasks")).json()).isEqualTo(tasks);
        Node holder = tasks.contains("\"holder\":\"" + agent(alice)) ? alice : bob;
        Node.ok(
                holder.post(
                        "/stores/notes/tasks/dig%20a%20hole/finish",
                        Value.map().put("result", "one metre")));
        await(
                SOON,
                () ->
                        Node.ok(alice.get("/stores/notes/tasks")).json().contains("\"done\"")
                                && equal(alice, bob));
    }

    @Test
    @Timeout(120)
    void theCommandsDoAllOfIt() throws Exception {
        Node alice = containers.up("alice");
        parley(alice, "create", "notes", "--mode", "open");
        parley(alice, "set", "notes", "/title", "Shopping");
        parley(alice, "set", "notes", "/items", "{\"milk\": 2, \"bread\": {\"fresh\": true}}");
        parley(alice, "add", "notes", "/tags", "urgent");
        parley(alice, "add", "notes", "/tags", "later");
        parley(alice, "remove", "notes", "/tags", "later");
        parley(alice, "increment", "notes", "/visits", "5");
        parley(
                alice,
                "set",
                "notes",
                "/title",
                "Drafted",
                "--branch",
                "draft",
                "--message",
                "Try another title");
        assertThat(parley(alice, "get", "notes", "/title")).isEqualTo("Shopping");
        assertThat(parley(alice, "get", "notes", "/title", "--branch", "draft"))
                .isEqualTo("Drafted");
        assertThat(parley(alice, "branches", "notes")).contains("draft");
        parley(alice, "merge", "notes", "draft");
        assertThat(parley(alice, "get", "notes", "/title")).isEqualTo("Drafted");
        parley(alice, "delete", "notes", "/items/bread");
        Value shown = Json.parse(parley(alice, "show", "notes", "--json"), 1 << 20);
        assertThat(Json.write(((Value.Map) shown).get("value").orElseThrow()))
                .isEqualTo(
                        "{\"items\":{\"milk\":2},\"tags\":[\"urgent\"],\"title\":\"Drafted\","
                                + "\"visits\":5}");
        assertThat(parley(alice, "log", "notes")).contains("Try another title");
        assertThat(parley(alice, "link", "notes")).startsWith("parley-store:");
        assertThat(parley(alice, "list")).contains("notes");
        assertThat(parley(alice, "members", "notes")).contains("admin");
        assertThat(parley(alice, "compact", "notes")).contains("changes given up, 0 kept");
        assertThat(parley(alice, "get", "notes", "/title")).isEqualTo("Drafted");
        parley(alice, "leave", "notes");
        assertThat(parley(alice, "list")).contains("No stores");
    }
}
