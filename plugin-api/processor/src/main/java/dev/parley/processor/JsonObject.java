package dev.parley.processor;

import java.util.ArrayList;
import java.util.List;

/** Writes JSON; just enough for the manifest. */
final class JsonObject {
    private final List<String> members = new ArrayList<>();

    JsonObject put(String name, String text) {
        return raw(name, quote(text));
    }

    JsonObject raw(String name, String json) {
        members.add(quote(name) + ":" + json);
        return this;
    }

    static String array(List<String> items) {
        return "[" + String.join(",", items) + "]";
    }

    static String texts(List<String> items) {
        return array(items.stream().map(JsonObject::quote).toList());
    }

    static String quote(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    @Override
    public String toString() {
        return "{" + String.join(",", members) + "}";
    }
}
