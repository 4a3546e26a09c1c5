package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.List;

/**
 * A key that the members below share, but for the unmerged leaves (RFC 9420 section 7.1).
 *
 * @param unmergedLeaves leaf indexes as they are on the wire; their order is checked with the tree
 */
public record ParentNode(Bytes encryptionKey, Bytes parentHash, List<Long> unmergedLeaves)
        implements Encodable {
    public ParentNode {
        unmergedLeaves = List.copyOf(unmergedLeaves);
    }

    public static ParentNode read(TlsReader in) throws MalformedException {
        return new ParentNode(in.opaque(), in.opaque(), in.list(TlsReader::u32));
    }

    @Override
    public void write(TlsWriter out) {
        out.opaque(encryptionKey).opaque(parentHash).list(unmergedLeaves, TlsWriter::u32);
    }
}
