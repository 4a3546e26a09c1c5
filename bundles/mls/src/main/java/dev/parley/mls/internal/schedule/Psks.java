package dev.parley.mls.internal.schedule;

import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.proposal.PreSharedKeyId;
import dev.parley.mls.internal.suite.CipherSuite;
import java.util.List;

/** The combined secret of pre-shared keys (RFC 9420 section 8.4). */
public final class Psks {
    private Psks() {}

    /** A pre-shared key and what names it. */
    public record Psk(PreSharedKeyId id, Secret secret) {}

    /** All zeros if there are none. */
    public static Secret combine(CipherSuite suite, List<Psk> psks) {
        Secret combined = Secret.zeros(suite.secretLength());
        byte[] zeros = new byte[suite.secretLength()];
        for (int i = 0; i < psks.size(); i++) {
            Secret extracted = suite.kdf().extract(zeros, psks.get(i).secret().reveal());
            byte[] label =
                    new TlsWriter(128).put(psks.get(i).id()).u16(i).u16(psks.size()).toByteArray();
            Secret input =
                    suite.expandWithLabel(extracted, "derived psk", label, suite.secretLength());
            Secret next = suite.kdf().extract(input.reveal(), combined.reveal());
            extracted.destroy();
            input.destroy();
            combined.destroy();
            combined = next;
        }
        return combined;
    }
}
