package dev.parley.groups.internal.format;

import dev.parley.groups.api.GroupId;
import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.X509EncodedKeySpec;

/**
 * The Ed25519 key of an invite, which proves for one agent and one key package that the link is
 * known.
 *
 * @param publicKey in the form of X.509
 * @param privateKey secret, 32 bytes
 */
public record InviteKey(byte[] publicKey, byte[] privateKey) {
    public static final int PRIVATE_BYTES = 32;
    public static final int PROOF_BYTES = 64;

    public static InviteKey generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, random);
            KeyPair pair = generator.generateKeyPair();
            return new InviteKey(
                    pair.getPublic().getEncoded(),
                    ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
    }

    public static byte[] prove(
            byte[] privateKey, GroupId group, byte[] inviteId, AgentId agent, byte[] keyPackage) {
        try {
            Signature signer = Signature.getInstance("Ed25519");
            signer.initSign(
                    KeyFactory.getInstance("Ed25519")
                            .generatePrivate(
                                    new EdECPrivateKeySpec(
                                            NamedParameterSpec.ED25519, privateKey)));
            signer.update(signed(group, inviteId, agent, keyPackage));
            return signer.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK since 15 has Ed25519", e);
        }
    }

    /** False also for a key or proof of the wrong form. */
    public static boolean verify(
            byte[] publicKey,
            byte[] proof,
            GroupId group,
            byte[] inviteId,
            AgentId agent,
            byte[] keyPackage) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(
                    KeyFactory.getInstance("Ed25519")
                            .generatePublic(new X509EncodedKeySpec(publicKey)));
            verifier.update(signed(group, inviteId, agent, keyPackage));
            return verifier.verify(proof);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] signed(GroupId group, byte[] inviteId, AgentId agent, byte[] keyPackage) {
        return new ByteWriter(160)
                .bytes("parley.group-join.v1".getBytes(StandardCharsets.US_ASCII))
                .bytes(group.bytes())
                .bytes(inviteId)
                .bytes(agent.bytes())
                .bytes(Hash.sha256(keyPackage).bytes())
                .toByteArray();
    }

    /** Without the keys. */
    @Override
    public String toString() {
        return "InviteKey";
    }
}
