package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.Change;
import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.MlsLimits;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.group.People.Person;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What may wait for a commit, and what the commit makes of it. */
class QueuedProposalsTest {
    private static final int EXTENSION = 0xF111;
    private static final int PROPOSAL = 0xF123;

    private final People people = new People(1, 72);

    private Client able(String name) throws MlsException {
        return people.client(name, List.of(), List.of(EXTENSION), List.of(PROPOSAL));
    }

    private static Proposed propose(Person by, Proposing what) throws MlsException {
        return by.state.propose(what, by.client, false, People.NOW);
    }

    private static Committed commit(Person by, List<Proposing> values, byte[]... references)
            throws MlsException {
        return by.state.commit(
                new CommitRequest(
                        values, List.of(references), false, false, true, People.NOTHING, by.client),
                PskSource.NONE,
                People.NOW);
    }

    private static void queue(Person reader, byte[] message) {
        Received received = reader.receive(message);
        assertThat(received).isInstanceOf(Received.Proposal.class);
        reader.state = ((Received.Proposal) received).next();
    }

    @Test
    void aProposalThatComesTwiceLeavesAStateThatOutlivesTheFirst() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        byte[] message = propose(bob, new Proposing.Update()).message();
        GroupState first = ((Received.Proposal) alice.receive(message)).next();
        GroupState second =
                ((Received.Proposal) first.receive(message, PskSource.NONE, People.NOW)).next();
        first.destroy();
        assertThat(second.queued()).hasSize(1);
        assertThat(second.epochAuthenticator()).isEqualTo(alice.state.epochAuthenticator());
    }

    /** RFC 9420 section 12.1.7: those whom the same commit removes do not count. */
    @Test
    void extensionsMayWaitForTheRemovalOfWhoDoesNotKnowThem() throws MlsException {
        Client able = able("alice");
        Person alice =
                new Person(
                        able,
                        people.mls.create(able, People.bytes("group"), List.of(), People.NOW));
        Person bob = people.add(alice, able("bob"));
        people.add(alice, people.client("carol"), bob);
        Proposed extensions =
                propose(
                        alice,
                        new Proposing.Extensions(
                                List.of(new MlsExtension(EXTENSION, People.NOTHING))));
        alice.state = extensions.next();
        queue(bob, extensions.message());
        Committed made = commit(alice, List.of(new Proposing.Remove(2)), extensions.reference());
        bob.follow(made.message());
        assertThat(bob.state.extensions()).hasSize(1);
        assertThat(bob.state.members()).hasSize(2);
    }

    /** RFC 9420 section 12.2: those who are removed need not know a type of proposal. */
    @Test
    void aProposalOfAnotherTypeIsForThoseWhoStay() throws MlsException {
        Client able = able("alice");
        Person alice =
                new Person(
                        able,
                        people.mls.create(able, People.bytes("group"), List.of(), People.NOW));
        Person bob = people.add(alice, able("bob"));
        people.add(alice, people.client("carol"), bob);
        Committed made =
                commit(
                        alice,
                        List.of(
                                new Proposing.Remove(2),
                                new Proposing.Other(PROPOSAL, People.bytes("body"))));
        bob.follow(made.message());
        assertThat(made.staged().changes())
                .anySatisfy(each -> assertThat(each).isInstanceOf(Change.Unknown.class));
    }

    @Test
    void whoIsNoMemberDoesNotTakeThePlaceOfMembersInTheQueue() throws MlsException {
        Mls small =
                MlsLibrary.of(
                        People.random(6),
                        People.POLICY,
                        new MlsLimits(8, 8, 8, 4, Duration.ofDays(7)),
                        Runnable::run);
        Client client = people.client("alice");
        Person alice =
                new Person(
                        client, small.create(client, People.bytes("group"), List.of(), People.NOW));
        Person bob = people.add(alice, "bob");
        for (int i = 0; i < 8; i++) {
            Client outside = people.client("nobody" + i);
            byte[] wish =
                    people.mls.proposeJoin(
                            alice.state.groupId(),
                            alice.state.epoch(),
                            people.keyPackage(outside).message(),
                            outside);
            if (alice.receive(wish) instanceof Received.Proposal queued) {
                alice.state = queued.next();
            }
        }
        assertThat(alice.state.queued()).isNotEmpty();
        queue(alice, propose(bob, new Proposing.Update()).message());
        assertThat(Optional.of(alice)).isPresent();
    }

    @Test
    void anOwnProposalThatARestoredStateForgotIsQueuedWhenItComesBack() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        byte[] saved = bob.state.encode();
        Proposed leave = propose(bob, new Proposing.ExternalPsk(People.bytes("key")));
        Proposed update = propose(bob, new Proposing.Update());
        assertThat(leave.next().receive(leave.message(), PskSource.NONE, People.NOW))
                .isInstanceOf(Received.Own.class);
        bob.state = people.mls.decode(saved, List.of());
        queue(bob, leave.message());
        assertThat(bob.state.queued()).hasSize(1);
        assertThat(bob.receive(leave.message())).isInstanceOf(Received.Own.class);
        assertThat(bob.receive(update.message())).isInstanceOf(Received.Own.class);
    }

    @Test
    void whoIsAMemberNowMayBeProposedForTheCommitThatRemovesIt() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        Person carol = people.add(alice, "carol", bob);
        byte[] again = people.keyPackage(people.client("carol:2")).message();
        Proposed add = propose(bob, new Proposing.Add(again));
        queue(alice, add.message());
        bob.state = add.next();
        Committed made = commit(alice, List.of(new Proposing.Remove(2)), add.reference());
        bob.follow(made.message());
        assertThat(bob.state.find(People.id("carol"))).isPresent();
        assertThat(bob.state.find(People.id("carol")).orElseThrow().signatureKey())
                .isNotEqualTo(carol.client.signer().publicKey());
    }

    @Test
    void aKeyPackageThatWasQueuedTooLongIsNotCommitted() throws MlsException {
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        byte[] own = people.keyPackage(people.client("carol")).message();
        Proposed add = propose(bob, new Proposing.Add(own));
        queue(alice, add.message());
        CommitRequest request =
                new CommitRequest(
                        List.of(),
                        List.of(add.reference()),
                        false,
                        false,
                        true,
                        People.NOTHING,
                        alice.client);
        assertThatThrownBy(
                        () ->
                                alice.state.commit(
                                        request,
                                        PskSource.NONE,
                                        People.NOW.plus(Duration.ofDays(8))))
                .isInstanceOfSatisfying(
                        MlsException.class,
                        e -> assertThat(e.reason()).isEqualTo(MlsException.Reason.BAD_LIFETIME));
    }
}
