package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.List;

/** Who a signature key belongs to (RFC 9420 section 5.3). */
public sealed interface Credential extends Encodable {
    int BASIC = 1;
    int X509 = 2;

    int type();

    /** A bare identity. */
    record Basic(Bytes identity) implements Credential {
        @Override
        public int type() {
            return BASIC;
        }

        @Override
        public void write(TlsWriter out) {
            out.u16(BASIC).opaque(identity);
        }
    }

    /** A chain of DER certificates, the leaf's first. */
    record X509(List<Bytes> certificates) implements Credential {
        public X509 {
            certificates = List.copyOf(certificates);
        }

        @Override
        public int type() {
            return Credential.X509;
        }

        @Override
        public void write(TlsWriter out) {
            out.u16(Credential.X509).list(certificates, TlsWriter::opaque);
        }
    }

    /**
     * Any other type, GREASE included. RFC 9420 gives such credentials no common form; like other
     * implementations we take their body to be one {@code opaque<V>}.
     */
    record Other(int type, Bytes body) implements Credential {
        public Other {
            if (type == BASIC || type == Credential.X509) {
                throw new IllegalArgumentException("credential type " + type + " has its own form");
            }
            TlsWriter.requireU16(type);
        }

        @Override
        public void write(TlsWriter out) {
            out.u16(type).opaque(body);
        }
    }

    static Credential read(TlsReader in) throws MalformedException {
        int type = in.u16();
        if (type == BASIC) {
            return new Basic(in.opaque());
        }
        return type == X509 ? new X509(in.list(TlsReader::opaque)) : new Other(type, in.opaque());
    }
}
