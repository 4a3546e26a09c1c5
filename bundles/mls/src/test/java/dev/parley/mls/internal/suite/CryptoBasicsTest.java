package dev.parley.mls.internal.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.api.Signer;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.Vectors;
import dev.parley.mls.internal.node.HpkeCiphertext;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The official crypto-basics vectors, for all seven suites. */
public class CryptoBasicsTest {
    private static final CipherSuites SUITES = CipherSuites.standard();
    private static final Randomness RANDOM = Randomness.of(new SecureRandom());

    /** The vectors leave out leading zeros of P-521 private keys (RFC 9180 has them). */
    public static Secret pad(byte[] key, int length) {
        byte[] padded = new byte[length];
        System.arraycopy(key, 0, padded, length - key.length, key.length);
        return Secret.wrap(padded);
    }

    private static Secret secret(Vectors.Case each) {
        return Secret.wrap(each.hex("secret"));
    }

    @Test
    void theOfficialVectorsHold() throws MlsException {
        int count = 0;
        for (Vectors.Case each : Vectors.read("crypto-basics")) {
            CipherSuite suite = SUITES.require((int) each.number("cipher_suite"));
            derivations(suite, each);
            signatures(suite, each.object("sign_with_label"));
            encryption(suite, each.object("encrypt_with_label"));
            count++;
        }
        assertThat(count).isEqualTo(7);
    }

    private static void derivations(CipherSuite suite, Vectors.Case each) {
        Vectors.Case ref = each.object("ref_hash");
        assertThat(suite.refHash(ref.string("label"), ref.hex("value")).array())
                .isEqualTo(ref.hex("out"));
        Vectors.Case expand = each.object("expand_with_label");
        assertThat(
                        suite.expandWithLabel(
                                        secret(expand),
                                        expand.string("label"),
                                        expand.hex("context"),
                                        (int) expand.number("length"))
                                .reveal())
                .isEqualTo(expand.hex("out"));
        Vectors.Case derive = each.object("derive_secret");
        assertThat(suite.deriveSecret(secret(derive), derive.string("label")).reveal())
                .isEqualTo(derive.hex("out"));
        Vectors.Case tree = each.object("derive_tree_secret");
        assertThat(
                        suite.deriveTreeSecret(
                                        secret(tree),
                                        tree.string("label"),
                                        tree.number("generation"),
                                        (int) tree.number("length"))
                                .reveal())
                .isEqualTo(tree.hex("out"));
    }

    private static void signatures(CipherSuite suite, Vectors.Case each) throws MlsException {
        Bytes pub = Bytes.wrap(each.hex("pub"));
        byte[] content = each.hex("content");
        String label = each.string("label");
        Bytes signature = Bytes.wrap(each.hex("signature"));
        assertThat(suite.verifyWithLabel(pub, label, content, signature)).isTrue();
        assertThat(suite.verifyWithLabel(pub, label + "!", content, signature)).isFalse();
        byte[] flipped = signature.toByteArray();
        flipped[flipped.length / 2] ^= 1;
        assertThat(suite.verifyWithLabel(pub, label, content, Bytes.wrap(flipped))).isFalse();
        suite.sig().checkPublicKey(pub);
        Secret priv =
                suite.sig() == EcDsa.P521
                        ? pad(each.hex("priv"), 66)
                        : Secret.wrap(each.hex("priv"));
        assertThat(suite.sig().publicKey(priv)).isEqualTo(pub);
        Signer signer = suite.signer(new KeyPair(pub, priv), RANDOM);
        assertThat(
                        suite.verifyWithLabel(
                                pub,
                                label,
                                content,
                                Bytes.wrap(suite.signWithLabel(signer, label, content))))
                .isTrue();
    }

    private static void encryption(CipherSuite suite, Vectors.Case each) throws MlsException {
        Bytes pub = Bytes.wrap(each.hex("pub"));
        Secret priv = pad(each.hex("priv"), suite.kem().privateKeyLength());
        assertThat(suite.kem().publicKey(priv)).isEqualTo(pub);
        KeyPair own = new KeyPair(pub, priv);
        String label = each.string("label");
        byte[] context = each.hex("context");
        byte[] plaintext = each.hex("plaintext");
        HpkeCiphertext official =
                new HpkeCiphertext(
                        Bytes.wrap(each.hex("kem_output")), Bytes.wrap(each.hex("ciphertext")));
        assertThat(suite.decryptWithLabel(own, label, context, official).reveal())
                .isEqualTo(plaintext);
        HpkeCiphertext ours =
                suite.encryptWithLabel(pub, label, context, Secret.wrap(plaintext.clone()), RANDOM);
        assertThat(suite.decryptWithLabel(own, label, context, ours).reveal()).isEqualTo(plaintext);
        assertThat(Arrays.equals(ours.ciphertext().array(), plaintext)).isFalse();
    }
}
