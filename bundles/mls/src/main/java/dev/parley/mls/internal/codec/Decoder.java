package dev.parley.mls.internal.codec;

import dev.parley.wire.api.MalformedException;

/** Reads one structure from where the reader stands; the counterpart of {@link Encodable}. */
@FunctionalInterface
public interface Decoder<T> {
    T read(TlsReader in) throws MalformedException;

    /**
     * Reads the one structure that these bytes are.
     *
     * @throws MalformedException if it is not one, is longer than {@link TlsReader#MAX_BYTES}, or
     *     is followed by anything
     */
    static <T> T decode(Decoder<T> decoder, byte[] bytes, String what) throws MalformedException {
        TlsReader in = TlsReader.of(bytes, what);
        T value = decoder.read(in);
        in.end();
        return value;
    }
}
