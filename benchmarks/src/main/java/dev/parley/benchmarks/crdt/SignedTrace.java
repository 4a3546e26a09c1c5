package dev.parley.benchmarks.crdt;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.SignedChange;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.api.PublicKey;
import dev.parley.identity.api.SecretKey;
import dev.parley.identity.api.Signature;
import dev.parley.identity.api.Signatures;
import dev.parley.wire.api.MalformedException;
import java.util.Locale;

/** A whole trace with both signatures of each change made and checked, as a store does. */
final class SignedTrace {
    private static final NetworkId NETWORK = new NetworkId("bench");
    private static final String CONTEXT = "parley.change.v1";
    private static final int EDITS_EACH = 200;

    private SignedTrace() {}

    static void run(Trace trace) throws Exception {
        SecretKey key = SecretKey.of(new byte[SecretKey.SEED_BYTES]);
        PublicKey verifier = key.publicKey();
        Replica[] made = new Replica[1];
        double sign =
                CrdtBenchmark.cpu(
                        5,
                        () -> {
                            made[0] =
                                    CrdtBenchmark.gathered(
                                            trace,
                                            EDITS_EACH,
                                            id -> key.sign(NETWORK, CONTEXT, id.bytes()).encode());
                            return made[0];
                        });
        double verify =
                CrdtBenchmark.cpu(
                        5,
                        () -> {
                            Replica other = Replica.create(made[0].info());
                            for (int i = 0; i < made[0].size(); i++) {
                                SignedChange change = made[0].change(i);
                                if (!isValid(verifier, change.id(), change.signature())) {
                                    throw new IllegalStateException("a wrong signature");
                                }
                                other.receive(change, CrdtBenchmark.NOW * 2);
                            }
                            return other;
                        });
        byte[] file = made[0].save();
        double load =
                CrdtBenchmark.cpu(
                        5,
                        () ->
                                Replica.load(
                                        file,
                                        CrdtBenchmark.NOW * 2,
                                        (author, signed, signature) ->
                                                isValid(verifier, signed, signature),
                                        new dev.parley.crdt.api.MemoryHistory(),
                                        event -> {}));
        System.out.printf(
                Locale.ROOT,
                "%n== %s signed, %d edits in each of %d changes: written %.0f ms, checked and taken"
                        + " in %.0f ms, history file %d bytes, loaded %.0f ms%n",
                trace.name(),
                EDITS_EACH,
                made[0].size(),
                sign,
                verify,
                file.length,
                load);
    }

    private static boolean isValid(PublicKey key, Id signed, byte[] signature) {
        try {
            return Signatures.verify(
                    key, NETWORK, CONTEXT, signed.bytes(), Signature.decode(signature));
        } catch (MalformedException e) {
            return false;
        }
    }
}
