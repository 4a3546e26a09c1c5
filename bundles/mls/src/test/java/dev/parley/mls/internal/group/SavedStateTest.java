package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States that are saved, restored from old copies, kept for late messages and destroyed. */
class SavedStateTest {
    private final People people = new People(1, 21);
    private Person alice;
    private Person bob;
    private Person carol;

    @BeforeEach
    void three() throws MlsException {
        alice = people.founder("alice");
        bob = people.add(alice, "bob");
        carol = people.add(alice, "carol", bob);
    }

    private static void assertReason(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Reason reason) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MlsException.class,
                        e -> assertThat(e.reason()).as(e.getMessage()).isEqualTo(reason));
    }

    private static Reason refusal(Received received) {
        return ((Received.Refused) received).reason();
    }

    @Test
    void aStateComesBackAsItWas() throws MlsException {
        carol.ready();
        byte[] first = carol.say("one");
        byte[] second = carol.say("two");
        assertThat(bob.read(second)).isEqualTo("two");
        Proposed update = bob.state.propose(new Proposing.Update(), bob.client, false, People.NOW);
        bob.state = update.next();
        bob.state =
                bob.state
                        .propose(
                                new Proposing.ExternalPsk(People.bytes("x")),
                                bob.client,
                                false,
                                People.NOW)
                        .next();
        byte[] saved = bob.state.encode();
        GroupState again = people.mls.decode(saved, List.of());
        assertThat(again.encode()).isEqualTo(saved);
        assertThat(again.members()).isEqualTo(bob.state.members());
        assertThat(again.queued()).hasSize(2);
        assertThat(again.queued().get(0).change().getClass())
                .isEqualTo(bob.state.queued().get(0).change().getClass());
        assertThat(again.export("x", People.NOTHING, 16))
                .isEqualTo(bob.state.export("x", People.NOTHING, 16));
        Person restored = new Person(bob.client, again);
        assertThat(restored.read(first)).isEqualTo("one");
        assertThat(refusal(restored.receive(second))).isEqualTo(Reason.KEY_USED);
        alice.state = ((Received.Proposal) alice.receive(update.message())).next();
        Committed covering =
                alice.state.commit(
                        new dev.parley.mls.api.CommitRequest(
                                List.of(),
                                List.of(update.reference()),
                                false,
                                false,
                                true,
                                People.NOTHING,
                                alice.client),
                        PskSource.NONE,
                        People.NOW);
        restored.follow(covering.message());
        assertThat(restored.state.epochAuthenticator())
                .isEqualTo(covering.staged().next().epochAuthenticator());
    }

    @Test
    void nothingIsSentWithoutADurableReservation() throws MlsException {
        assertReason(() -> alice.say("x"), Reason.NOT_RESERVED);
        SendReservation two = alice.state.reserve(2);
        assertReason(() -> alice.say("x"), Reason.NOT_RESERVED);
        two.durable();
        alice.say("1");
        alice.say("2");
        assertReason(() -> alice.say("3"), Reason.NOT_RESERVED);
        alice.state.propose(new Proposing.Update(), alice.client, true, People.NOW);
        alice.state.propose(new Proposing.Update(), alice.client, true, People.NOW);
        assertReason(
                () -> alice.state.propose(new Proposing.Update(), alice.client, true, People.NOW),
                Reason.NOT_RESERVED);
        assertReason(
                () ->
                        alice.state.commit(
                                new dev.parley.mls.api.CommitRequest(
                                        List.of(),
                                        List.of(),
                                        true,
                                        true,
                                        true,
                                        People.NOTHING,
                                        alice.client),
                                PskSource.NONE,
                                People.NOW),
                Reason.NOT_RESERVED);
        alice.commit();
        assertThatThrownBy(() -> alice.state.reserve(0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /**
     * A process that is killed at any time and comes back with any older copy of its state and
     * every durable reservation. A reservation that is on disk but was not used counts as well.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whateverCopyIsRestoredNoKeyIsUsedTwice(long seed) throws Exception {
        Random random = new Random(seed);
        Epoch reader = ((Group) bob.state).epochOf();
        List<byte[]> copies = new ArrayList<>(List.of(alice.state.encode()));
        List<byte[]> disk = new ArrayList<>();
        Set<String> used = new HashSet<>();
        int crashes = 0;
        for (int step = 0; step < 120; step++) {
            int what = random.nextInt(10);
            if (what < 1) {
                copies.add(alice.state.encode());
            } else if (what < 3) {
                SendReservation reservation = alice.state.reserve(1 + random.nextInt(5));
                if (random.nextInt(4) > 0) {
                    disk.add(reservation.encoded());
                    if (random.nextInt(4) > 0) {
                        reservation.durable();
                    }
                }
            } else if (what < 5) {
                crashes++;
                alice.state = people.mls.decode(copies.get(random.nextInt(copies.size())), disk);
            } else {
                byte[] message = send(random.nextBoolean());
                if (message.length > 0) {
                    assertThat(used.add(key(reader, message))).isTrue();
                }
            }
        }
        assertThat(used).hasSizeGreaterThan(5);
        assertThat(crashes).isGreaterThan(5);
    }

    private byte[] send(boolean handshake) throws MlsException {
        try {
            return handshake
                    ? alice.state
                            .propose(
                                    new Proposing.ExternalPsk(People.bytes("x")),
                                    alice.client,
                                    true,
                                    People.NOW)
                            .message()
                    : alice.say("x");
        } catch (MlsException e) {
            assertThat(e.reason()).isEqualTo(Reason.NOT_RESERVED);
            return new byte[0];
        }
    }

    @Test
    void aSavedStateKnowsWhatWasDurableBeforeIt() throws MlsException, MalformedException {
        Epoch reader = ((Group) bob.state).epochOf();
        alice.state.reserve(5).durable();
        byte[] saved = alice.state.encode();
        String before = key(reader, alice.say("x"));
        alice.state = people.mls.decode(saved, List.of());
        assertReason(() -> alice.say("x"), Reason.NOT_RESERVED);
        alice.ready();
        assertThat(before).isEqualTo("a0");
        assertThat(key(reader, alice.say("x"))).isEqualTo("a5");
    }

    /** Kind and generation of a message, without using its key. */
    private static String key(Epoch reader, byte[] bytes) throws MlsException, MalformedException {
        MlsMessage.Private message = (MlsMessage.Private) MlsMessage.decode(bytes);
        long generation =
                reader.privateFraming()
                        .open(
                                message,
                                leaf -> reader.roster().require(leaf).signatureKey(),
                                reader.encodedContext(),
                                false)
                        .generation();
        return message.contentType() == 1 ? "a" + generation : "h" + generation;
    }

    @Test
    void aReservationOfAnotherEpochIsNotOurs() throws MlsException {
        byte[] old = alice.state.reserve(50).encoded();
        Committed made = alice.commit();
        bob.follow(made.message());
        byte[] next = made.staged().next().encode();
        alice.state = people.mls.decode(next, List.of(old));
        alice.ready();
        Received.Application read = (Received.Application) bob.receive(alice.say("x"));
        assertThat(read.generation()).isZero();
        byte[] absurd = old.clone();
        absurd[21] = 1;
        byte[] now = alice.state.encode();
        byte[] ours = alice.state.reserve(1).encoded();
        ours[21] = 1;
        assertReason(() -> people.mls.decode(now, List.of(ours)), Reason.GENERATION_TOO_FAR);
        ours[20] = 1;
        assertReason(() -> people.mls.decode(now, List.of(ours)), Reason.MALFORMED);
    }

    @Test
    void whatIsKeptForLateMessagesReadsThemAndNothingElse() throws MlsException {
        carol.ready();
        byte[] late = carol.say("late");
        byte[] later = carol.say("later");
        Committed made = alice.commit();
        GroupState old = bob.state;
        bob.follow(made.message());
        GroupState kept = old.forLateMessages();
        old.destroy();
        assertThatThrownBy(() -> old.receive(late, PskSource.NONE, People.NOW))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(old::epochAuthenticator).isInstanceOf(IllegalStateException.class);
        assertThat(bob.receive(late)).isEqualTo(new Received.Stale(2));
        Person reader = new Person(bob.client, kept);
        assertThat(reader.read(late)).isEqualTo("late");
        assertThat(refusal(reader.receive(late))).isEqualTo(Reason.KEY_USED);
        assertThat(reader.receive(made.message())).isEqualTo(new Received.Stale(2));
        GroupState again = people.mls.decode(kept.encode(), List.of());
        assertThat(again.encode()).isEqualTo(kept.encode());
        assertThat(again.members()).isEqualTo(kept.members());
        assertThat(new Person(bob.client, again).read(later)).isEqualTo("later");
        assertReason(reader::commit, Reason.LATE_ONLY);
        assertReason(() -> reader.say("x"), Reason.LATE_ONLY);
        assertThatThrownBy(kept::resumptionPsk).isInstanceOf(IllegalStateException.class);
        kept.destroy();
        assertThatThrownBy(() -> reader.receive(later)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void b8AStateThatIsDestroyedTakesNothingFromItsSuccessors() throws MlsException {
        Committed made = alice.commit();
        GroupState before = bob.state;
        Proposed proposed =
                before.propose(
                        new Proposing.ExternalPsk(People.bytes("x")),
                        bob.client,
                        false,
                        People.NOW);
        before.destroy();
        bob.state = proposed.next();
        Received.Commit first = (Received.Commit) bob.receive(made.message());
        Received.Commit again = (Received.Commit) bob.receive(made.message());
        first.staged().next().destroy();
        bob.state.destroy();
        bob.state = again.staged().next();
        alice.state = made.staged().next();
        alice.ready();
        assertThat(bob.read(alice.say("on"))).isEqualTo("on");
        Committed second = bob.commit();
        alice.follow(second.message());
    }

    @Test
    void b9ResumptionKeysOfEarlierEpochsAreNotKept() throws MlsException {
        int size = 0;
        for (int i = 0; i < 60; i++) {
            Committed made = alice.commit();
            bob.follow(made.message());
            alice.state = made.staged().next();
            if (i == 9) {
                size = bob.state.encode().length;
            }
        }
        assertThat(bob.state.encode()).hasSizeLessThan(size + 16);
    }

    @Test
    void b3AForgedCopyOfACommitSpoilsNothing() throws MlsException {
        alice.ready();
        Committed made =
                alice.state.commit(
                        new dev.parley.mls.api.CommitRequest(
                                List.of(),
                                List.of(),
                                true,
                                true,
                                true,
                                People.NOTHING,
                                alice.client),
                        PskSource.NONE,
                        People.NOW);
        byte[] genuine = made.message();
        byte[] words = alice.say("words");
        for (int i = 0; i < genuine.length; i += 3) {
            byte[] forged = genuine.clone();
            forged[i] ^= 0x10;
            assertThat(bob.receive(forged)).isNotInstanceOf(Received.Commit.class);
        }
        for (int i = 0; i < words.length; i++) {
            byte[] forged = words.clone();
            forged[i] ^= 0x10;
            assertThat(bob.receive(forged)).isNotInstanceOf(Received.Application.class);
        }
        assertThat(bob.read(words)).isEqualTo("words");
        assertThat(bob.receive(genuine)).isInstanceOf(Received.Commit.class);
        bob.follow(genuine);
        assertThat(alice.receive(genuine)).isInstanceOf(Received.Own.class);
        assertThat(alice.receive(words)).isInstanceOf(Received.Own.class);
    }

    @Test
    void b5WhoJoinedWithoutAPathFollowsLaterCommits() throws MlsException {
        List<Person> all = new ArrayList<>(List.of(alice, bob, carol));
        for (String name : List.of("dave", "erin", "frank", "grace")) {
            Person[] others = all.stream().filter(each -> each != alice).toArray(Person[]::new);
            all.add(people.add(alice, name, others));
        }
        for (Person committer : List.copyOf(all)) {
            Committed made = committer.commit();
            for (Person other : all) {
                if (other != committer) {
                    other.follow(made.message());
                }
            }
            committer.state = made.staged().next();
        }
        for (Person each : all) {
            assertThat(each.state.epochAuthenticator()).isEqualTo(alice.state.epochAuthenticator());
        }
    }

    @Test
    void b6TheLastOtherMemberIsRemovedAndTheGroupGoesOn() throws MlsException {
        Person zoe = people.founder("zoe");
        Person yan = people.add(zoe, "yan");
        Committed alone = zoe.commit(new Proposing.Remove(1));
        assertThat(yan.receive(alone.message())).isInstanceOf(Received.Evicted.class);
        zoe.state = alone.staged().next();
        zoe.state = zoe.commit().staged().next();
        assertThat(zoe.state.members()).hasSize(1);
        Person xan = people.add(zoe, "xan");
        xan.ready();
        assertThat(zoe.read(xan.say("hi"))).isEqualTo("hi");
    }

    @Test
    void whatIsNoStateIsRefused() {
        assertReason(() -> people.mls.decode(new byte[0], List.of()), Reason.MALFORMED);
        byte[] saved = alice.state.encode();
        byte[] longer = java.util.Arrays.copyOf(saved, saved.length + 1);
        assertReason(() -> people.mls.decode(longer, List.of()), Reason.MALFORMED);
        byte[] version = saved.clone();
        version[0]++;
        assertReason(() -> people.mls.decode(version, List.of()), Reason.MALFORMED);
        assertReason(() -> people.mls.decode(saved, List.of(new byte[3])), Reason.MALFORMED);
        assertThat(Optional.of(saved)).isPresent();
    }
}
