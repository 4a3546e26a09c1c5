package dev.parley.mls.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.Client;
import dev.parley.mls.api.Committed;
import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsExtension;
import dev.parley.mls.api.OwnKeyPackage;
import dev.parley.mls.api.Proposing;
import dev.parley.mls.api.PskSource;
import dev.parley.mls.api.Received;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.framing.Content;
import dev.parley.mls.internal.framing.MlsMessage;
import dev.parley.mls.internal.framing.Sender;
import dev.parley.mls.internal.group.People.Person;
import dev.parley.mls.internal.node.Extension;
import dev.parley.mls.internal.node.ExternalSender;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.welcome.GroupInfo;
import dev.parley.mls.internal.welcome.GroupSecrets;
import dev.parley.mls.internal.welcome.WelcomeCrypto;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Noise that somebody signs and seals who may: it gets past what keeps strangers out, and still
 * nothing but a result or an {@link MlsException} comes out.
 */
class InsiderNoiseTest {
    private static final int ROUNDS = 200;

    private final Random random = new Random(17);

    private byte[] mutated(byte[] good) {
        byte[] noise = good.clone();
        switch (random.nextInt(4)) {
            case 0:
                noise[random.nextInt(noise.length)] ^= (byte) (1 << random.nextInt(8));
                return noise;
            case 1:
                noise[random.nextInt(Math.min(24, noise.length))] = (byte) random.nextInt();
                return noise;
            case 2:
                int from = random.nextInt(noise.length);
                int length = Math.min(noise.length - from, random.nextInt(70));
                byte fill = (byte) (random.nextBoolean() ? 0 : 0xff);
                for (int i = from; i < from + length; i++) {
                    noise[i] = fill;
                }
                return noise;
            default:
                for (int i = random.nextInt(3); i >= 0; i--) {
                    noise[random.nextInt(noise.length)] = (byte) random.nextInt();
                }
                return noise;
        }
    }

    private <T> Optional<T> noise(Decoder<T> decoder, byte[] good) {
        try {
            return Optional.of(Decoder.decode(decoder, mutated(good), "noise"));
        } catch (MalformedException e) {
            return Optional.empty();
        }
    }

    private List<Proposing> all(People people, Client sender) throws MlsException {
        byte[] senders =
                new TlsWriter()
                        .list(
                                List.of(
                                        new ExternalSender(
                                                Bytes.wrap(sender.signer().publicKey()),
                                                Convert.credential(sender.credential()))))
                        .toByteArray();
        return List.of(
                new Proposing.Add(people.keyPackage(people.client("dave")).message()),
                new Proposing.Remove(2),
                new Proposing.ResumptionPsk(People.bytes("group"), 2),
                new Proposing.Extensions(
                        List.of(
                                new MlsExtension(Extension.EXTERNAL_SENDERS, senders),
                                new MlsExtension(
                                        Extension.REQUIRED_CAPABILITIES,
                                        new byte[] {2, 0, 1, 2, 0, 1, 2, 0, 1}))));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 0xF001, 0xF002})
    void commitsAndProposals(int suite) throws MlsException {
        People people = new People(suite, 81);
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        Person carol = people.add(alice, "carol", bob);
        Forger forger = new Forger(alice);
        List<Proposing> asked = all(people, carol.client);
        List<byte[]> proposals = new ArrayList<>();
        for (Proposing each : asked) {
            byte[] message = alice.commit(each).message();
            proposals.add(
                    ((dev.parley.mls.internal.proposal.ProposalOrRef.ByValue)
                                    Forger.commitOf(message).proposals().get(0))
                            .proposal()
                            .encode());
        }
        proposals.add(
                new Proposal.Update(
                                forger.leaf(
                                        forger.newKey(),
                                        new dev.parley.mls.internal.node.LeafNodeSource.Update(),
                                        alice.client))
                        .encode());
        proposals.add(
                new Proposal.ReInit(Bytes.EMPTY, 1, 1, dev.parley.mls.internal.node.Extensions.NONE)
                        .encode());
        proposals.add(new Proposal.SelfRemove().encode());
        byte[] commit =
                Forger.commitOf(alice.commit(asked.toArray(new Proposing[0])).message()).encode();
        int heard = 0;
        for (int i = 0; i < ROUNDS; i++) {
            Optional<Commit> made = noise(Commit::read, commit);
            if (made.isPresent()) {
                heard++;
                byte[] message =
                        forger.message(
                                new Sender.Member(0), new Content.Commit(made.get()), alice.client);
                assertThat(bob.receive(message))
                        .isInstanceOfAny(Received.Refused.class, Received.Evicted.class);
            }
            Optional<Proposal> proposal =
                    noise(Proposal::read, proposals.get(random.nextInt(proposals.size())));
            if (proposal.isPresent()) {
                heard++;
                Received received = bob.receive(forger.proposal(proposal.get()));
                assertThat(received)
                        .isInstanceOfAny(Received.Refused.class, Received.Proposal.class);
                if (received instanceof Received.Proposal queued && i % 8 == 0) {
                    assertThat(people.mls.decode(queued.next().encode(), List.of()).queued().size())
                            .isEqualTo(1);
                    Person other = new Person(bob.client, queued.next());
                    commitIfPossible(other, queued.reference());
                }
            }
        }
        assertThat(heard).isGreaterThan(ROUNDS / 2);
        bob.follow(alice.commit(asked.get(0)).message());
    }

    private static void commitIfPossible(Person by, byte[] reference) {
        try {
            by.state.commit(
                    new dev.parley.mls.api.CommitRequest(
                            List.of(),
                            List.of(reference),
                            false,
                            false,
                            true,
                            People.NOTHING,
                            by.client),
                    PskSource.NONE,
                    People.NOW);
        } catch (MlsException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 0xF001, 0xF002})
    void externalCommits(int suite) throws MlsException {
        People people = new People(suite, 82);
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        Client dave = people.client("dave");
        Committed good =
                people.mls.joinByCommit(
                        alice.state.groupInfo(alice.client.signer(), true, true),
                        dave,
                        Optional.empty(),
                        List.of(),
                        PskSource.NONE,
                        People.NOTHING,
                        People.NOW);
        byte[] commit = Forger.commitOf(good.message()).encode();
        for (int i = 0; i < ROUNDS; i++) {
            Optional<Commit> made = noise(Commit::read, commit);
            if (made.isPresent()) {
                byte[] message =
                        new Forger(alice)
                                .message(
                                        new Sender.NewMemberCommit(),
                                        new Content.Commit(made.get()),
                                        dave);
                assertThat(bob.receive(message)).isInstanceOf(Received.Refused.class);
            }
        }
        assertThat(bob.receive(good.message())).isInstanceOf(Received.Commit.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 7, 0xF001, 0xF002})
    void welcomesAndGroupInfos(int id) throws MlsException {
        People people = new People(id, 83);
        CipherSuite suite = CipherSuites.standard().require(id);
        Person alice = people.founder("alice");
        people.add(alice, "bob");
        people.add(alice, "carol");
        Client dave = people.client("dave");
        OwnKeyPackage own = people.keyPackage(dave);
        Committed made = alice.commit(new Proposing.Add(own.message()), new Proposing.Remove(1));
        Epoch epoch = ((Group) made.staged().next()).epochOf();
        for (boolean external : new boolean[] {false, true}) {
            byte[] info =
                    CommitMaker.groupInfo(epoch, alice.client.signer(), true, external).encode();
            byte[] secrets =
                    new GroupSecrets(
                                    Secret.zeros(32),
                                    Optional.of(Secret.zeros(suite.secretLength())),
                                    List.of())
                            .encode();
            for (int i = 0; i < ROUNDS; i++) {
                Optional<GroupInfo> changed = noise(GroupInfo::read, info);
                Optional<GroupSecrets> told = noise(GroupSecrets::read, secrets);
                if (changed.isPresent() && told.isPresent()) {
                    GroupInfo signed =
                            changed.get()
                                    .withSignature(
                                            suite.signWithLabel(
                                                    alice.client.signer(),
                                                    GroupInfo.LABEL,
                                                    changed.get().signedBytes()));
                    join(people, suite, signed, told.get(), dave, own, external);
                }
            }
        }
    }

    private static void join(
            People people,
            CipherSuite suite,
            GroupInfo info,
            GroupSecrets secrets,
            Client dave,
            OwnKeyPackage own,
            boolean external)
            throws MlsException {
        byte[] welcome =
                new MlsMessage.OfWelcome(
                                WelcomeCrypto.seal(
                                        suite,
                                        info,
                                        secrets.joinerSecret(),
                                        Secret.zeros(suite.secretLength()),
                                        List.of(
                                                new WelcomeCrypto.Recipient(
                                                        KeyPackages.decode(own.message()),
                                                        secrets)),
                                        People.random(5),
                                        Runnable::run))
                        .encode();
        try {
            if (external) {
                people.mls.joinByCommit(
                        new MlsMessage.OfGroupInfo(info).encode(),
                        people.client("erin"),
                        Optional.empty(),
                        List.of(),
                        PskSource.NONE,
                        People.NOTHING,
                        People.NOW);
            } else {
                people.mls.join(welcome, own, dave, Optional.empty(), PskSource.NONE, People.NOW);
            }
        } catch (MlsException e) {
            assertThat(e.reason()).isNotNull();
        }
    }

    /** Sender data and plaintext of a member's choice, sealed as they have to be. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void privateMessages(int id) throws MlsException {
        People people = new People(id, 84);
        Person alice = people.founder("alice");
        Person bob = people.add(alice, "bob");
        Epoch epoch = ((Group) alice.state).epochOf();
        long[] leaves = {0, 1, 2, 3, 0x7fff_ffffL, 0x8000_0000L, 0xffff_ffffL};
        long[] generations = {0, 1, 1024, 1025, 0x7fff_ffffL, 0xffff_ffffL};
        for (int type = 1; type <= 3; type++) {
            for (long leaf : leaves) {
                for (long generation : generations) {
                    byte[] data = new TlsWriter(16).u32(leaf).u32(generation).u32(7).toByteArray();
                    byte[] body = new byte[random.nextInt(60)];
                    random.nextBytes(body);
                    Received received = bob.receive(sealed(epoch, type, data, body));
                    assertThat(received)
                            .isInstanceOfAny(Received.Refused.class, Received.Own.class);
                }
            }
            for (int i = 0; i < ROUNDS; i++) {
                byte[] body = new byte[random.nextInt(90)];
                random.nextBytes(body);
                for (int j = random.nextInt(6); j >= 0; j--) {
                    body = mutated(body.length == 0 ? new byte[1] : body);
                }
                byte[] data = new TlsWriter(16).u32(0).u32(0).u32(7).toByteArray();
                assertThat(bob.receive(sealed(epoch, type, data, body)))
                        .isInstanceOf(Received.Refused.class);
            }
        }
        assertThat(bob.receive(sealed(epoch, 1, new byte[11], new byte[3])))
                .isInstanceOf(Received.Refused.class);
        alice.ready();
        assertThat(bob.read(alice.say("still"))).isEqualTo("still");
    }

    private static byte[] sealed(Epoch epoch, int type, byte[] senderData, byte[] plaintext)
            throws MlsException {
        CipherSuite suite = epoch.suite();
        byte[] aad =
                new TlsWriter(64)
                        .opaque(epoch.context().groupId())
                        .u64(epoch.context().epoch())
                        .u8(type)
                        .toByteArray();
        byte[] contentAad = new TlsWriter(64).fixed(aad).opaque(new byte[0]).toByteArray();
        byte[] ciphertext =
                epoch.messages()
                        .keys()
                        .peek(
                                0,
                                type == Content.APPLICATION
                                        ? EpochKeys.Kind.APPLICATION
                                        : EpochKeys.Kind.HANDSHAKE,
                                0,
                                key ->
                                        suite.aead()
                                                .seal(
                                                        key.key(),
                                                        key.guardedNonce(new byte[] {0, 0, 0, 7}),
                                                        contentAad,
                                                        plaintext));
        byte[] sample =
                java.util.Arrays.copyOf(
                        ciphertext, Math.min(ciphertext.length, suite.secretLength()));
        Secret base = epoch.secrets().senderData();
        byte[] sealed =
                suite.aead()
                        .seal(
                                suite.expandWithLabel(
                                        base, "key", sample, suite.aead().keyLength()),
                                suite.expandWithLabel(
                                                base, "nonce", sample, suite.aead().nonceLength())
                                        .reveal(),
                                aad,
                                senderData);
        return new MlsMessage.Private(
                        epoch.context().groupId(),
                        epoch.context().epoch(),
                        type,
                        Bytes.EMPTY,
                        Bytes.wrap(sealed),
                        Bytes.wrap(ciphertext))
                .encode();
    }
}
