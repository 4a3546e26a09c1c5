package dev.parley.mls.internal.schedule;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.Hpke;
import dev.parley.mls.internal.suite.KeyPair;
import java.nio.charset.StandardCharsets;

/**
 * From one epoch's secret to the next one's (RFC 9420 section 8). No function here destroys what it
 * is given, so that rival commits can be tried on the same epoch.
 */
public final class KeySchedule {
    private static final byte[] EMPTY = new byte[0];
    private static final byte[] EXTERNAL_INIT =
            "MLS 1.0 external init secret".getBytes(StandardCharsets.US_ASCII);

    private KeySchedule() {}

    /**
     * The joiner secret of an epoch.
     *
     * @param groupContext of the new epoch, encoded
     */
    public static Secret joiner(
            CipherSuite suite, Secret init, Secret commit, byte[] groupContext) {
        Secret mixed = suite.kdf().extract(init.reveal(), commit.reveal());
        Secret joiner = suite.expandWithLabel(mixed, "joiner", groupContext, suite.secretLength());
        mixed.destroy();
        return joiner;
    }

    private static Secret member(CipherSuite suite, Secret joiner, Secret psk) {
        return suite.kdf().extract(joiner.reveal(), psk.reveal());
    }

    /** The secret that encrypts the group info of a welcome. */
    public static Secret welcome(CipherSuite suite, Secret joiner, Secret psk) {
        Secret member = member(suite, joiner, psk);
        Secret welcome = suite.deriveSecret(member, "welcome");
        member.destroy();
        return welcome;
    }

    /** All secrets of an epoch. */
    public static EpochSecrets epoch(
            CipherSuite suite, Secret joiner, Secret psk, byte[] groupContext) {
        Secret member = member(suite, joiner, psk);
        Secret epoch = suite.expandWithLabel(member, "epoch", groupContext, suite.secretLength());
        member.destroy();
        EpochSecrets secrets = EpochSecrets.of(suite, epoch);
        epoch.destroy();
        return secrets;
    }

    /** The init secret that somebody who joins by an external commit uses (section 8.3). */
    public static Hpke.Export externalInit(
            CipherSuite suite, Bytes externalPublicKey, Randomness random) throws MlsException {
        return suite.hpke()
                .sendExport(externalPublicKey, EMPTY, EXTERNAL_INIT, suite.secretLength(), random);
    }

    /** The same for the members. */
    public static Secret externalInit(CipherSuite suite, KeyPair external, Bytes kemOutput)
            throws MlsException {
        return suite.hpke()
                .receiveExport(external, EMPTY, EXTERNAL_INIT, suite.secretLength(), kemOutput);
    }
}
