package dev.parley.groups.internal.format;

import dev.parley.groups.api.GroupException;
import dev.parley.groups.api.GroupException.Reason;
import dev.parley.groups.api.GroupId;
import dev.parley.identity.api.AgentId;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An invite as a text to pass on: a reference and a key, no roster (0013, "Invites"). */
public record InviteLink(
        String network,
        GroupId group,
        List<AgentId> admins,
        byte[] inviteId,
        byte[] privateKey,
        Instant expires) {
    public static final String PREFIX = "parley://group/";
    public static final int MAX_ADMINS = 4;
    private static final int MAX_CHARS = 1024;

    public InviteLink {
        admins = List.copyOf(admins);
    }

    public String text() {
        List<Value> ids = new ArrayList<>();
        admins.forEach(admin -> ids.add(Value.of(admin.bytes())));
        return PREFIX
                + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(
                                Cbor.encode(
                                        Value.map()
                                                .put(0, Value.of(1))
                                                .put(1, Value.of(network))
                                                .put(2, Value.of(group.bytes()))
                                                .put(3, Value.list(ids))
                                                .put(4, Value.of(inviteId))
                                                .put(5, Value.of(privateKey))
                                                .put(6, Value.of(expires.getEpochSecond()))
                                                .build()));
    }

    /**
     * @throws GroupException INVALID
     */
    public static InviteLink parse(String text) throws GroupException {
        String trimmed = text.strip();
        if (!trimmed.startsWith(PREFIX) || trimmed.length() > MAX_CHARS) {
            throw new GroupException(
                    Reason.INVALID,
                    "an invite starts with "
                            + PREFIX
                            + " and has at most "
                            + MAX_CHARS
                            + " letters");
        }
        try {
            return decode(Base64.getUrlDecoder().decode(trimmed.substring(PREFIX.length())));
        } catch (IllegalArgumentException | MalformedException e) {
            throw new GroupException(Reason.INVALID, "the invite is damaged: " + e.getMessage());
        }
    }

    private static InviteLink decode(byte[] bytes) throws MalformedException {
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_CHARS), "invite link");
        fields.integer(0, 1, 1);
        String network = fields.text(1, 64);
        GroupId group = GroupId.of(fields.bytes(2, GroupId.BYTES, GroupId.BYTES));
        List<AgentId> admins = new ArrayList<>();
        for (Value item : fields.list(3, MAX_ADMINS)) {
            if (!(item instanceof Value.Bytes id) || id.length() != AgentId.BYTES) {
                throw new MalformedException(
                        MalformedException.Reason.BAD_VALUE, "invite link: no agent id");
            }
            admins.add(AgentId.of(id.value()));
        }
        byte[] inviteId = fields.bytes(4, InviteRecord.ID_BYTES, InviteRecord.ID_BYTES);
        byte[] key = fields.bytes(5, InviteKey.PRIVATE_BYTES, InviteKey.PRIVATE_BYTES);
        Instant expires = Instant.ofEpochSecond(fields.integer(6, 0, 1L << 40));
        fields.end();
        if (admins.isEmpty()) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE, "invite link: nobody to ask");
        }
        return new InviteLink(network, group, admins, inviteId, key, expires);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "InviteLink[" + group + " until " + expires + "]";
    }
}
