package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Checkpoint;
import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.Snapshot;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.crdt.internal.columns.ByteReader;
import dev.parley.crdt.internal.columns.ByteWriter;
import dev.parley.crdt.internal.columns.Deflate;
import dev.parley.crdt.internal.columns.PackedBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Snapshots and history files of random histories in which a few bytes are others, below what is
 * deflated: they are refused, or they can be used as any other. {@code -Dparley.seeds=N} plays N
 * batches, {@code -Dparley.seed=N} says from which one on.
 */
class HostileFilesTest {
    private static final int BATCH = 5;
    private static final int TRIES = 40;
    private static final long LATER = Replicas.NOW + 86_400_000L;

    static LongStream seeds() {
        return OracleTest.seeds();
    }

    private static final class Played {
        private final Random random;
        private final OracleNoise noise;
        private final Replica replica;
        private final List<SignedChange> changes = new ArrayList<>();

        Played(long seed) {
            random = new Random(seed);
            StoreInfo info = Replicas.open(1).info;
            noise = new OracleNoise(random, new Oracle(info));
            replica = Replica.create(info);
            for (int i = 0; i < 25; i++) {
                changes.add(noise.next());
                replica.receive(changes.get(i), LATER);
            }
        }

        byte[] mutated(byte[] bytes) {
            byte[] mutated = bytes.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                int at = random.nextInt(mutated.length);
                switch (random.nextInt(4)) {
                    case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                    case 1 -> mutated[at] = (byte) random.nextInt(256);
                    case 2 -> mutated[at] += (byte) (random.nextBoolean() ? 1 : -1);
                    default -> {
                        int from = random.nextInt(mutated.length);
                        int most = mutated.length - Math.max(at, from);
                        int length = Math.min(1 + random.nextInt(4), most);
                        System.arraycopy(bytes, from, mutated, at, length);
                    }
                }
            }
            return mutated;
        }

        /** Shows everything and takes in all that the history has. */
        void use(Replica read) {
            assertThat(read.state().hash()).isNotNull();
            for (Path path : noise.paths()) {
                assertThat(read.state().shown(path)).isNotNull();
            }
            changes.forEach(it -> read.receive(it, LATER));
            try {
                assertThat(read.snapshot(read.heads(""), false).file()).isNotEmpty();
            } catch (RefusedException e) {
                assertThat(e.code()).isEqualTo(RefusedException.Code.NOT_FOUND);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aSnapshotWithOtherBytesIsRefusedOrCanBeUsed(long seed) throws Exception {
        for (int i = 0; i < BATCH; i++) {
            Played played = new Played(seed * BATCH + i);
            Snapshot snapshot = played.replica.snapshot(played.replica.heads(""), true);
            ByteReader in = new ByteReader(snapshot.file());
            long version = in.readVarint();
            int length = (int) in.readVarint();
            byte[] parts = in.readBytes((int) in.readVarint());
            byte[] raw = PackedBytes.read(new ByteReader(parts), length);
            byte[] ids = in.readBytes(in.remaining());
            for (int j = 0; j < TRIES; j++) {
                byte[] mutated = j == 0 ? raw : played.mutated(raw);
                byte[] again = PackedBytes.write(mutated);
                ByteWriter file = new ByteWriter();
                file.writeVarint(version);
                file.writeVarint(mutated.length);
                file.writeVarint(again.length);
                file.writeBytes(again);
                file.writeBytes(ids);
                Id hash = Sha256.of(mutated);
                List<Id> heads = snapshot.checkpoint().heads();
                Checkpoint named = new Checkpoint(played.replica.info().id(), heads, hash);
                boolean isRead = Arrays.equals(mutated, raw);
                try {
                    played.use(
                            Replica.fromCheckpoint(
                                    named, file.toBytes(), new MemoryHistory(), event -> {}));
                } catch (MalformedException e) {
                    assertThat(isRead).as("what nobody changed, %s", e.getMessage()).isFalse();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void aHistoryFileWithOtherBytesIsRefusedOrCanBeUsed(long seed) throws Exception {
        for (int i = 0; i < BATCH; i++) {
            Played played = new Played(seed * BATCH + i);
            byte[] raw = inflated(played.replica.save());
            for (int j = 0; j < TRIES; j++) {
                byte[] mutated = j == 0 ? raw : played.mutated(raw);
                boolean isRead = Arrays.equals(mutated, raw);
                try {
                    played.use(
                            Replica.load(
                                    mutated,
                                    LATER,
                                    (author, change, signature) -> true,
                                    new MemoryHistory(),
                                    event -> {}));
                } catch (MalformedException e) {
                    assertThat(isRead).as("what nobody changed, %s", e.getMessage()).isFalse();
                }
            }
        }
    }

    /** The same file with its columns as they are before they are deflated. */
    private static byte[] inflated(byte[] file) throws Exception {
        ByteReader in = new ByteReader(file);
        ByteWriter out = new ByteWriter();
        out.writeVarint(in.readVarint());
        int info = (int) in.readVarint();
        out.writeVarint(info);
        out.writeBytes(in.readBytes(info));
        out.writeVarint(in.readVarint());
        int columns = (int) in.readVarint();
        out.writeVarint(columns);
        for (int i = 0; i < columns; i++) {
            out.writeVarint(in.readVarint());
            int raw = (int) in.readVarint();
            byte[] stored = in.readBytes((int) in.readVarint());
            out.writeVarint(raw);
            out.writeVarint(raw);
            out.writeBytes(stored.length == raw ? stored : Deflate.inflate(stored, raw, raw));
        }
        return out.toBytes();
    }
}
