package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** An extension of any type, known or not (RFC 9420 section 13.4): its data is opaque. */
public record Extension(int type, Bytes data) implements Encodable {
    public static final int APPLICATION_ID = 1;
    public static final int RATCHET_TREE = 2;
    public static final int REQUIRED_CAPABILITIES = 3;
    public static final int EXTERNAL_PUB = 4;
    public static final int EXTERNAL_SENDERS = 5;

    public Extension {
        TlsWriter.requireU16(type);
    }

    public static Extension read(TlsReader in) throws MalformedException {
        return new Extension(in.u16(), in.opaque());
    }

    /** Types 1 to 5 need not be listed in anyone's capabilities (section 7.2). */
    public static boolean isDefault(int type) {
        return type >= APPLICATION_ID && type <= EXTERNAL_SENDERS;
    }

    @Override
    public void write(TlsWriter out) {
        out.u16(type).opaque(data);
    }
}
