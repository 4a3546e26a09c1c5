package dev.parley.mls.internal.framing;

import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/**
 * A message before it is protected and after it is unprotected (RFC 9420 section 6).
 *
 * @param wireFormat {@link MlsMessage#PUBLIC_MESSAGE} or {@link MlsMessage#PRIVATE_MESSAGE}; it is
 *     part of what is signed
 */
public record AuthenticatedContent(int wireFormat, FramedContent content, AuthData auth)
        implements Encodable {
    public static AuthenticatedContent read(TlsReader in) throws MalformedException {
        int wireFormat = in.u16();
        FramedContent content = FramedContent.read(in);
        return new AuthenticatedContent(
                wireFormat, content, AuthData.read(content.content().type(), in));
    }

    @Override
    public void write(TlsWriter out) {
        out.u16(wireFormat).put(content);
        auth.write(out);
    }
}
