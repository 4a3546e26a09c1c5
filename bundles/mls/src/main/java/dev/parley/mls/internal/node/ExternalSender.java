package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** One of the {@code external_senders} extension's list (RFC 9420 section 12.1.8.1). */
public record ExternalSender(Bytes signatureKey, Credential credential) implements Encodable {
    public static ExternalSender read(TlsReader in) throws MalformedException {
        return new ExternalSender(in.opaque(), Credential.read(in));
    }

    @Override
    public void write(TlsWriter out) {
        out.opaque(signatureKey).put(credential);
    }
}
