package dev.parley.mls.internal.framing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.proposal.Commit;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.schedule.EpochSecrets;
import dev.parley.mls.internal.schedule.MessageKey;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PrivateFramingTest {
    private static final Randomness RANDOM = Randomness.of(new SecureRandom());

    /** The epoch of a group of two, as both members have it. */
    private static final class Epoch {
        final CipherSuite suite;
        final KeyPair signature;
        final GroupContext context;
        final Secret secret;
        final PrivateFraming sender;
        final PrivateFraming receiver;

        Epoch(int suiteId, String group) {
            suite = CipherSuites.standard().find(suiteId).orElseThrow();
            signature = suite.sig().generateKeyPair(RANDOM);
            secret = Secret.wrap(RANDOM.bytes(suite.secretLength()));
            context =
                    new GroupContext(
                            GroupContext.MLS10,
                            suiteId,
                            Bytes.wrap(group.getBytes(StandardCharsets.UTF_8)),
                            5,
                            Bytes.EMPTY,
                            Bytes.EMPTY,
                            Extensions.NONE);
            sender = framing();
            receiver = framing();
        }

        PrivateFraming framing() {
            EpochSecrets secrets = EpochSecrets.of(suite, secret);
            return new PrivateFraming(
                    suite,
                    context,
                    secrets.senderData(),
                    new EpochKeys(suite, secrets.encryption(), 2, EpochKeys.Limits.DEFAULT));
        }

        AuthenticatedContent sign(Content content, int wireFormat) {
            FramedContent framed =
                    new FramedContent(
                            context.groupId(),
                            context.epoch(),
                            new Sender.Member(1),
                            Bytes.EMPTY,
                            content);
            Optional<Bytes> tag =
                    content instanceof Content.Commit
                            ? Optional.of(Bytes.wrap(new byte[32]))
                            : Optional.empty();
            return new AuthenticatedContent(
                    wireFormat,
                    framed,
                    new AuthData(
                            Framing.sign(
                                    suite,
                                    wireFormat,
                                    framed,
                                    context.encode(),
                                    suite.signer(signature, RANDOM)),
                            tag));
        }

        MlsMessage.Private send(PrivateFraming from, String text) throws MlsException {
            Content content =
                    new Content.Application(Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)));
            return from.protect(sign(content, MlsMessage.PRIVATE_MESSAGE), 32, RANDOM);
        }

        AuthenticatedContent receive(MlsMessage.Private message) throws MlsException {
            return receiver.unprotect(message, leaf -> signature.publicKey());
        }

        String text(MlsMessage.Private message) throws MlsException {
            Content.Application said = (Content.Application) receive(message).content().content();
            return new String(said.data().array(), StandardCharsets.UTF_8);
        }
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MlsException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static MlsMessage.Private withCiphertext(MlsMessage.Private message, byte[] bytes) {
        return new MlsMessage.Private(
                message.groupId(),
                message.epoch(),
                message.contentType(),
                message.authenticatedData(),
                message.encryptedSenderData(),
                Bytes.wrap(bytes));
    }

    private static byte[] xor(Bytes a, Bytes b) {
        byte[] out = new byte[Math.min(a.length(), b.length()) - 16];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) (a.array()[i] ^ b.array()[i]);
        }
        return out;
    }

    /** B1: groups of one suite on four threads; in the library measured they broke each other. */
    @Test
    void b1GroupsOfOneSuiteOnFourThreadsDoNotDisturbEachOther() throws Exception {
        for (int suite : new int[] {1, 2, 3, 5, CipherSuites.XWING_ED25519}) {
            ExecutorService pool = Executors.newFixedThreadPool(4);
            try {
                List<Callable<Integer>> tasks = new ArrayList<>();
                for (int group = 0; group < 4; group++) {
                    String name = "group " + group;
                    tasks.add(() -> roundTrips(suite, name, suite == 1 ? 500 : 60));
                }
                int sum = 0;
                for (Future<Integer> each : pool.invokeAll(tasks)) {
                    sum += each.get();
                }
                assertThat(sum).isEqualTo(4 * (suite == 1 ? 500 : 60));
            } finally {
                pool.shutdownNow();
            }
        }
    }

    private static int roundTrips(int suite, String name, int count) throws MlsException {
        Epoch epoch = new Epoch(suite, name);
        for (int i = 0; i < count; i++) {
            String text = name + " message " + i;
            assertThat(epoch.text(epoch.send(epoch.sender, text))).isEqualTo(text);
        }
        return count;
    }

    /** B1, one group: several threads send and receive in the same epoch. */
    @Test
    void b1OneGroupIsUsedByFourThreadsAtOnce() throws Exception {
        Epoch epoch = new Epoch(1, "shared");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                String text = "message " + i;
                tasks.add(() -> epoch.text(epoch.send(epoch.sender, text)));
            }
            Set<String> got = new HashSet<>();
            for (Future<String> each : pool.invokeAll(tasks)) {
                got.add(each.get());
            }
            assertThat(got).hasSize(400);
        } finally {
            pool.shutdownNow();
        }
    }

    /** B2: even with the same key twice, as after a restored snapshot, the key stream differs. */
    @Test
    void b2TheReuseGuardKeepsKeyStreamsApart() throws MlsException {
        Epoch epoch = new Epoch(1, "guard");
        PrivateFraming restored = epoch.framing();
        String first = "attack at dawn, attack at dawn";
        String second = "retreat at once, retreat at on";
        MlsMessage.Private one = epoch.send(epoch.sender, first);
        MlsMessage.Private two = epoch.send(restored, second);
        byte[] plain =
                xor(
                        Bytes.wrap(first.getBytes(StandardCharsets.UTF_8)),
                        Bytes.wrap(second.getBytes(StandardCharsets.UTF_8)));
        byte[] cipher = xor(one.ciphertext(), two.ciphertext());
        assertThat(Arrays.copyOfRange(cipher, 1, 1 + plain.length)).isNotEqualTo(plain);
        assertThat(epoch.text(one)).isEqualTo(first);
        Set<Bytes> senderData = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            senderData.add(epoch.send(epoch.framing(), "same").encryptedSenderData());
        }
        assertThat(senderData).hasSize(50);
    }

    /** B3: a relay delivers a forged copy first, and again; the genuine message still opens. */
    @Test
    void b3AForgedCopyDeliveredFirstDoesNotHarmTheGenuineMessage() throws MlsException {
        Epoch epoch = new Epoch(1, "forged");
        MlsMessage.Private skipped = epoch.send(epoch.sender, "late");
        MlsMessage.Private genuine = epoch.send(epoch.sender, "genuine");
        byte[] forged = genuine.ciphertext().toByteArray();
        forged[forged.length - 1] ^= 1;
        MlsMessage.Private copy = withCiphertext(genuine, forged);
        refused(Reason.DECRYPTION_FAILED, () -> epoch.receive(copy));
        refused(Reason.DECRYPTION_FAILED, () -> epoch.receive(copy));
        assertThat(epoch.text(genuine)).isEqualTo("genuine");
        byte[] late = skipped.ciphertext().toByteArray();
        late[late.length - 1] ^= 1;
        refused(Reason.DECRYPTION_FAILED, () -> epoch.receive(withCiphertext(skipped, late)));
        assertThat(epoch.text(skipped)).isEqualTo("late");
        refused(Reason.KEY_USED, () -> epoch.receive(genuine));
        refused(Reason.KEY_USED, () -> epoch.receive(skipped));
    }

    /** B3 for a commit, which would leave a member behind for good. */
    @Test
    void b3AForgedCopyOfACommitDoesNotHarmTheCommit() throws MlsException {
        Epoch epoch = new Epoch(1, "commit");
        AuthenticatedContent commit =
                epoch.sign(
                        new Content.Commit(new Commit(List.of(), Optional.empty())),
                        MlsMessage.PRIVATE_MESSAGE);
        MlsMessage.Private genuine = epoch.sender.protect(commit, 0, RANDOM);
        byte[] forged = genuine.ciphertext().toByteArray();
        forged[forged.length - 1] ^= 1;
        refused(Reason.DECRYPTION_FAILED, () -> epoch.receive(withCiphertext(genuine, forged)));
        assertThat(epoch.receive(genuine)).isEqualTo(commit);
    }

    /** B7, seen from outside: the sender cannot open what it sent. */
    @Test
    void b7TheSenderCannotOpenWhatItSent() throws MlsException {
        Epoch epoch = new Epoch(1, "own");
        MlsMessage.Private message = epoch.send(epoch.sender, "mine");
        refused(
                Reason.KEY_USED,
                () -> epoch.sender.unprotect(message, leaf -> epoch.signature.publicKey()));
    }

    @Test
    void aBadSignatureDoesNotUseTheKeyUp() throws MlsException {
        Epoch epoch = new Epoch(1, "signature");
        MlsMessage.Private message = epoch.send(epoch.sender, "hello");
        Bytes other = epoch.suite.sig().generateKeyPair(RANDOM).publicKey();
        refused(Reason.BAD_SIGNATURE, () -> epoch.receiver.unprotect(message, leaf -> other));
        assertThat(epoch.text(message)).isEqualTo("hello");
    }

    /** B11: padding is zeros. */
    @Test
    void b11PaddingThatIsNotZeroIsRefused() throws MlsException {
        Epoch epoch = new Epoch(1, "padding");
        for (byte padding : new byte[] {0, 1}) {
            MlsMessage.Private message = sealByHand(epoch, padding);
            if (padding == 0) {
                assertThat(epoch.text(message)).isEqualTo("hi");
            } else {
                refused(Reason.BAD_PADDING, () -> epoch.receive(message));
            }
        }
    }

    /** Encrypts without the class under test, so that the padding can be wrong. */
    private static MlsMessage.Private sealByHand(Epoch epoch, byte padding) throws MlsException {
        CipherSuite suite = epoch.suite;
        AuthenticatedContent content =
                epoch.sign(
                        new Content.Application(Bytes.wrap(new byte[] {'h', 'i'})),
                        MlsMessage.PRIVATE_MESSAGE);
        TlsWriter plain = new TlsWriter();
        content.content().content().writeBody(plain);
        content.auth().write(plain);
        plain.u8(0).u8(padding).u8(0);
        TlsWriter aad =
                new TlsWriter()
                        .opaque(epoch.context.groupId())
                        .u64(epoch.context.epoch())
                        .u8(Content.APPLICATION);
        byte[] senderAad = aad.toByteArray();
        byte[] contentAad = aad.opaque(Bytes.EMPTY).toByteArray();
        MessageKey key = epoch.sender.keys().next(1, EpochKeys.Kind.APPLICATION);
        byte[] guard = {1, 2, 3, 4};
        byte[] ciphertext =
                suite.aead()
                        .seal(key.key(), key.guardedNonce(guard), contentAad, plain.toByteArray());
        byte[] sample = Arrays.copyOf(ciphertext, suite.secretLength());
        Secret senderData = epoch.sender.senderDataSecret();
        byte[] sealed =
                suite.aead()
                        .seal(
                                suite.expandWithLabel(senderData, "key", sample, 16),
                                suite.expandWithLabel(senderData, "nonce", sample, 12).reveal(),
                                senderAad,
                                new TlsWriter()
                                        .u32(1)
                                        .u32(key.generation())
                                        .fixed(guard)
                                        .toByteArray());
        return new MlsMessage.Private(
                epoch.context.groupId(),
                epoch.context.epoch(),
                Content.APPLICATION,
                Bytes.EMPTY,
                Bytes.wrap(sealed),
                Bytes.wrap(ciphertext));
    }

    @Test
    void otherGroupsEpochsAndMembersAreRefused() throws MlsException {
        Epoch epoch = new Epoch(1, "one");
        Epoch other = new Epoch(1, "two");
        MlsMessage.Private message = epoch.send(epoch.sender, "hello");
        refused(Reason.WRONG_EPOCH, () -> other.receive(message));
        MlsMessage.Private later =
                new MlsMessage.Private(
                        message.groupId(),
                        message.epoch() + 1,
                        message.contentType(),
                        message.authenticatedData(),
                        message.encryptedSenderData(),
                        message.ciphertext());
        refused(Reason.WRONG_EPOCH, () -> epoch.receive(later));
        MlsMessage.Private retyped =
                new MlsMessage.Private(
                        message.groupId(),
                        message.epoch(),
                        Content.COMMIT,
                        message.authenticatedData(),
                        message.encryptedSenderData(),
                        message.ciphertext());
        refused(Reason.DECRYPTION_FAILED, () -> epoch.receive(retyped));
        refused(
                Reason.NO_SUCH_MEMBER,
                () ->
                        epoch.receiver.unprotect(
                                message,
                                leaf -> {
                                    throw new MlsException(Reason.NO_SUCH_MEMBER, "blank");
                                }));
        assertThat(epoch.text(message)).isEqualTo("hello");
    }

    @Test
    void publicMessagesAreCheckedForTagSenderAndContent() throws MlsException, MalformedException {
        Epoch epoch = new Epoch(1, "public");
        byte[] context = epoch.context.encode();
        Secret key = Secret.wrap(RANDOM.bytes(32));
        Content remove = new Content.Propose(new Proposal.Remove(0));
        MlsMessage.Public message =
                Framing.protectPublic(
                        epoch.suite, epoch.sign(remove, MlsMessage.PUBLIC_MESSAGE), context, key);
        MlsMessage.Public back = (MlsMessage.Public) MlsMessage.decode(message.encode());
        Framing.verify(
                epoch.suite,
                Framing.unprotectPublic(epoch.suite, back, epoch.context, context, key),
                context,
                epoch.signature.publicKey());
        refused(
                Reason.BAD_MEMBERSHIP_TAG,
                () ->
                        Framing.unprotectPublic(
                                epoch.suite, back, epoch.context, context, Secret.zeros(32)));
        refused(
                Reason.BAD_SIGNATURE,
                () ->
                        Framing.verify(
                                epoch.suite,
                                back.authenticatedContent(),
                                new byte[1],
                                epoch.signature.publicKey()));
        Content text = new Content.Application(Bytes.EMPTY);
        refused(
                Reason.SENDER_NOT_ALLOWED,
                () ->
                        Framing.protectPublic(
                                epoch.suite,
                                epoch.sign(text, MlsMessage.PUBLIC_MESSAGE),
                                context,
                                key));
        for (Sender sender :
                List.of(
                        new Sender.External(0),
                        new Sender.NewMemberProposal(),
                        new Sender.NewMemberCommit())) {
            Content wrong =
                    sender instanceof Sender.External
                            ? new Content.Commit(new Commit(List.of(), Optional.empty()))
                            : remove;
            MlsMessage.Public bad =
                    new MlsMessage.Public(
                            new FramedContent(
                                    epoch.context.groupId(), 5, sender, Bytes.EMPTY, wrong),
                            new AuthData(
                                    Bytes.EMPTY,
                                    wrong instanceof Content.Commit
                                            ? Optional.of(Bytes.EMPTY)
                                            : Optional.empty()),
                            Optional.empty());
            refused(
                    Reason.SENDER_NOT_ALLOWED,
                    () -> Framing.unprotectPublic(epoch.suite, bad, epoch.context, context, key));
        }
    }

    /** B11: what is inside an encryption is read as strictly as what is outside. */
    @Test
    void b11TrailingBytesInsideAnEncryptionAreRefused() {
        refused(
                Reason.MALFORMED,
                () -> Decoder.decodeInner(Extensions::read, new byte[] {0, 0}, "extensions"));
    }
}
