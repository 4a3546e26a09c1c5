package dev.parley.wire.api;

import dev.parley.wire.internal.CborReader;
import dev.parley.wire.internal.CborWriter;

/**
 * Deterministic CBOR (RFC 8949 section 4.2.1): definite lengths, shortest integers and floats, map
 * keys in bytewise order of their encodings, each once. There is exactly one encoding of a {@link
 * Value}, and {@link #decode} accepts no other.
 */
public final class Cbor {
    /** Deepest nesting of lists and maps. */
    public static final int MAX_DEPTH = 32;

    private Cbor() {}

    public static byte[] encode(Value value) {
        return new CborWriter().write(value).toByteArray();
    }

    /**
     * Decodes the one value that these bytes are.
     *
     * @param maxBytes the longest input accepted; nothing is allocated beyond what the input can
     *     hold
     * @throws MalformedException if the input is longer, not deterministic, nested deeper than
     *     {@link #MAX_DEPTH}, of a type that {@link Value} lacks, or followed by anything
     */
    public static Value decode(byte[] bytes, int maxBytes) throws MalformedException {
        if (bytes.length > maxBytes) {
            throw new MalformedException(
                    MalformedException.Reason.TOO_LONG,
                    "CBOR: " + bytes.length + " bytes, at most " + maxBytes);
        }
        return CborReader.read(bytes);
    }
}
