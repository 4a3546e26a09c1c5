package dev.parley.network.internal;

import dev.parley.network.api.NetworkException.Code;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;

/**
 * What an end says instead of a hello ({@code docs/protocols/0002-network.md}). The text may quote
 * what the other end sent, so it is cut to the length that the other end accepts.
 */
record Refusal(Code code, String text) {
    static final int MAX_BYTES = 2048;
    private static final int MAX_CODE_CHARS = 32;
    private static final int MAX_TEXT_CHARS = 512;

    Refusal {
        if (text.length() > MAX_TEXT_CHARS) {
            boolean inPair = Character.isHighSurrogate(text.charAt(MAX_TEXT_CHARS - 1));
            text = text.substring(0, inPair ? MAX_TEXT_CHARS - 1 : MAX_TEXT_CHARS);
        }
    }

    byte[] encode() {
        return Cbor.encode(
                Value.map().put(0, Value.of(code.name())).put(1, Value.of(text)).build());
    }

    static Refusal decode(byte[] bytes) throws MalformedException {
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_BYTES), "refusal");
        Refusal refusal =
                new Refusal(code(fields.text(0, MAX_CODE_CHARS)), fields.text(1, MAX_TEXT_CHARS));
        fields.end();
        return refusal;
    }

    /** A code of a later version is a refusal too. */
    private static Code code(String name) {
        for (Code code : Code.values()) {
            if (code.name().equals(name)) {
                return code;
            }
        }
        return Code.REFUSED;
    }
}
