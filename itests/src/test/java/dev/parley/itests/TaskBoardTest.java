package dev.parley.itests;

import static dev.parley.itests.Containers.agent;
import static dev.parley.itests.Containers.announced;
import static dev.parley.itests.Containers.await;
import static dev.parley.itests.Containers.install;
import static dev.parley.itests.Containers.listen;
import static dev.parley.itests.Containers.trust;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample task board in two real containers that share its store. */
class TaskBoardTest {
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

    /** Publishes the board and uses it herself. */
    private Node alice() throws Exception {
        Node alice = containers.up("alice");
        Node.ok(Containers.publish(alice, Containers.sample("task-board")));
        trust(alice, agent(alice), "known");
        Node.ok(install(alice, "task-board"));
        return alice;
    }

    /** Installs alice's board and follows a store of hers that only members may write. */
    private Node bob(Node alice, Value consent) throws Exception {
        String link =
                Node.ok(
                                alice.post(
                                        "/stores",
                                        Value.map()
                                                .put("name", "task-board")
                                                .put("mode", "shared")))
                        .text("link");
        Node bob = containers.up("bob", listen(alice));
        announced(bob, "\"task-board\"");
        trust(bob, agent(alice), "known");
        Node.ok(install(bob, "task-board", consent));
        Node.ok(
                alice.post(
                        "/stores/task-board/members",
                        Value.map().put("agent", agent(bob)).put("role", "writer")));
        Node.ok(bob.post("/stores/join", Value.map().put("link", link)));
        return bob;
    }

    private static Node.Answer call(Node node, String tool, Value.MapBuilder arguments)
            throws Exception {
        return node.post("/tools/task-board/" + tool, arguments);
    }

    private static Node.Answer claim(Node node, String task) throws Exception {
        return Node.ok(call(node, "claim", Value.map().put("task", task)));
    }

    private static Node.Answer finish(Node node, String task, String result) throws Exception {
        return Node.ok(call(node, "finish", Value.map().put("task", task).put("result", result)));
    }

    private static List<Value> list(Node node) throws Exception {
        Value listed = Node.ok(call(node, "list", Value.map())).body();
        return ((Value.List) ((Value.Map) listed).get("result").orElseThrow()).items();
    }

    private static String field(Value task, String name) {
        return new Node.Answer(200, task).text(name);
    }

    private static boolean shows(Node node, String status, String title) throws Exception {
        for (Value task : list(node)) {
            if (field(task, "title").equals(title)) {
                return field(task, "status").equals(status);
            }
        }
        return false;
    }

    private static String hash(Node node) throws Exception {
        return Node.ok(node.get("/stores/task-board")).text("hash");
    }

    private static boolean equal(Node alice, Node bob) throws Exception {
        return hash(alice).equals(hash(bob));
    }

    @Test
    @Timeout(120)
    void aTaskOfOneIsSeenClaimedAndFinishedByTheOther() throws Exception {
        Node alice = alice();
        Node bob = bob(alice, Value.of("all"));
        Node.ok(call(alice, "add", Value.map().put("title", "dig a hole")));
        await(SOON, () -> shows(bob, "OPEN", "dig a hole"));
        Node.Answer claimed = claim(bob, "dig a hole");
        assertThat(claimed.text("done")).isEqualTo("true");
        assertThat(claimed.text("task", "holder")).isEqualTo(agent(bob));
        assertThat(claimed.text("task", "ours")).isEqualTo("true");
        await(SOON, () -> shows(alice, "CLAIMED", "dig a hole"));
        Node.Answer late = claim(alice, "dig a hole");
        assertThat(late.text("done")).isEqualTo("false");
        assertThat(late.text("note")).isNotEmpty();
        assertThat(late.text("task", "holder")).isEqualTo(agent(bob));
        assertThat(late.text("task", "ours")).isEqualTo("false");
        assertThat(finish(alice, "dig a hole", "mine").text("note")).contains(agent(bob));
        assertThat(finish(bob, "dig a hole", "1 \"metre\"\n\\ \u00e4").text("done"))
                .isEqualTo("true");
        await(SOON, () -> shows(alice, "DONE", "dig a hole"));
        assertThat(field(list(alice).get(0), "result"))
                .isEqualTo("\"1 \\\"metre\\\"\\n\\\\ \u00e4\"");
        assertThat(Node.ok(alice.get("/stores/task-board/tasks")).json())
                .contains("\"done\"", "\"author\":\"" + agent(bob));
    }

    @Test
    @Timeout(120)
    void withoutTheGrantEachCallIsDeniedWithThePermissionThatIsMissing() throws Exception {
        Node alice = alice();
        Node bob = bob(alice, Value.list(List.of(Value.of("none"))));
        Node.ok(call(alice, "add", Value.map().put("title", "dig a hole")));
        await(SOON, () -> equal(alice, bob));
        for (Node.Answer denied :
                List.of(
                        call(bob, "list", Value.map()),
                        call(bob, "add", Value.map().put("title", "mine")),
                        call(bob, "claim", Value.map().put("task", "dig a hole")))) {
            assertThat(denied.text("error", "code")).isEqualTo("PERMISSION_DENIED");
            assertThat(denied.json()).contains("stores:task-board");
        }
        assertThat(list(alice)).hasSize(1);
        assertThat(shows(alice, "OPEN", "dig a hole")).isTrue();
    }

    @Test
    @Timeout(120)
    void whatTheStoreRefusesToTheBoardIsSaidWithTheStoresCode() throws Exception {
        Node alice = alice();
        Node.Answer none = call(alice, "list", Value.map());
        assertThat(none.text("error", "code")).isEqualTo("NO_SUCH_STORE");
        assertThat(none.status()).isEqualTo(404);
        Node bob = bob(alice, Value.of("all"));
        await(SOON, () -> equal(alice, bob));
        Node.ok(
                alice.post(
                        "/stores/task-board/members",
                        Value.map().put("agent", agent(bob)).put("role", "reader")));
        // Roles are no part of the state that containers compare.
        await(
                SOON,
                () -> Node.ok(bob.get("/stores/task-board/members")).json().contains("\"reader\""));
        Node.Answer refused = call(bob, "add", Value.map().put("title", "dig a hole"));
        assertThat(refused.text("error", "code")).isEqualTo("NOT_ALLOWED");
        assertThat(refused.status()).isEqualTo(409);
    }

    /** Most of them are claimed by both before either has heard of the other. */
    @Test
    @Timeout(120)
    void twoWhoClaimAtTheSameTimeAgreeOnOneHolderOfEachTask() throws Exception {
        Node alice = alice();
        Node bob = bob(alice, Value.of("all"));
        int tasks = 20;
        for (int i = 0; i < tasks; i++) {
            Node.ok(call(alice, "add", Value.map().put("title", "task " + i)));
        }
        await(SOON, () -> list(bob).size() == tasks && equal(alice, bob));
        CyclicBarrier barrier = new CyclicBarrier(2);
        ExecutorService claiming = Executors.newFixedThreadPool(2);
        List<Future<List<Boolean>>> both = new ArrayList<>();
        try {
            for (Node node : List.of(alice, bob)) {
                both.add(
                        claiming.submit(
                                () -> {
                                    List<Boolean> done = new ArrayList<>();
                                    for (int i = 0; i < tasks; i++) {
                                        barrier.await(20, TimeUnit.SECONDS);
                                        done.add(
                                                claim(node, "task " + i)
                                                        .text("done")
                                                        .equals("true"));
                                    }
                                    return done;
                                }));
            }
            List<Boolean> ofAlice = both.get(0).get(60, TimeUnit.SECONDS);
            List<Boolean> ofBob = both.get(1).get(60, TimeUnit.SECONDS);
            await(SOON, () -> equal(alice, bob));
            int contested = 0;
            for (int i = 0; i < tasks; i++) {
                assertThat(ofAlice.get(i) || ofBob.get(i))
                        .as("somebody claimed task %d", i)
                        .isTrue();
                contested += ofAlice.get(i) && ofBob.get(i) ? 1 : 0;
            }
            System.out.printf("%d of %d tasks were claimed by both%n", contested, tasks);
            assertThat(contested).as("claims that knew nothing of each other").isPositive();
        } finally {
            claiming.shutdownNow();
        }
        List<Value> byAlice = list(alice);
        List<Value> byBob = list(bob);
        for (int i = 0; i < tasks; i++) {
            String holder = field(byAlice.get(i), "holder");
            assertThat(holder).isIn(agent(alice), agent(bob));
            assertThat(field(byBob.get(i), "holder")).isEqualTo(holder);
            assertThat(field(byAlice.get(i), "ours"))
                    .isNotEqualTo(field(byBob.get(i), "ours"))
                    .isEqualTo("" + holder.equals(agent(alice)));
        }
        boolean aliceHolds = field(byAlice.get(0), "ours").equals("true");
        Node holder = aliceHolds ? alice : bob;
        Node other = aliceHolds ? bob : alice;
        assertThat(finish(other, "task 0", "too late").text("note")).contains(agent(holder));
        assertThat(finish(holder, "task 0", "done").text("done")).isEqualTo("true");
        await(SOON, () -> shows(other, "DONE", "task 0") && equal(alice, bob));
        assertThat(field(list(other).get(0), "result")).isEqualTo("\"done\"");
    }
}
