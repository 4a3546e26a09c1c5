package dev.parley.stores.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.api.TextEditor;
import dev.parley.identity.api.NetworkId;
import dev.parley.identity.internal.IdentityComponent;
import dev.parley.storage.api.Hash;
import dev.parley.storage.api.KeyValueStore;
import dev.parley.storage.internal.StorageComponent;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * How long a store takes to open: with its index, with one that lacks the last hundredth, and with
 * its log alone. Signatures have their real length and no meaning, because opening does not look at
 * them. A third of the changes write a text, a third registers, a third counters.
 *
 * <p>It is in the room's package because what it opens is nobody else's to open.
 */
public final class StoreOpening {
    private static final int SIGNATURE_BYTES = 3373;
    private static final int ROUNDS = 5;
    private static final int AUTHORS = 3;

    private StoreOpening() {}

    /** Words: how many changes; 100000 if there are none. */
    public static void main(String[] words) throws Exception {
        int changes = words.length == 0 ? 100_000 : Integer.parseInt(words[0]);
        java.nio.file.Path dir = Files.createTempDirectory("parley-opening");
        try {
            measure(dir, changes);
        } finally {
            remove(dir);
        }
    }

    private static void measure(java.nio.file.Path dir, int changes) throws Exception {
        IdentityComponent identity =
                new IdentityComponent(dir, new NetworkId("parley.test"), "opening");
        StorageComponent storage = new StorageComponent(dir);
        KeyValueStore kept = storage.keyValue("stores");
        StoreInfo info =
                new StoreInfo(
                        "parley.test", author(0), StoreInfo.Mode.OPEN, false, "b", new byte[16]);
        fill(storage, kept, info, changes);
        byte[] whole = new byte[0];
        byte[] part = new byte[0];
        double[][] seconds = new double[3][ROUNDS];
        for (int round = -1; round < ROUNDS; round++) {
            for (int kind = 0; kind < 3; kind++) {
                if (round < 0 && kind > 0) {
                    continue;
                }
                StoreFiles files = new StoreFiles(storage, kept, info.id());
                if (kind == 1) {
                    files.keepIndex(whole, changes);
                } else if (kind == 2) {
                    files.keepIndex(part, changes);
                }
                long start = System.nanoTime();
                OpenStore store = new OpenStore(identity, storage, kept, info, Set.of());
                double took = (System.nanoTime() - start) / 1e9;
                if (round < 0) {
                    whole = store.replica().index();
                    part = partial(store, changes - changes / 100);
                } else {
                    seconds[kind][round] = took;
                }
                Id hash = store.replica().state().hash();
                store.close();
                if (kind > 0) {
                    Hash index = Hash.sha256(kind == 1 ? whole : part);
                    Files.delete(storage.blobs().path(index).orElseThrow());
                }
                String[] kinds = {"log", "index", "part of an index"};
                say("%s: state %s, %.3f s", kinds[kind], hash.hex().substring(0, 8), took);
            }
        }
        double[] scans = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            long start = System.nanoTime();
            LogHistory scanned = new StoreFiles(storage, kept, info.id()).openLog(behind -> {});
            scans[round] = (System.nanoTime() - start) / 1e9;
            scanned.close();
        }
        double log = median(seconds[0]);
        say("%d changes, index of %d bytes; medians of %d", changes, whole.length, ROUNDS);
        say("the log alone            1");
        say("with its index           %.3f", median(seconds[1]) / log);
        say("index without 1 percent  %.3f", median(seconds[2]) / log);
        say("the log's sums alone     %.3f", median(scans) / log);
        storage.close();
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        java.util.Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    /** The index as it was before the last changes. */
    private static byte[] partial(OpenStore store, int changes) {
        Replica replica = Replica.create(store.info());
        for (int i = 0; i < changes; i++) {
            replica.receive(store.replica().change(i), Long.MAX_VALUE >> 17);
        }
        return replica.index();
    }

    private static Id author(int number) {
        byte[] bytes = new byte[Id.BYTES];
        bytes[0] = (byte) (number + 1);
        return Id.of(bytes);
    }

    private static void fill(
            StorageComponent storage, KeyValueStore kept, StoreInfo info, int changes)
            throws Exception {
        Random random = new Random(1);
        byte[] signature = new byte[SIGNATURE_BYTES];
        Replica replica = Replica.create(info);
        LogHistory log = new StoreFiles(storage, kept, info.id()).openLog(behind -> {});
        Path text = Path.ROOT.at("text", ObjectType.TEXT);
        for (int i = 0; i < changes; i++) {
            int number = i;
            SignedChange change =
                    replica.transact(
                            author(i / 7 % AUTHORS),
                            1_800_000_000_000L + i,
                            id -> signature,
                            it -> {
                                if (number % 3 == 0) {
                                    TextEditor editor = it.text(text);
                                    editor.insert(random.nextInt(editor.length() + 1), "word ");
                                } else if (number % 3 == 1) {
                                    String key = "key " + random.nextInt(5000);
                                    it.set(
                                            Path.ROOT.at(key, ObjectType.REGISTER),
                                            Scalar.of(number));
                                } else {
                                    String key = "count " + random.nextInt(100);
                                    it.increment(Path.ROOT.at(key, ObjectType.COUNTER), 1);
                                }
                            });
            log.append(change);
        }
        log.close();
    }

    private static void remove(java.nio.file.Path dir) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.walk(dir)) {
            List<java.nio.file.Path> all = files.sorted(Comparator.reverseOrder()).toList();
            for (java.nio.file.Path file : all) {
                Files.delete(file);
            }
        }
    }

    private static void say(String format, Object... words) {
        System.out.println(String.format(Locale.ROOT, format, words));
    }
}
