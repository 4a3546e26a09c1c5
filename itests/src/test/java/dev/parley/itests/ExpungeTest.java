package dev.parley.itests;

import static dev.parley.itests.Containers.agent;
import static dev.parley.itests.Containers.await;
import static dev.parley.itests.Containers.listen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values that real containers seal, share and expunge. */
class ExpungeTest {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final String NAME = "Alice Pleasance Liddell";

    /** Where a key's bytes begin in its file, behind version and author. */
    private static final int KEY_AT = 33;

    private static final int KEY_BYTES = 32;

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

    private static String value(Node node) throws Exception {
        return Node.ok(node.get("/stores/people/value?path=/42/name")).text("value");
    }

    private static void seal(Node node, String name) throws Exception {
        Node.ok(
                node.post(
                        "/stores/people/put",
                        Value.map()
                                .put("path", "/42/name")
                                .put("value", name)
                                .put("seal", "customer 42")));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static List<Path> keys(Node node) throws IOException {
        return files(node.data()).stream()
                .filter(it -> it.toString().contains("/secrets/"))
                .toList();
    }

    private static List<Path> having(Path folder, byte[] bytes) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path file : files(folder)) {
            byte[] content = Files.readAllBytes(file);
            for (int i = 0; i + bytes.length <= content.length; i++) {
                if (content[i] == bytes[0]
                        && Arrays.equals(content, i, i + bytes.length, bytes, 0, bytes.length)) {
                    found.add(file);
                    break;
                }
            }
        }
        return found;
    }

    @Test
    @Timeout(180)
    void whatIsExpungedIsGoneOnAllContainersAlsoOnOneThatWasAway() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        Node carol = containers.up("carol", listen(alice));
        String link =
                Node.ok(
                                alice.post(
                                        "/stores",
                                        Value.map().put("name", "people").put("mode", "shared")))
                        .text("link");
        for (Node node : List.of(bob, carol)) {
            Node.ok(
                    alice.post(
                            "/stores/people/members",
                            Value.map().put("agent", agent(node)).put("role", "writer")));
            Node.ok(node.post("/stores/join", Value.map().put("link", link)));
        }
        seal(alice, NAME);
        for (Node node : List.of(bob, carol)) {
            await(SOON, () -> value(node).equals(NAME));
            assertThat(keys(node)).hasSize(1);
        }
        byte[] secret =
                Arrays.copyOfRange(
                        Files.readAllBytes(keys(alice).get(0)), KEY_AT, KEY_AT + KEY_BYTES);
        assertThat(having(dir, secret)).hasSize(3);
        containers.kill(carol);
        assertThat(
                        bob.post("/stores/people/expunge", Value.map().put("key", "customer 42"))
                                .text("error", "code"))
                .isEqualTo("NO_SUCH_KEY");
        String id = keys(bob).get(0).getFileName().toString();
        assertThat(
                        bob.post("/stores/people/expunge", Value.map().put("key", id))
                                .text("error", "code"))
                .isEqualTo("NOT_ALLOWED");
        Node.ok(alice.post("/stores/people/expunge", Value.map().put("key", "customer 42")));
        assertThat(keys(alice)).isEmpty();
        String expunged = "{\"expunged\":true}";
        assertThat(value(alice)).isEqualTo(expunged);
        await(SOON, () -> value(bob).equals(expunged) && keys(bob).isEmpty());
        // Carol has the key until she hears of it.
        assertThat(having(dir, secret)).hasSize(1);
        Node back = containers.up("carol", listen(alice));
        await(SOON, () -> value(back).equals(expunged) && keys(back).isEmpty());
        assertThat(having(dir, secret)).isEmpty();
        assertThat(having(dir, NAME.getBytes(StandardCharsets.UTF_8))).isEmpty();
        // A newcomer gets the shred with the value, and no key.
        Node dave = containers.up("dave", listen(bob));
        Node.ok(
                alice.post(
                        "/stores/people/members",
                        Value.map().put("agent", agent(dave)).put("role", "reader")));
        Node.ok(dave.post("/stores/join", Value.map().put("link", link)));
        await(SOON, () -> value(dave).equals(expunged));
        assertThat(keys(dave)).isEmpty();
        // The label is free again.
        seal(alice, "somebody else");
        await(SOON, () -> value(back).equals("somebody else"));
    }
}
