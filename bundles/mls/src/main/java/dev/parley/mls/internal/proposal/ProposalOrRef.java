package dev.parley.mls.internal.proposal;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** A proposal in a commit, by value or by the hash of the message that had it. */
public sealed interface ProposalOrRef extends Encodable {
    record ByValue(Proposal proposal) implements ProposalOrRef {
        @Override
        public void write(TlsWriter out) {
            out.u8(1).put(proposal);
        }
    }

    record ByRef(Bytes ref) implements ProposalOrRef {
        @Override
        public void write(TlsWriter out) {
            out.u8(2).opaque(ref);
        }
    }

    static ProposalOrRef read(TlsReader in) throws MalformedException {
        int type = in.u8();
        switch (type) {
            case 1:
                return new ByValue(Proposal.read(in));
            case 2:
                return new ByRef(in.opaque());
            default:
                throw in.unexpected("ProposalOrRef type", type);
        }
    }
}
