package dev.parley.groups.internal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupRole;
import dev.parley.groups.internal.format.Item;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An epoch in which we spoke gives way to its rivals, and its commit is read a second time: what is
 * said in it then uses no key of before.
 */
class ReservationsTest {
    private final Sim sim = new Sim(11);
    private final Sim.Node admin = sim.node("admin");
    private final Sim.Node other = sim.node("other");
    private final Sim.Node member = sim.node("member");
    private final Sim.Node speaker = sim.node("speaker");

    /** Of the member's, with an id so high that most rivals beat it. */
    private Made first = new Made("", new Item.Head(EpochNode.NO_PARENT, 0));

    private record Made(String epoch, Item commit) {}

    private interface Act {
        void by(GroupCore core) throws Exception;
    }

    /** Two admins, two members, and nobody hears anybody any more. */
    @BeforeEach
    void begin() throws Exception {
        admin.create("friends");
        for (Sim.Node node : List.of(other, member, speaker)) {
            String link = admin.core().invite(Duration.ofDays(7), sim.now).link();
            admin.done();
            node.join(link);
            sim.until(Duration.ofMinutes(2), node::active, node + " is in");
        }
        admin.core().setRole(other.agent, GroupRole.ADMIN, sim.now);
        admin.done();
        sim.run(Duration.ofMinutes(2));
        assertThat(sim.agreed()).isTrue();
        for (int i = 0; i < sim.nodes.size(); i++) {
            sim.move(sim.nodes.get(i), i + 1);
        }
        Map<String, byte[]> before = new TreeMap<>(member.disk);
        Map<String, byte[]> after = before;
        for (int i = 0; i < 8; i++) {
            Made made = make(member, before, core -> core.refresh(sim.now));
            if (made.epoch().compareTo(first.epoch()) > 0) {
                first = made;
                after = new TreeMap<>(member.disk);
            }
        }
        back(member, after);
    }

    private static void back(Sim.Node node, Map<String, byte[]> disk) {
        Map<String, byte[]> copy = new TreeMap<>(disk);
        node.crash();
        node.disk.clear();
        node.disk.putAll(copy);
        node.restart();
    }

    /** The commit that a node makes in the state of that disk. */
    private static Made make(Sim.Node node, Map<String, byte[]> disk, Act act) throws Exception {
        Map<String, byte[]> before = new TreeMap<>(disk);
        back(node, before);
        act.by(node.core());
        node.done();
        String key = only(node, it -> it.startsWith("c/") && !before.containsKey(it));
        return new Made(key.substring(2), Item.decode(value(node, key)));
    }

    private static String only(Sim.Node node, Predicate<String> which) {
        List<String> keys = node.disk.keySet().stream().filter(which).toList();
        assertThat(keys).hasSize(1);
        return keys.get(0);
    }

    private static byte[] value(Sim.Node node, String key) {
        return java.util.Objects.requireNonNull(node.disk.get(key));
    }

    private void hear(Sim.Node from, Item item) {
        speaker.core().heard(from.agent, item, sim.now);
        speaker.done();
    }

    private Item say(String text) throws Exception {
        Map<String, byte[]> before = new TreeMap<>(speaker.disk);
        speaker.say(text);
        byte[] kept =
                value(speaker, only(speaker, it -> it.startsWith("w/") && !before.containsKey(it)));
        try {
            return Item.decode(java.util.Arrays.copyOfRange(kept, 8, kept.length));
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    /** So many that the first leaves the tree, and its commit what is remembered of commits. */
    private void rivals() throws Exception {
        Map<String, byte[]> before = new TreeMap<>(admin.disk);
        int heard = 0;
        while (heard <= Chronicle.MAX_COMMITS) {
            Made made = make(admin, before, core -> core.refresh(sim.now));
            if (made.epoch().compareTo(first.epoch()) < 0) {
                hear(admin, made.commit());
                heard++;
            }
        }
        back(admin, before);
        assertThat(speaker.disk).doesNotContainKey("n/" + first.epoch());
        assertThat(speaker.disk).doesNotContainKey("c/" + first.epoch());
    }

    private List<String> reservations() {
        return speaker.disk.keySet().stream()
                .filter(it -> it.startsWith("r/" + first.epoch()))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({"false,true", "true,false", "true,true", "false,false"})
    void aCommitThatIsReadAgainBeginsWhereItsKeysEnded(boolean restartBefore, boolean restartAfter)
            throws Exception {
        hear(member, first.commit());
        assertThat(speaker.head()).isEqualTo(first.epoch());
        if (restartBefore) {
            back(speaker, speaker.disk);
        }
        Item one = say("one");
        rivals();
        if (restartAfter) {
            back(speaker, speaker.disk);
        }
        // Two admins that remove each other are condemned with all that they committed beside it.
        hear(other, make(other, other.disk, core -> core.remove(admin.agent, sim.now)).commit());
        hear(admin, make(admin, admin.disk, core -> core.remove(other.agent, sim.now)).commit());
        hear(member, first.commit());
        assertThat(speaker.head()).isEqualTo(first.epoch());
        Item two = say("two");
        for (Item item : List.of(one, two)) {
            member.core().heard(speaker.agent, item, sim.now);
            member.done();
        }
        assertThat(member.read()).containsExactly("one", "two");
    }

    @Test
    void reservationsGoWhenNoKeptEpochLeadsToThemAnyMore() throws Exception {
        hear(member, first.commit());
        say("one");
        rivals();
        back(speaker, speaker.disk);
        sim.run(Duration.ofSeconds(5));
        assertThat(reservations()).hasSize(1);
        speaker.core().tick(sim.now.plus(EpochTree.MAX_AGE).plusSeconds(1));
        speaker.done();
        assertThat(reservations()).isEmpty();
        assertThat(speaker.disk.keySet()).noneMatch(it -> it.contains(first.epoch()));
    }

    @Test
    void inNoMoreEpochsThanCanBeRememberedIsAnythingSent() throws Exception {
        Map<String, byte[]> before = new TreeMap<>(speaker.disk);
        for (int i = 0; i < Reservations.MAX_EPOCHS; i++) {
            String id = String.format("%064x", i);
            // Of another epoch of MLS, and dropped as the child of the head.
            speaker.disk.put("r/" + id + "/00", new byte[33]);
            value(speaker, "r/" + id + "/00")[0] = 1;
            speaker.disk.put("d/" + id, number(speaker.core().info().epoch() + 1));
        }
        back(speaker, speaker.disk);
        assertThatThrownBy(() -> speaker.say("one"))
                .isInstanceOf(GroupException.class)
                .hasMessageContaining("1024 epochs");
        assertThat(speaker.disk.keySet()).containsAll(before.keySet());
        speaker.disk.put("d/" + "0".repeat(64), number(0));
        back(speaker, speaker.disk);
        speaker.core().tick(sim.now);
        speaker.done();
        assertThat(speaker.disk).doesNotContainKey("r/" + "0".repeat(64) + "/00");
        say("one");
    }

    private static byte[] number(long number) {
        return new dev.parley.wire.api.ByteWriter(8).i64(number).toByteArray();
    }
}
