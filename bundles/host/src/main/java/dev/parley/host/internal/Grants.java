package dev.parley.host.internal;

import java.util.Set;

/** What the owner granted to a plugin for things that have names. */
final class Grants {
    private Grants() {}

    /**
     * Whether a name is granted, by itself or by its first parts and {@code /*}.
     *
     * @param kind {@code stores} or {@code groups}
     */
    static boolean cover(Set<String> granted, String kind, String name) {
        String start = kind + ":";
        return granted.stream()
                .filter(it -> it.startsWith(start))
                .map(it -> it.substring(start.length()))
                .anyMatch(
                        it ->
                                it.endsWith("/*")
                                        ? name.startsWith(it.substring(0, it.length() - 1))
                                        : name.equals(it));
    }

    static String refusal(String kind, String name) {
        return "the owner has not granted '"
                + kind
                + ":"
                + name
                + "'; install the plugin again and grant it";
    }
}
