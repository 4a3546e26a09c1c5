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
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The sample poll in two real containers whose agents are in one private group. */
class PollTest {
    private static final Duration SOON = Duration.ofSeconds(30);

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

    private Node alice() throws Exception {
        Node alice = containers.up("alice");
        Node.ok(Containers.publish(alice, Containers.sample("poll")));
        trust(alice, agent(alice), "known");
        Node.ok(install(alice, "poll"));
        return alice;
    }

    private Node bob(Node alice, Value consent) throws Exception {
        Node bob = containers.up("bob", listen(alice));
        announced(bob, "\"poll\"");
        trust(bob, agent(alice), "known");
        Node.ok(install(bob, "poll", consent));
        return bob;
    }

    private static void create(Node node, String group) throws Exception {
        Node.ok(node.post("/groups", Value.map().put("name", group)));
    }

    private static void join(Node alice, Node bob, String group) throws Exception {
        String link =
                Node.ok(alice.post("/groups/" + group + "/invites", Value.map())).text("link");
        Node.ok(bob.post("/groups/join", Value.map().put("link", link)));
    }

    private static Node.Answer call(Node node, String tool, Value.MapBuilder arguments)
            throws Exception {
        return node.post("/tools/poll/" + tool, arguments);
    }

    private static Value.MapBuilder question() {
        return Value.map()
                .put("question", "Lunch?")
                .put("options", Value.texts(List.of("noon", "late")));
    }

    private static boolean stands(Node node, String votes) throws Exception {
        return Node.ok(call(node, "polls", Value.map())).json().contains("\"votes\":" + votes);
    }

    @Test
    @Timeout(180)
    void theMembersOfAGroupVoteAndEachCountsOnce() throws Exception {
        Node alice = alice();
        Node bob = bob(alice, Value.of("all"));
        create(alice, "team");
        join(alice, bob, "team");
        Node.ok(call(alice, "ask", question()));
        await(SOON, () -> stands(bob, "{\"late\":0,\"noon\":0}"));
        Node.ok(call(bob, "vote", Value.map().put("poll", "Lunch?").put("option", "noon")));
        await(SOON, () -> stands(alice, "{\"late\":0,\"noon\":1}"));
        await(
                SOON,
                () ->
                        Node.ok(alice.get("/plugins/poll/log?lines=10"))
                                .json()
                                .contains(agent(bob) + " voted"));
        Node.ok(call(alice, "vote", Value.map().put("poll", "Lunch?").put("option", "noon")));
        Node.ok(call(bob, "vote", Value.map().put("poll", "Lunch?").put("option", "late")));
        for (Node node : List.of(alice, bob)) {
            await(SOON, () -> stands(node, "{\"late\":1,\"noon\":1}"));
        }
        assertThat(Node.ok(alice.get("/groups/team/messages")).json())
                .contains("vnd.example.poll-vote", agent(bob));
    }

    @Test
    @Timeout(180)
    void aPluginHasTheGroupThatItsOwnerGrantedAndNoOther() throws Exception {
        Node alice = alice();
        Node bob = bob(alice, Value.list(List.of(Value.of("none"))));
        create(alice, "team");
        join(alice, bob, "team");
        for (Node.Answer denied :
                List.of(call(bob, "ask", question()), call(bob, "polls", Value.map()))) {
            assertThat(denied.text("error", "code")).isEqualTo("PERMISSION_DENIED");
            assertThat(denied.json()).contains("groups:team");
        }
        Node.ok(call(alice, "ask", question()));
        // The grant is the name: when the group is called otherwise the plugin has it no more.
        Node.ok(alice.post("/tools/parley.groups/rename", rename("private")));
        assertThat(call(alice, "polls", Value.map()).text("error", "code")).isEqualTo("NOT_FOUND");
        assertThat(call(alice, "ask", question()).text("error", "code")).isEqualTo("NOT_FOUND");
        create(alice, "team");
        assertThat(Node.ok(call(alice, "polls", Value.map())).json()).doesNotContain("Lunch");
        Node.ok(
                alice.post(
                        "/tools/parley.groups/rename",
                        Value.map().put("group", "private").put("name", "team")));
        assertThat(call(alice, "polls", Value.map()).text("error", "code")).isEqualTo("AMBIGUOUS");
    }

    private static Value.MapBuilder rename(String name) {
        return Value.map().put("group", "team").put("name", name);
    }
}
