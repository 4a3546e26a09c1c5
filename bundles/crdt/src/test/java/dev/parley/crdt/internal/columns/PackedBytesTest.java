package dev.parley.crdt.internal.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedBytesTest {
    /** Noise and what compresses well, in turns. */
    private static byte[] mixed(Random random, int turns, int longest) {
        ByteWriter out = new ByteWriter();
        for (int i = 0; i < turns; i++) {
            byte[] noise = new byte[random.nextInt(longest)];
            random.nextBytes(noise);
            out.writeBytes(noise);
            byte[] dull = new byte[random.nextInt(longest)];
            Arrays.fill(dull, (byte) i);
            out.writeBytes(dull);
        }
        return out.toBytes();
    }

    private static byte[] read(byte[] packed, int length) throws MalformedException {
        return PackedBytes.read(new ByteReader(packed), length);
    }

    @Test
    void bytesComeBackAndNoiseStandsAsItIs() throws MalformedException {
        Random random = new Random(5);
        for (int turns = 0; turns < 40; turns++) {
            byte[] raw = mixed(random, turns, 1 << 14);
            byte[] packed = PackedBytes.write(raw);
            assertThat(read(packed, raw.length)).isEqualTo(raw);
            assertThat(packed.length).isLessThan(raw.length + 3 + 10 * PackedBytes.MAX_PARTS);
        }
        byte[] noise = new byte[100_000];
        random.nextBytes(noise);
        assertThat(PackedBytes.write(noise)).hasSize(noise.length + 1 + 3 + 3).endsWith(noise);
        assertThat(PackedBytes.write(new byte[1 << 20])).hasSizeLessThan(2_000);
        assertThat(read(PackedBytes.write(new byte[0]), 0)).isEmpty();
    }

    @Test
    void everyProperPrefixAnotherLengthAndWhatIsAppendedIsMalformed() {
        byte[] raw = mixed(new Random(6), 2, 9_000);
        byte[] packed = PackedBytes.write(raw);
        for (int length = 0; length < packed.length; length += 1 + length / 50) {
            byte[] prefix = Arrays.copyOf(packed, length);
            assertThatThrownBy(() -> read(prefix, raw.length))
                    .isInstanceOf(MalformedException.class);
        }
        for (int other : new int[] {0, raw.length - 1, raw.length + 1, 1 << 30}) {
            assertThatThrownBy(() -> read(packed, other)).isInstanceOf(MalformedException.class);
        }
        byte[] longer = Arrays.copyOf(packed, packed.length + 1);
        assertThatThrownBy(() -> read(longer, raw.length))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TRAILING_BYTES));
    }

    @Test
    void noiseIsRefusedWithoutSurprise() {
        Random random = new Random(7);
        byte[] packed = PackedBytes.write(mixed(random, 2, 9_000));
        for (int i = 0; i < 2_000; i++) {
            byte[] changed = packed.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            try {
                read(changed, 1 << 16);
            } catch (MalformedException refused) {
                assertThat(refused).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void tooManyPartsAndEmptyOnesAreRefused() {
        ByteWriter many = new ByteWriter().writeVarint(PackedBytes.MAX_PARTS + 1);
        for (int i = 0; i <= PackedBytes.MAX_PARTS; i++) {
            many.writeVarint(1).writeVarint(1).writeByte(i);
        }
        assertThatThrownBy(() -> read(many.toBytes(), PackedBytes.MAX_PARTS + 1))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LONG));
        byte[] empty = new ByteWriter().writeVarint(1).writeVarint(0).writeVarint(0).toBytes();
        assertThatThrownBy(() -> read(empty, 0))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.NOT_CANONICAL));
    }
}
