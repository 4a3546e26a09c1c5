package dev.parley.groups.internal.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Effects in order; what is to be written comes before what is said afterwards. */
final class Outbox {
    private final List<Effect> effects = new ArrayList<>();
    private Map<String, Optional<byte[]>> writes = new LinkedHashMap<>();

    void put(String key, byte[] value) {
        writes.put(key, Optional.of(value));
    }

    void delete(String key) {
        writes.put(key, Optional.empty());
    }

    void add(Effect effect) {
        flush();
        effects.add(effect);
    }

    List<Effect> drain() {
        flush();
        List<Effect> drained = List.copyOf(effects);
        effects.clear();
        return drained;
    }

    private void flush() {
        if (!writes.isEmpty()) {
            effects.add(new Effect.Persist(writes));
            writes = new LinkedHashMap<>();
        }
    }
}
