package dev.parley.mls.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.mls.api.MlsException;
import dev.parley.mls.api.MlsException.Reason;
import dev.parley.mls.internal.codec.Decoder;
import dev.parley.mls.internal.codec.Secret;
import dev.parley.mls.internal.codec.TlsWriter;
import dev.parley.mls.internal.schedule.EpochKeys.Kind;
import dev.parley.mls.internal.schedule.EpochKeys.Limits;
import dev.parley.mls.internal.suite.CipherSuite;
import dev.parley.mls.internal.suite.CipherSuites;
import dev.parley.wire.api.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class EpochKeysTest {
    private static final CipherSuite SUITE = CipherSuites.standard().find(1).orElseThrow();
    private static final Kind KIND = Kind.APPLICATION;

    private static EpochKeys keys(int leaves, Limits limits) {
        return new EpochKeys(SUITE, Secret.zeros(32), leaves, limits);
    }

    private static EpochKeys keys() {
        return keys(4, Limits.DEFAULT);
    }

    private static Secret open(EpochKeys keys, long generation) throws MlsException {
        return keys.open(1, KIND, generation, key -> key.key().copy());
    }

    private static void refused(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MlsException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void senderAndReceiverDeriveTheSameKeysInAnyOrder() throws MlsException {
        EpochKeys sender = keys();
        EpochKeys receiver = keys();
        List<Secret> sent = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            MessageKey key = sender.next(1, KIND);
            assertThat(key.generation()).isEqualTo(i);
            sent.add(key.key());
        }
        for (int i : new int[] {3, 0, 9, 1, 2, 4, 8, 7, 6, 5}) {
            assertThat(open(receiver, i)).isEqualTo(sent.get(i));
            refused(Reason.KEY_USED, () -> open(receiver, i));
        }
        assertThat(receiver.skippedKeys()).isZero();
    }

    /** B7: what was sent cannot be read with what the sender still has. */
    @Test
    void b7TheSenderHasNoKeyOfAMessageThatItSent() throws MlsException {
        EpochKeys sender = keys();
        byte[] sizeBefore = null;
        for (int i = 0; i < 1000; i++) {
            sender.next(1, KIND).destroy();
            int generation = i;
            refused(Reason.KEY_USED, () -> open(sender, generation));
            byte[] size = encode(sender);
            if (sizeBefore != null) {
                assertThat(size).hasSameSizeAs(sizeBefore);
            }
            sizeBefore = size;
        }
        assertThat(sender.skippedKeys()).isZero();
    }

    @Test
    void aKeyIsUntouchedWhenOpeningFails() throws MlsException {
        EpochKeys keys = keys();
        byte[] before = encode(keys);
        for (long generation : new long[] {0, 5, 5, 0}) {
            refused(
                    Reason.BAD_SIGNATURE,
                    () ->
                            keys.open(
                                    1,
                                    KIND,
                                    generation,
                                    key -> {
                                        throw new MlsException(Reason.BAD_SIGNATURE, "no");
                                    }));
            assertThat(keys.skippedKeys()).isZero();
        }
        assertThat(before).isNotEmpty();
        open(keys, 5);
        open(keys, 0);
        assertThat(keys.skippedKeys()).isEqualTo(4);
    }

    @Test
    void whatWasOnlyLookedAtCanBeOpenedAgainAndHoldsNothingBack() throws MlsException {
        EpochKeys keys = keys();
        for (long generation = 500; generation <= 5000; generation += 500) {
            long at = generation;
            Secret first = keys.peek(1, KIND, at, key -> key.key().copy());
            Secret again = keys.peek(1, KIND, at, key -> key.key().copy());
            assertThat(again).isEqualTo(first);
        }
        assertThat(keys.skippedKeys()).isEqualTo(Limits.DEFAULT.maxSkipped());
        refused(Reason.KEY_USED, () -> keys.peek(1, KIND, 500, key -> key));
        open(keys, 5000);
        refused(Reason.KEY_USED, () -> keys.peek(1, KIND, 5000, key -> key));
    }

    /** B12: one message that claims to be far ahead costs nothing. */
    @Test
    void b12AGenerationFarAheadIsRefusedAtOnce() throws MlsException {
        EpochKeys keys = keys();
        open(keys, 0);
        long start = System.nanoTime();
        for (long far : new long[] {1026, 3_000_000, 0xffff_ffffL, Long.MAX_VALUE}) {
            refused(Reason.GENERATION_TOO_FAR, () -> open(keys, far));
        }
        assertThat(System.nanoTime() - start).isLessThan(1_000_000_000L);
        open(keys, 1025);
    }

    @Test
    void keptKeysAreBoundedPerSenderAndAltogether() throws MlsException {
        EpochKeys keys = keys(4, new Limits(50, 20, 30));
        open(keys, 40);
        assertThat(keys.skippedKeys()).isEqualTo(20);
        refused(Reason.KEY_USED, () -> open(keys, 19));
        open(keys, 20);
        keys.open(2, KIND, 50, key -> true);
        assertThat(keys.skippedKeys()).isEqualTo(30);
        open(keys, 21);
    }

    @Test
    void leavesOutsideOfTheTreeAreRefused() {
        refused(Reason.NO_SUCH_MEMBER, () -> keys().open(4, KIND, 0, key -> true));
        refused(Reason.NO_SUCH_MEMBER, () -> keys().open(-1, KIND, 0, key -> true));
    }

    private static byte[] encode(EpochKeys keys) {
        TlsWriter out = new TlsWriter();
        keys.write(out);
        return out.toByteArray();
    }

    private static EpochKeys decode(byte[] bytes) throws MalformedException {
        return Decoder.decode(in -> EpochKeys.read(in, SUITE, Limits.DEFAULT), bytes, "epoch keys");
    }

    @Test
    void savedKeysComeBack() throws MlsException, MalformedException {
        EpochKeys keys = keys();
        open(keys, 7);
        EpochKeys other = keys();
        EpochKeys back = decode(encode(keys));
        assertThat(encode(back)).isEqualTo(encode(keys));
        assertThat(back.skippedKeys()).isEqualTo(7);
        refused(Reason.KEY_USED, () -> open(back, 7));
        for (long generation : new long[] {3, 8, 2}) {
            assertThat(open(back, generation)).isEqualTo(open(other, generation));
        }
        byte[] bytes = encode(keys);
        for (int i = 0; i < bytes.length; i += 7) {
            byte[] prefix = java.util.Arrays.copyOf(bytes, i);
            assertThatThrownBy(() -> decode(prefix)).isInstanceOf(MalformedException.class);
        }
    }

    /** Restoring an older state must not use a key again: the range reserved is thrown away. */
    @Test
    void whatMayHaveBeenSentBeforeARestoreIsNotUsedAgain() throws MlsException, MalformedException {
        EpochKeys keys = keys();
        byte[] snapshot = encode(keys);
        for (int i = 0; i < 5; i++) {
            keys.next(1, KIND).destroy();
        }
        EpochKeys restored = decode(snapshot);
        restored.discardUntil(1, KIND, 64);
        assertThat(restored.nextGeneration(1, KIND)).isEqualTo(64);
        assertThat(restored.next(1, KIND).generation()).isEqualTo(64);
        refused(Reason.KEY_USED, () -> open(restored, 4));
    }

    /** B3: the reuse guard goes into a copy of the nonce. */
    @Test
    void b3TheReuseGuardLeavesTheNonceAsItWas() throws MlsException {
        MessageKey key = keys().next(1, KIND);
        byte[] before = key.nonce().reveal().clone();
        byte[] guarded = key.guardedNonce(new byte[] {1, 2, 3, 4});
        assertThat(key.nonce().reveal()).isEqualTo(before);
        for (int i = 0; i < before.length; i++) {
            assertThat(guarded[i] ^ before[i]).isEqualTo(i < 4 ? i + 1 : 0);
        }
    }

    @Test
    void nothingIsLeftAfterDestroy() throws MlsException {
        EpochKeys keys = keys();
        open(keys, 3);
        keys.destroy();
        refused(Reason.KEY_USED, () -> open(keys, 4));
        assertThat(keys.skippedKeys()).isZero();
    }

    @Test
    void aMessageIsOpenedOnceHoweverManyThreadsTry() throws Exception {
        EpochKeys keys = keys();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Optional<Long>>> tasks = new ArrayList<>();
            for (int copy = 0; copy < 4; copy++) {
                for (long generation = 0; generation < 200; generation++) {
                    long one = generation;
                    tasks.add(() -> tryOpen(keys, one));
                }
            }
            java.util.Collections.shuffle(tasks, new java.util.Random(4));
            List<Long> opened = new ArrayList<>();
            for (Future<Optional<Long>> each : pool.invokeAll(tasks)) {
                each.get().ifPresent(opened::add);
            }
            assertThat(opened).hasSize(200).doesNotHaveDuplicates();
        } finally {
            pool.shutdownNow();
        }
        assertThat(keys.skippedKeys()).isZero();
    }

    private static Optional<Long> tryOpen(EpochKeys keys, long generation) {
        try {
            return Optional.of(keys.open(1, KIND, generation, MessageKey::generation));
        } catch (MlsException e) {
            assertThat(e.reason()).isEqualTo(Reason.KEY_USED);
            return Optional.empty();
        }
    }
}
