package dev.parley.groups.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.groups.api.GroupEvent;
import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.api.GroupStatus;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Up to twelve containers do whatever they may, through loss, partitions, restarts and deaths in
 * the middle of what they do. Afterwards all is quiet, and then they have to agree.
 */
class ChurnTest {
    private static final int STEPS = 200;
    private static final int NODES = 12;

    private static long reordered;

    @AfterAll
    static void itWasNotAllTooEasy() {
        assertThat(reordered).isPositive();
    }

    static LongStream seeds() {
        long from = Long.getLong("parley.seed", 1);
        return LongStream.range(from, from + Long.getLong("parley.seeds", 8));
    }

    private Sim sim = new Sim(0);

    /** Whoever was removed and not invited since, by the admin that did it. */
    private final Map<Sim.Node, Sim.Node> removed = new LinkedHashMap<>();

    private final Set<Sim.Node> left = new LinkedHashSet<>();

    @ParameterizedTest
    @MethodSource("seeds")
    void allComeToOneHeadAndNobodyIsLost(long seed) throws Exception {
        sim = new Sim(seed);
        for (int i = 0; i < NODES; i++) {
            sim.node(String.valueOf((char) ('a' + i)));
        }
        sim.nodes.get(0).create("friends");
        for (int i = 1; i < 7; i++) {
            invite(sim.nodes.get(0), sim.nodes.get(i));
            sim.run(Duration.ofSeconds(5));
        }
        for (int i = 1; i < 4; i++) {
            Sim.Node another = sim.nodes.get(i);
            sim.until(Duration.ofMinutes(1), another::active, another + " is in");
            sim.nodes.get(0).core().setRole(another.agent, GroupRole.ADMIN, sim.now);
            sim.nodes.get(0).done();
        }
        sim.loss = 0.2;
        sim.crashes = 0.002;
        for (int i = 0; i < STEPS; i++) {
            step();
            sim.run(Duration.ofMillis(sim.dice.nextInt(8_000)));
        }
        sim.loss = 0;
        sim.crashes = 0;
        sim.heal();
        sim.nodes.forEach(Sim.Node::restart);
        sim.until(Duration.ofMinutes(15), this::settled, "seed " + seed + " settles");
        // What the losers had said is said again in turn.
        sim.run(Duration.ofMinutes(5));
        sim.until(Duration.ofMinutes(15), this::settled, "seed " + seed + " settles again");
        List<Sim.Node> members = sim.active();
        reordered +=
                sim.nodes.stream()
                        .flatMap(it -> it.told.stream())
                        .filter(GroupEvent.Reordered.class::isInstance)
                        .count();
        assertThat(members).isNotEmpty();
        assertThat(members.get(0).core().members()).anyMatch(it -> it.role() == GroupRole.ADMIN);
        for (Sim.Node gone : removed.keySet()) {
            Sim.Node by = removed.get(gone);
            boolean stands =
                    members.get(0).core().members().stream()
                            .anyMatch(
                                    it ->
                                            it.agent().equals(by.agent)
                                                    && it.role() == GroupRole.ADMIN);
            if (stands && !everLost(by)) {
                assertThat(gone.active()).as(sim.describe() + " removed " + gone).isFalse();
            }
        }
        for (Sim.Node member : members) {
            member.say("last words of " + member);
        }
        sim.until(
                Duration.ofMinutes(3),
                () ->
                        members.stream()
                                .allMatch(
                                        hearer ->
                                                members.stream()
                                                        .allMatch(
                                                                it ->
                                                                        hearer.read()
                                                                                .contains(
                                                                                        "last words of "
                                                                                                + it))),
                "all hear all");
        for (Sim.Node node : sim.nodes) {
            if (!members.contains(node)) {
                assertThat(node.read()).noneMatch(it -> it.startsWith("last words"));
            }
            assertThat(node.read()).doesNotHaveDuplicates();
        }
    }

    /** Whether it was out, or no admin, at some time: what it did may be void then. */
    private static boolean everLost(Sim.Node node) {
        return node.told.stream()
                .anyMatch(
                        it ->
                                it instanceof GroupEvent.StatusChanged changed
                                                && changed.status() == GroupStatus.REMOVED
                                        || it instanceof GroupEvent.RoleChanged role
                                                && role.agent().equals(node.agent)
                                                && role.role() == GroupRole.MEMBER);
    }

    private boolean settled() throws Exception {
        List<Sim.Node> active = sim.active();
        if (active.isEmpty() || !sim.agreed()) {
            return false;
        }
        Set<Object> roster = new LinkedHashSet<>(active.get(0).roster());
        Set<Object> here = new LinkedHashSet<>();
        active.forEach(it -> here.add(it.agent));
        return roster.equals(here)
                && sim.nodes.stream()
                        .noneMatch(
                                it ->
                                        it.up()
                                                && (it.status() == GroupStatus.LEAVING
                                                        || it.status() == GroupStatus.CATCHING_UP));
    }

    private void invite(Sim.Node admin, Sim.Node who) throws GroupException {
        String link = admin.core().invite(Duration.ofDays(7), sim.now).link();
        if (admin.done() && (!who.up() || who.status() == GroupStatus.REMOVED)) {
            if (who.group.isPresent() && !who.up()) {
                return;
            }
            who.join(link);
            removed.remove(who);
            left.remove(who);
        }
    }

    private Sim.Node any() {
        return sim.nodes.get(sim.dice.nextInt(NODES));
    }

    private Sim.Node anyActive() {
        List<Sim.Node> active = sim.active();
        return active.isEmpty() ? any() : active.get(sim.dice.nextInt(active.size()));
    }

    private void step() {
        Sim.Node one = anyActive();
        Sim.Node other = any();
        try {
            int what = sim.dice.nextInt(100);
            if (what < 60 && !one.active()) {
                return;
            }
            if (what < 15) {
                one.say("message " + sim.dice.nextLong());
            } else if (what < 32 && one != other) {
                invite(one, other);
            } else if (what < 37 && one != other) {
                one.core().remove(other.agent, sim.now);
                // Who asks to join just then may still come in by its invite.
                boolean was = other.active();
                if (one.done() && was) {
                    removed.put(other, one);
                }
            } else if (what < 45) {
                one.core().setRole(other.agent, GroupRole.ADMIN, sim.now);
            } else if (what < 48) {
                one.core().setRole(other.agent, GroupRole.MEMBER, sim.now);
            } else if (what < 49) {
                one.core().leave(sim.now);
                left.add(one);
            } else if (what < 55) {
                one.core().refresh(sim.now);
            } else if (what < 58) {
                one.core().rename("name " + what, "", sim.now);
            } else if (what < 70) {
                sim.move(any(), sim.dice.nextInt(3));
            } else if (what < 72) {
                sim.heal();
            } else if (what < 76) {
                Sim.Node dies = any();
                if (dies.up()) {
                    dies.crash();
                }
            } else if (what < 84) {
                sim.nodes.forEach(Sim.Node::restart);
            }
        } catch (GroupException e) {
            // It may not do that, or not now.
        }
        one.done();
    }
}
