package dev.parley.mls.api;

import java.util.List;
import java.util.Optional;

/** What somebody asks to be proposed or committed. */
public sealed interface Proposing {
    /**
     * @param keyPackage an {@code MLSMessage} with a key package
     */
    record Add(byte[] keyPackage) implements Proposing {}

    record Remove(int leafIndex) implements Proposing {}

    /**
     * New keys for the own leaf. Not within one's own commit, whose path does that.
     *
     * @param renewed what the leaf says from then on, of the same identity; if empty the client
     */
    record Update(Optional<Client> renewed) implements Proposing {
        public Update() {
            this(Optional.empty());
        }
    }

    /** One's own leaving; another member commits it. */
    record SelfRemove() implements Proposing {}

    record ExternalPsk(byte[] id) implements Proposing {}

    record ResumptionPsk(byte[] groupId, long epoch) implements Proposing {}

    record Extensions(List<MlsExtension> extensions) implements Proposing {}

    record ReInit(byte[] groupId, int cipherSuite, List<MlsExtension> extensions)
            implements Proposing {}

    record Other(int type, byte[] body) implements Proposing {}
}
