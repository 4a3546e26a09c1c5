package dev.parley.groups.internal.core;

import dev.parley.identity.api.AgentId;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has to be said again or done by some admin (0013, "What the losers said"). Not thread-safe.
 */
final class Pending {
    /** A removal that is not needed for so long is forgotten. */
    static final Duration REMOVALS = Duration.ofDays(1);

    static final Duration READMISSIONS = Duration.ofDays(7);
    private static final int MAX = 1024;

    /**
     * @param author the admin whose commit lost
     * @param stands whether its author was an admin where it has to be said again; otherwise it
     *     waits until it is one: on the losing branch it had become one
     */
    record Removal(AgentId author, boolean stands, Instant since) {}

    record Again(Intent intent, Instant since) {}

    private final Outbox out;
    final Map<AgentId, Removal> removals = new LinkedHashMap<>();
    final Map<AgentId, Instant> readmissions = new LinkedHashMap<>();
    final Map<AgentId, Instant> leavers = new LinkedHashMap<>();
    final List<Again> intents = new ArrayList<>();

    Pending(Outbox out) {
        this.out = out;
    }

    void save() {
        ByteWriter writer = new ByteWriter(256);
        writer.varint(removals.size());
        removals.forEach(
                (agent, it) ->
                        writer.bytes(agent.bytes())
                                .bytes(it.author().bytes())
                                .u8(it.stands() ? 1 : 0)
                                .i64(it.since().toEpochMilli()));
        instants(writer, readmissions);
        instants(writer, leavers);
        writer.varint(intents.size());
        for (Again again : intents) {
            again.intent().write(writer.i64(again.since().toEpochMilli()));
        }
        out.put("p", writer.toByteArray());
    }

    private static void instants(ByteWriter writer, Map<AgentId, Instant> map) {
        writer.varint(map.size());
        map.forEach((agent, at) -> writer.bytes(agent.bytes()).i64(at.toEpochMilli()));
    }

    void load(byte[] stored) throws MalformedException {
        ByteReader in = new ByteReader(stored, "pending");
        for (int left = count(in); left > 0; left--) {
            removals.put(
                    AgentId.of(in.bytes(AgentId.BYTES)),
                    new Removal(
                            AgentId.of(in.bytes(AgentId.BYTES)),
                            in.u8() == 1,
                            Instant.ofEpochMilli(in.i64())));
        }
        instants(in, readmissions);
        instants(in, leavers);
        for (int left = count(in); left > 0; left--) {
            Instant since = Instant.ofEpochMilli(in.i64());
            intents.add(new Again(Intent.read(in), since));
        }
        in.end();
    }

    private static void instants(ByteReader in, Map<AgentId, Instant> map)
            throws MalformedException {
        for (int left = count(in); left > 0; left--) {
            map.put(AgentId.of(in.bytes(AgentId.BYTES)), Instant.ofEpochMilli(in.i64()));
        }
    }

    private static int count(ByteReader in) throws MalformedException {
        long count = in.varint();
        if (count > MAX) {
            throw new MalformedException(
                    MalformedException.Reason.BAD_VALUE, "pending: " + count + " entries");
        }
        return (int) count;
    }
}
