package dev.parley.groups.internal.core;

import dev.parley.groups.internal.format.Item;
import dev.parley.groups.internal.format.Step;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The ciphertexts that others may fetch, what was read already, and the lineage. Bounded. Not
 * thread-safe.
 */
final class Chronicle {
    static final int MAX_COMMITS = 128;
    static final int MAX_MESSAGES = SyncMessage.MAX_MESSAGE_IDS - 256;
    static final int MAX_MESSAGE_BYTES = 2 << 20;
    static final Duration MAX_AGE = Duration.ofDays(7);
    static final int MAX_HISTORY = 10_000;
    private static final int MAX_UNREADABLE = 256;
    private static final int MAX_ANSWER_BYTES = 700_000;

    private record KeptCommit(Hash id, Item.Commit commit, Hash bytes) {}

    private record KeptMessage(Hash id, Item.Message message, Instant taken) {}

    private final Outbox out;
    private final Map<Hash, KeptCommit> commits = new LinkedHashMap<>();
    private final Map<Hash, KeptMessage> messages = new LinkedHashMap<>();
    private long messageBytes;
    private final Set<Hash> unreadable = new LinkedHashSet<>();
    private final Deque<Long> history = new ArrayDeque<>();
    private final Set<Hash> read = new LinkedHashSet<>();
    private long lastSequence;
    private List<Step> lineage = List.of();

    Chronicle(Outbox out) {
        this.out = out;
    }

    void add(Hash epoch, Item.Commit commit) {
        keep(epoch, commit);
        out.put("c/" + epoch.hex(), commit.encode());
        while (commits.size() > MAX_COMMITS) {
            Hash oldest = commits.keySet().iterator().next();
            commits.remove(oldest);
            out.delete("c/" + oldest.hex());
        }
    }

    private void keep(Hash epoch, Item.Commit commit) {
        commits.put(epoch, new KeptCommit(epoch, commit, Hash.sha256(commit.message())));
    }

    boolean has(Item.Commit commit) {
        Hash bytes = Hash.sha256(commit.message());
        return unreadable.contains(bytes)
                || commits.values().stream().anyMatch(kept -> kept.bytes().equals(bytes));
    }

    /** Neither this commit nor this message is looked at again. */
    void refuse(byte[] message) {
        unreadable.add(Hash.sha256(message));
        if (unreadable.size() > MAX_UNREADABLE) {
            unreadable.remove(unreadable.iterator().next());
        }
    }

    boolean refused(Item.Commit commit) {
        return unreadable.contains(Hash.sha256(commit.message()));
    }

    boolean has(Hash messageId) {
        return unreadable.contains(messageId)
                || messages.containsKey(messageId)
                || read.contains(messageId);
    }

    void add(Hash id, Item.Message message, Instant now) {
        keep(new KeptMessage(id, message, now));
        out.put(
                "w/" + id.hex(),
                new ByteWriter(64).i64(now.toEpochMilli()).bytes(message.encode()).toByteArray());
        while (messages.size() > MAX_MESSAGES || messageBytes > MAX_MESSAGE_BYTES) {
            dropOldest();
        }
    }

    private void keep(KeptMessage kept) {
        messages.put(kept.id(), kept);
        messageBytes += kept.message().message().length;
    }

    private void dropOldest() {
        KeptMessage oldest = messages.remove(messages.keySet().iterator().next());
        messageBytes -= oldest.message().message().length;
        out.delete("w/" + oldest.id().hex());
    }

    void expire(Instant now) {
        while (!messages.isEmpty()
                && messages.values().iterator().next().taken().plus(MAX_AGE).isBefore(now)) {
            dropOldest();
        }
    }

    long addToHistory(Hash id) {
        remember(++lastSequence, id);
        if (history.size() > MAX_HISTORY) {
            out.delete(StoredMessage.key(history.removeFirst()));
            read.remove(read.iterator().next());
        }
        return lastSequence;
    }

    private void remember(long sequence, Hash id) {
        history.add(sequence);
        read.add(id);
        lastSequence = Math.max(lastSequence, sequence);
    }

    long lastSequence() {
        return lastSequence;
    }

    List<Long> messageIds() {
        List<Long> ids = new ArrayList<>();
        messages.keySet().forEach(id -> ids.add(prefix(id)));
        unreadable.forEach(id -> ids.add(prefix(id)));
        return ids;
    }

    private static long prefix(Hash id) {
        return ByteBuffer.wrap(id.bytes()).getLong();
    }

    /**
     * What somebody lacks, each epoch's messages after its commit and before the next.
     *
     * @param items as many as fit
     */
    record Missing(List<Item> items, boolean more) {}

    Missing missing(Collection<Hash> epochs, Collection<Long> messageIds) {
        Set<Hash> known = new HashSet<>(epochs);
        Set<Long> had = new HashSet<>(messageIds);
        List<Item> items = new ArrayList<>();
        for (Hash epoch : epochs) {
            messagesOf(epoch, had, items);
        }
        for (KeptCommit kept : commits.values()) {
            if (known.contains(kept.commit().epoch()) && known.add(kept.id())) {
                items.add(kept.commit());
                messagesOf(kept.id(), had, items);
            }
        }
        int bytes = 0;
        for (int i = 0; i < items.size(); i++) {
            Item item = items.get(i);
            bytes +=
                    64
                            + (item instanceof Item.Commit commit
                                    ? commit.message().length
                                    : ((Item.Message) item).message().length);
            if (i > 0 && bytes > MAX_ANSWER_BYTES || i == SyncMessage.MAX_ITEMS) {
                return new Missing(items.subList(0, i), true);
            }
        }
        return new Missing(items, false);
    }

    private void messagesOf(Hash epoch, Set<Long> had, List<Item> items) {
        for (KeptMessage kept : messages.values()) {
            if (kept.message().epoch().equals(epoch) && !had.contains(prefix(kept.id()))) {
                items.add(kept.message());
            }
        }
    }

    /** Of the epochs that left the window; the chain's come after them. */
    List<Step> lineage() {
        return lineage;
    }

    void lineage(List<Step> steps) {
        lineage =
                List.copyOf(
                        steps.subList(
                                Math.max(0, steps.size() - SyncMessage.MAX_STEPS), steps.size()));
        ByteWriter writer = new ByteWriter(1024);
        SyncMessage.steps(writer, lineage);
        out.put("l", writer.toByteArray());
    }

    /** Reads what is on disk. Messages come back in the order of their age, not of their coming. */
    void load(Map<String, byte[]> stored) throws MalformedException {
        List<KeptMessage> found = new ArrayList<>();
        List<KeptCommit> foundCommits = new ArrayList<>();
        for (Map.Entry<String, byte[]> entry : stored.entrySet()) {
            String key = entry.getKey();
            if (key.startsWith("c/")) {
                foundCommits.add(commit(Hash.of(key.substring(2)), entry.getValue()));
            } else if (key.startsWith("w/")) {
                ByteReader in = new ByteReader(entry.getValue(), "kept message");
                Instant taken = Instant.ofEpochMilli(in.i64());
                if (Item.decode(in.rest()) instanceof Item.Message message) {
                    found.add(new KeptMessage(Hash.of(key.substring(2)), message, taken));
                }
            } else if (key.equals("l")) {
                ByteReader in = new ByteReader(entry.getValue(), "lineage");
                lineage = List.copyOf(SyncMessage.steps(in));
                in.end();
            } else if (key.startsWith("m/")) {
                remember(StoredMessage.sequence(key), StoredMessage.id(entry.getValue()));
            }
        }
        found.sort(java.util.Comparator.comparing(KeptMessage::taken));
        found.forEach(this::keep);
        parentsFirst(foundCommits).forEach(it -> commits.put(it.id(), it));
    }

    private static KeptCommit commit(Hash id, byte[] value) throws MalformedException {
        if (!(Item.decode(value) instanceof Item.Commit commit)) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE, "kept commit: another kind");
        }
        return new KeptCommit(id, commit, Hash.sha256(commit.message()));
    }

    private static List<KeptCommit> parentsFirst(List<KeptCommit> commits) {
        Map<Hash, KeptCommit> byId = new LinkedHashMap<>();
        commits.forEach(it -> byId.put(it.id(), it));
        Map<Hash, KeptCommit> sorted = new LinkedHashMap<>();
        for (KeptCommit commit : commits) {
            Deque<KeptCommit> up = new ArrayDeque<>();
            KeptCommit next = commit;
            while (next != null && !sorted.containsKey(next.id())) {
                up.push(next);
                next = byId.get(next.commit().epoch());
            }
            up.forEach(it -> sorted.put(it.id(), it));
        }
        return List.copyOf(sorted.values());
    }
}
