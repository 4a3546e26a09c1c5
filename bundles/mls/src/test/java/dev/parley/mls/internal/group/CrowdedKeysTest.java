package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.MlsLimits;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.group.People.Person;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Members who fill what is kept for late messages do not take it from the others. */
class CrowdedKeysTest {
    @Test
    void aCommitIsReadAgainWhenItsProposalHasCome() throws MlsException {
        People people = new People(1, 95);
        Mls small =
                MlsLibrary.of(
                        People.random(8),
                        People.POLICY,
                        new MlsLimits(1024, 20, 20, 8, Duration.ofDays(400)),
                        Runnable::run);
        Person alice = people.founder("alice");
        Person mallory = people.add(alice, "mallory");
        Client client = people.client("bob");
        OwnKeyPackage own = people.keyPackage(client);
        Committed added = alice.commit(new Proposing.Add(own.message()));
        mallory.follow(added.message());
        alice.state = added.staged().next();
        Person bob =
                new Person(
                        client,
                        small.join(
                                added.welcome().orElseThrow(),
                                own,
                                client,
                                Optional.empty(),
                                PskSource.NONE,
                                People.NOW));
        mallory.ready();
        byte[] last = new byte[0];
        for (int i = 0; i < 30; i++) {
            last = mallory.say("x");
        }
        assertThat(bob.read(last)).isEqualTo("x");

        alice.ready();
        Proposed proposed =
                alice.state.propose(new Proposing.Remove(1), alice.client, false, People.NOW);
        Committed made =
                proposed.next()
                        .commit(
                                new dev.parley.mls.api.CommitRequest(
                                        List.of(),
                                        List.of(proposed.reference()),
                                        false,
                                        true,
                                        true,
                                        People.NOTHING,
                                        alice.client),
                                PskSource.NONE,
                                People.NOW);
        assertThat(bob.receive(made.message())).isInstanceOf(Received.Refused.class);
        bob.state = ((Received.Proposal) bob.receive(proposed.message())).next();
        bob.follow(made.message());
        assertThat(bob.state.members()).hasSize(2);
    }
}
