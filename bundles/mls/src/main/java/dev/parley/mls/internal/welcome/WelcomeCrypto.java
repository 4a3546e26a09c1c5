package dev.parley.mls.internal.welcome;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.node.HpkeCiphertext;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.schedule.KeySchedule;
import dev.parley.mls.internal.suite.Batches;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;
import java.util.List;
import java.util.concurrent.Executor;

/** Sealing and opening of a welcome (RFC 9420 section 12.4.3.1). */
public final class WelcomeCrypto {
    private static final byte[] EMPTY = new byte[0];

    private WelcomeCrypto() {}

    /** A new member and the secrets that it is sent. */
    public record Recipient(KeyPackage keyPackage, GroupSecrets secrets) {}

    /** {@code KeyPackageRef} (section 5.2). */
    public static Bytes reference(CipherSuite suite, KeyPackage keyPackage) {
        return suite.refHash(KeyPackage.REF_LABEL, keyPackage.encode());
    }

    /**
     * @param psk the combined secret of the commit's pre-shared keys
     * @param executor encrypts for the recipients
     * @throws MlsException BAD_KEY if a key package has an init key that is none
     */
    public static Welcome seal(
            CipherSuite suite,
            GroupInfo groupInfo,
            Secret joiner,
            Secret psk,
            List<Recipient> recipients,
            Randomness random,
            Executor executor)
            throws MlsException {
        Secret welcome = KeySchedule.welcome(suite, joiner, psk);
        Secret key = key(suite, welcome);
        Bytes sealed =
                Bytes.wrap(
                        suite.aead().seal(key, nonce(suite, welcome), EMPTY, groupInfo.encode()));
        key.destroy();
        welcome.destroy();
        CipherSuite.Encryption encryption = suite.encryption(Welcome.LABEL, sealed.array());
        List<Welcome.ForMember> secrets =
                Batches.map(
                        executor,
                        recipients,
                        each -> {
                            Secret encoded = Secret.wrap(each.secrets().encode());
                            HpkeCiphertext ciphertext =
                                    encryption.encrypt(
                                            each.keyPackage().initKey(), encoded, random);
                            encoded.destroy();
                            return new Welcome.ForMember(
                                    reference(suite, each.keyPackage()), ciphertext);
                        });
        return new Welcome(suite.id(), secrets, sealed);
    }

    /**
     * The secrets for the member with this key package.
     *
     * @throws MlsException NO_SUCH_MEMBER if the welcome is for others, DECRYPTION_FAILED or
     *     MALFORMED
     */
    public static GroupSecrets openSecrets(
            CipherSuite suite, Welcome welcome, Bytes reference, KeyPair initKey)
            throws MlsException {
        for (Welcome.ForMember each : welcome.secrets()) {
            if (each.newMember().equals(reference)) {
                Secret opened =
                        suite.decryptWithLabel(
                                initKey,
                                Welcome.LABEL,
                                welcome.encryptedGroupInfo().array(),
                                each.encryptedGroupSecrets());
                try {
                    return Decoder.decodeInner(
                            GroupSecrets::read, opened.reveal(), "group secrets");
                } finally {
                    opened.destroy();
                }
            }
        }
        throw new MlsException(Reason.NO_SUCH_MEMBER, "the welcome is not for our key package");
    }

    /**
     * The group info, whose signature is not checked here.
     *
     * @throws MlsException DECRYPTION_FAILED or MALFORMED
     */
    public static GroupInfo openGroupInfo(
            CipherSuite suite, Welcome welcome, Secret joiner, Secret psk) throws MlsException {
        Secret secret = KeySchedule.welcome(suite, joiner, psk);
        Secret key = key(suite, secret);
        try {
            byte[] opened =
                    suite.aead()
                            .open(
                                    key,
                                    nonce(suite, secret),
                                    EMPTY,
                                    welcome.encryptedGroupInfo().array());
            return Decoder.decodeInner(GroupInfo::read, opened, "group info");
        } finally {
            key.destroy();
            secret.destroy();
        }
    }

    private static Secret key(CipherSuite suite, Secret welcome) {
        return suite.expandWithLabel(welcome, "key", EMPTY, suite.aead().keyLength());
    }

    private static byte[] nonce(CipherSuite suite, Secret welcome) {
        return suite.expandWithLabel(welcome, "nonce", EMPTY, suite.aead().nonceLength()).reveal();
    }
}
