package dev.parley.groups.internal.format;

import dev.parley.identity.api.AgentId;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Who came by which invite: the authenticated data of a commit that adds.
 *
 * @param inviteId 32 hex digits
 */
public record Admitted(String inviteId, AgentId agent) {
    private static final int MAX = 16;
    private static final int MAX_BYTES = 2048;

    public static byte[] encode(List<Admitted> admitted) {
        if (admitted.isEmpty()) {
            return new byte[0];
        }
        List<Value> list = new ArrayList<>();
        for (Admitted it : admitted) {
            list.add(
                    Value.list(
                            List.of(
                                    Value.of(HexFormat.of().parseHex(it.inviteId)),
                                    Value.of(it.agent.bytes()))));
        }
        return Cbor.encode(Value.map().put(0, Value.of(1)).put(1, Value.list(list)).build());
    }

    public static List<Admitted> decode(byte[] bytes) throws MalformedException {
        if (bytes.length == 0) {
            return List.of();
        }
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_BYTES), "admitted");
        fields.integer(0, 1, 1);
        List<Admitted> admitted = new ArrayList<>();
        for (Value item : fields.list(1, MAX)) {
            if (!(item instanceof Value.List pair)
                    || pair.items().size() != 2
                    || !(pair.items().get(0) instanceof Value.Bytes id)
                    || id.length() != InviteRecord.ID_BYTES
                    || !(pair.items().get(1) instanceof Value.Bytes agent)
                    || agent.length() != AgentId.BYTES) {
                throw new MalformedException(
                        MalformedException.Reason.BAD_VALUE,
                        "admitted: expected an invite id and an agent id");
            }
            admitted.add(
                    new Admitted(HexFormat.of().formatHex(id.value()), AgentId.of(agent.value())));
        }
        fields.end();
        return admitted;
    }
}
