package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.group.People.Person;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever bytes come in, what comes out is a result or an {@link MlsException}. */
class NoiseTest {
    private static final int ROUNDS = 1500;

    private final People people = new People(1, 31);
    private final Random random = new Random(7);
    private Person alice;
    private Person bob;

    @BeforeEach
    void two() throws MlsException {
        alice = people.founder("alice");
        bob = people.add(alice, "bob");
        alice.ready();
    }

    /** What may be made of bytes. */
    private interface Reading {
        void read(byte[] bytes) throws MlsException;
    }

    private int refused(byte[] good, Reading reading) {
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] noise = mutated(good);
            if (Arrays.equals(noise, good)) {
                continue;
            }
            try {
                reading.read(noise);
            } catch (MlsException e) {
                refused++;
            }
        }
        return refused;
    }

    private byte[] mutated(byte[] good) {
        switch (random.nextInt(5)) {
            case 0:
                return Arrays.copyOf(good, random.nextInt(good.length + 8));
            case 1:
                byte[] all = new byte[random.nextInt(200)];
                random.nextBytes(all);
                return all;
            case 2:
                int from = random.nextInt(good.length);
                int to = from + random.nextInt(Math.min(40, good.length - from));
                byte[] without = Arrays.copyOf(good, good.length - (to - from));
                System.arraycopy(good, to, without, from, good.length - to);
                return without;
            default:
                byte[] flipped = good.clone();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    flipped[random.nextInt(good.length)] = (byte) random.nextInt();
                }
                return flipped;
        }
    }

    private void receiveAll(byte[] good) {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] noise = mutated(good);
            if (!Arrays.equals(noise, good)) {
                Received received = bob.receive(noise);
                assertThat(received)
                        .isNotInstanceOfAny(
                                Received.Commit.class,
                                Received.Application.class,
                                Received.Proposal.class,
                                Received.Evicted.class);
            }
        }
    }

    @Test
    void messages() throws MlsException {
        byte[] words = alice.say("words");
        byte[] commit =
                alice.commit(new Proposing.Add(people.keyPackage(people.client("carol")).message()))
                        .message();
        byte[] proposal =
                alice.state
                        .propose(new Proposing.Update(), alice.client, false, People.NOW)
                        .message();
        receiveAll(words);
        receiveAll(commit);
        receiveAll(proposal);
        assertThat(bob.read(words)).isEqualTo("words");
        assertThat(bob.receive(proposal)).isInstanceOf(Received.Proposal.class);
        bob.follow(commit);
    }

    @Test
    void keyPackagesWelcomesAndGroupInfos() throws MlsException {
        Client carol = people.client("carol");
        OwnKeyPackage own = people.keyPackage(carol);
        int bad = refused(own.message(), bytes -> people.mls.inspect(bytes, People.NOW));
        assertThat(bad).isGreaterThan(ROUNDS / 2);
        Committed made = alice.commit(new Proposing.Add(own.message()));
        byte[] welcome = made.welcome().orElseThrow();
        assertThat(refused(welcome, bytes -> people.mls.recipients(bytes))).isPositive();
        assertThat(refused(welcome, bytes -> join(bytes, own, carol))).isGreaterThan(ROUNDS / 2);
        assertThat(
                        refused(
                                own.privateKeys(),
                                bytes ->
                                        join(
                                                welcome,
                                                new OwnKeyPackage(
                                                        own.message(), own.reference(), bytes),
                                                carol)))
                .isGreaterThan(ROUNDS / 2);
        byte[] info = alice.state.groupInfo(alice.client.signer(), true, true);
        assertThat(
                        refused(
                                info,
                                bytes ->
                                        people.mls.joinByCommit(
                                                bytes,
                                                carol,
                                                Optional.empty(),
                                                List.of(),
                                                PskSource.NONE,
                                                People.NOTHING,
                                                People.NOW)))
                .isGreaterThan(ROUNDS / 2);
        join(welcome, own, carol);
    }

    private void join(byte[] welcome, OwnKeyPackage own, Client client) throws MlsException {
        people.mls.join(welcome, own, client, Optional.empty(), PskSource.NONE, People.NOW);
    }

    @Test
    void trees() throws MlsException {
        byte[] info = alice.state.groupInfo(alice.client.signer(), false, true);
        Client carol = people.client("carol");
        byte[] tree = alice.state.ratchetTree();
        assertThat(
                        refused(
                                tree,
                                bytes ->
                                        people.mls.joinByCommit(
                                                info,
                                                carol,
                                                Optional.of(bytes),
                                                List.of(),
                                                PskSource.NONE,
                                                People.NOTHING,
                                                People.NOW)))
                .isGreaterThan(ROUNDS / 2);
    }

    @Test
    void savedStates() throws MlsException {
        byte[] words = alice.say("words");
        bob.state = bob.state.propose(new Proposing.Update(), bob.client, false, People.NOW).next();
        for (byte[] good : List.of(bob.state.encode(), bob.state.forLateMessages().encode())) {
            int refused =
                    refused(
                            good,
                            bytes -> {
                                GroupState state = people.mls.decode(bytes, List.of());
                                state.receive(words, PskSource.NONE, People.NOW);
                                state.encode();
                                state.members();
                            });
            assertThat(refused).isPositive();
        }
        byte[] reservation = bob.state.reserve(3).encoded();
        byte[] good = bob.state.encode();
        assertThat(refused(reservation, bytes -> people.mls.decode(good, List.of(bytes))))
                .isPositive();
    }
}
