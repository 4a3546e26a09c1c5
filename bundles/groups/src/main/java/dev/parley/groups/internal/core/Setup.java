package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupId;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.NetworkId;
import dev.parley.mls.api.Mls;
import dev.parley.mls.api.MlsLibrary;
import dev.parley.mls.api.Randomness;
import java.security.SecureRandom;

/** What a group's core is given: who we are and where randomness comes from. */
public record Setup(
        GroupId group,
        NetworkId network,
        AgentId self,
        LeafCertificate.Certifier certifier,
        SecureRandom random,
        Mls mls) {
    /** X-Wing, AES-128-GCM, SHA-256, Ed25519. */
    static final int CIPHER_SUITE = 0xF001;

    public static Setup of(
            GroupId group,
            NetworkId network,
            LeafCertificate.Certifier certifier,
            SecureRandom random) {
        return new Setup(
                group,
                network,
                certifier.key().agentId(),
                certifier,
                random,
                MlsLibrary.of(Randomness.of(random), new LeafPolicy(group, network, CIPHER_SUITE)));
    }

    byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }
}
