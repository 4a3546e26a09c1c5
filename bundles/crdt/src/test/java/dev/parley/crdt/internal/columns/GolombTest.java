package dev.parley.crdt.internal.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class GolombTest {
    /** Small numbers, and some as large as there are. */
    @Provide
    Arbitrary<List<Long>> numbers() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0, 5),
                        Arbitraries.longs().between(0, 1 << 22),
                        Arbitraries.longs().between(0, GolombWriter.MAX),
                        Arbitraries.just(GolombWriter.MAX))
                .list()
                .ofMaxSize(40);
    }

    private static byte[] write(List<Long> values, int order) {
        ByteWriter out = new ByteWriter();
        GolombWriter writer = new GolombWriter(out, order);
        values.forEach(writer::write);
        writer.finish();
        return out.toBytes();
    }

    /** Reads it as the first and as the second column, beside one of other numbers. */
    private static List<Long> read(byte[] bytes, int order, int count) throws MalformedException {
        byte[] other = new byte[count];
        Arrays.fill(other, (byte) 0xff);
        int[] first = new int[count];
        int[] second = new int[count];
        GolombReader a = new GolombReader(new ByteReader(bytes), order);
        GolombReader b = new GolombReader(new ByteReader(other), 7);
        GolombReader.readBoth(a, first, b, new int[count], count);
        GolombReader c = new GolombReader(new ByteReader(other), 7);
        GolombReader d = new GolombReader(new ByteReader(bytes), order);
        GolombReader.readBoth(c, new int[count], d, second, count);
        assertThat(second).isEqualTo(first);
        a.finish();
        b.finish();
        d.finish();
        return Arrays.stream(first).mapToObj(Integer::toUnsignedLong).toList();
    }

    @Property
    void numbersComeBack(
            @ForAll("numbers") List<Long> values, @ForAll @IntRange(max = 11) int order)
            throws MalformedException {
        assertThat(read(write(values, order), order, values.size())).isEqualTo(values);
    }

    @Property
    void everyProperPrefixAndWhatIsAppendedIsMalformed(
            @ForAll("numbers") List<Long> values, @ForAll @IntRange(max = 11) int order) {
        byte[] bytes = write(values, order);
        for (int length = 0; length < bytes.length; length++) {
            byte[] prefix = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> read(prefix, order, values.size()))
                    .isInstanceOf(MalformedException.class);
        }
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        assertThatThrownBy(() -> read(longer, order, values.size()))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TRAILING_BYTES));
    }

    @Property
    void noiseIsRefusedOrTheOnlyFormOfWhatItSays(
            @ForAll byte[] noise,
            @ForAll @IntRange(max = 11) int order,
            @ForAll @IntRange(max = 20) int count) {
        List<Long> values;
        try {
            values = read(noise, order, count);
        } catch (MalformedException refused) {
            return;
        }
        assertThat(write(values, order)).isEqualTo(noise);
    }

    @Test
    void smallNumbersHaveTheseBits() {
        // 1 010 011 00100, then filled up.
        assertThat(HexFormat.of().formatHex(write(List.of(0L, 1L, 2L, 3L), 0))).isEqualTo("a640");
        // 100 111 01000.
        assertThat(HexFormat.of().formatHex(write(List.of(0L, 3L, 4L), 2))).isEqualTo("9d00");
    }

    @Test
    void aLastByteThatIsNotFilledWithZerosIsRefused() {
        assertThatThrownBy(() -> read(new byte[] {(byte) 0x81}, 0, 1))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.NOT_CANONICAL));
    }

    @Test
    void aNumberOfMoreThan32BitsIsRefused() {
        Random random = new Random(1);
        for (int zeros = 20; zeros < 120; zeros++) {
            byte[] bytes = new byte[64];
            random.nextBytes(bytes);
            for (int bit = 0; bit <= zeros; bit++) {
                int mask = 0x80 >>> (bit & 7);
                bytes[bit >>> 3] = (byte) (bytes[bit >>> 3] & ~mask | (bit == zeros ? mask : 0));
            }
            // With 32 zeros only one number has at most 32 bits, and then the rest is zeros too.
            boolean fits = zeros < 32;
            GolombReader reader = reader(bytes);
            GolombReader beside = reader(new byte[] {(byte) 0x80});
            if (fits) {
                int[] into = new int[1];
                readOne(reader, beside, into);
                assertThat(Integer.toUnsignedLong(into[0])).isGreaterThanOrEqualTo(1L << zeros - 1);
            } else {
                assertThatThrownBy(
                                () ->
                                        GolombReader.readBoth(
                                                reader, new int[1], beside, new int[1], 1))
                        .isInstanceOf(MalformedException.class)
                        .hasMessageContaining("number");
            }
        }
    }

    private static GolombReader reader(byte[] bytes) {
        try {
            return new GolombReader(new ByteReader(bytes), 0);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }

    private static void readOne(GolombReader reader, GolombReader beside, int[] into) {
        try {
            GolombReader.readBoth(reader, into, beside, new int[1], 1);
        } catch (MalformedException e) {
            throw new AssertionError(e);
        }
    }
}
