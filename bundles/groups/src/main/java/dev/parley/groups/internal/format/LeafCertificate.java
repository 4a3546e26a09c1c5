package dev.parley.groups.internal.format;

import dev.parley.groups.api.GroupId;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.Identity;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.Signatures;
import dev.parley.mls.api.MlsCredential;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;

/**
 * By which an agent's hybrid key vouches for the key of its leaf in one group (0013, "Who a member
 * is").
 */
public final class LeafCertificate {
    public static final int CREDENTIAL_TYPE = 0xF0A1;
    public static final String CONTEXT = "parley.group-leaf.v1";
    public static final int BYTES = 1 + PublicKey.BYTES + Signature.BYTES;

    private LeafCertificate() {}

    /** An agent's hybrid key. */
    public interface Certifier {
        PublicKey key();

        Signature sign(String context, byte[] body);

        static Certifier of(Identity identity) {
            return new Certifier() {
                @Override
                public PublicKey key() {
                    return identity.agentKey();
                }

                @Override
                public Signature sign(String context, byte[] body) {
                    return identity.signAsAgent(context, body);
                }
            };
        }
    }

    public static MlsCredential issue(
            Certifier agent, GroupId group, int cipherSuite, byte[] leafKey) {
        return new MlsCredential(
                CREDENTIAL_TYPE,
                new ByteWriter(BYTES)
                        .u8(1)
                        .bytes(agent.key().encode())
                        .bytes(agent.sign(CONTEXT, signed(group, cipherSuite, leafKey)).encode())
                        .toByteArray());
    }

    /**
     * @return whose leaf it is
     * @throws MalformedException unless it is a certificate of that key, and both signatures hold
     */
    public static AgentId verify(
            MlsCredential credential,
            NetworkId network,
            GroupId group,
            int cipherSuite,
            byte[] leafKey)
            throws MalformedException {
        if (credential.type() != CREDENTIAL_TYPE) {
            throw bad("credential of type " + credential.type() + ", expected " + CREDENTIAL_TYPE);
        }
        ByteReader in = new ByteReader(credential.body(), "leaf certificate");
        int version = in.u8();
        if (version != 1) {
            throw bad("leaf certificate of version " + version + ", expected 1");
        }
        PublicKey key = PublicKey.decode(in.bytes(PublicKey.BYTES));
        Signature signature = Signature.decode(in.bytes(Signature.BYTES));
        in.end();
        if (!Signatures.verify(
                key, network, CONTEXT, signed(group, cipherSuite, leafKey), signature)) {
            throw bad("a signature of the leaf certificate does not hold");
        }
        return key.agentId();
    }

    private static byte[] signed(GroupId group, int cipherSuite, byte[] leafKey) {
        return new ByteWriter(80)
                .bytes(group.bytes())
                .u16(cipherSuite)
                .block(leafKey)
                .toByteArray();
    }

    private static MalformedException bad(String message) {
        return new MalformedException(MalformedException.Reason.BAD_VALUE, message);
    }
}
