package dev.parley.mls.internal.suite;

import dev.parley.mls.internal.codec.Secret;
import java.nio.charset.StandardCharsets;
import org.bouncycastle.crypto.digests.SHAKEDigest;

/** The labelled derivations of HPKE: RFC 9180 section 4, and draft-ietf-hpke-hpke for SHAKE. */
final class Labels {
    private static final byte[] VERSION = ascii("HPKE-v1");

    private final Kdf kdf;
    private final byte[] suiteId;

    private Labels(Kdf kdf, byte[] suiteId) {
        this.kdf = kdf;
        this.suiteId = suiteId;
    }

    static Labels ofKem(Kdf kdf, int kem) {
        return new Labels(kdf, kemSuite(kem));
    }

    static Labels ofHpke(Kdf kdf, int kem, int aead) {
        byte[] id = new byte[10];
        System.arraycopy(ascii("HPKE"), 0, id, 0, 4);
        put(id, 4, kem);
        put(id, 6, kdf.id());
        put(id, 8, aead);
        return new Labels(kdf, id);
    }

    Secret extract(byte[] salt, String label, byte[] ikm) {
        return kdf.extract(salt, VERSION, suiteId, ascii(label), ikm);
    }

    Secret expand(Secret key, String label, byte[] info, int length) {
        byte[] size = new byte[2];
        put(size, 0, length);
        return kdf.expand(key, concat(size, VERSION, suiteId, ascii(label), info), length);
    }

    /** {@code SHAKE256.LabeledDerive} of a KEM, with an empty context. */
    static Secret shake256(int kem, Secret ikm, String label, int length) {
        byte[] sizes = new byte[4];
        put(sizes, 0, label.length());
        put(sizes, 2, length);
        SHAKEDigest shake = new SHAKEDigest(256);
        byte[][] parts = {
            ikm.reveal(),
            VERSION,
            kemSuite(kem),
            {sizes[0], sizes[1]},
            ascii(label),
            {sizes[2], sizes[3]}
        };
        for (byte[] part : parts) {
            shake.update(part, 0, part.length);
        }
        byte[] out = new byte[length];
        shake.doFinal(out, 0, length);
        return Secret.wrap(out);
    }

    private static byte[] kemSuite(int kem) {
        byte[] id = {'K', 'E', 'M', 0, 0};
        put(id, 3, kem);
        return id;
    }

    static byte[] concat(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        byte[] all = new byte[length];
        int at = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static void put(byte[] out, int at, int value) {
        out[at] = (byte) (value >>> 8);
        out[at + 1] = (byte) value;
    }
}
