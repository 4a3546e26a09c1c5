package dev.parley.wire.api;

import dev.parley.wire.api.MalformedException.Reason;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the integer-keyed map of a record and names what is wrong with it.
 *
 * <p>Keys from 0 up are critical: one that the reader does not know refuses the record. Negative
 * keys are extensions: unknown ones are kept in the signed bytes and ignored. Not thread-safe.
 */
public final class Fields {
    private final Value.Map map;
    private final String what;
    private final Set<Long> known = new HashSet<>();

    private Fields(Value.Map map, String what) {
        this.map = map;
        this.what = what;
    }

    public static Fields of(Value value, String what) throws MalformedException {
        if (!(value instanceof Value.Map map)) {
            throw new MalformedException(Reason.WRONG_TYPE, what + ": expected a map");
        }
        return new Fields(map, what);
    }

    public Optional<Value> optional(long key) {
        known.add(key);
        return map.get(key);
    }

    public Value required(long key) throws MalformedException {
        return optional(key)
                .orElseThrow(
                        () ->
                                new MalformedException(
                                        Reason.MISSING_FIELD, what + ": no field " + key));
    }

    public long integer(long key, long min, long max) throws MalformedException {
        if (!(required(key) instanceof Value.Int number)) {
            throw wrongType(key, "an integer");
        }
        if (number.value() < min || number.value() > max) {
            throw new MalformedException(
                    Reason.BAD_VALUE,
                    what
                            + ": field "
                            + key
                            + " is "
                            + number.value()
                            + ", expected "
                            + min
                            + " to "
                            + max);
        }
        return number.value();
    }

    public String text(long key, int maxChars) throws MalformedException {
        return text(required(key), key, maxChars);
    }

    public byte[] bytes(long key, int minLength, int maxLength) throws MalformedException {
        if (!(required(key) instanceof Value.Bytes bytes)) {
            throw wrongType(key, "a byte string");
        }
        if (bytes.length() < minLength || bytes.length() > maxLength) {
            throw new MalformedException(
                    bytes.length() > maxLength ? Reason.TOO_LONG : Reason.BAD_VALUE,
                    what
                            + ": field "
                            + key
                            + " has "
                            + bytes.length()
                            + " bytes, expected "
                            + minLength
                            + " to "
                            + maxLength);
        }
        return bytes.value();
    }

    public List<Value> list(long key, int maxItems) throws MalformedException {
        if (!(required(key) instanceof Value.List list)) {
            throw wrongType(key, "a list");
        }
        if (list.items().size() > maxItems) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    what
                            + ": field "
                            + key
                            + " has "
                            + list.items().size()
                            + " items, at most "
                            + maxItems);
        }
        return list.items();
    }

    public List<String> texts(long key, int maxItems, int maxChars) throws MalformedException {
        List<String> texts = new ArrayList<>();
        for (Value item : list(key, maxItems)) {
            texts.add(text(item, key, maxChars));
        }
        return List.copyOf(texts);
    }

    public Fields map(long key) throws MalformedException {
        return of(required(key), what + " field " + key);
    }

    /** Refuses the record if it has a critical key that was not asked for. Call it last. */
    public void end() throws MalformedException {
        for (Value key : map.entries().keySet()) {
            if (!(key instanceof Value.Int number)) {
                throw new MalformedException(
                        Reason.WRONG_TYPE, what + ": keys are integers, found " + key);
            }
            if (number.value() >= 0 && !known.contains(number.value())) {
                throw new MalformedException(
                        Reason.UNKNOWN_CRITICAL_FIELD,
                        what + ": unknown critical field " + number.value());
            }
        }
    }

    private String text(Value value, long key, int maxChars) throws MalformedException {
        if (!(value instanceof Value.Text text)) {
            throw wrongType(key, "a text");
        }
        if (text.value().length() > maxChars) {
            throw new MalformedException(
                    Reason.TOO_LONG,
                    what
                            + ": field "
                            + key
                            + " has "
                            + text.value().length()
                            + " characters, at most "
                            + maxChars);
        }
        return text.value();
    }

    private MalformedException wrongType(long key, String expected) {
        return new MalformedException(
                Reason.WRONG_TYPE, what + ": field " + key + " is not " + expected);
    }
}
