package dev.parley.groups.internal.format;

import dev.parley.groups.api.GroupMessage;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;

/**
 * What is encrypted for the members (0013, "Messages").
 *
 * @param clock a reading of {@link Clock}
 */
public record Content(Kind kind, long clock, String type, byte[] content) {
    private static final int MAX_BYTES = GroupMessage.MAX_CONTENT_BYTES + 512;

    /** What it is; the code is the ordinal and 1. */
    public enum Kind {
        SAID,
        INVITE,
        INVITE_TAKEN_BACK,
        LEAVING
    }

    public byte[] encode() {
        return Cbor.encode(
                Value.map()
                        .put(0, Value.of(1))
                        .put(1, Value.of(kind.ordinal() + 1L))
                        .put(2, Value.of(clock))
                        .put(3, Value.of(type))
                        .put(4, Value.of(content))
                        .build());
    }

    public static Content decode(byte[] bytes) throws MalformedException {
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_BYTES), "group content");
        fields.integer(0, 1, 1);
        Kind kind = Kind.values()[(int) fields.integer(1, 1, Kind.values().length) - 1];
        long clock = fields.integer(2, 0, Long.MAX_VALUE);
        String type = fields.text(3, GroupMessage.MAX_TYPE_CHARS);
        byte[] content = fields.bytes(4, 0, GroupMessage.MAX_CONTENT_BYTES);
        fields.end();
        return new Content(kind, clock, type, content);
    }
}
