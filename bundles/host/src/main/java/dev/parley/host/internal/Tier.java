package dev.parley.host.internal;

import java.util.List;
import java.util.Locale;

/** How children are confined, the strongest first. */
enum Tier {
    /** A root, processes and a network of its own by bwrap, and inside it all of the next. */
    BUBBLEWRAP,
    /** Landlock, seccomp, limits and, if we are root, a user of its own. */
    LANDLOCK,
    /** A bare child of this user. */
    NONE,
    /** Nothing that was tried holds, so nothing runs. */
    UNAVAILABLE;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean confined() {
        return this == BUBBLEWRAP || this == LANDLOCK;
    }

    /**
     * @param wanted {@code auto} or a tier's word
     */
    static List<Tier> candidates(String wanted) {
        return switch (wanted) {
            case "auto" -> List.of(BUBBLEWRAP, LANDLOCK);
            case "bubblewrap" -> List.of(BUBBLEWRAP);
            case "landlock" -> List.of(LANDLOCK);
            case "none" -> List.of(NONE);
            default -> throw new IllegalArgumentException("unknown sandbox tier: " + wanted);
        };
    }
}
