package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.HistoryVectors.*;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.List;

/** The history of {@code 0010.json} with sealed values, and their key. */
final class SealVectors {
    private static final Id STORE = VectorHistory.info(StoreInfo.Mode.OPEN, false).id();

    /** Of agent 1; its bytes are 0 to 31. */
    static final SealKey KEY = key();

    private SealVectors() {}

    private static SealKey key() {
        byte[] secret = new byte[SealKey.BYTES];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        return SealKey.of(STORE, VectorHistory.agent(1), secret);
    }

    static Object history() {
        VectorHistory h =
                new VectorHistory("sealed values, shreds, and rule 2", StoreInfo.Mode.OPEN, false);
        byte[] secret = new byte[SealKey.BYTES];
        SealKey two = SealKey.of(STORE, VectorHistory.agent(2), secret);
        SealKey three = SealKey.of(STORE, VectorHistory.agent(3), secret);
        Operation own = new Operation.Shred(Path.ROOT, null, KEY.proof());
        SignedChange filled =
                h.add(
                        1,
                        List.of(),
                        new Operation.Set(REGISTER, KEY.seal(X)),
                        new Operation.Add(ADDS, KEY.seal(X)),
                        new Operation.Add(ADDS, two.seal(X)),
                        new Operation.Add(ADDS, three.seal(X)),
                        new Operation.Grow(TREE, under(null, "V"), KEY.seal(Scalar.of("label"))));
        h.add(2, List.of(filled), new Operation.Shred(Path.ROOT, KEY.id(), null));
        h.isVoid(2);
        h.add(2, List.of(), own);
        h.add(1, List.of(), own, new Operation.Note(Path.ROOT));
        h.isVoid(2);
        h.add(1, List.of(), new Operation.Note(Path.ROOT), own);
        h.isVoid(2);
        h.add(1, null, List.of(filled), h.millis(), "draft", own);
        h.isVoid(2);
        h.add(1, List.of(), own);
        h.add(3, List.of(filled), new Operation.Add(ADDS, KEY.seal(Scalar.of("beside"))));
        h.add(0, List.of(filled), new Operation.Shred(Path.ROOT, two.id(), null));
        return h.finish(REGISTER, ADDS, TREE);
    }
}
