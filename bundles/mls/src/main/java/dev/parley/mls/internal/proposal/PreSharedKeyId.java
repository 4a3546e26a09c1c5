package dev.parley.mls.internal.proposal;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** Names a pre-shared key and one use of it (RFC 9420 section 8.4). */
public sealed interface PreSharedKeyId extends Encodable {
    /** What a resumption PSK is for. */
    enum Usage {
        APPLICATION,
        REINIT,
        BRANCH
    }

    /** Random, as long as a hash, new for each use. */
    Bytes nonce();

    /** A key that the application shares by other means. */
    record External(Bytes id, Bytes nonce) implements PreSharedKeyId {
        @Override
        public void write(TlsWriter out) {
            out.u8(1).opaque(id).opaque(nonce);
        }
    }

    /** The key of an epoch of a group. */
    record Resumption(Usage usage, Bytes groupId, long epoch, Bytes nonce)
            implements PreSharedKeyId {
        @Override
        public void write(TlsWriter out) {
            out.u8(2).u8(usage.ordinal() + 1).opaque(groupId).u64(epoch).opaque(nonce);
        }
    }

    static PreSharedKeyId read(TlsReader in) throws MalformedException {
        int type = in.u8();
        if (type == 1) {
            return new External(in.opaque(), in.opaque());
        }
        if (type != 2) {
            throw in.unexpected("PSK type", type);
        }
        int usage = in.u8();
        if (usage < 1 || usage > Usage.values().length) {
            throw in.unexpected("resumption PSK usage", usage);
        }
        return new Resumption(Usage.values()[usage - 1], in.opaque(), in.u64(), in.opaque());
    }
}
