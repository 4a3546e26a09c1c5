package dev.parley.mls.internal.suite;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.Randomness;
import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.node.HpkeCiphertext;

/** HPKE in base mode (RFC 9180): one message per context, or an exported secret. */
public record Hpke(Kem kem, Kdf kdf, Aead aead) {
    private static final byte[] EMPTY = new byte[0];

    /** A secret for both ends and the KEM output that gives it to the other one. */
    public record Export(Secret secret, Bytes kemOutput) {}

    private record Context(Secret key, byte[] nonce, Secret exporter) {
        void destroy() {
            key.destroy();
            exporter.destroy();
        }
    }

    /** {@code SealBase} of section 6.1. */
    public HpkeCiphertext seal(
            Bytes publicKey, byte[] info, byte[] aad, byte[] plaintext, Randomness random)
            throws MlsException {
        return seal(publicKey, infoHash(info), aad, plaintext, random);
    }

    /** What becomes of an {@code info} that may be long and the same for many recipients. */
    public Secret infoHash(byte[] info) {
        return labels().extract(EMPTY, "info_hash", info);
    }

    /**
     * As {@link #seal(Bytes, byte[], byte[], byte[], Randomness)}.
     *
     * @param infoHash is not destroyed
     */
    public HpkeCiphertext seal(
            Bytes publicKey, Secret infoHash, byte[] aad, byte[] plaintext, Randomness random)
            throws MlsException {
        Kem.Encapsulation made = kem.encap(publicKey, random);
        Context context = schedule(made.sharedSecret(), infoHash);
        byte[] ciphertext = aead.seal(context.key(), context.nonce(), aad, plaintext);
        context.destroy();
        return new HpkeCiphertext(Bytes.wrap(made.enc()), Bytes.wrap(ciphertext));
    }

    /**
     * {@code OpenBase} of section 6.1.
     *
     * @throws MlsException DECRYPTION_FAILED
     */
    public Secret open(KeyPair own, byte[] info, byte[] aad, HpkeCiphertext sealed)
            throws MlsException {
        Context context = schedule(kem.decap(sealed.kemOutput().array(), own), infoHash(info));
        try {
            return Secret.wrap(
                    aead.open(context.key(), context.nonce(), aad, sealed.ciphertext().array()));
        } finally {
            context.destroy();
        }
    }

    /** {@code SendExportBase} of section 6.2. */
    public Export sendExport(
            Bytes publicKey, byte[] info, byte[] exporterContext, int length, Randomness random)
            throws MlsException {
        Kem.Encapsulation made = kem.encap(publicKey, random);
        return new Export(
                export(made.sharedSecret(), info, exporterContext, length), Bytes.wrap(made.enc()));
    }

    /** {@code ReceiveExportBase} of section 6.2. */
    public Secret receiveExport(
            KeyPair own, byte[] info, byte[] exporterContext, int length, Bytes kemOutput)
            throws MlsException {
        return export(kem.decap(kemOutput.array(), own), info, exporterContext, length);
    }

    private Labels labels() {
        return Labels.ofHpke(kdf, kem.id(), aead.id());
    }

    private Secret export(Secret shared, byte[] info, byte[] exporterContext, int length) {
        Context context = schedule(shared, infoHash(info));
        Secret secret = labels().expand(context.exporter(), "sec", exporterContext, length);
        context.destroy();
        return secret;
    }

    /** {@code KeySchedule} of section 5.1 in base mode; uses the shared secret up. */
    private Context schedule(Secret shared, Secret infoHash) {
        Labels labels = labels();
        byte[] context =
                Labels.concat(
                        new byte[] {0},
                        labels.extract(EMPTY, "psk_id_hash", EMPTY).reveal(),
                        infoHash.reveal());
        Secret secret = labels.extract(shared.reveal(), "secret", EMPTY);
        shared.destroy();
        Context result =
                new Context(
                        labels.expand(secret, "key", context, aead.keyLength()),
                        labels.expand(secret, "base_nonce", context, aead.nonceLength()).reveal(),
                        labels.expand(secret, "exp", context, kdf.length()));
        secret.destroy();
        return result;
    }
}
