package dev.parley.mls.internal.framing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.codec.Vectors;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.schedule.EpochKeys;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.mls.internal.suite.CryptoBasicsTest;
import dev.parley.mls.internal.suite.KeyPair;
import dev.parley.mls.internal.welcome.GroupContext;
import dev.parley.wire.api.MalformedException;
import java.security.SecureRandom;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The official message-protection vectors, both directions. */
class ProtectionVectorsTest {
    private static final Randomness RANDOM = Randomness.of(new SecureRandom());

    @Test
    void theOfficialVectorsHold() throws MlsException, MalformedException {
        for (Vectors.Case each : Vectors.read("message-protection")) {
            CipherSuite suite = CipherSuites.standard().require((int) each.number("cipher_suite"));
            GroupContext context =
                    new GroupContext(
                            GroupContext.MLS10,
                            suite.id(),
                            Bytes.wrap(each.hex("group_id")),
                            each.number("epoch"),
                            Bytes.wrap(each.hex("tree_hash")),
                            Bytes.wrap(each.hex("confirmed_transcript_hash")),
                            Extensions.NONE);
            for (String kind : new String[] {"proposal", "commit", "application"}) {
                byte[] expected = each.hex(kind);
                assertPrivate(each, suite, context, each.hex(kind + "_priv"), expected);
                if (!kind.equals("application")) {
                    assertPublic(each, suite, context, each.hex(kind + "_pub"), expected);
                }
            }
        }
    }

    private static byte[] body(AuthenticatedContent content) {
        TlsWriter out = new TlsWriter();
        if (content.content().content() instanceof Content.Application application) {
            return application.data().array();
        }
        content.content().content().writeBody(out);
        return out.toByteArray();
    }

    private static PrivateFraming framing(
            Vectors.Case each, CipherSuite suite, GroupContext context) {
        return new PrivateFraming(
                suite,
                context,
                Secret.wrap(each.hex("sender_data_secret")),
                new EpochKeys(
                        suite,
                        Secret.wrap(each.hex("encryption_secret")),
                        2,
                        EpochKeys.Limits.DEFAULT));
    }

    private static KeyPair keys(Vectors.Case each, CipherSuite suite) {
        Secret priv = Secret.wrap(each.hex("signature_priv"));
        return new KeyPair(
                Bytes.wrap(each.hex("signature_pub")),
                suite.id() == 5 ? CryptoBasicsTest.pad(priv.reveal(), 66) : priv);
    }

    private static AuthenticatedContent signed(
            Vectors.Case each,
            CipherSuite suite,
            GroupContext context,
            int wireFormat,
            AuthenticatedContent from) {
        FramedContent content =
                new FramedContent(
                        context.groupId(),
                        context.epoch(),
                        new Sender.Member(1),
                        Bytes.wrap(new byte[] {9, 8, 7}),
                        from.content().content());
        Bytes signature =
                Framing.sign(
                        suite,
                        wireFormat,
                        content,
                        context.encode(),
                        suite.signer(keys(each, suite), RANDOM));
        Optional<Bytes> tag =
                content.content() instanceof Content.Commit
                        ? Optional.of(Bytes.wrap(new byte[suite.secretLength()]))
                        : Optional.empty();
        return new AuthenticatedContent(wireFormat, content, new AuthData(signature, tag));
    }

    private static void assertPrivate(
            Vectors.Case each,
            CipherSuite suite,
            GroupContext context,
            byte[] message,
            byte[] expected)
            throws MlsException, MalformedException {
        Bytes pub = Bytes.wrap(each.hex("signature_pub"));
        AuthenticatedContent opened =
                framing(each, suite, context)
                        .unprotect((MlsMessage.Private) MlsMessage.decode(message), leaf -> pub);
        assertThat(body(opened)).isEqualTo(expected);
        assertThat(opened.content().sender()).isEqualTo(new Sender.Member(1));

        AuthenticatedContent ours =
                signed(each, suite, context, MlsMessage.PRIVATE_MESSAGE, opened);
        MlsMessage.Private sent = framing(each, suite, context).protect(ours, 64, RANDOM);
        assertThat((sent.ciphertext().length() - 16) % 64).isZero();
        AuthenticatedContent back =
                framing(each, suite, context)
                        .unprotect(
                                (MlsMessage.Private) MlsMessage.decode(sent.encode()), leaf -> pub);
        assertThat(back).isEqualTo(ours);
    }

    private static void assertPublic(
            Vectors.Case each,
            CipherSuite suite,
            GroupContext context,
            byte[] message,
            byte[] expected)
            throws MlsException, MalformedException {
        Bytes pub = Bytes.wrap(each.hex("signature_pub"));
        Secret membership = Secret.wrap(each.hex("membership_key"));
        AuthenticatedContent opened =
                Framing.unprotectPublic(
                        suite,
                        (MlsMessage.Public) MlsMessage.decode(message),
                        context,
                        context.encode(),
                        membership);
        Framing.verify(suite, opened, context.encode(), pub);
        assertThat(body(opened)).isEqualTo(expected);

        AuthenticatedContent ours = signed(each, suite, context, MlsMessage.PUBLIC_MESSAGE, opened);
        MlsMessage.Public sent = Framing.protectPublic(suite, ours, context.encode(), membership);
        AuthenticatedContent back =
                Framing.unprotectPublic(
                        suite,
                        (MlsMessage.Public) MlsMessage.decode(sent.encode()),
                        context,
                        context.encode(),
                        membership);
        assertThat(back).isEqualTo(ours);
        Framing.verify(suite, back, context.encode(), pub);
    }
}
