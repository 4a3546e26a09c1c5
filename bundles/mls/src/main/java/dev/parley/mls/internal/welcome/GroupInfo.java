package dev.parley.mls.internal.welcome;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.Extensions;
import dev.parley.wire.api.MalformedException;

/**
 * What somebody who joins learns of the group (RFC 9420 section 12.4.3).
 *
 * @param signer the leaf index of who signed, an unsigned number of 32 bits
 */
public record GroupInfo(
        GroupContext groupContext,
        Extensions extensions,
        Bytes confirmationTag,
        long signer,
        Bytes signature)
        implements Encodable {
    /** The label that it is signed with. */
    public static final String LABEL = "GroupInfoTBS";

    public static GroupInfo read(TlsReader in) throws MalformedException {
        return new GroupInfo(
                GroupContext.read(in), Extensions.read(in), in.opaque(), in.u32(), in.opaque());
    }

    public GroupInfo withSignature(byte[] newSignature) {
        return new GroupInfo(
                groupContext, extensions, confirmationTag, signer, Bytes.wrap(newSignature));
    }

    /** What is signed ({@code GroupInfoTBS}). */
    public byte[] signedBytes() {
        TlsWriter out = room();
        writeUnsigned(out);
        return out.toByteArray();
    }

    @Override
    public byte[] encode() {
        TlsWriter out = room();
        write(out);
        return out.toByteArray();
    }

    private TlsWriter room() {
        return new TlsWriter(1024 + extensions.expectedBytes());
    }

    private void writeUnsigned(TlsWriter out) {
        out.put(groupContext).put(extensions).opaque(confirmationTag).u32(signer);
    }

    @Override
    public void write(TlsWriter out) {
        writeUnsigned(out);
        out.opaque(signature);
    }
}
