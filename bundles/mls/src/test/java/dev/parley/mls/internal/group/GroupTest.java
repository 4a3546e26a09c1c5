package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.suite.CipherSuites;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a group is for: journeys of members who do what is expected of them. */
class GroupTest {
    private final People people = new People(1, 1);

    private static void assertTogether(Person... all) {
        for (Person each : all) {
            assertThat(each.state.epochAuthenticator())
                    .isEqualTo(all[0].state.epochAuthenticator());
            assertThat(each.state.treeHash()).isEqualTo(all[0].state.treeHash());
            assertThat(each.state.members()).isEqualTo(all[0].state.members());
        }
    }

    @ParameterizedTest
    @ValueSource(
            ints = {1, 2, 3, 4, 5, 6, 7, CipherSuites.XWING_ED25519, CipherSuites.XWING_MLDSA65})
    void threeMembersWriteToEachOtherInEverySuite(int suite) throws MlsException {
        People some = new People(suite, 7);
        Person alice = some.founder("alice");
        Person bob = some.add(alice, "bob");
        Person carol = some.add(bob, "carol", alice);
        assertTogether(alice, bob, carol);
        for (Person writer : List.of(alice, bob, carol)) {
            writer.ready();
            byte[] message = writer.say("hello");
            for (Person reader : List.of(alice, bob, carol)) {
                if (reader != writer) {
                    assertThat(reader.read(message)).isEqualTo("hello");
                }
            }
        }
        Committed update = carol.commit();
        alice.follow(update.message());
        bob.follow(update.message());
        carol.state = update.staged().next();
        assertTogether(alice, bob, carol);
        Committed remove = alice.commit(new Proposing.Remove(1));
        assertThat(bob.receive(remove.message())).isInstanceOf(Received.Evicted.class);
        carol.follow(remove.message());
        alice.state = remove.staged().next();
        assertTogether(alice, carol);
        carol.ready();
        byte[] last = carol.say("without bob");
        assertThat(alice.read(last)).isEqualTo("without bob");
        assertThat(bob.receive(last)).isEqualTo(new Received.Future(4));
    }

    @Test
    void aCommitSaysWhoDidWhat() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        Person carol = people.add(alice, "carol", bob);
        Proposed leave =
                carol.state.propose(new Proposing.SelfRemove(), carol.client, false, People.NOW);
        Received.Proposal seen = (Received.Proposal) bob.receive(leave.message());
        Member itself = carol.state.self();
        carol.state = leave.next();
        assertThat(seen.change()).isEqualTo(new Change.Left(itself));
        assertThat(seen.sender()).contains(itself);
        alice.state = ((Received.Proposal) alice.receive(leave.message())).next();
        bob.state = seen.next();
        Client dave = people.client("dave");
        CommitRequest request =
                new CommitRequest(
                        List.of(new Proposing.Add(people.keyPackage(dave).message())),
                        List.of(leave.reference()),
                        false,
                        false,
                        true,
                        People.bytes("because"),
                        alice.client);
        Committed made = alice.state.commit(request, PskSource.NONE, People.NOW);
        Received.Commit read = (Received.Commit) bob.receive(made.message());
        assertThat(read.staged().changes().get(0)).isEqualTo(new Change.Left(itself));
        assertThat(read.staged().changes().get(1)).isInstanceOf(Change.Added.class);
        assertThat(read.staged().authenticatedData()).isEqualTo(People.bytes("because"));
        assertThat(read.staged().committer()).isEqualTo(alice.state.self());
        assertThat(read.staged().hash()).isEqualTo(made.staged().hash());
        assertThat(read.staged().next().find(People.id("carol"))).isEmpty();
        assertThat(read.staged().next().find(People.id("dave"))).isPresent();
        assertThat(carol.receive(made.message())).isInstanceOf(Received.Evicted.class);
    }

    @Test
    void rivalCommitsAreSuccessorsOfOneState() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        Person carol = people.add(alice, "carol", bob);
        Committed first = alice.commit();
        Committed second = bob.commit();
        GroupState left = ((Received.Commit) carol.receive(first.message())).staged().next();
        GroupState right = ((Received.Commit) carol.receive(second.message())).staged().next();
        assertThat(left.epochAuthenticator()).isEqualTo(first.staged().next().epochAuthenticator());
        assertThat(right.epochAuthenticator())
                .isEqualTo(second.staged().next().epochAuthenticator());
        assertThat(left.epochAuthenticator()).isNotEqualTo(right.epochAuthenticator());
        left.destroy();
        assertThat(((Received.Commit) carol.receive(first.message())).staged().hash())
                .isEqualTo(first.staged().hash());
        assertThat(((Received.Commit) alice.receive(second.message())).staged().hash())
                .isEqualTo(second.staged().hash());
    }

    @Test
    void somebodyJoinsByACommitAndComesBackInsteadOfItself() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        byte[] info = alice.state.groupInfo(alice.client.signer(), true, true);
        Client carol = people.client("carol");
        Committed joined =
                people.mls.joinByCommit(
                        info,
                        carol,
                        Optional.empty(),
                        List.of(),
                        PskSource.NONE,
                        People.NOTHING,
                        People.NOW);
        Received.Commit seen = (Received.Commit) bob.receive(joined.message());
        assertThat(seen.staged().external()).isTrue();
        assertThat(seen.staged().changes())
                .containsExactly(new Change.Joined(seen.staged().committer()));
        alice.follow(joined.message());
        bob.state = seen.staged().next();
        Person there = new Person(carol, joined.staged().next());
        assertTogether(alice, bob, there);

        byte[] again = bob.state.groupInfo(bob.client.signer(), false, true);
        Client renewed = people.client("carol:new");
        Committed back =
                people.mls.joinByCommit(
                        again,
                        renewed,
                        Optional.of(bob.state.ratchetTree()),
                        List.of(),
                        PskSource.NONE,
                        People.NOTHING,
                        People.NOW);
        assertThat(there.receive(back.message())).isInstanceOf(Received.Evicted.class);
        alice.follow(back.message());
        bob.follow(back.message());
        assertTogether(alice, bob, new Person(renewed, back.staged().next()));
        assertThat(alice.state.members()).hasSize(3);
    }

    @Test
    void whoJoinsByACommitMayShowThatItHasAKey() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        byte[] info = alice.state.groupInfo(alice.client.signer(), true, true);
        Client carol = people.client("carol");
        List<Proposing> keys = List.of(new Proposing.ExternalPsk(new byte[] {7}));
        PskSource known = new OneKey(new byte[] {7}, new byte[] {1, 2, 3});
        Committed joined =
                people.mls.joinByCommit(
                        info, carol, Optional.empty(), keys, known, People.NOTHING, People.NOW);
        assertThat(((Received.Refused) bob.receive(joined.message())).reason())
                .isEqualTo(MlsException.Reason.UNKNOWN_PSK);
        PskSource wrong = new OneKey(new byte[] {7}, new byte[] {4});
        assertThat(
                        ((Received.Refused) bob.state.receive(joined.message(), wrong, People.NOW))
                                .reason())
                .isEqualTo(MlsException.Reason.BAD_CONFIRMATION_TAG);
        Received.Commit seen =
                (Received.Commit) bob.state.receive(joined.message(), known, People.NOW);
        assertThat(seen.staged().changes())
                .anyMatch(Change.PskUsed.class::isInstance)
                .contains(new Change.Joined(seen.staged().committer()));
        bob.state = seen.staged().next();
        assertTogether(bob, new Person(carol, joined.staged().next()));
        assertThatThrownBy(
                        () ->
                                people.mls.joinByCommit(
                                        info,
                                        carol,
                                        Optional.empty(),
                                        List.of(new Proposing.SelfRemove()),
                                        known,
                                        People.NOTHING,
                                        People.NOW))
                .isInstanceOf(MlsException.class);
    }

    private record OneKey(byte[] id, byte[] key) implements PskSource {
        @Override
        public Optional<byte[]> external(byte[] asked) {
            return java.util.Arrays.equals(asked, id) ? Optional.of(key) : Optional.empty();
        }

        @Override
        public Optional<byte[]> resumption(byte[] groupId, long epoch) {
            return Optional.empty();
        }
    }

    @Test
    void keysAndCredentialAreRenewedByCommitAndByUpdate() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        Client renewed = people.client("alice:2");
        CommitRequest request =
                new CommitRequest(
                        List.of(),
                        List.of(),
                        true,
                        true,
                        true,
                        People.NOTHING,
                        alice.client,
                        Optional.of(renewed));
        alice.ready();
        Committed made = alice.state.commit(request, PskSource.NONE, People.NOW);
        bob.follow(made.message());
        alice = new Person(renewed, made.staged().next());
        assertTogether(alice, bob);
        assertThat(bob.state.find(People.id("alice")).orElseThrow().signatureKey())
                .isEqualTo(renewed.signer().publicKey());

        Client bobs = people.client("bob:2");
        Proposed update =
                bob.state.propose(
                        new Proposing.Update(Optional.of(bobs)), bob.client, false, People.NOW);
        bob.state = update.next();
        alice.state = ((Received.Proposal) alice.receive(update.message())).next();
        Committed covering =
                alice.state.commit(
                        new CommitRequest(
                                List.of(),
                                List.of(update.reference()),
                                false,
                                false,
                                true,
                                People.NOTHING,
                                alice.client),
                        PskSource.NONE,
                        People.NOW);
        bob.follow(covering.message());
        Person after = new Person(bobs, bob.state);
        alice.state = covering.staged().next();
        assertTogether(alice, after);
        after.ready();
        assertThat(alice.read(after.say("with new keys"))).isEqualTo("with new keys");
        Person old = new Person(bob.client, bob.state);
        assertThatThrownBy(() -> old.say("with old keys"))
                .isInstanceOfSatisfying(
                        MlsException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_KEY));
    }
}
