package dev.parley.gossip.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.parley.gossip.api.Retention;
import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.SessionCertificate;
import dev.parley.identity.api.SessionSigner;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What one neighbour or one author can make a container keep and do. */
class GossipLimitsTest {
    private static final NetworkId NETWORK = new NetworkId("parley.test");
    private static final Topic TOPIC = new Topic("plugins/demo");
    private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
    private static final Retention RETAINED = new Retention("key", Duration.ofHours(1));

    private final Random random = new Random(21);
    private final Set<AgentId> blocked = new HashSet<>();
    private final SessionSigner author = session();
    private final MachineId neighbour = author.certificate().machine();
    private final GossipCore core =
            new GossipCore(
                    NETWORK,
                    session().certificate().machine(),
                    (agent, machine) -> !blocked.contains(agent));

    private SessionSigner session() {
        byte[] seeds = new byte[SecretKey.SEED_BYTES];
        random.nextBytes(seeds);
        SecretKey key = SecretKey.of(seeds);
        return SessionCertificate.newSession(key, NETWORK, key.publicKey().machineId(), START);
    }

    private static Envelope message(SessionSigner by, String key, int bytes, Instant time) {
        Retention retention =
                key.isEmpty() ? Retention.NONE : new Retention(key, Duration.ofHours(1));
        return Envelope.sign(
                by, NETWORK, by.nextSequence(), time, retention, TOPIC, new byte[bytes]);
    }

    private void know(SessionSigner session) {
        core.joined(neighbour, START);
        core.on(neighbour, new GossipFrame.Certificate(session.certificate()), START);
    }

    private static List<MessageId> wanted(List<GossipCore.Effect> effects) {
        List<MessageId> ids = new ArrayList<>();
        for (GossipCore.Effect effect : effects) {
            if (effect instanceof GossipCore.Effect.Send send
                    && send.frame() instanceof GossipFrame.Want want) {
                ids.addAll(want.ids());
            }
        }
        return ids;
    }

    @Test
    void aWishForACertificateThatIsNotHereCostsLittleHoweverMuchIsKept() {
        core.joined(neighbour, START);
        for (int i = 0; i < MessageStore.MAX_RECENT; i++) {
            core.publish(author, TOPIC, new byte[10], Retention.NONE, START);
        }
        assertTimeoutPreemptively(
                Duration.ofSeconds(2),
                () -> {
                    Instant now = START;
                    for (int second = 1; second <= 20; second++) {
                        now = START.plusSeconds(second);
                        for (int i = 0; i < GossipCore.WORK_PER_SECOND; i++) {
                            byte[] id = new byte[16];
                            random.nextBytes(id);
                            assertThat(core.on(neighbour, new GossipFrame.WantCertificate(id), now))
                                    .isEmpty();
                        }
                    }
                });
        assertThat(core.counters()).doesNotContainKey("refused.work");
    }

    @Test
    void aCertificateIsKnownAsLongAsAMessageOfItIsKept() {
        MessageStore store = new MessageStore();
        byte[] id = author.certificate().id();
        SessionSigner other = session();
        store.put(new MessageStore.Held(message(other, "o", 10, START), other.certificate()));
        assertThat(store.certificate(id)).isNull();
        store.put(new MessageStore.Held(message(author, "", 10, START), author.certificate()));
        store.put(new MessageStore.Held(message(author, "a", 10, START), author.certificate()));
        assertThat(store.certificate(id)).isSameAs(author.certificate());
        store.expire(START.plus(MessageStore.KEEP));
        assertThat(store.certificate(id)).isSameAs(author.certificate());
        store.expire(START.plus(Duration.ofHours(1)));
        assertThat(store.certificate(id)).isNull();
        assertThat(store.all()).isEmpty();
    }

    @Test
    void oneAuthorCannotTakeThePlacesOfOthers() {
        know(author);
        SessionSigner other = session();
        core.on(neighbour, new GossipFrame.Certificate(other.certificate()), START);
        core.on(neighbour, new GossipFrame.Message(message(other, "of other", 10, START)), START);
        Instant now = START;
        for (int i = 0; i < MessageStore.MAX_RETAINED_OF_AUTHOR + 50; i++) {
            now = now.plusMillis(20);
            core.on(neighbour, new GossipFrame.Message(message(author, "k" + i, 10, now)), now);
        }
        assertThat(core.counters())
                .containsEntry("retained", MessageStore.MAX_RETAINED_OF_AUTHOR + 1L);
        assertThat(core.retained())
                .anyMatch(it -> it.envelope().retention().key().equals("of other"))
                .noneMatch(it -> it.envelope().retention().key().equals("k0"));
    }

    @Test
    void whoTakesMostGivesUpAPlaceWhenAllBytesAreTaken() {
        MessageStore store = new MessageStore();
        SessionSigner small = session();
        store.put(new MessageStore.Held(message(small, "small", 10, START), small.certificate()));
        int authors = (int) (MessageStore.MAX_RETAINED_BYTES / (2 << 20)) + 4;
        for (int i = 0; i < authors; i++) {
            SessionSigner large = session();
            for (int j = 0; j < 32; j++) {
                store.put(
                        new MessageStore.Held(
                                message(large, "large" + j, 60_000, START), large.certificate()));
            }
        }
        List<String> keys = new ArrayList<>();
        List<Integer> bytes = new ArrayList<>();
        store.retained(
                held -> {
                    keys.add(held.envelope().retention().key());
                    bytes.add(held.bytes());
                });
        assertThat(keys).contains("small");
        assertThat(bytes.stream().mapToLong(it -> it).sum())
                .isLessThanOrEqualTo(MessageStore.MAX_RETAINED_BYTES);
    }

    @Test
    void anAuthorWhoSaysTooMuchIsCutToItsRate() {
        know(author);
        int most = (int) (2 * GossipCore.MESSAGES_PER_SECOND_OF_AUTHOR);
        for (int i = 0; i < most + 100; i++) {
            core.on(neighbour, new GossipFrame.Message(message(author, "", 10, START)), START);
        }
        assertThat(core.counters())
                .containsEntry("delivered", (long) most)
                .containsEntry("refused.author rate", 100L);
    }

    @Test
    void messagesOfUnknownAuthorsWaitInFewPlacesAndNotForEver() {
        core.joined(neighbour, START);
        int asked = 0;
        for (int i = 0; i < 3 * GossipCore.MAX_PARKED; i++) {
            asked +=
                    core.on(
                                    neighbour,
                                    new GossipFrame.Message(message(author, "", 10, START)),
                                    START)
                            .size();
        }
        assertThat(asked).as("one question for one certificate").isEqualTo(1);
        assertThat(core.counters()).containsEntry("refused.parked", 2L * GossipCore.MAX_PARKED);
        Instant later = START.plus(GossipCore.PARK);
        core.tick(later);
        core.on(neighbour, new GossipFrame.Certificate(author.certificate()), later);
        assertThat(core.counters()).doesNotContainKey("delivered");
    }

    @Test
    void whatWasAskedForAndNeverCameIsAskedForLessAndLess() {
        know(author);
        List<MessageId> ids = List.of(message(author, "", 1, START).id());
        int asked = 0;
        for (int second = 0; second < 60; second += 3) {
            asked +=
                    wanted(core.on(neighbour, new GossipFrame.Have(ids), START.plusSeconds(second)))
                            .size();
        }
        assertThat(asked).isBetween(3, 6);
    }

    @Test
    void messagesOfABlockedAuthorAreNotAskedFor() {
        know(author);
        blocked.add(author.certificate().agent());
        List<MessageId> ids = List.of(message(author, "", 1, START).id());
        assertThat(core.on(neighbour, new GossipFrame.Have(ids), START)).isEmpty();
    }

    @Test
    void aNeighbourWhoAsksForEverythingAgainAndAgainIsCutToItsRate() {
        know(author);
        List<MessageId> ids = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Envelope envelope = message(author, "", 10, START);
            ids.add(envelope.id());
            core.on(neighbour, new GossipFrame.Message(envelope), START);
        }
        int sent = 0;
        for (int i = 0; i < 50; i++) {
            sent += core.on(neighbour, new GossipFrame.Want(ids), START).size();
        }
        assertThat(sent).isBetween(400, (int) (2 * GossipCore.WORK_PER_SECOND));
        assertThat(core.counters()).containsKey("refused.work");
    }

    @Test
    void aTickSaysAtMostOneListAndAllIsSaidInTurn() {
        know(author);
        Set<MessageId> all = new HashSet<>();
        Instant now = START;
        for (int i = 0; i < 1500; i++) {
            now = now.plusMillis(20);
            Envelope envelope = message(author, "", 10, now);
            all.add(envelope.id());
            core.on(neighbour, new GossipFrame.Message(envelope), now);
        }
        Set<MessageId> said = new HashSet<>();
        for (int tick = 0; tick < 6; tick++) {
            List<GossipCore.Effect> effects = core.tick(now);
            assertThat(effects).hasSize(1);
            said.addAll(
                    ((GossipFrame.Have) ((GossipCore.Effect.Send) effects.get(0)).frame()).ids());
        }
        assertThat(said).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void twoUsersOfOneSessionNeverSignTwoMessagesOfOneNumber() {
        List<GossipCore.Effect> one =
                core.publish(author, TOPIC, new byte[] {1}, Retention.NONE, START);
        GossipCore restarted = new GossipCore(NETWORK, neighbour, (agent, machine) -> true);
        List<GossipCore.Effect> two =
                restarted.publish(author, TOPIC, new byte[] {2}, RETAINED, START);
        assertThat(((GossipCore.Effect.Deliver) one.get(0)).envelope().id())
                .isNotEqualTo(((GossipCore.Effect.Deliver) two.get(0)).envelope().id());
    }
}
