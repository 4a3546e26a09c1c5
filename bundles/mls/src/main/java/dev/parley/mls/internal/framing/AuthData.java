package dev.parley.mls.internal.framing;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.Optional;

/**
 * {@code FramedContentAuthData} (RFC 9420 section 6.1).
 *
 * @param confirmationTag there for a commit and for nothing else
 */
public record AuthData(Bytes signature, Optional<Bytes> confirmationTag) {
    /** Reads what belongs to a content of this type. */
    static AuthData read(int contentType, TlsReader in) throws MalformedException {
        return new AuthData(
                in.opaque(),
                contentType == Content.COMMIT ? Optional.of(in.opaque()) : Optional.empty());
    }

    void write(TlsWriter out) {
        out.opaque(signature);
        confirmationTag.ifPresent(out::opaque);
    }
}
