package dev.parley.groups.internal.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.SyncMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A member that is removed keeps all that it ever had, and tries what it can with it. */
class RemovedMemberTest {
    private final Sim sim = new Sim(11);
    private final Sim.Node admin = sim.node("admin");
    private final Sim.Node friend = sim.node("friend");
    private final Sim.Node thief = sim.node("thief");

    /** Its disk at many times, also before the epoch in which it was removed. */
    private final List<Map<String, byte[]>> copies = new ArrayList<>();

    private String link = "";

    @BeforeEach
    void begin() throws Exception {
        admin.create("friends");
        for (Sim.Node node : List.of(friend, thief)) {
            link = admin.core().invite(Duration.ofDays(7), sim.now).link();
            admin.done();
            node.join(link);
            sim.until(Duration.ofMinutes(1), node::active, node + " is in");
            copy();
        }
        for (int i = 0; i < 5; i++) {
            friend.say("known " + i);
            sim.run(Duration.ofSeconds(2));
            copy();
            admin.core().refresh(sim.now);
            admin.done();
            sim.run(Duration.ofSeconds(2));
            copy();
        }
    }

    private void copy() {
        if (thief.disk.containsKey("g")) {
            copies.add(new TreeMap<>(thief.disk));
        }
    }

    private void remove() throws Exception {
        admin.core().remove(thief.agent, sim.now);
        admin.done();
        sim.until(
                Duration.ofMinutes(1),
                () -> !friend.roster().contains(thief.agent),
                "the thief is out");
        thief.overheard.clear();
        for (int i = 0; i < 5; i++) {
            friend.say("secret " + i);
            admin.say("private " + i);
            sim.run(Duration.ofSeconds(1));
            admin.core().refresh(sim.now);
            admin.done();
            sim.run(Duration.ofSeconds(1));
        }
    }

    @Test
    void noCopyOfWhatItHadReadsWhatIsSaidAfterwards() throws Exception {
        remove();
        assertThat(thief.overheard.stream().filter(Item.Message.class::isInstance)).hasSize(10);
        for (Map<String, byte[]> copy : copies) {
            thief.crash();
            thief.disk.clear();
            thief.disk.putAll(copy);
            thief.restart();
            for (Item item : List.copyOf(thief.overheard)) {
                if (thief.up()) {
                    thief.core().heard(friend.agent, item, sim.now);
                    thief.core().heard(admin.agent, item, sim.now);
                    thief.done();
                }
            }
            sim.run(Duration.ofMinutes(2));
            assertThat(thief.read()).noneMatch(it -> it.startsWith("secret"));
            assertThat(thief.read()).noneMatch(it -> it.startsWith("private"));
        }
        assertThat(friend.read()).hasSize(15);
    }

    @Test
    void whatItSaysOrCommitsInOldEpochsIsNotTaken() throws Exception {
        remove();
        for (Map<String, byte[]> copy : copies) {
            thief.crash();
            // Alone with its old state it may believe what it likes.
            sim.move(thief, 5);
            thief.disk.clear();
            thief.disk.putAll(copy);
            thief.restart();
            attempt(() -> thief.say("I am still here"));
            attempt(() -> thief.core().refresh(sim.now));
            attempt(() -> thief.core().rename("mine", "", sim.now));
            thief.done();
            List<Item> forged = new ArrayList<>();
            thief.disk.forEach(
                    (key, value) -> {
                        if (!copy.containsKey(key) && key.startsWith("c/")) {
                            forged.add(item(value));
                        } else if (!copy.containsKey(key) && key.startsWith("w/")) {
                            forged.add(item(java.util.Arrays.copyOfRange(value, 8, value.length)));
                        }
                    });
            assertThat(forged).isNotEmpty();
            for (Item item : forged) {
                for (Sim.Node victim : List.of(admin, friend)) {
                    victim.core().heard(thief.agent, item, sim.now);
                    victim.done();
                }
            }
            sim.move(thief, 0);
            sim.run(Duration.ofMinutes(2));
            for (Sim.Node victim : List.of(admin, friend)) {
                assertThat(victim.roster()).doesNotContain(thief.agent);
                assertThat(victim.read()).doesNotContain("I am still here");
                assertThat(victim.core().info().name()).isEqualTo("friends");
            }
            assertThat(admin.head()).isEqualTo(friend.head());
        }
    }

    @Test
    void itGetsNoGroupInfoAndItsInviteIsUsed() throws Exception {
        remove();
        assertThat(refused(new SyncMessage.AskInfo(thief.group.orElseThrow())))
                .isEqualTo(RefusalException.Code.NO_SUCH_GROUP);
        thief.disk.clear();
        thief.crash();
        thief.join(link);
        sim.run(Duration.ofMinutes(2));
        assertThat(thief.notJoined)
                .extracting(GroupException::reason)
                .contains(GroupException.Reason.INVITE_REFUSED);
        assertThat(friend.roster()).doesNotContain(thief.agent);
    }

    @Test
    void anAdminsRemovalCannotBeOutrunByWhatIsNoRemoval() throws Exception {
        admin.core().setRole(thief.agent, GroupRole.ADMIN, sim.now);
        admin.done();
        sim.run(Duration.ofSeconds(5));
        Map<String, byte[]> before = new TreeMap<>(thief.disk);
        remove();
        thief.crash();
        sim.move(thief, 5);
        for (int i = 0; i < 12; i++) {
            // As many tries as it likes for a low id; none of them removes anybody.
            thief.crash();
            thief.disk.clear();
            thief.disk.putAll(before);
            thief.restart();
            thief.core().rename("mine " + i, "", sim.now);
            thief.done();
            thief.disk.forEach(
                    (key, value) -> {
                        if (!before.containsKey(key) && key.startsWith("c/")) {
                            admin.core().heard(thief.agent, item(value), sim.now);
                            admin.done();
                        }
                    });
            assertThat(admin.roster()).doesNotContain(thief.agent);
            assertThat(admin.core().info().name()).isEqualTo("friends");
        }
    }

    private static Item item(byte[] bytes) {
        try {
            return Item.decode(bytes);
        } catch (dev.parley.wire.api.MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private interface Attempt {
        void run() throws GroupException;
    }

    private static void attempt(Attempt attempt) {
        try {
            attempt.run();
        } catch (GroupException e) {
            assertThat(e).hasMessageNotContaining("null");
        }
    }

    private RefusalException.Code refused(SyncMessage.Question question) {
        try {
            friend.core().answer(thief.agent, question, sim.now);
        } catch (RefusalException e) {
            return e.code();
        }
        throw new AssertionError("it was answered");
    }
}
