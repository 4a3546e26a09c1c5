package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** What a leaf was made for (RFC 9420 section 7.2). */
public sealed interface LeafNodeSource extends Encodable {
    /**
     * In a key package, with its lifetime in seconds since 1970, both ends included, as unsigned
     * numbers of 64 bits.
     */
    record KeyPackage(long notBefore, long notAfter) implements LeafNodeSource {
        @Override
        public void write(TlsWriter out) {
            out.u8(1).u64(notBefore).u64(notAfter);
        }
    }

    /** In an update proposal. */
    record Update() implements LeafNodeSource {
        @Override
        public void write(TlsWriter out) {
            out.u8(2);
        }
    }

    /** In the path of a commit, with the hash of what stands above. */
    record Commit(Bytes parentHash) implements LeafNodeSource {
        @Override
        public void write(TlsWriter out) {
            out.u8(3).opaque(parentHash);
        }
    }

    static LeafNodeSource read(TlsReader in) throws MalformedException {
        int source = in.u8();
        switch (source) {
            case 1:
                return new KeyPackage(in.u64(), in.u64());
            case 2:
                return new Update();
            case 3:
                return new Commit(in.opaque());
            default:
                throw in.unexpected("leaf node source", source);
        }
    }
}
