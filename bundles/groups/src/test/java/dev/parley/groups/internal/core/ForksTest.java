package dev.parley.groups.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Admins who change a group at the same time, apart from each other. */
class ForksTest {
    private Sim sim = new Sim(1);
    private Sim.Node a = sim.node("a");
    private Sim.Node b = sim.node("b");
    private Sim.Node c = sim.node("c");
    private Sim.Node d = sim.node("d");

    /** Admins a and b, members c and d. */
    private void begin(long seed) throws Exception {
        sim = new Sim(seed);
        a = sim.node("a");
        b = sim.node("b");
        c = sim.node("c");
        d = sim.node("d");
        a.create("friends");
        for (Sim.Node node : List.of(b, c, d)) {
            join(a, node);
        }
        a.core().setRole(b.agent, GroupRole.ADMIN, sim.now);
        a.done();
        sim.until(Duration.ofMinutes(1), () -> isAdmin(b, b) && sim.agreed(), "b is an admin");
    }

    private void join(Sim.Node admin, Sim.Node who) throws Exception {
        String link = admin.core().invite(Duration.ofDays(7), sim.now).link();
        admin.done();
        who.join(link);
        sim.until(Duration.ofMinutes(2), who::active, who + " is in");
    }

    private static boolean isAdmin(Sim.Node seenBy, Sim.Node who) throws Exception {
        return seenBy.core().members().stream()
                .anyMatch(it -> it.agent().equals(who.agent) && it.role() == GroupRole.ADMIN);
    }

    /** Sides: a with c, b with d. */
    private void part() {
        sim.move(b, 1);
        sim.move(d, 1);
    }

    private void healed(int members) throws Exception {
        sim.heal();
        sim.until(
                Duration.ofMinutes(5),
                () ->
                        sim.agreed()
                                && sim.active().size() == members
                                && sim.active().get(0).roster().size() == members,
                members + " of one head");
        Sim.Node first = sim.active().get(0);
        first.say("after the split");
        sim.until(
                Duration.ofMinutes(2),
                () -> sim.active().stream().allMatch(it -> it.read().contains("after the split")),
                "all hear it");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aRemovalIsNotUndoneByLosingTheRace(long seed) throws Exception {
        begin(seed);
        part();
        a.core().remove(c.agent, sim.now);
        a.done();
        b.core().remove(d.agent, sim.now);
        b.done();
        sim.run(Duration.ofMinutes(1));
        healed(2);
        assertThat(a.roster()).isEqualTo(Set.of(a.agent, b.agent));
        assertThat(c.read()).doesNotContain("after the split");
        assertThat(d.read()).doesNotContain("after the split");
        assertThat(c.status()).isEqualTo(GroupStatus.REMOVED);
        assertThat(d.status()).isEqualTo(GroupStatus.REMOVED);
        long reordered =
                List.of(a, b).stream()
                        .filter(
                                node ->
                                        node.told.stream()
                                                .anyMatch(GroupEvent.Reordered.class::isInstance))
                        .count();
        assertThat(reordered).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void ofTwoAdminsThatRemoveEachOtherExactlyOneWins(long seed) throws Exception {
        begin(seed);
        part();
        a.core().remove(b.agent, sim.now);
        a.done();
        b.core().remove(a.agent, sim.now);
        b.done();
        sim.run(Duration.ofMinutes(1));
        healed(3);
        assertThat(a.active()).isNotEqualTo(b.active());
        Sim.Node winner = a.active() ? a : b;
        assertThat(winner.roster()).isEqualTo(Set.of(winner.agent, c.agent, d.agent));
        assertThat(isAdmin(c, winner)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void ofTwoAdminsThatTakeEachOthersRoleOneStaysAdmin(long seed) throws Exception {
        begin(seed);
        part();
        a.core().setRole(b.agent, GroupRole.MEMBER, sim.now);
        a.done();
        b.core().setRole(a.agent, GroupRole.MEMBER, sim.now);
        b.done();
        healed(4);
        sim.run(Duration.ofMinutes(1));
        assertThat(isAdmin(c, a)).isNotEqualTo(isAdmin(c, b));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whoWasAddedOnTheLosingSideIsInAfterwards(long seed) throws Exception {
        begin(seed);
        Sim.Node e = sim.node("e");
        Sim.Node f = sim.node("f");
        f.side = 1;
        part();
        join(a, e);
        join(b, f);
        a.core().rename("old friends", "", sim.now);
        a.done();
        b.core().setRole(d.agent, GroupRole.ADMIN, sim.now);
        b.done();
        sim.run(Duration.ofMinutes(1));
        healed(6);
        sim.until(
                Duration.ofMinutes(2),
                () -> isAdmin(c, d) && c.core().info().name().equals("old friends") && sim.agreed(),
                "what the loser said is said again");
    }

    @Test
    void ifBothAdminsLeaveAtOnceOneStays() throws Exception {
        begin(3);
        part();
        a.core().leave(sim.now);
        a.done();
        b.core().leave(sim.now);
        b.done();
        sim.heal();
        sim.until(
                Duration.ofMinutes(5),
                () ->
                        sim.agreed()
                                && sim.active().size() == 3
                                && sim.active().get(0).roster().size() == 3,
                "one stays");
        assertThat(a.active()).isNotEqualTo(b.active());
        assertThat(isAdmin(c, a.active() ? a : b)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void beyondTheWindowTheLosersTakeTheOtherBranch(long seed) throws Exception {
        begin(seed);
        part();
        for (int i = 0; i < EpochTree.MAX_EPOCHS + 3; i++) {
            a.core().refresh(sim.now);
            a.done();
            b.core().refresh(sim.now);
            b.done();
            sim.run(Duration.ofSeconds(10));
        }
        a.core().remove(c.agent, sim.now);
        a.done();
        sim.run(Duration.ofSeconds(10));
        healed(3);
        assertThat(a.roster()).isEqualTo(Set.of(a.agent, b.agent, d.agent));
    }

    @Test
    void whoWasAwayForLongCatchesUpOrResyncs() throws Exception {
        begin(5);
        d.crash();
        for (int i = 0; i < Chronicle.MAX_COMMITS + 20; i++) {
            a.core().refresh(sim.now);
            a.done();
            sim.run(Duration.ofSeconds(1));
        }
        d.restart();
        healed(4);
    }

    @Test
    void whoWasAwayReadsWhatWasSaidMeanwhileAcrossEpochs() throws Exception {
        begin(6);
        d.crash();
        for (int i = 0; i < 30; i++) {
            a.say("message " + i);
            sim.run(Duration.ofSeconds(1));
            b.core().refresh(sim.now);
            b.done();
            sim.run(Duration.ofSeconds(1));
        }
        d.restart();
        sim.until(Duration.ofMinutes(3), () -> d.read().size() == 30, "d has read all");
    }
}
