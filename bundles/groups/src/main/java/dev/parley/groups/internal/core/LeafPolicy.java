package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupId;
import dev.parley.groups.internal.format.LeafCertificate;
import dev.parley.identity.api.NetworkId;
import dev.parley.mls.api.IdentityPolicy;
import dev.parley.mls.api.Member;
import dev.parley.mls.api.MemberId;
import dev.parley.mls.api.MlsCredential;
import dev.parley.mls.api.MlsException;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.MalformedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A leaf is the agent's whose hybrid key vouches for it; certificates that held are remembered. */
final class LeafPolicy implements IdentityPolicy {
    private static final int REMEMBERED = 1024;

    private final GroupId group;
    private final NetworkId network;
    private final int cipherSuite;
    private final Map<Hash, MemberId> held = new LinkedHashMap<>();

    LeafPolicy(GroupId group, NetworkId network, int cipherSuite) {
        this.group = group;
        this.network = network;
        this.cipherSuite = cipherSuite;
    }

    @Override
    public MemberId identify(
            MlsCredential credential, byte[] signatureKey, Place place, Optional<Member> old)
            throws MlsException {
        if (place == Place.EXTERNAL_SENDER) {
            throw refused("a group has no external senders");
        }
        Hash name = Hash.sha256(signatureKey, credential.body());
        synchronized (held) {
            MemberId known = held.get(name);
            if (known != null && credential.type() == LeafCertificate.CREDENTIAL_TYPE) {
                return known;
            }
        }
        MemberId id;
        try {
            id =
                    MemberId.of(
                            LeafCertificate.verify(
                                            credential, network, group, cipherSuite, signatureKey)
                                    .bytes());
        } catch (MalformedException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
        synchronized (held) {
            held.put(name, id);
            if (held.size() > REMEMBERED) {
                held.remove(held.keySet().iterator().next());
            }
        }
        return id;
    }

    private static MlsException refused(String why) {
        return new MlsException(MlsException.Reason.IDENTITY_REFUSED, why);
    }
}
