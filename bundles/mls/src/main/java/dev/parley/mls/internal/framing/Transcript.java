package dev.parley.mls.internal.framing;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.suite.CipherSuite;

/** The hashes of all commits so far (RFC 9420 section 8.2). */
public final class Transcript {
    private Transcript() {}

    /**
     * The confirmed hash after a commit.
     *
     * @param interim of the epoch before; empty for the first one
     */
    public static Bytes confirmed(
            CipherSuite suite,
            Bytes interim,
            int wireFormat,
            FramedContent commit,
            Bytes signature) {
        return suite.hash(
                new TlsWriter(1024)
                        .fixed(interim)
                        .u16(wireFormat)
                        .put(commit)
                        .opaque(signature)
                        .toByteArray());
    }

    /** The interim hash after a commit. */
    public static Bytes interim(CipherSuite suite, Bytes confirmed, Bytes confirmationTag) {
        return suite.hash(
                new TlsWriter(128).fixed(confirmed).opaque(confirmationTag).toByteArray());
    }
}
