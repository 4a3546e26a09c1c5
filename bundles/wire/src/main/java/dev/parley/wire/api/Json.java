package dev.parley.wire.api;

import dev.parley.wire.internal.JsonText;

/**
 * JSON (RFC 8259) to {@link Value} and back, for the surfaces that people and tools see.
 *
 * <p>Duplicate names, trailing text, nesting deeper than {@link Cbor#MAX_DEPTH}, and numbers that
 * are no 64-bit integer and no finite double are refused. A byte string is written as base64url
 * text without padding; integer map keys as decimal names.
 */
public final class Json {
    private Json() {}

    public static Value parse(byte[] utf8, int maxBytes) throws MalformedException {
        return JsonText.parse(utf8, maxBytes);
    }

    public static Value parse(String text, int maxBytes) throws MalformedException {
        return JsonText.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_8), maxBytes);
    }

    /** One line, no spaces. */
    public static String write(Value value) {
        return JsonText.write(value, false);
    }

    /** Indented, for people. */
    public static String pretty(Value value) {
        return JsonText.write(value, true);
    }
}
