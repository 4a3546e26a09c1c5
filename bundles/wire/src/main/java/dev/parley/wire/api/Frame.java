package dev.parley.wire.api;

/**
 * One frame of a stream: a type and a body, sent as varint length (of type and body), type octet,
 * body.
 */
public record Frame(int type, byte[] body) {
    public Frame {
        if (type < 0 || type > 255) {
            throw new IllegalArgumentException("a frame type is 0 to 255, found " + type);
        }
    }

    public byte[] encode() {
        return new ByteWriter(body.length + 9)
                .varint(body.length + 1L)
                .u8(type)
                .bytes(body)
                .toByteArray();
    }
}
