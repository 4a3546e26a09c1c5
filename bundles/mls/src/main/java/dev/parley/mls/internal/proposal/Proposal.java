package dev.parley.mls.internal.proposal;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.mls.internal.node.KeyPackage;
import dev.parley.mls.internal.node.LeafNode;
import dev.parley.wire.api.MalformedException;

/** A change of a group that somebody wishes (RFC 9420 section 12.1). */
public sealed interface Proposal extends Encodable {
    int ADD = 1;
    int UPDATE = 2;
    int REMOVE = 3;
    int PSK = 4;
    int REINIT = 5;
    int EXTERNAL_INIT = 6;
    int GROUP_CONTEXT_EXTENSIONS = 7;
    int SELF_REMOVE = 0x000A;

    /** The label of a proposal's reference (section 5.2). */
    String REF_LABEL = "MLS 1.0 Proposal Reference";

    int type();

    /** The body without the type. */
    void writeBody(TlsWriter out);

    @Override
    default void write(TlsWriter out) {
        writeBody(out.u16(type()));
    }

    record Add(KeyPackage keyPackage) implements Proposal {
        @Override
        public int type() {
            return ADD;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(keyPackage);
        }
    }

    record Update(LeafNode leafNode) implements Proposal {
        @Override
        public int type() {
            return UPDATE;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(leafNode);
        }
    }

    /** Removes the member at this leaf index, an unsigned number of 32 bits. */
    record Remove(long removed) implements Proposal {
        @Override
        public int type() {
            return REMOVE;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.u32(removed);
        }
    }

    record PreSharedKey(PreSharedKeyId psk) implements Proposal {
        @Override
        public int type() {
            return PSK;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(psk);
        }
    }

    record ReInit(Bytes groupId, int version, int cipherSuite, Extensions extensions)
            implements Proposal {
        @Override
        public int type() {
            return REINIT;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.opaque(groupId).u16(version).u16(cipherSuite).put(extensions);
        }
    }

    record ExternalInit(Bytes kemOutput) implements Proposal {
        @Override
        public int type() {
            return EXTERNAL_INIT;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.opaque(kemOutput);
        }
    }

    record GroupContextExtensions(Extensions extensions) implements Proposal {
        @Override
        public int type() {
            return GROUP_CONTEXT_EXTENSIONS;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(extensions);
        }
    }

    /** The sender leaves; an empty body (draft-ietf-mls-extensions). */
    record SelfRemove() implements Proposal {
        @Override
        public int type() {
            return SELF_REMOVE;
        }

        @Override
        public void writeBody(TlsWriter out) {}
    }

    /**
     * Any other type. RFC 9420 gives such proposals no common form; like other implementations we
     * take their body to be one {@code opaque<V>}.
     */
    record Other(int type, Bytes body) implements Proposal {
        public Other {
            if (type >= ADD && type <= GROUP_CONTEXT_EXTENSIONS || type == SELF_REMOVE) {
                throw new IllegalArgumentException("proposal type " + type + " has its own form");
            }
            TlsWriter.requireU16(type);
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.opaque(body);
        }
    }

    static Proposal read(TlsReader in) throws MalformedException {
        int type = in.u16();
        return readBody(type, in);
    }

    /** Reads the body of a proposal of this type. */
    static Proposal readBody(int type, TlsReader in) throws MalformedException {
        switch (type) {
            case ADD:
                return new Add(KeyPackage.read(in));
            case UPDATE:
                return new Update(LeafNode.read(in));
            case REMOVE:
                return new Remove(in.u32());
            case PSK:
                return new PreSharedKey(PreSharedKeyId.read(in));
            case REINIT:
                return new ReInit(in.opaque(), in.u16(), in.u16(), Extensions.read(in));
            case EXTERNAL_INIT:
                return new ExternalInit(in.opaque());
            case GROUP_CONTEXT_EXTENSIONS:
                return new GroupContextExtensions(Extensions.read(in));
            case SELF_REMOVE:
                return new SelfRemove();
            default:
                return new Other(type, in.opaque());
        }
    }
}
