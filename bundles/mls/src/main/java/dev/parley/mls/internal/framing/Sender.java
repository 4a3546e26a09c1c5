package dev.parley.mls.internal.framing;

import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** Who sent a message (RFC 9420 section 6). Indexes are unsigned numbers of 32 bits. */
public sealed interface Sender extends Encodable {
    record Member(long leafIndex) implements Sender {
        @Override
        public void write(TlsWriter out) {
            out.u8(1).u32(leafIndex);
        }
    }

    /** One of the {@code external_senders} extension's list. */
    record External(long senderIndex) implements Sender {
        @Override
        public void write(TlsWriter out) {
            out.u8(2).u32(senderIndex);
        }
    }

    /** Somebody who proposes to be added. */
    record NewMemberProposal() implements Sender {
        @Override
        public void write(TlsWriter out) {
            out.u8(3);
        }
    }

    /** Somebody who joins by an external commit. */
    record NewMemberCommit() implements Sender {
        @Override
        public void write(TlsWriter out) {
            out.u8(4);
        }
    }

    static Sender read(TlsReader in) throws MalformedException {
        int type = in.u8();
        switch (type) {
            case 1:
                return new Member(in.u32());
            case 2:
                return new External(in.u32());
            case 3:
                return new NewMemberProposal();
            case 4:
                return new NewMemberCommit();
            default:
                throw in.unexpected("sender type", type);
        }
    }
}
