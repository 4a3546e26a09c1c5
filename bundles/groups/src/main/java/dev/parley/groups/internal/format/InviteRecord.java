package dev.parley.groups.internal.format;

import dev.parley.groups.api.GroupId;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.SignedRecord;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.time.Instant;

/** What every admin knows of an invite; its link holds the private key (0013, "Invites"). */
public record InviteRecord(GroupId group, byte[] id, byte[] publicKey, Instant expires) {
    public static final String CONTEXT = "parley.group-invite.v1";
    public static final int ID_BYTES = 16;
    private static final int MAX_BODY_BYTES = 512;
    private static final int MAX_KEY_BYTES = 64;

    public SignedRecord sign(LeafCertificate.Certifier inviter) {
        byte[] body =
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of(1))
                                .put(1, Value.of(group.bytes()))
                                .put(2, Value.of(id))
                                .put(3, Value.of(publicKey))
                                .put(4, Value.of(expires.getEpochSecond()))
                                .put(5, Value.of("member"))
                                .build());
        return new SignedRecord(body, inviter.key(), inviter.sign(CONTEXT, body));
    }

    /**
     * A record with who signed it.
     *
     * @param bytes the signed record
     */
    public record Signed(InviteRecord invite, AgentId inviter, byte[] bytes) {}

    /** Without the check of the signatures: see {@link #verified}. */
    public static Signed decode(byte[] bytes) throws MalformedException {
        SignedRecord record = SignedRecord.decode(bytes);
        Fields fields = Fields.of(Cbor.decode(record.body(), MAX_BODY_BYTES), "invite");
        fields.integer(0, 1, 1);
        GroupId group = GroupId.of(fields.bytes(1, GroupId.BYTES, GroupId.BYTES));
        byte[] id = fields.bytes(2, ID_BYTES, ID_BYTES);
        byte[] key = fields.bytes(3, 1, MAX_KEY_BYTES);
        Instant expires = Instant.ofEpochSecond(fields.integer(4, 0, 1L << 40));
        String role = fields.text(5, 16);
        fields.end();
        if (!role.equals("member")) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE,
                    "invite: role '" + role + "', expected 'member'");
        }
        return new Signed(
                new InviteRecord(group, id, key, expires), record.signer().agentId(), bytes);
    }

    /** Whether both signatures hold. */
    public static boolean verified(byte[] bytes, NetworkId network) throws MalformedException {
        return SignedRecord.decode(bytes).verify(network, CONTEXT);
    }
}
