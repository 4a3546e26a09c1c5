package dev.parley.mls.internal.suite;

import org.bouncycastle.crypto.ExtendedDigest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.params.KeyParameter;

/** A hash function and the MAC that RFC 9420 makes of it (HMAC, section 5.1). */
public enum Hash {
    SHA256(32),
    SHA384(48),
    SHA512(64);

    private final int length;

    Hash(int length) {
        this.length = length;
    }

    /** {@code Nh}: bytes of a hash. */
    public int length() {
        return length;
    }

    ExtendedDigest digest() {
        switch (this) {
            case SHA256:
                return new SHA256Digest();
            case SHA384:
                return new SHA384Digest();
            default:
                return new SHA512Digest();
        }
    }

    public byte[] hash(byte[]... parts) {
        ExtendedDigest digest = digest();
        for (byte[] part : parts) {
            digest.update(part, 0, part.length);
        }
        byte[] out = new byte[length];
        digest.doFinal(out, 0);
        return out;
    }

    public byte[] mac(byte[] key, byte[]... parts) {
        HMac mac = new HMac(digest());
        mac.init(new KeyParameter(key));
        for (byte[] part : parts) {
            mac.update(part, 0, part.length);
        }
        byte[] out = new byte[length];
        mac.doFinal(out, 0);
        return out;
    }
}
