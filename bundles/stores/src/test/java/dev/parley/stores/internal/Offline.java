package dev.parley.stores.internal;

import dev.parley.identity.api.MachineId;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.api.Storage;
import dev.parley.trust.internal.TrustComponent;
import dev.parley.trust.nodes.NobodyElse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/** The room on a real disk with real keys, and nobody else. */
final class Offline extends NobodyElse {
    /** What the one answers who is asked though nobody is connected; nothing, if that is empty. */
    volatile UnaryOperator<byte[]> other = question -> new byte[0];

    static StoresComponent open(Path dir, Storage storage) throws Exception {
        return open(dir, storage, Limits.USUAL.indexEvery());
    }

    /** With an index after so many changes. */
    static StoresComponent open(Path dir, Storage storage, int indexEvery) throws Exception {
        return open(dir, storage, indexEvery, new Offline());
    }

    static StoresComponent open(Path dir, Storage storage, int indexEvery, Offline nobody)
            throws Exception {
        IdentityComponent identity =
                new IdentityComponent(dir, new NetworkId("parley.test"), "alone");
        return new StoresComponent(
                identity,
                storage,
                nobody,
                nobody,
                nobody,
                new TrustComponent(dir),
                new Limits(indexEvery, Limits.USUAL.summaryBytes()));
    }

    @Override
    public CompletionStage<byte[]> request(
            MachineId to, String method, byte[] body, Duration timeout) {
        byte[] answer = other.apply(body);
        return answer.length == 0
                ? super.request(to, method, body, timeout)
                : CompletableFuture.completedStage(answer);
    }
}
