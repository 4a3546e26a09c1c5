package dev.parley.gateway.internal;

import dev.parley.gateway.api.OperationException;
import dev.parley.trust.api.TrustLevel;
import java.util.Locale;

/** Trust levels as people write them. */
final class Levels {
    private Levels() {}

    static String name(TrustLevel level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    static TrustLevel parse(String text) throws OperationException {
        for (TrustLevel level : TrustLevel.values()) {
            if (name(level).equals(text.toLowerCase(Locale.ROOT))) {
                return level;
            }
        }
        throw OperationException.invalid(
                "the level is '" + text + "'", "expected blocked, unknown, known or trusted");
    }
}
