package dev.parley.catalog.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.catalog.api.Entry;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListingsTest {
    private static final AgentId ALICE = AgentId.of("11".repeat(32));
    private static final AgentId MALLORY = AgentId.of("22".repeat(32));
    private static final MachineId HOME = MachineId.of("33".repeat(32));
    private static final Hash HELLO = hash(1);

    private final Listings listings = new Listings();

    private static Hash hash(int number) {
        return Hash.sha256(ByteBuffer.allocate(4).putInt(number).array());
    }

    private static MachineId machine(int number) {
        return MachineId.of(hash(number).bytes());
    }

    private static AgentId agent(int number) {
        return AgentId.of(hash(number).bytes());
    }

    private void publish(AgentId by, Hash descriptor, String bsn, long sequence, String address) {
        listings.published(
                by,
                HOME,
                "plugins/demo",
                new Announcement.Published(
                        descriptor, bsn, "1.0.0", "hello", "Hello", 10, sequence, address));
    }

    private Entry of(AgentId publisher) {
        return listings.entries().stream()
                .filter(it -> it.publisher().equals(publisher))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void whoAnnouncesTheDescriptorOfAnotherTakesNothingFromIt() {
        publish(ALICE, HELLO, "org.example.hello", 1, "127.0.0.1:1");
        publish(MALLORY, HELLO, "org.example.hello", 1, "127.0.0.1:666");
        assertThat(of(ALICE).descriptor()).isEqualTo(HELLO);
        assertThat(of(ALICE).holders()).containsEntry(HOME, "127.0.0.1:1");
    }

    @Test
    void aNewerVersionReplacesTheOlderOfItsOwnAuthorOnly() {
        publish(ALICE, HELLO, "org.example.hello", 1, "a");
        publish(MALLORY, hash(2), "org.example.hello", 9, "a");
        publish(ALICE, hash(3), "org.example.hello", 2, "a");
        assertThat(listings.entries()).extracting(Entry::descriptor).containsOnly(hash(2), hash(3));
    }

    @Test
    void whoAnnouncesMostGivesWayWhenAllPlacesAreTaken() {
        publish(ALICE, HELLO, "org.example.hello", 1, "a");
        for (int i = 2; i < Listings.MAX_ENTRIES + 100; i++) {
            publish(MALLORY, hash(i), "org.example.x" + i, 1, "a");
        }
        assertThat(listings.entries()).hasSize(Listings.MAX_ENTRIES);
        assertThat(of(ALICE).holders()).containsEntry(HOME, "a");
    }

    @Test
    void whoNamesManyHoldersDoesNotCrowdOutOthers() {
        publish(ALICE, HELLO, "org.example.hello", 1, "a");
        for (int i = 0; i < 40; i++) {
            listings.holding(MALLORY, machine(i), new Announcement.Holding(HELLO, "b"));
        }
        MachineId bobs = machine(1000);
        listings.holding(agent(5), bobs, new Announcement.Holding(HELLO, "c"));
        assertThat(of(ALICE).holders())
                .hasSize(Listings.MAX_HOLDERS)
                .containsEntry(HOME, "a")
                .containsEntry(bobs, "c");
    }

    @Test
    void holdersOfWhatNobodyPublishedAreForgottenFirst() {
        publish(ALICE, HELLO, "org.example.hello", 1, "a");
        for (int i = 2; i < Listings.MAX_ENTRIES + 100; i++) {
            listings.holding(MALLORY, HOME, new Announcement.Holding(hash(i), "b"));
        }
        assertThat(of(ALICE).holders()).containsEntry(HOME, "a");
    }

    @Test
    void whoeverCameFirstStaysWhenEveryHolderHasItsOwnAuthor() {
        publish(ALICE, HELLO, "org.example.hello", 1, "a");
        for (int i = 0; i < 40; i++) {
            listings.holding(agent(i), machine(i), new Announcement.Holding(HELLO, "b"));
        }
        assertThat(List.copyOf(of(ALICE).holders().keySet()))
                .hasSize(Listings.MAX_HOLDERS)
                .contains(HOME, machine(0))
                .doesNotContain(machine(39));
    }
}
