package dev.parley.groups.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupCoreTest {
    private final Sim sim = new Sim(7);

    /** A group of that many, the first its admin. */
    private List<Sim.Node> group(int size) throws Exception {
        for (int i = 0; i < size; i++) {
            sim.node(String.valueOf((char) ('a' + i)));
        }
        sim.nodes.get(0).create("friends");
        for (int i = 1; i < size; i++) {
            join(sim.nodes.get(0), sim.nodes.get(i));
        }
        sim.until(Duration.ofMinutes(2), () -> sim.agreed(), "one head");
        return sim.nodes;
    }

    private void join(Sim.Node admin, Sim.Node who) throws Exception {
        String link = admin.core().invite(Duration.ofDays(7), sim.now).link();
        admin.done();
        who.join(link);
        sim.until(Duration.ofMinutes(2), who::active, who + " is in");
    }

    @Test
    void whoIsInvitedJoinsAndAllHearEachOther() throws Exception {
        List<Sim.Node> nodes = group(4);
        for (Sim.Node node : nodes) {
            node.say("from " + node);
            sim.run(Duration.ofSeconds(2));
        }
        for (Sim.Node node : nodes) {
            assertThat(node.read()).containsExactly("from a", "from b", "from c", "from d");
            assertThat(node.roster()).hasSize(4);
        }
        assertThat(nodes.get(0).core().members().get(0).role()).isEqualTo(GroupRole.ADMIN);
        assertThat(nodes.get(3).core().info().name()).isEqualTo("friends");
    }

    @Test
    void theLastAdminCanNeitherLeaveNorGiveUpItsRole() throws Exception {
        List<Sim.Node> nodes = group(2);
        Sim.Node admin = nodes.get(0);
        assertThat(refusal(() -> admin.core().leave(sim.now)))
                .hasMessage(
                        "a group must always have at least one admin; make another member an admin"
                                + " before leaving")
                .extracting(GroupException::reason)
                .isEqualTo(GroupException.Reason.LAST_ADMIN);
        assertThat(refusal(() -> admin.core().setRole(admin.agent, GroupRole.MEMBER, sim.now)))
                .hasMessage(
                        "a group must always have at least one admin; make another member an admin"
                                + " first");
        assertThat(refusal(() -> nodes.get(1).core().remove(admin.agent, sim.now)).reason())
                .isEqualTo(GroupException.Reason.NOT_ALLOWED);
    }

    private interface Attempt {
        void run() throws GroupException;
    }

    private static GroupException refusal(Attempt attempt) {
        try {
            attempt.run();
        } catch (GroupException e) {
            return e;
        }
        throw new AssertionError("it was not refused");
    }

    @Test
    void whoIsRemovedReadsNothingThatIsSaidAfterwards() throws Exception {
        List<Sim.Node> nodes = group(3);
        Sim.Node gone = nodes.get(2);
        nodes.get(1).say("before");
        sim.run(Duration.ofSeconds(2));
        nodes.get(0).core().remove(gone.agent, sim.now);
        nodes.get(0).done();
        sim.until(
                Duration.ofMinutes(1), () -> gone.status() == GroupStatus.REMOVED, "it is removed");
        nodes.get(1).say("after");
        sim.run(Duration.ofSeconds(5));
        assertThat(nodes.get(0).read()).contains("before", "after");
        assertThat(gone.read()).containsExactly("before");
    }

    @Test
    void aLeaverIsTakenOutByAnAdmin() throws Exception {
        List<Sim.Node> nodes = group(3);
        nodes.get(1).core().leave(sim.now);
        nodes.get(1).done();
        sim.until(
                Duration.ofMinutes(1),
                () -> nodes.get(0).roster().size() == 2 && nodes.get(2).roster().size() == 2,
                "it is out");
        sim.run(Duration.ofSeconds(2));
        assertThat(nodes.get(1).status()).isEqualTo(GroupStatus.REMOVED);
        assertThat(nodes.get(1).disk.keySet()).noneMatch(key -> key.startsWith("n/"));
    }
}
