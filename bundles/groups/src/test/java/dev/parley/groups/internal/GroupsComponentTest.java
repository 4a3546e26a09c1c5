package dev.parley.groups.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupInfo;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import dev.parley.groups.internal.Nodes.Node;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole containers in this process, over QUIC on loopback. */
class GroupsComponentTest {
    @TempDir Path dir;
    private Nodes nodes;

    @BeforeEach
    void begin() {
        nodes = new Nodes(dir);
    }

    @AfterEach
    void end() throws Exception {
        nodes.close();
    }

    private static GroupId join(Node admin, GroupId group, Node who) throws Exception {
        String link = Nodes.get(admin.groups().invite(group, Duration.ofDays(1))).link();
        GroupInfo info = Nodes.get(who.groups().join(link));
        assertThat(info.status()).isEqualTo(GroupStatus.ACTIVE);
        return info.id();
    }

    private static void say(Node node, GroupId group, String text) throws Exception {
        Nodes.get(
                node.groups()
                        .send(group, GroupMessage.TEXT, text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> read(Node node, GroupId group) throws Exception {
        return Nodes.get(node.groups().messages(group, 0, 1000)).stream()
                .map(it -> new String(it.content(), StandardCharsets.UTF_8))
                .toList();
    }

    private static GroupInfo info(Node node, GroupId group) throws Exception {
        return Nodes.get(node.groups().find(group.hex()));
    }

    @Test
    void threeTalkOneIsRemovedAndEachComesBackAfterARestart() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Node carol = nodes.up("carol");
        Nodes.connect(bob, alice);
        Nodes.connect(carol, alice);
        GroupId group = Nodes.get(alice.groups().create("friends", "of old")).id();
        List<GroupEvent> told = new CopyOnWriteArrayList<>();
        alice.groups().listen(told::add);
        assertThat(join(alice, group, bob)).isEqualTo(group);
        join(alice, group, carol);
        Nodes.await(20, () -> info(bob, group).members() == 3);
        say(alice, group, "one");
        Nodes.await(20, () -> read(carol, group).contains("one"));
        say(bob, group, "two");
        Nodes.await(20, () -> read(carol, group).equals(List.of("one", "two")));
        assertThat(told).contains(new GroupEvent.MemberJoined(group, bob.agent()));

        Nodes.get(alice.groups().remove(group, carol.agent()));
        Nodes.await(20, () -> info(carol, group).status() == GroupStatus.REMOVED);
        say(alice, group, "three");
        Nodes.await(20, () -> read(bob, group).contains("three"));
        assertThat(read(carol, group)).containsExactly("one", "two");

        nodes.down(bob);
        say(alice, group, "four");
        nodes.down(alice);
        Node again = nodes.up("alice");
        Node bobAgain = nodes.up("bob");
        Nodes.connect(bobAgain, again);
        Nodes.await(20, () -> read(bobAgain, group).equals(List.of("one", "two", "three", "four")));
        say(bobAgain, group, "five");
        Nodes.await(20, () -> read(again, group).contains("five"));
        assertThat(Nodes.get(again.groups().members(group))).hasSize(2);
    }

    @Test
    void twoAdminsApartComeToOneHead() throws Exception {
        Node alice = nodes.up("alice");
        Node bob = nodes.up("bob");
        Nodes.connect(bob, alice);
        GroupId group = Nodes.get(alice.groups().create("friends", "")).id();
        join(alice, group, bob);
        Nodes.get(alice.groups().setRole(group, bob.agent(), GroupRole.ADMIN));
        Nodes.await(20, () -> info(bob, group).role() == GroupRole.ADMIN);
        nodes.down(bob);
        Nodes.get(alice.groups().rename(group, "by alice", ""));
        nodes.down(alice);
        Node bobAlone = nodes.up("bob");
        Nodes.get(bobAlone.groups().refresh(group));
        say(bobAlone, group, "alone");
        Node aliceAgain = nodes.up("alice");
        Nodes.connect(aliceAgain, bobAlone);
        Nodes.await(
                30,
                () ->
                        info(bobAlone, group).head().equals(info(aliceAgain, group).head())
                                && info(bobAlone, group).name().equals("by alice"));
        say(bobAlone, group, "together");
        Nodes.await(60, () -> read(aliceAgain, group).containsAll(List.of("alone", "together")));
    }

    @Test
    void whatCannotBeIsRefusedWithItsReason() throws Exception {
        Node alice = nodes.up("alice");
        GroupId group = Nodes.get(alice.groups().create("friends", "")).id();
        refused(() -> alice.groups().create(" ", ""), GroupException.Reason.INVALID);
        refused(() -> alice.groups().join("parley://group/x"), GroupException.Reason.INVALID);
        refused(
                () -> alice.groups().send(group, "text/plain", new byte[32_769]),
                GroupException.Reason.TOO_LARGE);
        refused(() -> alice.groups().find("nobody"), GroupException.Reason.NOT_FOUND);
        refused(() -> alice.groups().forget(group), GroupException.Reason.NOT_ALLOWED);
        String link = Nodes.get(alice.groups().invite(group, Duration.ofDays(1))).link();
        refused(() -> alice.groups().join(link), GroupException.Reason.ALREADY_MEMBER);
        Nodes.get(alice.groups().leave(group));
        Nodes.get(alice.groups().forget(group));
        Nodes.await(5, () -> Nodes.get(alice.groups().list()).isEmpty());
    }

    private interface Attempt {
        java.util.concurrent.CompletionStage<?> run();
    }

    private static void refused(Attempt attempt, GroupException.Reason reason) {
        assertThatThrownBy(() -> Nodes.get(attempt.run()))
                .isInstanceOfSatisfying(
                        GroupException.class, it -> assertThat(it.reason()).isEqualTo(reason));
    }
}
