package dev.parley.gossip.internal;

import dev.parley.gossip.api.Topic;
import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.SessionCertificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages a container can give to others: the recent ones, and the retained ones.
 *
 * <p>Both have limits in number and in bytes. A retained message stays until its time is over, so
 * one author could fill all places; each author therefore has a limit, and when all places are
 * taken, the author who takes most gives one up.
 */
final class MessageStore {
    static final Duration KEEP = Duration.ofMinutes(10);
    static final int MAX_RECENT = 4096;
    static final long MAX_RECENT_BYTES = 16 << 20;
    static final int MAX_RETAINED = 4096;
    static final int MAX_RETAINED_OF_AUTHOR = 256;
    static final long MAX_RETAINED_BYTES = 32 << 20;
    static final long MAX_RETAINED_BYTES_OF_AUTHOR = 2 << 20;

    record Held(Envelope envelope, SessionCertificate certificate) {
        MessageId id() {
            return envelope.id();
        }

        int bytes() {
            return envelope.encoded().length;
        }
    }

    private record Place(Topic topic, String key) {}

    private static final class Author {
        final Map<Place, Held> places = new LinkedHashMap<>();
        long bytes;
    }

    private final LinkedHashMap<MessageId, Held> recent = new LinkedHashMap<>();
    private final Map<AgentId, Author> authors = new LinkedHashMap<>();
    private final Map<MessageId, Held> retained = new HashMap<>();

    /** All of both, so that those of one certificate stand together. */
    private final NavigableMap<MessageId, Held> named = new TreeMap<>(MessageId.ORDER);

    private long recentBytes;
    private long retainedBytes;

    int retainedCount() {
        return retained.size();
    }

    @Nullable Held get(MessageId id) {
        return named.get(id);
    }

    /**
     * @return the certificate of this id, if a message of it is here
     */
    @Nullable SessionCertificate certificate(byte[] id) {
        Map.Entry<MessageId, Held> first = named.ceilingEntry(new MessageId(id, 0));
        return first != null && Arrays.equals(first.getKey().certificate(), id)
                ? first.getValue().certificate()
                : null;
    }

    /**
     * @return each message once, the latest last
     */
    List<Held> all() {
        LinkedHashSet<Held> all = new LinkedHashSet<>();
        retained(all::add);
        all.addAll(recent.values());
        return List.copyOf(all);
    }

    void retained(Consumer<Held> consumer) {
        authors.values().forEach(author -> author.places.values().forEach(consumer));
    }

    /**
     * @return false if it is retained and a newer one of the same author, topic and key is here
     */
    boolean put(Held held) {
        if (held.envelope().retention().retained() && !retain(held)) {
            return false;
        }
        recent.put(held.id(), held);
        named.put(held.id(), held);
        recentBytes += held.bytes();
        while (recent.size() > MAX_RECENT || recentBytes > MAX_RECENT_BYTES) {
            forgetRecent(recent.keySet().iterator().next());
        }
        return true;
    }

    private boolean retain(Held held) {
        AgentId name = held.certificate().agent();
        Author author = authors.computeIfAbsent(name, key -> new Author());
        Place place = new Place(held.envelope().topic(), held.envelope().retention().key());
        Held old = author.places.get(place);
        if (old != null && newer(old.envelope(), held.envelope())) {
            return false;
        }
        if (old != null) {
            release(author, place);
            forgetRecent(old.id());
        }
        author.places.put(place, held);
        author.bytes += held.bytes();
        retained.put(held.id(), held);
        named.put(held.id(), held);
        retainedBytes += held.bytes();
        while (author.places.size() > MAX_RETAINED_OF_AUTHOR
                || author.bytes > MAX_RETAINED_BYTES_OF_AUTHOR) {
            release(author, author.places.keySet().iterator().next());
        }
        while (retained.size() > MAX_RETAINED || retainedBytes > MAX_RETAINED_BYTES) {
            Author heaviest = author;
            for (Author other : authors.values()) {
                heaviest = other.bytes > heaviest.bytes ? other : heaviest;
            }
            release(heaviest, heaviest.places.keySet().iterator().next());
        }
        authors.values().removeIf(it -> it.places.isEmpty());
        return true;
    }

    private void release(Author author, Place place) {
        Held held = author.places.remove(place);
        if (held != null) {
            author.bytes -= held.bytes();
            retainedBytes -= held.bytes();
            retained.remove(held.id());
            forgetName(held.id());
        }
    }

    /** The same order at every container, also for two of one millisecond. */
    private static boolean newer(Envelope a, Envelope b) {
        int byTime = a.time().compareTo(b.time());
        if (byTime != 0) {
            return byTime > 0;
        }
        int byCertificate = Arrays.compareUnsigned(a.id().certificate(), b.id().certificate());
        return byCertificate != 0 ? byCertificate > 0 : a.id().sequence() > b.id().sequence();
    }

    /** Forgets what is over. */
    void expire(Instant now) {
        removeIf(
                held -> !now.isBefore(held.envelope().time().plus(KEEP)),
                held -> !now.isBefore(held.envelope().expires(KEEP)));
    }

    /**
     * @return the ids of what was forgotten
     */
    Set<MessageId> forget(Predicate<Held> which) {
        return removeIf(which, which);
    }

    private Set<MessageId> removeIf(Predicate<Held> ofRecent, Predicate<Held> ofRetained) {
        Set<MessageId> gone = new LinkedHashSet<>();
        for (Held held : List.copyOf(recent.values())) {
            if (ofRecent.test(held)) {
                forgetRecent(held.id());
                gone.add(held.id());
            }
        }
        for (Author author : authors.values()) {
            for (Map.Entry<Place, Held> entry : new ArrayList<>(author.places.entrySet())) {
                if (ofRetained.test(entry.getValue())) {
                    release(author, entry.getKey());
                    gone.add(entry.getValue().id());
                }
            }
        }
        authors.values().removeIf(it -> it.places.isEmpty());
        return gone;
    }

    private void forgetName(MessageId id) {
        if (!recent.containsKey(id) && !retained.containsKey(id)) {
            named.remove(id);
        }
    }

    private void forgetRecent(MessageId id) {
        Held held = recent.remove(id);
        recentBytes -= held == null ? 0 : held.bytes();
        forgetName(id);
    }
}
