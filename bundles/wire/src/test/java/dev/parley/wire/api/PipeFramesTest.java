package dev.parley.wire.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.wire.api.MalformedException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** The frames of {@code docs/protocols/0009-isolate-ipc.md}, whatever they say. */
class PipeFramesTest {
    private static final Path VECTORS =
            Path.of("../../docs/protocols/vectors/0009-isolate-ipc.json");

    @Provide
    Arbitrary<Value.Map> messages() {
        Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(40).map(PipeFramesTest::text);
        Arbitrary<Value> leaves =
                Arbitraries.oneOf(
                        texts.map(Value::of),
                        Arbitraries.longs().map(Value::of),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(Value::of),
                        Arbitraries.doubles().map(Value::of),
                        Arbitraries.of(Value.TRUE, Value.FALSE, Value.NULL));
        Arbitrary<Value> keys =
                Arbitraries.of("kind", "id", "args", "value", "tools", "code").map(Value::of);
        Arbitrary<Value> inner =
                Arbitraries.oneOf(
                        leaves,
                        leaves.list().ofMaxSize(4).map(Value::list),
                        Arbitraries.maps(keys, leaves).ofMaxSize(4).map(Value.Map::new));
        return Arbitraries.maps(keys, inner).ofMaxSize(6).map(Value.Map::new);
    }

    /** Lone surrogates are no text and have no UTF-8. */
    private static String text(String any) {
        return any.replaceAll("[\\ud800-\\udfff]", "?");
    }

    private static byte[] frames(List<Value.Map> messages) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            for (Value.Map message : messages) {
                PipeFrames.write(out, message);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    private static Value.Map read(byte[] bytes) throws IOException, MalformedException {
        return PipeFrames.read(new ByteArrayInputStream(bytes));
    }

    @Property
    void everyMessageComesBackInItsPlace(
            @ForAll("messages") Value.Map a, @ForAll("messages") Value.Map b)
            throws IOException, MalformedException {
        InputStream in = new ByteArrayInputStream(frames(List.of(a, b)));
        assertThat(PipeFrames.read(in)).isEqualTo(a);
        assertThat(PipeFrames.read(in)).isEqualTo(b);
        assertThatThrownBy(() -> PipeFrames.read(in)).isInstanceOf(EOFException.class);
    }

    @Property
    void everyProperPrefixIsThePipesEnd(
            @ForAll("messages") Value.Map message, @ForAll @IntRange(max = 99) int percent) {
        byte[] bytes = frames(List.of(message));
        for (int length : new int[] {bytes.length * percent / 100, bytes.length - 1}) {
            assertThatThrownBy(() -> read(Arrays.copyOf(bytes, length)))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Property
    void anythingAppendedWithinAFrameIsMalformed(
            @ForAll("messages") Value.Map message, @ForAll byte more) {
        byte[] body = Cbor.encode(message);
        byte[] longer =
                new ByteWriter()
                        .u32(PipeFrames.MAGIC)
                        .u32(body.length + 1L)
                        .bytes(body)
                        .u8(more)
                        .toByteArray();
        assertThatThrownBy(() -> read(longer))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.TRAILING_BYTES));
    }

    @Property(tries = 5000)
    void noiseNeverSurprises(@ForAll byte[] noise) {
        endsOrIsTheOneEncoding(noise);
        byte[] framed =
                new ByteWriter().u32(PipeFrames.MAGIC).u32(noise.length).bytes(noise).toByteArray();
        endsOrIsTheOneEncoding(framed);
    }

    @Property(tries = 5000)
    void changedBytesNeverSurprise(
            @ForAll("messages") Value.Map message,
            @ForAll @IntRange(max = 500) int at,
            @ForAll @IntRange(min = 1, max = 255) int change) {
        byte[] bytes = frames(List.of(message));
        bytes[at % bytes.length] ^= (byte) change;
        endsOrIsTheOneEncoding(bytes);
    }

    private static void endsOrIsTheOneEncoding(byte[] bytes) {
        Value.Map message;
        try {
            message = read(bytes);
        } catch (EOFException e) {
            return;
        } catch (MalformedException e) {
            assertThat(e.reason()).isNotNull();
            return;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertThat(bytes).startsWith(frames(List.of(message)));
    }

    @Test
    void aMessageThatIsTooLongIsNotWritten() {
        Value.Map message = Value.map().put("x", Value.of(new byte[PipeFrames.MAX_BYTES])).build();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> PipeFrames.write(out, message)).isInstanceOf(IOException.class);
        assertThat(out.size()).isZero();
    }

    private static List<Value.Map> vectors(String list) throws IOException, MalformedException {
        Value.Map file = (Value.Map) Json.parse(Files.readAllBytes(VECTORS), 1 << 20);
        List<Value.Map> vectors = new ArrayList<>();
        ((Value.List) file.get(list).orElseThrow())
                .items()
                .forEach(it -> vectors.add((Value.Map) it));
        assertThat(vectors).isNotEmpty();
        return vectors;
    }

    private static String text(Value.Map vector, String member) {
        return ((Value.Text) vector.get(member).orElseThrow()).value();
    }

    /** JSON has no byte strings: the file writes them as {@code {"hex": ...}}. */
    private static Value withBytes(Value value) {
        if (value instanceof Value.List list) {
            return Value.list(list.items().stream().map(PipeFramesTest::withBytes).toList());
        } else if (value instanceof Value.Map map) {
            if (map.get("hex").isPresent()) {
                return Value.of(HexFormat.of().parseHex(text(map, "hex")));
            }
            Value.MapBuilder members = Value.map();
            map.entries()
                    .forEach((key, it) -> members.put(((Value.Text) key).value(), withBytes(it)));
            return members.build();
        }
        return value;
    }

    @Test
    void theSpecsVectorsMatch() throws IOException, MalformedException {
        for (Value.Map vector : vectors("good")) {
            byte[] bytes = HexFormat.of().parseHex(text(vector, "bytes"));
            Value.Map fields = (Value.Map) withBytes(vector.get("fields").orElseThrow());
            assertThat(read(bytes)).as(text(vector, "name")).isEqualTo(fields);
            assertThat(frames(List.of(fields))).as(text(vector, "name")).isEqualTo(bytes);
        }
        for (Value.Map vector : vectors("bad")) {
            byte[] bytes = HexFormat.of().parseHex(text(vector, "bytes"));
            assertThatThrownBy(() -> read(bytes))
                    .as(text(vector, "name"))
                    .hasMessage(text(vector, "text"))
                    .satisfies(e -> assertThat(reason(e)).isEqualTo(text(vector, "reason")));
        }
    }

    private static String reason(Throwable refusal) {
        return refusal instanceof MalformedException malformed
                ? malformed.reason().name()
                : refusal instanceof EOFException ? "END" : refusal.toString();
    }
}
