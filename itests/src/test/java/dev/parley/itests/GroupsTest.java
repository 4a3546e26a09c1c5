package dev.parley.itests;

import static dev.parley.itests.Containers.agent;
import static dev.parley.itests.Containers.await;
import static dev.parley.itests.Containers.listen;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.demo.Node;
import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Private groups of real containers, by the command and over REST. */
class GroupsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String NEEDS_ADMIN =
            "a group must always have at least one admin; make another member an admin first";
    private static final String NEEDS_ADMIN_BEFORE_LEAVING =
            "a group must always have at least one admin; make another member an admin before"
                    + " leaving";

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

    private record Said(int exit, String text) {}

    private static Process start(Node node, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(Containers.SCRIPT.toString(), "group"));
        command.addAll(List.of(words));
        command.addAll(List.of("--data", node.data().toString()));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static Said run(Node node, String... words) throws Exception {
        Process process = start(node, words);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(process.waitFor(), said.strip());
    }

    private static String group(Node node, String... words) throws Exception {
        Said said = run(node, words);
        assertThat(said.exit()).as(String.join(" ", words) + ": " + said.text()).isZero();
        return said.text();
    }

    private static void refused(Node node, String code, String message, String... words)
            throws Exception {
        Said said = run(node, words);
        assertThat(said.exit()).as(said.text()).isEqualTo(1);
        assertThat(said.text()).contains("(" + code + ")", message);
    }

    private static String show(Node node, String field) throws Exception {
        return Node.ok(node.get("/groups/team")).text(field);
    }

    private static void say(Node node, String text) throws Exception {
        Node.ok(node.post("/groups/team/messages", Value.map().put("text", text)));
    }

    private static String messages(Node node) throws Exception {
        return Node.ok(node.get("/groups/team/messages?limit=1000")).json();
    }

    private static boolean sameHead(Node... nodes) throws Exception {
        String head = show(nodes[0], "head");
        for (Node node : nodes) {
            if (!show(node, "head").equals(head)) {
                return false;
            }
        }
        return true;
    }

    /** By an invite of its own, which its maker passes on. */
    private static void join(Node from, Node to) throws Exception {
        assertThat(group(to, "join", group(from, "invite", "team"))).contains("team", "active");
    }

    /** Whether a text stands anywhere in what a container has on disk. */
    private static boolean onDisk(Node node, String text) throws IOException {
        try (Stream<Path> files = Files.walk(node.data())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    @Test
    @Timeout(240)
    void threeTalkAndWhoIsRemovedReadsNothingThatComesAfter() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        Node carol = containers.up("carol", listen(alice), listen(bob));
        assertThat(group(alice)).startsWith("No groups.");
        assertThat(group(alice, "create", "team", "--description", "us three"))
                .contains("admin", "active");
        join(alice, bob);
        join(alice, carol);
        await(SOON, () -> sameHead(alice, bob, carol));
        for (Node node : List.of(alice, bob, carol)) {
            assertThat(Node.ok(node.get("/groups/team/members")).json())
                    .contains(agent(alice), agent(bob), agent(carol))
                    .containsOnlyOnce("\"role\":\"admin\"");
            assertThat(show(node, "description")).isEqualTo("us three");
        }
        group(alice, "send", "team", "alice says hello");
        group(bob, "send", "team", "bob says hello");
        group(carol, "send", "team", "carol says hello");
        for (Node node : List.of(alice, bob, carol)) {
            await(
                    SOON,
                    () ->
                            messages(node).contains("alice says")
                                    && messages(node).contains("bob says")
                                    && messages(node).contains("carol says"));
        }
        assertThat(group(bob, "read", "team")).contains("you  bob says hello");

        refused(bob, "NOT_ALLOWED", "", "invite", "team");
        refused(bob, "NOT_ALLOWED", "", "remove", "team", agent(carol));
        refused(bob, "NOT_ALLOWED", "", "rename", "team", "ours");
        refused(bob, "NOT_ALLOWED", "", "role", "team", agent(bob), "admin");
        refused(bob, "NOT_ALLOWED", "", "delete", "team", "--yes");

        group(alice, "remove", "team", agent(carol).substring(0, 8));
        await(SOON, () -> show(carol, "status").equals("removed") && sameHead(alice, bob));
        say(alice, "carol must not read this");
        say(bob, "nor what bob says");
        await(
                SOON,
                () ->
                        messages(bob).contains("must not read")
                                && messages(alice).contains("what bob says"));
        assertThat(messages(carol))
                .contains("alice says hello")
                .doesNotContain("must not read", "what bob says");
        assertThat(onDisk(bob, "must not read")).isTrue();
        assertThat(onDisk(carol, "must not read")).isFalse();
        refused(carol, "NOT_ACTIVE", "", "send", "team", "let me in");
        assertThat(Node.ok(bob.get("/groups/team/members")).json()).doesNotContain(agent(carol));
        group(carol, "forget", "team");
        assertThat(group(carol, "list")).startsWith("No groups.");
    }

    @Test
    @Timeout(240)
    void thereIsAlwaysAnAdminAndTheLastMemberTakesTheGroupAlong() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        group(alice, "create", "team");
        join(alice, bob);
        refused(alice, "LAST_ADMIN", NEEDS_ADMIN_BEFORE_LEAVING, "leave", "team");
        refused(alice, "LAST_ADMIN", NEEDS_ADMIN, "role", "team", agent(alice), "member");
        refused(alice, "INVALID", "leave the group", "remove", "team", agent(alice));
        refused(alice, "INVALID", "valid roles", "role", "team", agent(bob), "owner");
        group(alice, "role", "team", agent(bob), "admin");
        await(SOON, () -> show(bob, "role").equals("admin"));
        group(alice, "role", "team", agent(alice), "member");
        await(SOON, () -> sameHead(alice, bob));
        refused(alice, "NOT_ALLOWED", "", "rename", "team", "mine");
        group(bob, "rename", "team", "team", "--description", "bob's now");
        await(SOON, () -> show(alice, "description").equals("bob's now"));

        group(alice, "leave", "team");
        await(SOON, () -> show(bob, "members").equals("1"));
        say(bob, "alone at last");
        assertThat(messages(alice)).doesNotContain("alone at last");
        group(bob, "leave", "team");
        refused(bob, "NOT_ACTIVE", "", "send", "team", "anybody?");
    }

    @Test
    @Timeout(240)
    void anInviteAdmitsOneAgentOnceUntilItExpiresOrIsTakenBack() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        Node carol = containers.up("carol", listen(alice));
        group(alice, "create", "team");
        String taken = group(alice, "invite", "team");
        group(
                alice,
                "uninvite",
                "team",
                ((Value.List)
                                ((Value.Map)
                                                Json.parse(
                                                        group(alice, "invites", "team", "--json"),
                                                        1 << 20))
                                        .get("invites")
                                        .orElseThrow())
                        .items().stream()
                                .map(it -> new Node.Answer(200, it).text("invite"))
                                .findFirst()
                                .orElseThrow());
        refused(bob, "INVITE_REFUSED", "", "join", taken);
        String short1 = group(alice, "invite", "team", "--for", "1s");
        Thread.sleep(1_500);
        refused(bob, "INVITE_EXPIRED", "", "join", short1);
        refused(bob, "INVALID", "", "join", "parley://group/AAAA");
        String link = group(alice, "invite", "team");
        assertThat(link).doesNotContain(agent(bob));
        group(bob, "join", link);
        refused(carol, "INVITE_REFUSED", "", "join", link);
        refused(bob, "ALREADY_MEMBER", "", "join", link);
        assertThat(Node.ok(alice.get("/groups/team/members")).json())
                .contains(agent(bob))
                .doesNotContain(agent(carol));
    }

    @Test
    @Timeout(240)
    void whatWasSaidIsThereAfterACrashAndComesToWhoWasAway() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        Node carol = containers.up("carol", listen(alice));
        group(alice, "create", "team");
        join(alice, bob);
        join(alice, carol);
        await(SOON, () -> sameHead(alice, bob, carol));
        say(bob, "before the crash");
        await(SOON, () -> messages(carol).contains("before the crash"));
        containers.kill(bob);
        say(alice, "while bob was away");
        group(alice, "rename", "team", "team", "--description", "changed meanwhile");
        say(carol, "after the change");
        Node again = containers.up("bob", listen(alice));
        assertThat(messages(again)).contains("before the crash");
        await(
                SOON,
                () ->
                        messages(again).contains("while bob was away")
                                && messages(again).contains("after the change")
                                && sameHead(alice, again, carol));
        say(again, "here again");
        await(
                SOON,
                () ->
                        messages(alice).contains("here again")
                                && messages(carol).contains("here again"));
        containers.kill(alice);
        Node back = containers.up("alice", listen(again), listen(carol));
        assertThat(show(back, "role")).isEqualTo("admin");
        say(back, "alice is back");
        await(SOON, () -> messages(carol).contains("alice is back"));
    }

    private static void signal(Node node, String signal) throws Exception {
        String pid =
                Files.readString(node.data().resolve("rest.json"))
                        .replaceAll("(?s).*\"pid\":(\\d+).*", "$1");
        Process kill = new ProcessBuilder("kill", "-" + signal, pid).start();
        assertThat(kill.waitFor()).isZero();
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

    /** What each answers about the head and the roster, if it is the same for all. */
    private static boolean agree(Node... nodes) throws Exception {
        Set<String> seen = new HashSet<>();
        for (Node node : nodes) {
            Value shown = Json.parse(group(node, "show", "team", "--json"), 1 << 16);
            Node.Answer answer = new Node.Answer(200, shown);
            seen.add(answer.text("epoch") + " " + answer.text("head") + " " + roles(node));
        }
        return seen.size() == 1;
    }

    private static Map<String, String> roles(Node node) throws Exception {
        Value members = Node.ok(node.get("/groups/team/members")).body();
        Map<String, String> roles = new TreeMap<>();
        for (Value member :
                ((Value.List) ((Value.Map) members).get("members").orElseThrow()).items()) {
            Node.Answer answer = new Node.Answer(200, member);
            roles.put(answer.text("agent"), answer.text("role"));
        }
        return roles;
    }

    /** Each says something, and all the others read it. */
    private static void talk(String what, Node... nodes) throws Exception {
        for (Node node : nodes) {
            say(node, what + " by " + node.name());
        }
        for (Node node : nodes) {
            await(
                    SOON,
                    () -> {
                        String read = messages(node);
                        return Stream.of(nodes)
                                .allMatch(it -> read.contains(what + " by " + it.name()));
                    });
        }
    }

    private Node restart(Node node, String... peers) throws Exception {
        containers.kill(node);
        return containers.up(node.name(), peers);
    }

    /** Whoever joins has to be connected to an admin, so it is bob who makes the group. */
    private static void threeAdmins(Node alice, Node bob, Node carol) throws Exception {
        group(bob, "create", "team");
        for (Node node : List.of(alice, carol)) {
            join(bob, node);
            group(bob, "role", "team", agent(node), "admin");
        }
        await(
                SOON,
                () ->
                        show(alice, "role").equals("admin")
                                && show(carol, "role").equals("admin")
                                && agree(alice, bob, carol));
    }

    /** Bob is between the others; while his process is stopped they are apart. */
    @Test
    @Timeout(240)
    void whatTwoAdminsChangeWhileApartBothCountsAfterwards() throws Exception {
        Node bob = containers.up("bob");
        Node alice = containers.up("alice", listen(bob));
        Node carol = containers.up("carol", listen(bob));
        threeAdmins(alice, bob, carol);
        String bobs = agent(bob);
        signal(bob, "STOP");
        group(alice, "rename", "team", "team", "--description", "renamed while apart");
        group(carol, "role", "team", bobs, "member");
        talk("apart", alice);
        talk("apart", carol);
        assertThat(show(alice, "epoch")).isEqualTo(show(carol, "epoch"));
        assertThat(show(alice, "head")).isNotEqualTo(show(carol, "head"));
        assertThat(messages(carol)).doesNotContain("apart by alice");
        goOn(bob);
        Map<String, String> all =
                Map.of(agent(alice), "admin", bobs, "member", agent(carol), "admin");
        await(
                SOON,
                () ->
                        roles(alice).equals(all)
                                && show(alice, "description").equals("renamed while apart")
                                && show(carol, "description").equals("renamed while apart")
                                && agree(alice, bob, carol));
        for (Node node : List.of(alice, bob, carol)) {
            await(
                    SOON,
                    () ->
                            messages(node).contains("apart by alice")
                                    && messages(node).contains("apart by carol"));
        }
        Node bobAgain = restart(bob);
        Node aliceAgain = restart(alice, listen(bobAgain));
        Node carolAgain = restart(carol, listen(bobAgain));
        talk("again", aliceAgain, bobAgain, carolAgain);
        await(SOON, () -> agree(aliceAgain, bobAgain, carolAgain));
        assertThat(roles(aliceAgain)).isEqualTo(all);
        assertThat(show(bobAgain, "description")).isEqualTo("renamed while apart");
    }

    /**
     * While bob, who is between the others, is stopped, one of them takes dave in and the other
     * removes bob. Both find each other before bob goes on.
     */
    @Test
    @Timeout(240)
    void whoOneAdminRemovesStaysOutThoughTheOtherTookSomebodyInMeanwhile() throws Exception {
        Node bob = containers.up("bob");
        Node alice = containers.up("alice", listen(bob));
        Node carol = containers.up("carol", listen(bob));
        threeAdmins(alice, bob, carol);
        talk("together", alice, bob, carol);
        String bobs = agent(bob);
        signal(bob, "STOP");
        Node dave = containers.up("dave", listen(alice));
        join(alice, dave);
        group(carol, "remove", "team", bobs);
        talk("apart", alice, dave);
        talk("apart", carol);
        assertThat(show(alice, "epoch")).isEqualTo(show(carol, "epoch"));
        assertThat(show(alice, "head")).isNotEqualTo(show(carol, "head"));
        assertThat(roles(alice)).containsKeys(bobs, agent(dave));
        assertThat(roles(carol)).doesNotContainKeys(bobs, agent(dave));

        Node.ok(carol.post("/peers", Value.map().put("address", listen(alice))));
        Map<String, String> all =
                Map.of(agent(alice), "admin", agent(carol), "admin", agent(dave), "member");
        await(SOON, () -> roles(alice).equals(all) && agree(alice, carol, dave));
        await(SOON, () -> messages(alice).contains("apart by carol"));
        // Not what dave said: it came to carol while dave was no member on the branch that wins.
        await(SOON, () -> messages(carol).contains("apart by alice"));
        goOn(bob);
        await(SOON, () -> show(bob, "status").equals("removed"));
        talk("without bob", alice, carol, dave);
        refused(bob, "NOT_ACTIVE", "", "send", "team", "let me in");

        Node aliceAgain = restart(alice);
        Node carolAgain = restart(carol, listen(aliceAgain));
        Node daveAgain = restart(dave, listen(aliceAgain));
        Node bobAgain = restart(bob, listen(aliceAgain), listen(carolAgain));
        talk("again", aliceAgain, carolAgain, daveAgain);
        await(SOON, () -> agree(aliceAgain, carolAgain, daveAgain));
        assertThat(roles(carolAgain)).isEqualTo(all);
        assertThat(messages(daveAgain)).contains("apart by alice").doesNotContain("together");
        assertThat(show(bobAgain, "status")).isEqualTo("removed");
        assertThat(messages(bobAgain))
                .contains("together by carol")
                .doesNotContain("apart by carol", "without bob", "again by");
        assertThat(onDisk(carolAgain, "without bob")).isTrue();
        assertThat(onDisk(bobAgain, "without bob")).isFalse();
    }

    @Test
    @Timeout(180)
    void whatHappensIsToldAsItHappensAndAToolDoesWhatTheCommandDoes() throws Exception {
        Node alice = containers.up("alice");
        Node bob = containers.up("bob", listen(alice));
        group(alice, "create", "team");
        Process watching = start(alice, "watch", "team", "--since", "0", "--count", "3", "--json");
        try (BufferedReader events =
                new BufferedReader(
                        new InputStreamReader(watching.getInputStream(), StandardCharsets.UTF_8))) {
            Node.ok(
                    alice.post(
                            "/tools/parley.groups/send",
                            Value.map().put("group", "team").put("text", "by a tool")));
            assertThat(events.readLine()).contains("\"event\":\"message\"", "by a tool");
            join(alice, bob);
            assertThat(events.readLine()).contains("\"event\":\"joined\"", agent(bob));
            say(bob, "thank you");
            assertThat(events.readLine()).contains("\"text\":\"thank you\"", agent(bob));
            assertThat(watching.waitFor()).isZero();
        } finally {
            watching.destroyForcibly();
        }
        assertThat(messages(bob)).doesNotContain("by a tool");
    }
}
