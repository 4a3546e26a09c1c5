package dev.parley.groups.internal;

import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.internal.StorageComponent;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.trust.nodes.NobodyElse;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The room on a real disk with real keys, and nobody else. */
final class Offline {
    private Offline() {}

    static GroupsComponent open(Path dir, StorageComponent storage, Consumer<byte[]> published)
            throws Exception {
        NobodyElse nobody = new NobodyElse(published);
        IdentityComponent identity =
                new IdentityComponent(dir, new NetworkId("parley.test"), "alone");
        return new GroupsComponent(
                identity, storage, nobody, nobody, nobody, new TrustComponent(dir));
    }
}
