package dev.parley.catalog.internal;

import dev.parley.catalog.api.Entry;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.MachineId;
import dev.parley.storage.api.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What authors have announced, each for itself: an announcement is only its author's word, so it
 * takes nobody else's place. Where there are too many, who has most gives way. Not thread-safe.
 */
final class Listings {
    static final int MAX_ENTRIES = 4096;
    static final int MAX_HOLDERS = 16;

    private record Name(AgentId author, Hash descriptor) {}

    private record Listed(Announcement.Published announcement, String topic) {}

    private record Holder(AgentId author, MachineId machine) {}

    private final Map<Name, Listed> listed = new LinkedHashMap<>();
    private final Map<Hash, Map<Holder, String>> holders = new LinkedHashMap<>();

    void published(
            AgentId author, MachineId machine, String topic, Announcement.Published published) {
        listed.entrySet()
                .removeIf(
                        old ->
                                old.getKey().author().equals(author)
                                        && old.getValue()
                                                .announcement()
                                                .bsn()
                                                .equals(published.bsn())
                                        && old.getValue().announcement().sequence()
                                                < published.sequence());
        listed.put(new Name(author, published.descriptor()), new Listed(published, topic));
        if (listed.size() > MAX_ENTRIES) {
            listed.remove(eldestOfMost(listed.keySet(), Name::author));
        }
        hold(author, machine, published.descriptor(), published.address());
    }

    void holding(AgentId author, MachineId machine, Announcement.Holding holding) {
        hold(author, machine, holding.descriptor(), holding.address());
    }

    private void hold(AgentId author, MachineId machine, Hash descriptor, String address) {
        Map<Holder, String> known =
                holders.computeIfAbsent(descriptor, key -> new LinkedHashMap<>());
        Holder holder = new Holder(author, machine);
        known.put(holder, address);
        if (known.size() > MAX_HOLDERS) {
            Holder last = eldestOfMost(known.keySet(), Holder::author);
            boolean allAlike =
                    known.keySet().stream().map(Holder::author).distinct().count() > MAX_HOLDERS;
            known.remove(allAlike ? holder : last);
        }
        if (holders.size() > MAX_ENTRIES) {
            forgetHolders();
        }
    }

    /** First of what nobody has published. */
    private void forgetHolders() {
        Set<Hash> wanted =
                listed.keySet().stream().map(Name::descriptor).collect(Collectors.toSet());
        Iterator<Hash> all = holders.keySet().iterator();
        Hash eldest = all.next();
        for (Hash at = eldest; ; at = all.next()) {
            if (!wanted.contains(at)) {
                holders.remove(at);
                return;
            }
            if (!all.hasNext()) {
                holders.remove(eldest);
                return;
            }
        }
    }

    private static <T> T eldestOfMost(Collection<T> all, Function<T, AgentId> author) {
        Map<AgentId, Integer> counts = new HashMap<>();
        all.forEach(it -> counts.merge(author.apply(it), 1, Integer::sum));
        int most = counts.values().stream().mapToInt(it -> it).max().orElseThrow();
        return all.stream()
                .filter(it -> counts.getOrDefault(author.apply(it), 0) == most)
                .findFirst()
                .orElseThrow();
    }

    /**
     * @return by name, newest version first
     */
    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        listed.forEach(
                (name, it) -> {
                    Announcement.Published published = it.announcement();
                    entries.add(
                            new Entry(
                                    name.descriptor(),
                                    published.bsn(),
                                    published.version(),
                                    published.name(),
                                    published.title(),
                                    name.author(),
                                    published.size(),
                                    published.sequence(),
                                    it.topic(),
                                    addresses(name)));
                });
        entries.sort(
                Comparator.comparing(Entry::name)
                        .thenComparing(Entry::sequence, Comparator.reverseOrder()));
        return entries;
    }

    /** Where two speak of one machine, the publisher is believed. */
    private Map<MachineId, String> addresses(Name name) {
        Map<MachineId, String> addresses = new LinkedHashMap<>();
        holders.getOrDefault(name.descriptor(), Map.of())
                .forEach(
                        (holder, address) -> {
                            if (holder.author().equals(name.author())) {
                                addresses.put(holder.machine(), address);
                            } else {
                                addresses.putIfAbsent(holder.machine(), address);
                            }
                        });
        return addresses;
    }
}
