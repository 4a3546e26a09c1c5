package dev.parley.mls.internal.framing;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** Content with what it belongs to (RFC 9420 section 6). */
public record FramedContent(
        Bytes groupId, long epoch, Sender sender, Bytes authenticatedData, Content content)
        implements Encodable {
    public static FramedContent read(TlsReader in) throws MalformedException {
        return new FramedContent(
                in.opaque(), in.u64(), Sender.read(in), in.opaque(), Content.readBody(in.u8(), in));
    }

    @Override
    public void write(TlsWriter out) {
        out.opaque(groupId).u64(epoch).put(sender).opaque(authenticatedData).u8(content.type());
        content.writeBody(out);
    }
}
