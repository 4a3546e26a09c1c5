package dev.parley.mls.internal.codec;

/** A structure of RFC 9420 that has exactly one encoding. */
public interface Encodable {
    void write(TlsWriter out);

    default byte[] encode() {
        TlsWriter out = new TlsWriter();
        write(out);
        return out.toByteArray();
    }
}
