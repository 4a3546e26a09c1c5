package dev.parley.groups.internal.core;

import dev.parley.groups.api.GroupId;
import dev.parley.groups.api.GroupMessage;
import dev.parley.groups.internal.format.Clock;
import dev.parley.groups.internal.format.Content;
import dev.parley.identity.api.AgentId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.ByteReader;
import dev.parley.wire.api.ByteWriter;
import dev.parley.wire.api.MalformedException;

/** A message of the history as it is kept: id, sender and what was encrypted. */
public record StoredMessage(Hash id, AgentId sender, Content content) {
    /** Under which it is kept; keys sort as sequences do. */
    public static String key(long sequence) {
        return String.format("m/%016x", sequence);
    }

    public static long sequence(String key) {
        return Long.parseUnsignedLong(key.substring(2), 16);
    }

    byte[] encode() {
        return new ByteWriter(256)
                .bytes(id.bytes())
                .bytes(sender.bytes())
                .bytes(content.encode())
                .toByteArray();
    }

    public static StoredMessage decode(byte[] bytes) throws MalformedException {
        ByteReader in = new ByteReader(bytes, "stored message");
        return new StoredMessage(
                Hash.of(in.bytes(Hash.BYTES)),
                AgentId.of(in.bytes(AgentId.BYTES)),
                Content.decode(in.rest()));
    }

    static Hash id(byte[] bytes) throws MalformedException {
        return Hash.of(new ByteReader(bytes, "stored message").bytes(Hash.BYTES));
    }

    public GroupMessage shown(GroupId group, long sequence) {
        return new GroupMessage(
                group,
                sequence,
                id.hex(),
                sender,
                String.format("%016x-%s", content.clock(), id.hex()),
                Clock.time(content.clock()),
                content.type(),
                content.content());
    }
}
