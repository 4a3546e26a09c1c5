package dev.parley.mls.internal.node;

import dev.parley.mls.internal.codec.Bytes;
import dev.parley.mls.internal.codec.Encodable;
import dev.parley.mls.internal.codec.TlsReader;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.wire.api.MalformedException;
import java.util.List;

/** New keys from a leaf to the root (RFC 9420 section 7.6). */
public record UpdatePath(LeafNode leafNode, List<Step> nodes) implements Encodable {
    public UpdatePath {
        nodes = List.copyOf(nodes);
    }

    /** {@code UpdatePathNode}: a new public key, its path secret for each of the copath. */
    public record Step(Bytes encryptionKey, List<HpkeCiphertext> encryptedPathSecrets)
            implements Encodable {
        public Step {
            encryptedPathSecrets = List.copyOf(encryptedPathSecrets);
        }

        public static Step read(TlsReader in) throws MalformedException {
            return new Step(in.opaque(), in.list(HpkeCiphertext::read));
        }

        @Override
        public void write(TlsWriter out) {
            out.opaque(encryptionKey).list(encryptedPathSecrets);
        }
    }

    public static UpdatePath read(TlsReader in) throws MalformedException {
        return new UpdatePath(LeafNode.read(in), in.list(Step::read));
    }

    @Override
    public void write(TlsWriter out) {
        out.put(leafNode).list(nodes);
    }
}
