package dev.parley.itests;

import static dev.parley.itests.Containers.agent;
import static dev.parley.itests.Containers.await;
import static dev.parley.itests.Containers.listen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What two people do with a store that they share, by the command. */
class StoreSurfaceTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir private Path dir;
    private Containers containers = new Containers(Path.of("."));
    private Node alice;
    private Node bob;

    @BeforeEach
    void open() throws Exception {
        containers = new Containers(dir);
        alice = containers.up("alice");
        bob = containers.up("bob", listen(alice));
        run(alice, "store", "create", "notes", "--mode", "open");
        run(bob, "store", "join", run(alice, "store", "link", "notes"));
    }

    @AfterEach
    void stop() {
        containers.close();
    }

    private record Said(int exit, String text) {}

    private static Said say(Node node, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(Containers.SCRIPT.toString()));
        command.addAll(List.of(words));
        command.addAll(List.of("--data", node.data().toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), text.strip());
    }

    private static String run(Node node, String... words) throws Exception {
        Said said = say(node, words);
        assertThat(said.exit()).as(said.text()).isZero();
        return said.text();
    }

    private static String refused(Node node, String... words) throws Exception {
        Said said = say(node, words);
        assertThat(said.exit()).as(said.text()).isEqualTo(1);
        return said.text();
    }

    private static String hash(Node node) throws Exception {
        return Node.ok(node.get("/stores/notes")).text("hash");
    }

    private void equal() throws Exception {
        await(SOON, () -> hash(alice).equals(hash(bob)));
    }

    @Test
    @Timeout(180)
    void listsTreesAndAnEscrowCounterAreWrittenByBoth() throws Exception {
        run(alice, "store", "insert", "notes", "/steps", "boil water");
        run(alice, "store", "insert", "notes", "/steps", "add tea");
        run(alice, "store", "insert", "notes", "/steps", "find a cup", "--index", "0");
        run(alice, "tree", "add", "notes", "/outline", "Chapter");
        run(alice, "tree", "add", "notes", "/outline", "Section", "--under", "Chapter");
        run(alice, "store", "mint", "notes", "/budget", "100");
        run(alice, "store", "transfer", "notes", "/budget", agent(bob), "40");
        equal();
        String cup =
                Node.ok(bob.get("/stores/notes/items?path=/steps"))
                        .json()
                        .replaceAll(".*?\"id\":\"([0-9a-f.]+)\".*", "$1");
        run(bob, "store", "move", "notes", "/steps", cup, "2");
        run(bob, "tree", "move", "notes", "/outline", "Section", "--index", "0");
        run(bob, "store", "spend", "notes", "/budget", "15");
        assertThat(refused(bob, "store", "spend", "notes", "/budget", "26"))
                .contains("NOT_ENOUGH", "25");
        assertThat(refused(bob, "store", "insert", "notes", "/steps", "x", "--index", "9"))
                .contains("NOT_FOUND", "expected 0 to 3");
        assertThat(refused(bob, "store", "mint", "notes", "/steps", "1"))
                .contains("INVALID", "is a list, expected type escrow");
        equal();
        assertThat(run(alice, "store", "items", "notes", "/steps"))
                .containsSubsequence("boil water", "add tea", "find a cup");
        assertThat(run(alice, "tree", "show", "notes", "/outline"))
                .matches("(?s)[0-9a-f]{10}  Section\\R[0-9a-f]{10}  Chapter");
        assertThat(run(alice, "store", "shares", "notes", "/budget"))
                .contains("60", "25", "Total 85");
    }

    @Test
    @Timeout(120)
    void storesAreToolsLikeThoseOfPlugins() throws Exception {
        assertThat(run(alice, "tools")).contains("parley.stores", "tree.add", "write", "read");
        run(
                alice,
                "call",
                "parley.stores",
                "insert",
                "{\"store\":\"notes\",\"path\":\"/steps\",\"value\":\"by a tool\"}");
        assertThat(run(alice, "store", "get", "notes", "/steps")).contains("by a tool");
        assertThat(refused(alice, "call", "parley.stores", "drop", "{\"store\":\"notes\"}"))
                .contains("ARGUMENTS_INVALID", "'path' is missing");
    }

    @Test
    @Timeout(180)
    void whoWatchesHearsOfWhatTheOtherWrites() throws Exception {
        Process watching =
                new ProcessBuilder(
                                Containers.SCRIPT.toString(),
                                "store",
                                "watch",
                                "notes",
                                "--since",
                                "start",
                                "--count",
                                "3",
                                "--json",
                                "--data",
                                bob.data().toString())
                        .redirectErrorStream(true)
                        .start();
        try {
            run(alice, "store", "set", "notes", "/title", "one");
            run(alice, "store", "increment", "notes", "/count");
            run(bob, "store", "set", "notes", "/title", "two", "--message", "why");
            String said =
                    new String(watching.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(watching.waitFor()).as(said).isZero();
            assertThat(said.lines()).hasSize(3).allMatch(it -> it.contains("\"event\":\"change\""));
            assertThat(said).contains("/title", "/count", "\"message\":\"why\"");
        } finally {
            watching.destroyForcibly();
        }
    }

    @Test
    @Timeout(180)
    void undoGoesOnAfterARestart() throws Exception {
        run(alice, "store", "set", "notes", "/title", "Shopping");
        run(alice, "tree", "add", "notes", "/outline", "Chapter");
        run(alice, "store", "set", "notes", "/title", "Groceries");
        run(alice, "store", "delete", "notes", "/outline");
        run(alice, "store", "mint", "notes", "/budget", "5");
        assertThat(refused(alice, "store", "undo", "notes")).contains("WRONG_STATE", "escrow");
        String list = run(alice, "store", "undo", "notes", "--list");
        assertThat(list.lines()).hasSize(6);
        String deleted =
                list.lines().filter(it -> it.contains("/outline")).findFirst().orElseThrow();
        assertThat(run(alice, "store", "undo", "notes", deleted.substring(0, 10)))
                .startsWith("Undone: " + deleted.substring(0, 10))
                .contains("/outline (tree)", "+ Chapter");
        containers.kill(alice);
        alice = containers.up("alice", listen(bob));
        assertThat(run(alice, "tree", "show", "notes", "/outline")).contains("Chapter");
        String set =
                run(alice, "store", "undo", "notes", "--list")
                        .lines()
                        .filter(it -> it.contains("/title"))
                        .findFirst()
                        .orElseThrow();
        assertThat(run(alice, "store", "undo", "notes", set.substring(0, 10)))
                .contains("- Groceries", "+ Shopping");
        assertThat(run(alice, "store", "redo", "notes")).contains("+ Groceries");
        assertThat(run(alice, "store", "redo", "notes")).contains("- Chapter");
        assertThat(refused(alice, "store", "redo", "notes")).contains("NOT_FOUND");
        equal();
        assertThat(refused(bob, "store", "undo", "notes")).contains("NOT_FOUND");
    }

    @Test
    @Timeout(180)
    void theHistoryIsTheSameOnBothSides() throws Exception {
        Path file = Files.writeString(dir.resolve("text"), "one\ntwo\n");
        run(alice, "store", "set", "notes", "/title", "Shopping");
        run(alice, "doc", "write", "notes", "/doc", file.toString());
        run(alice, "store", "tag", "notes", "v1.0");
        equal();
        Files.writeString(file, "one\ntwo, of bob\n");
        run(bob, "store", "set", "notes", "/title", "Groceries");
        run(bob, "doc", "write", "notes", "/doc", file.toString());
        equal();
        assertThat(run(bob, "store", "get", "notes", "/title", "--at", "v1.0"))
                .isEqualTo("Shopping");
        assertThat(run(alice, "store", "diff", "notes", "v1.0"))
                .contains("/title (register)", "- Shopping", "+ Groceries", "+ , of bob")
                .doesNotContain(".tags");
        String blame = run(alice, "doc", "blame", "notes", "/doc");
        assertThat(blame.lines().map(it -> it.substring(it.lastIndexOf("  ") + 2)))
                .containsExactly("one", "two, of bob");
        List<String> changes = blame.lines().map(it -> it.substring(0, 10)).toList();
        assertThat(changes.get(0)).isNotEqualTo(changes.get(1));
        run(bob, "store", "undo", "notes");
        run(bob, "store", "undo", "notes");
        equal();
        assertThat(run(alice, "store", "get", "notes", "/title")).isEqualTo("Shopping");
        run(bob, "store", "redo", "notes");
        equal();
        assertThat(run(alice, "store", "get", "notes", "/title")).isEqualTo("Groceries");
        run(alice, "store", "set", "notes", "/title", "Food", "--branch", "draft");
        run(bob, "store", "set", "notes", "/title", "Drinks");
        equal();
        await(SOON, () -> run(bob, "store", "branches", "notes").contains("draft"));
        assertThat(run(bob, "store", "merge", "notes", "draft", "--check")).contains("/title");
        run(bob, "store", "merge", "notes", "draft", "--message", "Take the draft");
        Value log = Json.parse(run(bob, "store", "log", "notes", "--json"), 1 << 20);
        assertThat(Json.write(log)).contains("Take the draft");
        assertThat(refused(bob, "store", "tag", "notes", "v1.0")).contains("WRONG_STATE", "move");
        run(bob, "store", "untag", "notes", "v1.0");
        await(SOON, () -> run(alice, "store", "tags", "notes").equals("No tags."));
    }
}
