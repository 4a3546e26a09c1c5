package dev.parley.mls.internal.framing;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.proposal.Proposal;
import dev.parley.wire.api.MalformedException;

/** What a message says (RFC 9420 section 6); its type stands outside of it on the wire. */
public sealed interface Content {
    int APPLICATION = 1;
    int PROPOSAL = 2;
    int COMMIT = 3;

    int type();

    /** The content without its type. */
    void writeBody(TlsWriter out);

    record Application(Bytes data) implements Content {
        @Override
        public int type() {
            return APPLICATION;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.opaque(data);
        }

        /** Says nothing of what is written. */
        @Override
        public String toString() {
            return "Application[" + data.length() + " bytes]";
        }
    }

    record Propose(Proposal proposal) implements Content {
        @Override
        public int type() {
            return PROPOSAL;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(proposal);
        }
    }

    record Commit(dev.parley.mls.internal.proposal.Commit commit) implements Content {
        @Override
        public int type() {
            return COMMIT;
        }

        @Override
        public void writeBody(TlsWriter out) {
            out.put(commit);
        }
    }

    static Content readBody(int type, TlsReader in) throws MalformedException {
        switch (type) {
            case APPLICATION:
                return new Application(in.opaque());
            case PROPOSAL:
                return new Propose(Proposal.read(in));
            case COMMIT:
                return new Commit(dev.parley.mls.internal.proposal.Commit.read(in));
            default:
                throw in.unexpected("content type", type);
        }
    }
}
