package dev.parley.mls.internal.group;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.CommitRequest;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.GroupState;
import dev.parley.mls.api.IdentityPolicy;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Received;
import dev.parley.mls.api.SendReservation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** People who write to each other, for tests. Their randomness is repeatable. */
final class People {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    static final Duration WEEK = Duration.ofDays(7);
    static final byte[] NOTHING = new byte[0];

    final int suite;
    final Mls mls;

    /** Everybody is who the credential says; the part before a colon, so that keys may change. */
    static final IdentityPolicy POLICY =
            (credential, key, place, old) -> {
                String text = new String(credential.body(), StandardCharsets.UTF_8);
                if (text.startsWith("refused")) {
                    throw new MlsException(
                            MlsException.Reason.IDENTITY_REFUSED, "refused on purpose");
                }
                return MemberId.of(text.split(":")[0].getBytes(StandardCharsets.UTF_8));
            };

    People(int suite, long seed) {
        this.suite = suite;
        this.mls = MlsLibrary.of(random(seed), POLICY);
    }

    static Randomness random(long seed) {
        Random random = new Random(seed);
        return length -> {
            byte[] bytes = new byte[length];
            synchronized (random) {
                random.nextBytes(bytes);
            }
            return bytes;
        };
    }

    static MemberId id(String name) {
        return MemberId.of(name.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Client client(String name) throws MlsException {
        return new Client(
                suite,
                new MlsCredential(MlsCredential.BASIC, bytes(name)),
                mls.signer(suite, mls.newSignatureKey(suite)));
    }

    Client client(
            String name,
            List<MlsExtension> extensions,
            List<Integer> understood,
            List<Integer> proposals)
            throws MlsException {
        Client plain = client(name);
        return new Client(
                suite, plain.credential(), plain.signer(), extensions, understood, proposals);
    }

    OwnKeyPackage keyPackage(Client client) throws MlsException {
        return mls.newKeyPackage(client, WEEK, NOW);
    }

    /** A member with the state it is in. */
    static final class Person {
        final Client client;
        GroupState state;

        Person(Client client, GroupState state) {
            this.client = client;
            this.state = state;
        }

        void ready() {
            SendReservation reservation = state.reserve(100);
            reservation.durable();
        }

        byte[] say(String text) throws MlsException {
            return state.encrypt(bytes(text), NOTHING, 1, client.signer());
        }

        Committed commit(Proposing... proposals) throws MlsException {
            return state.commit(request(proposals), PskSource.NONE, NOW);
        }

        CommitRequest request(Proposing... proposals) {
            return new CommitRequest(
                    List.of(proposals), List.of(), false, false, true, NOTHING, client);
        }

        Received receive(byte[] message) {
            return state.receive(message, PskSource.NONE, NOW);
        }

        /** Follows a commit, which has to be good. */
        void follow(byte[] message) {
            Received received = receive(message);
            if (!(received instanceof Received.Commit commit)) {
                throw new AssertionError("no commit: " + received);
            }
            state = commit.staged().next();
        }

        String read(byte[] message) {
            Received received = receive(message);
            if (!(received instanceof Received.Application application)) {
                throw new AssertionError("no application data: " + received);
            }
            return new String(application.content(), StandardCharsets.UTF_8);
        }
    }

    Person founder(String name, MlsExtension... extensions) throws MlsException {
        Client client = client(name);
        return new Person(client, mls.create(client, bytes("group"), List.of(extensions), NOW));
    }

    /** Adds somebody, whom the others learn of. */
    Person add(Person by, String name, Person... others) throws MlsException {
        return add(by, client(name), others);
    }

    Person add(Person by, Client client, Person... others) throws MlsException {
        OwnKeyPackage own = keyPackage(client);
        Committed made = by.commit(new Proposing.Add(own.message()));
        for (Person other : others) {
            other.follow(made.message());
        }
        by.state = made.staged().next();
        return new Person(
                client,
                mls.join(
                        made.welcome().orElseThrow(),
                        own,
                        client,
                        Optional.empty(),
                        PskSource.NONE,
                        NOW));
    }
}
