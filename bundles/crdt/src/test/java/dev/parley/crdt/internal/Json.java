package dev.parley.crdt.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** As much JSON as the vectors need: maps, lists, texts, whole numbers, true, false and null. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    static @Nullable Object read(String text) {
        Json json = new Json(text);
        Object value = json.value();
        json.space();
        if (json.at != text.length()) {
            throw new IllegalArgumentException("more than one value, at " + json.at);
        }
        return value;
    }

    private void space() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean take(char c) {
        space();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!take(c)) {
            throw new IllegalArgumentException("expected " + c + " at " + at);
        }
    }

    private @Nullable Object value() {
        if (take('{')) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            while (!take('}')) {
                if (!map.isEmpty()) {
                    expect(',');
                }
                expect('"');
                String key = string();
                expect(':');
                map.put(key, value());
            }
            return map;
        }
        if (take('[')) {
            List<@Nullable Object> list = new ArrayList<>();
            while (!take(']')) {
                if (!list.isEmpty()) {
                    expect(',');
                }
                list.add(value());
            }
            return list;
        }
        if (take('"')) {
            return string();
        }
        int from = at;
        while (at < text.length() && "+-.".indexOf(text.charAt(at)) + 1 > 0
                || at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        String word = text.substring(from, at);
        return switch (word) {
            case "null" -> null;
            case "true" -> true;
            case "false" -> false;
            default -> Long.valueOf(word);
        };
    }

    private String string() {
        StringBuilder out = new StringBuilder();
        while (text.charAt(at) != '"') {
            char c = text.charAt(at++);
            if (c == '\\') {
                char escaped = text.charAt(at++);
                if (escaped == 'u') {
                    out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
                    at += 4;
                } else {
                    out.append(escaped);
                }
            } else {
                out.append(c);
            }
        }
        at++;
        return out.toString();
    }

    static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        write(value, "\n", out);
        return out.append('\n').toString();
    }

    private static void write(@Nullable Object value, String line, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            String inner = isFlat(map.values()) ? " " : line + "  ";
            out.append('{');
            String comma = "";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.append(comma).append(inner);
                quote(String.valueOf(entry.getKey()), out);
                out.append(" : ");
                write(entry.getValue(), line + "  ", out);
                comma = ",";
            }
            out.append(inner.equals(" ") ? " }" : line + "}");
        } else if (value instanceof List<?> list) {
            String inner = isFlat(list) ? " " : line + "  ";
            out.append('[');
            String comma = "";
            for (Object each : list) {
                out.append(comma).append(inner);
                write(each, line + "  ", out);
                comma = ",";
            }
            out.append(inner.equals(" ") ? " ]" : line + "]");
        } else if (value instanceof String text) {
            quote(text, out);
        } else {
            out.append(value);
        }
    }

    private static boolean isFlat(Iterable<?> values) {
        int length = 0;
        for (Object value : values) {
            if (value instanceof Map || value instanceof List) {
                return false;
            }
            length += String.valueOf(value).length() + 8;
        }
        return length < 90;
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
