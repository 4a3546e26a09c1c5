package dev.parley.network.internal;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keying-material exporter of TLS 1.3 (RFC 8446 section 7.5) from the exporter master secret.
 */
final class TlsExporter {
    private TlsExporter() {}

    static byte[] export(byte[] masterSecret, String label, byte[] context, int length) {
        String hash = masterSecret.length == 48 ? "SHA-384" : "SHA-256";
        try {
            MessageDigest digest = MessageDigest.getInstance(hash);
            byte[] secret =
                    expandLabel(hash, masterSecret, label, digest.digest(), masterSecret.length);
            return expandLabel(hash, secret, "exporter", digest.digest(context), length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + hash, e);
        }
    }

    /** HKDF-Expand-Label (RFC 8446 section 7.1). */
    private static byte[] expandLabel(
            String hash, byte[] secret, String label, byte[] context, int length)
            throws GeneralSecurityException {
        byte[] full = ("tls13 " + label).getBytes(StandardCharsets.US_ASCII);
        byte[] info = new byte[2 + 1 + full.length + 1 + context.length];
        info[0] = (byte) (length >>> 8);
        info[1] = (byte) length;
        info[2] = (byte) full.length;
        System.arraycopy(full, 0, info, 3, full.length);
        info[3 + full.length] = (byte) context.length;
        System.arraycopy(context, 0, info, 4 + full.length, context.length);
        return expand("Hmac" + hash.replace("-", ""), secret, info, length);
    }

    private static byte[] expand(String algorithm, byte[] secret, byte[] info, int length)
            throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm);
        mac.init(new SecretKeySpec(secret, algorithm));
        byte[] out = new byte[length];
        byte[] block = new byte[0];
        int at = 0;
        for (int counter = 1; at < length; counter++) {
            mac.update(block);
            mac.update(info);
            mac.update((byte) counter);
            block = mac.doFinal();
            int count = Math.min(block.length, length - at);
            System.arraycopy(block, 0, out, at, count);
            at += count;
        }
        return Arrays.copyOf(out, length);
    }
}
