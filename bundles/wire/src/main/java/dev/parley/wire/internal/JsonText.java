package dev.parley.wire.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON by Jackson's streaming parser, with its read constraints set. */
public final class JsonText {
    private static final JsonFactory FACTORY =
            JsonFactory.builder()
                    .streamReadConstraints(
                            StreamReadConstraints.builder().maxNestingDepth(Cbor.MAX_DEPTH).build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build();

    private JsonText() {}

    public static Value parse(byte[] utf8, int maxBytes) throws MalformedException {
        if (utf8.length > maxBytes) {
            throw new MalformedException(
                    Reason.TOO_LONG, "JSON: " + utf8.length + " bytes, at most " + maxBytes);
        }
        try (JsonParser parser = FACTORY.createParser(utf8)) {
            if (parser.nextToken() == null) {
                throw new MalformedException(Reason.TRUNCATED, "JSON: empty, expected a value");
            }
            Value value = read(parser);
            if (parser.nextToken() != null) {
                throw new MalformedException(Reason.TRAILING_BYTES, "JSON: text after the value");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new MalformedException(Reason.TOO_DEEP, "JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new MalformedException(
                    Reason.BAD_VALUE, "JSON: " + firstLine(String.valueOf(e.getMessage())));
        }
    }

    /** Half a pair of surrogates has no UTF-8, so two such texts could become one. */
    private static Value text(String text) throws MalformedException {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                throw new MalformedException(
                        Reason.BAD_VALUE, "JSON: a text with half a pair of surrogates");
            }
        }
        return new Value.Text(text);
    }

    private static Value read(JsonParser parser) throws IOException, MalformedException {
        JsonToken token = parser.currentToken();
        switch (token) {
            case START_OBJECT:
                Map<Value, Value> entries = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    Value key = text(parser.currentName());
                    parser.nextToken();
                    entries.put(key, read(parser));
                }
                return new Value.Map(entries);
            case START_ARRAY:
                List<Value> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(parser));
                }
                return new Value.List(items);
            case VALUE_STRING:
                return text(parser.getText());
            case VALUE_NUMBER_INT:
                if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                    throw new MalformedException(
                            Reason.BAD_VALUE, "JSON: an integer beyond 64 bits");
                }
                return new Value.Int(parser.getLongValue());
            case VALUE_NUMBER_FLOAT:
                double real = parser.getDoubleValue();
                if (!Double.isFinite(real)) {
                    throw new MalformedException(
                            Reason.BAD_VALUE, "JSON: a number beyond 64 bits, at most 1.79e308");
                }
                return new Value.Real(real);
            case VALUE_TRUE:
                return Value.TRUE;
            case VALUE_FALSE:
                return Value.FALSE;
            case VALUE_NULL:
                return Value.NULL;
            default:
                throw new MalformedException(Reason.BAD_VALUE, "JSON: unexpected " + token);
        }
    }

    public static String write(Value value, boolean pretty) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            if (pretty) {
                json.useDefaultPrettyPrinter();
            }
            write(value, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void write(Value value, JsonGenerator json) throws IOException {
        if (value instanceof Value.Map map) {
            json.writeStartObject();
            for (Map.Entry<Value, Value> entry : map.entries().entrySet()) {
                json.writeFieldName(
                        entry.getKey() instanceof Value.Text text
                                ? text.value()
                                : String.valueOf(((Value.Int) entry.getKey()).value()));
                write(entry.getValue(), json);
            }
            json.writeEndObject();
        } else if (value instanceof Value.List list) {
            json.writeStartArray();
            for (Value item : list.items()) {
                write(item, json);
            }
            json.writeEndArray();
        } else if (value instanceof Value.Text text) {
            json.writeString(text.value());
        } else if (value instanceof Value.Bytes bytes) {
            json.writeString(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.value()));
        } else if (value instanceof Value.Int number) {
            json.writeNumber(number.value());
        } else if (value instanceof Value.Real real) {
            if (Double.isFinite(real.value())) {
                json.writeNumber(real.value());
            } else {
                json.writeNull();
            }
        } else if (value instanceof Value.Bool bool) {
            json.writeBoolean(bool.value());
        } else {
            json.writeNull();
        }
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("not JSON");
    }
}
