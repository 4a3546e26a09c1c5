package dev.parley.cli;

import dev.parley.wire.api.Json;
import dev.parley.wire.api.Value;
import java.util.List;

/** Reads what the container answered; what is not there is empty. */
final class Tree {
    private Tree() {}

    static Value at(Value value, String name) {
        return value instanceof Value.Map map ? map.get(name).orElse(Value.NULL) : Value.NULL;
    }

    /** Text as people read it: no quotes, no control characters that could move the cursor. */
    /** Without what moves the cursor, hides letters or turns them round. */
    static String shown(String text) {
        return text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?");
    }

    static String text(Value value, String name) {
        Value found = at(value, name);
        if (found instanceof Value.Text text) {
            return shown(text.value());
        }
        return found.equals(Value.NULL) ? "" : Json.write(found);
    }

    static List<Value> list(Value value, String name) {
        return at(value, name) instanceof Value.List list ? list.items() : List.of();
    }
}
