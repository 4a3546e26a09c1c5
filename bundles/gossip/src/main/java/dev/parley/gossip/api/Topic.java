package dev.parley.gossip.api;

/**
 * A gossip channel: {@code /}-separated parts of a-z, 0-9, '.', '_' and '-', at most 128
 * characters.
 */
public record Topic(String name) {
    public static final int MAX_CHARS = 128;

    public Topic {
        if (!valid(name)) {
            throw new IllegalArgumentException(
                    "a topic is parts of a-z, 0-9, '.', '_' and '-' joined by '/', at most "
                            + MAX_CHARS
                            + " characters, found '"
                            + name
                            + "'");
        }
    }

    public static boolean valid(String name) {
        return name.length() <= MAX_CHARS && name.matches("[a-z0-9._-]+(/[a-z0-9._-]+)*");
    }

    /**
     * @param filter a topic, or a topic's first parts and {@code /*} for everything below them
     */
    public boolean matches(String filter) {
        return filter.endsWith("/*")
                ? name.startsWith(filter.substring(0, filter.length() - 1))
                : name.equals(filter);
    }

    public static boolean validFilter(String filter) {
        return valid(filter.endsWith("/*") ? filter.substring(0, filter.length() - 2) : filter);
    }

    @Override
    public String toString() {
        return name;
    }
}
