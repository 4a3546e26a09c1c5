package dev.parley.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Words as they stand in a path or a query. */
final class Paths {
    private Paths() {}

    static String word(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
