package dev.parley.wire.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.parley.wire.api.MalformedException.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CborTest {
    private static final int MAX = 1 << 20;

    @Provide
    Arbitrary<Value> values() {
        Arbitrary<Value> leaves =
                Arbitraries.oneOf(
                        Arbitraries.longs().map(Value::of),
                        Arbitraries.strings().ofMaxLength(40).map(CborTest::text),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Value::of),
                        Arbitraries.doubles().map(Value::of),
                        Arbitraries.floats().map(single -> Value.of((double) single)),
                        Arbitraries.of(Value.TRUE, Value.FALSE, Value.NULL));
        return nest(nest(leaves));
    }

    private static Arbitrary<Value> nest(Arbitrary<Value> inner) {
        Arbitrary<Value> keys =
                Arbitraries.oneOf(
                        Arbitraries.longs().map(Value::of),
                        Arbitraries.strings().alpha().ofMaxLength(9).map(Value::of));
        return Arbitraries.oneOf(
                inner,
                inner.list().ofMaxSize(4).map(Value::list),
                Arbitraries.maps(keys, inner).ofMaxSize(4).map(Value.Map::new));
    }

    /** Lone surrogates are no text and have no UTF-8. */
    private static Value text(String any) {
        return Value.of(any.replaceAll("[\\ud800-\\udfff]", "?"));
    }

    @Property
    void everyValueComesBack(@ForAll("values") Value value) throws MalformedException {
        byte[] bytes = Cbor.encode(value);
        Value back = Cbor.decode(bytes, MAX);
        assertThat(back).isEqualTo(value);
        assertThat(Cbor.encode(back)).isEqualTo(bytes);
    }

    @Property
    void everyProperPrefixIsMalformed(
            @ForAll("values") Value value, @ForAll @IntRange(max = 99) int percent) {
        byte[] bytes = Cbor.encode(value);
        byte[] prefix = Arrays.copyOf(bytes, bytes.length * percent / 100);
        assertThatThrownBy(() -> Cbor.decode(prefix, MAX)).isInstanceOf(MalformedException.class);
    }

    @Property
    void anythingAppendedIsMalformed(@ForAll("values") Value value, @ForAll byte more) {
        byte[] bytes = Cbor.encode(value);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
        longer[bytes.length] = more;
        assertThatThrownBy(() -> Cbor.decode(longer, MAX))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TRAILING_BYTES));
    }

    @Property(tries = 5000)
    void noiseIsMalformedOrTheOneEncodingOfItsValue(@ForAll byte[] noise) {
        Value value;
        try {
            value = Cbor.decode(noise, MAX);
        } catch (MalformedException e) {
            return;
        }
        assertThat(Cbor.encode(value)).isEqualTo(noise);
    }

    @Property
    void anotherImplementationReadsWhatWeWrite(@ForAll("values") Value value) throws IOException {
        try (JsonParser parser = new CBORFactory().createParser(Cbor.encode(value))) {
            int tokens = 0;
            while (parser.nextToken() != null) {
                tokens++;
            }
            assertThat(tokens).isPositive();
        }
    }

    @Test
    void jsonWithHalfAPairOfSurrogatesIsRefused() throws MalformedException {
        assertThat(Json.parse("\"\\ud83d\\ude00\"", MAX)).isEqualTo(Value.of("\ud83d\ude00"));
        for (String half : new String[] {"\"\\ud83d\"", "{\"a\\ude00\":1}", "[\"\\ud83dx\"]"}) {
            assertThatThrownBy(() -> Json.parse(half, MAX)).isInstanceOf(MalformedException.class);
        }
    }

    private static Reason reason(String hex) {
        try {
            Cbor.decode(HexFormat.of().parseHex(hex), MAX);
        } catch (MalformedException e) {
            return e.reason();
        }
        throw new AssertionError(hex + " was accepted");
    }

    @Test
    void onlyTheDeterministicFormIsAccepted() {
        assertThat(reason("1817")).isEqualTo(Reason.NOT_CANONICAL);
        assertThat(reason("9f01ff")).isEqualTo(Reason.NOT_CANONICAL);
        assertThat(reason("a202010102")).isEqualTo(Reason.NOT_CANONICAL);
        assertThat(reason("a201010102")).isEqualTo(Reason.DUPLICATE_KEY);
        assertThat(reason("fa3fc00000")).isEqualTo(Reason.NOT_CANONICAL);
        assertThat(reason("c001")).isEqualTo(Reason.UNSUPPORTED);
        assertThat(reason("61ff")).isEqualTo(Reason.BAD_VALUE);
        assertThat(reason("81".repeat(40) + "01")).isEqualTo(Reason.TOO_DEEP);
    }

    @Test
    void aHugeLengthIsRefusedBeforeAnythingIsAllocated() {
        assertThat(reason("5b7fffffffffffffff")).isEqualTo(Reason.TRUNCATED);
        assertThat(reason("9b7fffffffffffffff")).isEqualTo(Reason.TRUNCATED);
        assertThat(reason("bb7fffffffffffffff")).isEqualTo(Reason.TRUNCATED);
    }

    @Test
    void theSpecsVectorMatches() throws MalformedException {
        Value value =
                Value.map()
                        .put(
                                "a",
                                Value.list(
                                        java.util.List.of(
                                                Value.TRUE,
                                                Value.NULL,
                                                Value.of(new byte[] {0, (byte) 255}),
                                                Value.of(1.5))))
                        .put(1, Value.of(-5))
                        .build();
        assertThat(HexFormat.of().formatHex(Cbor.encode(value)))
                .isEqualTo("a20124616184f5f64200fff93e00");
    }
}
