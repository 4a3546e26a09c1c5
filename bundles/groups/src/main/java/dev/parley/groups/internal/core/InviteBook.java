package dev.parley.groups.internal.core;

import dev.parley.groups.internal.format.InviteRecord;
import dev.parley.groups.internal.format.SyncMessage;
import dev.parley.groups.internal.format.UsedInvite;
import dev.parley.identity.api.AgentId;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The invites that are known, and those that were used. Bounded. Not thread-safe. */
final class InviteBook {
    static final int MAX_OPEN = 256;

    /**
     * @param link empty if another admin made it
     */
    record Open(InviteRecord.Signed record, String link) {}

    private final Outbox out;
    private final Map<String, Open> open = new LinkedHashMap<>();
    private final Map<String, UsedInvite> used = new LinkedHashMap<>();

    InviteBook(Outbox out) {
        this.out = out;
    }

    Collection<Open> open() {
        return open.values();
    }

    Optional<Open> find(String id) {
        return Optional.ofNullable(open.get(id));
    }

    Optional<UsedInvite> used(String id) {
        return Optional.ofNullable(used.get(id));
    }

    List<UsedInvite> used() {
        return List.copyOf(used.values());
    }

    void add(String id, Open invite) {
        if (open.size() < MAX_OPEN || open.containsKey(id)) {
            open.put(id, invite);
            out.put(
                    "i/" + id,
                    new ByteWriter(1024)
                            .text(invite.link())
                            .bytes(invite.record().bytes())
                            .toByteArray());
        }
    }

    /** Whoever used it last by what counts. */
    void use(UsedInvite invite) {
        if (used.size() >= SyncMessage.MAX_USED && !used.containsKey(invite.id())) {
            String oldest = used.keySet().iterator().next();
            used.remove(oldest);
            out.delete("u/" + oldest);
        }
        used.put(invite.id(), invite);
        out.put(
                "u/" + invite.id(),
                new ByteWriter(48)
                        .bytes(invite.agent().bytes())
                        .i64(invite.expires().getEpochSecond())
                        .toByteArray());
    }

    void learn(List<UsedInvite> others) {
        for (UsedInvite invite : others) {
            if (!used.containsKey(invite.id()) && used.size() < SyncMessage.MAX_USED) {
                use(invite);
            }
        }
    }

    void expire(Instant now) {
        for (Map.Entry<String, Open> entry : List.copyOf(open.entrySet())) {
            if (entry.getValue().record().invite().expires().isBefore(now)) {
                open.remove(entry.getKey());
                out.delete("i/" + entry.getKey());
            }
        }
        for (UsedInvite invite : used()) {
            if (invite.expires().isBefore(now)) {
                used.remove(invite.id());
                out.delete("u/" + invite.id());
            }
        }
    }

    void load(Map<String, byte[]> stored) throws MalformedException {
        for (Map.Entry<String, byte[]> entry : stored.entrySet()) {
            String key = entry.getKey();
            ByteReader in = new ByteReader(entry.getValue(), "kept invite");
            if (key.startsWith("i/")) {
                String link = in.text(1024, "link");
                open.put(key.substring(2), new Open(InviteRecord.decode(in.rest()), link));
            } else if (key.startsWith("u/")) {
                used.put(
                        key.substring(2),
                        new UsedInvite(
                                key.substring(2),
                                AgentId.of(in.bytes(AgentId.BYTES)),
                                Instant.ofEpochSecond(in.i64())));
            }
        }
    }

    static String hex(byte[] id) {
        return HexFormat.of().formatHex(id);
    }
}
