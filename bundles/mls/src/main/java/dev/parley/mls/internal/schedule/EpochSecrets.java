package dev.parley.mls.internal.schedule;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.KeyPair;

/**
 * The secrets of one epoch (RFC 9420 section 8, table 4). The encryption secret is for {@link
 * EpochKeys}, which takes it over and destroys it.
 */
public record EpochSecrets(
        Secret senderData,
        Secret encryption,
        Secret exporter,
        Secret external,
        Secret confirmation,
        Secret membership,
        Secret resumption,
        Secret authenticator,
        Secret init) {
    /**
     * @param epochSecret is not destroyed
     */
    public static EpochSecrets of(CipherSuite suite, Secret epochSecret) {
        return new EpochSecrets(
                suite.deriveSecret(epochSecret, "sender data"),
                suite.deriveSecret(epochSecret, "encryption"),
                suite.deriveSecret(epochSecret, "exporter"),
                suite.deriveSecret(epochSecret, "external"),
                suite.deriveSecret(epochSecret, "confirm"),
                suite.deriveSecret(epochSecret, "membership"),
                suite.deriveSecret(epochSecret, "resumption"),
                suite.deriveSecret(epochSecret, "authentication"),
                suite.deriveSecret(epochSecret, "init"));
    }

    /** The key pair of {@code external_pub} (section 8.3). */
    public KeyPair externalKeyPair(CipherSuite suite) {
        return suite.kem().deriveKeyPair(external);
    }

    /** {@code MLS-Exporter} (section 8.5). */
    public Secret export(CipherSuite suite, String label, byte[] context, int length) {
        Secret derived = suite.deriveSecret(exporter, label);
        Secret exported =
                suite.expandWithLabel(derived, "exported", suite.hash(context).array(), length);
        derived.destroy();
        return exported;
    }

    /** The confirmation tag of the epoch (section 6.1). */
    public Bytes confirmationTag(CipherSuite suite, Bytes confirmedTranscriptHash) {
        return suite.mac(confirmation, confirmedTranscriptHash.array());
    }

    public void destroy() {
        for (Secret each :
                new Secret[] {
                    senderData,
                    encryption,
                    exporter,
                    external,
                    confirmation,
                    membership,
                    resumption,
                    authenticator,
                    init
                }) {
            each.destroy();
        }
    }
}
