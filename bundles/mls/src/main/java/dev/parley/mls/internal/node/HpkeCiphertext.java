package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** A ciphertext for one public key (RFC 9420 section 7.6). */
public record HpkeCiphertext(Bytes kemOutput, Bytes ciphertext) implements Encodable {
    public static HpkeCiphertext read(TlsReader in) throws MalformedException {
        return new HpkeCiphertext(in.opaque(), in.opaque());
    }

    @Override
    public void write(TlsWriter out) {
        out.opaque(kemOutput).opaque(ciphertext);
    }
}
