package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;

/** A member, or someone who may become one (RFC 9420 section 7.2). */
public record LeafNode(
        Bytes encryptionKey,
        Bytes signatureKey,
        Credential credential,
        Capabilities capabilities,
        LeafNodeSource source,
        Extensions extensions,
        Bytes signature)
        implements Encodable {
    /** The label that a leaf is signed with. */
    public static final String LABEL = "LeafNodeTBS";

    public static LeafNode read(TlsReader in) throws MalformedException {
        return new LeafNode(
                in.opaque(),
                in.opaque(),
                Credential.read(in),
                Capabilities.read(in),
                LeafNodeSource.read(in),
                Extensions.read(in),
                in.opaque());
    }

    public LeafNode withSignature(byte[] newSignature) {
        return new LeafNode(
                encryptionKey,
                signatureKey,
                credential,
                capabilities,
                source,
                extensions,
                Bytes.wrap(newSignature));
    }

    /** Whether group and leaf index are signed too, as they are but for key packages. */
    public boolean isBoundToGroup() {
        return !(source instanceof LeafNodeSource.KeyPackage);
    }

    /**
     * What is signed ({@code LeafNodeTBS}).
     *
     * @param groupId and {@code leafIndex} are left out for a leaf of a key package
     */
    public byte[] signedBytes(Bytes groupId, int leafIndex) {
        TlsWriter out = new TlsWriter(512);
        writeUnsigned(out);
        if (isBoundToGroup()) {
            out.opaque(groupId).u32(leafIndex);
        }
        return out.toByteArray();
    }

    private void writeUnsigned(TlsWriter out) {
        out.opaque(encryptionKey)
                .opaque(signatureKey)
                .put(credential)
                .put(capabilities)
                .put(source)
                .put(extensions);
    }

    @Override
    public void write(TlsWriter out) {
        writeUnsigned(out);
        out.opaque(signature);
    }
}
