package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** With it somebody can be added to a group while not there (RFC 9420 section 10). */
public record KeyPackage(
        int version,
        int cipherSuite,
        Bytes initKey,
        LeafNode leafNode,
        Extensions extensions,
        Bytes signature)
        implements Encodable {
    /** The label that a key package is signed with. */
    public static final String LABEL = "KeyPackageTBS";

    /** The label of its reference (section 5.2). */
    public static final String REF_LABEL = "MLS 1.0 KeyPackage Reference";

    public static KeyPackage read(TlsReader in) throws MalformedException {
        return new KeyPackage(
                in.u16(),
                in.u16(),
                in.opaque(),
                LeafNode.read(in),
                Extensions.read(in),
                in.opaque());
    }

    public KeyPackage withSignature(byte[] newSignature) {
        return new KeyPackage(
                version, cipherSuite, initKey, leafNode, extensions, Bytes.wrap(newSignature));
    }

    /** What is signed ({@code KeyPackageTBS}). */
    public byte[] signedBytes() {
        TlsWriter out = new TlsWriter(512);
        writeUnsigned(out);
        return out.toByteArray();
    }

    private void writeUnsigned(TlsWriter out) {
        out.u16(version).u16(cipherSuite).opaque(initKey).put(leafNode).put(extensions);
    }

    @Override
    public void write(TlsWriter out) {
        writeUnsigned(out);
        out.opaque(signature);
    }
}
