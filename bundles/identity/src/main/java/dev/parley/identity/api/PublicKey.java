package dev.parley.identity.api;

import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** A hybrid public key: ML-DSA-65 (FIPS 204) and Ed25519 (RFC 8032). Immutable. */
public final class PublicKey {
    public static final int ML_DSA_BYTES = 1952;
    public static final int ED25519_BYTES = 32;
    public static final int BYTES = ML_DSA_BYTES + ED25519_BYTES;

    private final byte[] encoded;

    private PublicKey(byte[] encoded) {
        this.encoded = encoded;
    }

    /**
     * @param encoded the ML-DSA-65 key and then the Ed25519 key
     */
    public static PublicKey decode(byte[] encoded) throws MalformedException {
        if (encoded.length != BYTES) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    "public key: " + encoded.length + " bytes, expected " + BYTES);
        }
        return new PublicKey(encoded.clone());
    }

    public byte[] encode() {
        return encoded.clone();
    }

    public byte[] mlDsa() {
        return Arrays.copyOf(encoded, ML_DSA_BYTES);
    }

    public byte[] ed25519() {
        return Arrays.copyOfRange(encoded, ML_DSA_BYTES, BYTES);
    }

    public AgentId agentId() {
        return AgentId.of(id(KeyKind.AGENT));
    }

    public MachineId machineId() {
        return MachineId.of(id(KeyKind.MACHINE));
    }

    private byte[] id(KeyKind kind) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update("parley id v1".getBytes(StandardCharsets.US_ASCII));
            sha.update((byte) kind.code());
            return sha.digest(encoded);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PublicKey that && Arrays.equals(encoded, that.encoded);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(encoded);
    }
}
