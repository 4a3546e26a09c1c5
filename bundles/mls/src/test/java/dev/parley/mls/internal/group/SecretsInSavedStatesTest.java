package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Proposed;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.schedule.EpochSecrets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets hold of a saved state reads nothing of what was before it. */
class SecretsInSavedStatesTest {
    private final People people = new People(1, 97);
    private Person alice;
    private Person bob;
    private Person carol;
    private Person dave;

    @BeforeEach
    void four() throws MlsException {
        alice = people.founder("alice");
        bob = people.add(alice, "bob");
        carol = people.add(alice, "carol", bob);
        dave = people.add(alice, "dave", bob, carol);
        Committed made = bob.commit();
        for (Person each : List.of(alice, carol, dave)) {
            each.follow(made.message());
        }
        bob.state = made.staged().next();
    }

    private static Epoch epoch(Person of) {
        return ((Group) of.state).epochOf();
    }

    private static List<byte[]> shared(Epoch epoch) {
        EpochSecrets all = epoch.secrets();
        List<byte[]> secrets = new ArrayList<>();
        for (Secret each :
                List.of(
                        all.senderData(),
                        all.exporter(),
                        all.external(),
                        all.confirmation(),
                        all.membership(),
                        all.resumption(),
                        all.authenticator(),
                        all.init())) {
            secrets.add(each.reveal().clone());
        }
        return secrets;
    }

    private static List<byte[]> tree(Epoch epoch) {
        List<byte[]> keys = new ArrayList<>();
        keys.add(epoch.own().leafKey().privateKey().reveal().clone());
        epoch.own().pathKeys().values().forEach(each -> keys.add(each.privateKey().reveal()));
        return keys;
    }

    private static boolean holds(byte[] state, byte[] secret) {
        for (int i = 0; i + secret.length <= state.length; i++) {
            if (java.util.Arrays.equals(state, i, i + secret.length, secret, 0, secret.length)) {
                return true;
            }
        }
        return false;
    }

    private static void assertNone(GroupState state, List<byte[]> secrets) {
        byte[] saved = state.encode();
        assertThat(secrets).isNotEmpty().noneMatch(each -> holds(saved, each));
    }

    @Test
    void theNextEpochHoldsNothingOfTheOneBefore() throws MlsException {
        assertThat(shared(epoch(alice))).allMatch(each -> holds(alice.state.encode(), each));
        assertThat(tree(epoch(alice))).allMatch(each -> holds(alice.state.encode(), each));
        List<byte[]> before = shared(epoch(alice));
        List<byte[]> own = tree(epoch(alice));
        Committed made = alice.commit(new Proposing.Remove(3));
        assertNone(made.staged().next(), before);
        assertNone(made.staged().next(), own);
        List<byte[]> bobs = tree(epoch(bob));
        bob.follow(made.message());
        assertNone(bob.state, before);
        assertNone(bob.state, bobs.subList(1, bobs.size()));
        carol.follow(made.message());
        assertNone(carol.state, before);
    }

    @Test
    void anUpdateThatWasCommittedTakesTheOldKeyAway() throws MlsException {
        List<byte[]> old = tree(epoch(bob));
        Proposed update = bob.state.propose(new Proposing.Update(), bob.client, false, People.NOW);
        bob.state = update.next();
        alice.state = ((Received.Proposal) alice.receive(update.message())).next();
        Committed made =
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
        bob.follow(made.message());
        assertNone(bob.state, old);
    }

    @Test
    void keysOfMessagesThatWereSentOrReadAreGone() throws MlsException {
        alice.ready();
        byte[] words = alice.say("words");
        byte[] later = alice.say("later");
        List<byte[]> keys = new ArrayList<>();
        for (long generation = 0; generation < 2; generation++) {
            epoch(bob)
                    .messages()
                    .keys()
                    .peek(
                            0,
                            EpochKeys.Kind.APPLICATION,
                            generation,
                            key -> keys.add(key.key().reveal().clone()));
        }
        assertNone(alice.state, keys);
        assertThat(bob.read(words)).isEqualTo("words");
        assertNone(bob.state, keys.subList(0, 1));
        assertThat(bob.read(later)).isEqualTo("later");
        assertNone(bob.state, keys);
    }

    @Test
    void aStateForLateMessagesHoldsNoWayOn() {
        List<byte[]> secrets = shared(epoch(bob));
        GroupState late = bob.state.forLateMessages();
        assertNone(late, secrets.subList(1, secrets.size()));
        assertNone(late, tree(epoch(bob)));
    }
}
