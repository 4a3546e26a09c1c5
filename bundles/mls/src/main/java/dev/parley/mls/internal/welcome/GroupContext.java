package dev.parley.mls.internal.welcome;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.wire.api.MalformedException;

/** What all members of an epoch agree on (RFC 9420 section 8.1). */
public record GroupContext(
        int version,
        int cipherSuite,
        Bytes groupId,
        long epoch,
        Bytes treeHash,
        Bytes confirmedTranscriptHash,
        Extensions extensions)
        implements Encodable {
    /** MLS 1.0. */
    public static final int MLS10 = 1;

    public static GroupContext read(TlsReader in) throws MalformedException {
        return new GroupContext(
                in.u16(),
                in.u16(),
                in.opaque(),
                in.u64(),
                in.opaque(),
                in.opaque(),
                Extensions.read(in));
    }

    @Override
    public void write(TlsWriter out) {
        out.u16(version)
                .u16(cipherSuite)
                .opaque(groupId)
                .u64(epoch)
                .opaque(treeHash)
                .opaque(confirmedTranscriptHash)
                .put(extensions);
    }
}
