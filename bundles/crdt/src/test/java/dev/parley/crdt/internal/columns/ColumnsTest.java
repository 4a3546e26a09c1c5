package dev.parley.crdt.internal.columns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.internal.columns.MalformedException.Reason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class ColumnsTest {
    private static final long LIMIT = (1L << 61) - 1;

    /** Numbers with many equal neighbours and some far ones. */
    @Provide
    Arbitrary<List<Long>> columns() {
        return Arbitraries.oneOf(
                        Arbitraries.longs().between(0, 3), Arbitraries.longs().between(0, LIMIT))
                .list()
                .ofMaxSize(40);
    }

    private static byte[] rle(List<Long> values) {
        ByteWriter out = new ByteWriter();
        RleWriter writer = new RleWriter(out);
        values.forEach(writer::write);
        writer.finish();
        return out.toBytes();
    }

    private static List<Long> unRle(byte[] bytes) throws MalformedException {
        RleReader reader = new RleReader(new ByteReader(bytes));
        List<Long> values = new ArrayList<>();
        while (reader.hasNext() && values.size() < 1000) {
            values.add(reader.next());
        }
        reader.finish();
        return values;
    }

    @Property
    void runsComeBack(@ForAll("columns") List<Long> values) throws MalformedException {
        assertThat(unRle(rle(values))).isEqualTo(values);
    }

    @Property
    void differencesComeBack(@ForAll List<@LongRange(min = -LIMIT, max = LIMIT) Long> values)
            throws MalformedException {
        ByteWriter out = new ByteWriter();
        DeltaWriter writer = new DeltaWriter(out);
        values.forEach(writer::write);
        writer.finish();
        DeltaReader reader = new DeltaReader(new ByteReader(out.toBytes()));
        for (long value : values) {
            assertThat(reader.next(-LIMIT, LIMIT, "value")).isEqualTo(value);
        }
        reader.finish();
    }

    @Property
    void truthValuesComeBack(@ForAll List<Boolean> values) throws MalformedException {
        ByteWriter out = new ByteWriter();
        BooleanWriter writer = new BooleanWriter(out);
        values.forEach(writer::write);
        writer.finish();
        BooleanReader reader = new BooleanReader(new ByteReader(out.toBytes()));
        for (boolean value : values) {
            assertThat(reader.next()).isEqualTo(value);
        }
        reader.finish();
        assertThatThrownBy(reader::next).isInstanceOf(MalformedException.class);
    }

    /** What is accepted is what the writer would have written: there is no second encoding. */
    @Property
    void noiseIsRefusedOrIsTheOnlyEncodingOfItsValues(@ForAll byte[] noise) {
        List<Long> values;
        try {
            values = unRle(noise);
        } catch (MalformedException refused) {
            return;
        }
        assertThat(rle(values)).isEqualTo(noise);
    }

    @Property
    void noiseAsTruthValuesIsRefusedOrIsTheirOnlyEncoding(@ForAll byte[] noise) {
        ByteWriter again = new ByteWriter();
        try {
            BooleanReader reader = new BooleanReader(new ByteReader(noise));
            BooleanWriter writer = new BooleanWriter(again);
            for (int i = 0; i < 100_000 && reader.hasNext(); i++) {
                writer.write(reader.next());
            }
            reader.finish();
            writer.finish();
        } catch (MalformedException refused) {
            return;
        }
        assertThat(again.toBytes()).isEqualTo(noise);
    }

    @Test
    void aHugeRunCostsNothingUntilItsValuesAreAskedFor() throws MalformedException {
        ByteWriter out = new ByteWriter();
        RleWriter writer = new RleWriter(out);
        writer.write(7, LIMIT);
        writer.finish();
        RleReader reader = new RleReader(new ByteReader(out.toBytes()));
        assertThat(reader.next()).isEqualTo(7);
        assertThatThrownBy(reader::finish)
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TRAILING_BYTES));
    }

    @Test
    void aLongerVarintIsRefused() {
        assertThatThrownBy(() -> new ByteReader(new byte[] {(byte) 0x80, 0}).readVarint())
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.NOT_CANONICAL));
        byte[] endless = new byte[10];
        Arrays.fill(endless, (byte) 0xff);
        assertThatThrownBy(() -> new ByteReader(endless).readVarint())
                .isInstanceOf(MalformedException.class);
    }

    @Property
    void varintsComeBack(@ForAll @LongRange(min = 0) long value) throws MalformedException {
        ByteReader reader = new ByteReader(new ByteWriter().writeVarint(value).toBytes());
        assertThat(reader.readVarint()).isEqualTo(value);
        reader.finish();
    }

    @Test
    void unknownEvenColumnsAreSkippedAndOddOnesRefused() throws MalformedException {
        ByteWriter out = new ByteWriter();
        ColumnsWriter writer = new ColumnsWriter();
        writer.column(4).writeVarint(1);
        writer.column(1).writeVarint(2);
        writer.column(3);
        writer.writeTo(out);
        ByteReader in = new ByteReader(out.toBytes());
        ColumnsReader columns = new ColumnsReader(in);
        in.finish();
        assertThatThrownBy(columns::finish)
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("column 1");
        assertThat(columns.take(1).readVarint()).isEqualTo(2);
        assertThat(columns.take(3).remaining()).isZero();
        columns.finish();
    }

    @Test
    void aColumnLongerThanItsBlockIsRefused() {
        byte[] block =
                new ByteWriter().writeVarint(1).writeVarint(1).writeVarint(1 << 30).toBytes();
        assertThatThrownBy(() -> new ColumnsReader(new ByteReader(block)))
                .isInstanceOf(MalformedException.class);
    }

    @Property(tries = 200)
    void deflatedBytesComeBackAndCutOrLongerOnesDoNot(@ForAll byte[] raw, @ForAll Random random)
            throws MalformedException {
        byte[] deflated = Deflate.deflate(raw);
        assertThat(Deflate.inflate(deflated, raw.length, raw.length)).isEqualTo(raw);
        byte[] cut = Arrays.copyOf(deflated, random.nextInt(deflated.length));
        byte[] longer = Arrays.copyOf(deflated, deflated.length + 1);
        assertThatThrownBy(() -> Deflate.inflate(cut, raw.length, raw.length))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Deflate.inflate(longer, raw.length, raw.length))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Deflate.inflate(deflated, raw.length + 1, raw.length + 1))
                .isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> Deflate.inflate(deflated, raw.length, raw.length - 1))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void equalRunsOfValuesTakeFewBytes() {
        List<Long> values = LongStream.range(0, 10_000).map(i -> i / 5_000).boxed().toList();
        assertThat(rle(values)).hasSizeLessThan(10);
    }
}
