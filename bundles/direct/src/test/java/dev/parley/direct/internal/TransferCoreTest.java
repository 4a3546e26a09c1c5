package dev.parley.direct.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.direct.api.BlobRequest;
import dev.parley.direct.api.MerkleTree;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransferCoreTest {
    private static final int CHUNKS = 40;
    private static final MachineId ALICE = MachineId.of("aa".repeat(32));
    private static final MachineId BOB = MachineId.of("bb".repeat(32));

    @TempDir private Path dir;

    private final byte[] content = new byte[CHUNKS * 65_536 - 7];
    private MerkleTree tree;
    private BlobRequest blob;

    @BeforeEach
    void make() throws Exception {
        new Random(1).nextBytes(content);
        tree = MerkleTree.of(Files.write(dir.resolve("blob"), content));
        blob = new BlobRequest(Hash.sha256(content), content.length, tree.root());
    }

    private BlobFrame.Chunk chunk(int index) {
        int at = index * 65_536;
        return new BlobFrame.Chunk(
                index,
                tree.proof(index),
                Arrays.copyOfRange(content, at, Math.min(content.length, at + 65_536)));
    }

    /** One honest holder that sends its chunks in order at a steady rate. */
    private TransferCore.Effect end(int kibPerSecond) {
        TransferCore core = new TransferCore(blob, new BitSet());
        Deque<Integer> asked = new ArrayDeque<>();
        List<TransferCore.Effect> effects = core.start(List.of(ALICE), 0);
        long chunkNanos = 64L * 1_000_000_000L / kibPerSecond;
        long next = chunkNanos;
        for (long now = 0; now < 400_000_000_000L; now += 100_000_000L) {
            List<TransferCore.Effect> all = new ArrayList<>(effects);
            effects = new ArrayList<>(core.tick(now));
            while (now >= next && !asked.isEmpty()) {
                effects.addAll(core.chunk(ALICE, chunk(asked.remove()), now));
                next += chunkNanos;
            }
            for (TransferCore.Effect effect : all) {
                if (effect instanceof TransferCore.Effect.Ask ask) {
                    asked.add(ask.chunk());
                } else if (effect instanceof TransferCore.Effect.Complete
                        || effect instanceof TransferCore.Effect.Fail) {
                    return effect;
                }
            }
        }
        throw new AssertionError("neither complete nor failed");
    }

    @Test
    void aHolderThatKeepsTheMinimumRateIsKeptAndASlowerOneIsLetGo() {
        for (int rate : new int[] {18, 20, 64, 136, 1000}) {
            assertThat(end(rate))
                    .as("%d KiB/s", rate)
                    .isInstanceOf(TransferCore.Effect.Complete.class);
        }
        assertThat(end(12))
                .isInstanceOfSatisfying(
                        TransferCore.Effect.Fail.class,
                        fail -> assertThat(fail.code()).isEqualTo("FETCH_STALLED"));
    }

    @Test
    void theChunksOfALostHolderGoToTheOther() {
        TransferCore core = new TransferCore(blob, new BitSet());
        Deque<Integer> bobs = new ArrayDeque<>();
        List<TransferCore.Effect> effects = new ArrayList<>(core.start(List.of(ALICE, BOB), 0));
        effects.addAll(core.lost(ALICE, "FETCH_NO_HOLDER", "gone", 1));
        boolean complete = false;
        while (!complete) {
            for (TransferCore.Effect effect : effects) {
                if (effect instanceof TransferCore.Effect.Ask ask && ask.holder().equals(BOB)) {
                    bobs.add(ask.chunk());
                }
                complete |= effect instanceof TransferCore.Effect.Complete;
            }
            effects = bobs.isEmpty() ? List.of() : core.chunk(BOB, chunk(bobs.remove()), 2);
        }
        assertThat(core.bytesPresent()).isEqualTo(content.length);
    }

    @Test
    void whatIsHereAlreadyIsNotAskedForAgain() {
        BitSet present = new BitSet();
        present.set(0, CHUNKS - 1);
        List<TransferCore.Effect> effects =
                new TransferCore(blob, present).start(List.of(ALICE), 0);
        assertThat(effects).containsExactly(new TransferCore.Effect.Ask(ALICE, CHUNKS - 1));
    }

    @Test
    void aHolderWhoseConnectionEndedIsAskedAgainWhenItComesBackInTime() {
        TransferCore core = new TransferCore(blob, new BitSet());
        core.start(List.of(ALICE), 0);
        core.chunk(ALICE, chunk(0), 1);
        assertThat(core.disconnected(ALICE, "gone", 2))
                .noneMatch(TransferCore.Effect.Fail.class::isInstance);
        assertThat(core.away()).containsExactly(ALICE);
        assertThat(core.back(ALICE, 3))
                .hasSize(TransferCore.WINDOW)
                .allMatch(TransferCore.Effect.Ask.class::isInstance);
        assertThat(core.disconnected(ALICE, "gone again", 4)).hasSize(1);
        assertThat(core.tick(5 + TransferCore.GRACE_NANOS))
                .singleElement()
                .isInstanceOfSatisfying(
                        TransferCore.Effect.Fail.class,
                        fail -> assertThat(fail.code()).isEqualTo("FETCH_NO_HOLDER"));
    }

    @Test
    void aHolderThatSentABadChunkIsNotAskedAgain() {
        TransferCore core = new TransferCore(blob, new BitSet());
        core.start(List.of(ALICE, BOB), 0);
        BlobFrame.Chunk bad = new BlobFrame.Chunk(0, tree.proof(0), new byte[65_536]);
        core.chunk(ALICE, bad, 1);
        assertThat(core.disconnected(ALICE, "gone", 2)).isEmpty();
        assertThat(core.away()).isEmpty();
        assertThat(core.back(ALICE, 3)).isEmpty();
    }
}
