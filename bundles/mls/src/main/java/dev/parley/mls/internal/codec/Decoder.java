package dev.parley.mls.internal.codec;

import dev.parley.mls.api.MlsException;
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

    /**
     * As {@link #decode}, for bytes that were inside something else.
     *
     * @throws MlsException MALFORMED
     */
    static <T> T decodeInner(Decoder<T> decoder, byte[] bytes, String what) throws MlsException {
        try {
            return decode(decoder, bytes, what);
        } catch (MalformedException e) {
            throw malformed(e);
        }
    }

    static MlsException malformed(MalformedException e) {
        return new MlsException(MlsException.Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
}
