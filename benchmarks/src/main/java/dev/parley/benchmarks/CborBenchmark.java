package dev.parley.benchmarks;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The frame of a tool call, by our codec and by Jackson's. Ours also sorts keys into canonical
 * order and refuses bytes that are not canonical; Jackson's side builds maps and lists of the same
 * content, as a program that used it would.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CborBenchmark {
    private static final CBORFactory JACKSON = new CBORFactory();
    private static final int LIMIT = 1 << 20;

    private final Value.Map value =
            Value.map()
                    .put("kind", "call")
                    .put("id", 123_456)
                    .put("tool", "greet")
                    .put("parameters", Value.texts(List.of("name", "language", "times")))
                    .put(
                            "args",
                            Value.map()
                                    .put("name", "a name of usual length")
                                    .put("language", "en")
                                    .put("times", 3)
                                    .build())
                    .build();
    private final Map<String, Object> plain =
            Map.of(
                    "kind",
                    "call",
                    "id",
                    123_456L,
                    "tool",
                    "greet",
                    "parameters",
                    List.of("name", "language", "times"),
                    "args",
                    Map.of("name", "a name of usual length", "language", "en", "times", 3L));
    private final byte[] bytes = Cbor.encode(value);

    @Benchmark
    public byte[] encodeOurs() {
        return Cbor.encode(value);
    }

    @Benchmark
    public byte[] encodeJackson() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = JACKSON.createGenerator(out)) {
            write(generator, plain);
        }
        return out.toByteArray();
    }

    private static void write(JsonGenerator out, Object object) throws IOException {
        if (object instanceof String text) {
            out.writeString(text);
        } else if (object instanceof Long number) {
            out.writeNumber(number);
        } else if (object instanceof List<?> list) {
            out.writeStartArray(list, list.size());
            for (Object item : list) {
                write(out, item);
            }
            out.writeEndArray();
        } else if (object instanceof Map<?, ?> map) {
            out.writeStartObject(map, map.size());
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName((String) entry.getKey());
                write(out, entry.getValue());
            }
            out.writeEndObject();
        }
    }

    @Benchmark
    public Value decodeOurs() throws MalformedException {
        return Cbor.decode(bytes, LIMIT);
    }

    @Benchmark
    public Object decodeJackson() throws IOException {
        try (JsonParser parser = JACKSON.createParser(bytes)) {
            parser.nextToken();
            return read(parser);
        }
    }

    private static Object read(JsonParser in) throws IOException {
        switch (in.currentToken()) {
            case VALUE_STRING:
                return in.getText();
            case VALUE_NUMBER_INT:
                return in.getLongValue();
            case START_ARRAY:
                List<Object> list = new ArrayList<>();
                while (in.nextToken() != JsonToken.END_ARRAY) {
                    list.add(read(in));
                }
                return list;
            case START_OBJECT:
                Map<String, Object> map = new LinkedHashMap<>();
                for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                    in.nextToken();
                    map.put(name, read(in));
                }
                return map;
            default:
                throw new IOException("unexpected " + in.currentToken());
        }
    }
}
