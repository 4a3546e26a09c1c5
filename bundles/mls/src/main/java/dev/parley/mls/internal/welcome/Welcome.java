package dev.parley.mls.internal.welcome;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.node.HpkeCiphertext;
import dev.parley.wire.api.MalformedException;
import java.util.List;

/** Lets new members into a group (RFC 9420 section 12.4.3.1). */
public record Welcome(int cipherSuite, List<ForMember> secrets, Bytes encryptedGroupInfo)
        implements Encodable {
    /** The label that group secrets are encrypted with. */
    public static final String LABEL = "Welcome";

    public Welcome {
        secrets = List.copyOf(secrets);
    }

    /** {@code EncryptedGroupSecrets}: for whoever has the key package with this reference. */
    public record ForMember(Bytes newMember, HpkeCiphertext encryptedGroupSecrets)
            implements Encodable {
        public static ForMember read(TlsReader in) throws MalformedException {
            return new ForMember(in.opaque(), HpkeCiphertext.read(in));
        }

        @Override
        public void write(TlsWriter out) {
            out.opaque(newMember).put(encryptedGroupSecrets);
        }
    }

    public static Welcome read(TlsReader in) throws MalformedException {
        return new Welcome(in.u16(), in.list(ForMember::read), in.opaque());
    }

    @Override
    public void write(TlsWriter out) {
        out.u16(cipherSuite).list(secrets).opaque(encryptedGroupInfo);
    }
}
