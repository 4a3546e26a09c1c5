package dev.parley.mls.internal.proposal;

import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.UpdatePath;
import dev.parley.wire.api.MalformedException;
import java.util.List;
import java.util.Optional;

/** Carries proposals out and begins an epoch (RFC 9420 section 12.4). */
public record Commit(List<ProposalOrRef> proposals, Optional<UpdatePath> path)
        implements Encodable {
    public Commit {
        proposals = List.copyOf(proposals);
    }

    public static Commit read(TlsReader in) throws MalformedException {
        return new Commit(in.list(ProposalOrRef::read), in.optional(UpdatePath::read));
    }

    @Override
    public void write(TlsWriter out) {
        out.list(proposals).optional(path);
    }
}
