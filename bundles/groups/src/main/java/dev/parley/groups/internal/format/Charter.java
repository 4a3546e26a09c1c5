package dev.parley.groups.internal.format;

import dev.parley.groups.api.Groups;
import dev.parley.identity.api.AgentId;
import dev.parley.mls.api.MlsExtension;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What the members of a group agree on besides its keys (0013, "The charter"). Immutable. */
public record Charter(
        String name,
        String description,
        byte[] topicKey,
        SortedSet<AgentId> admins,
        boolean closed) {
    public static final int EXTENSION_TYPE = 0xF0A2;
    public static final int MAX_BYTES = 16_384;
    public static final int TOPIC_KEY_BYTES = 32;

    public Charter {
        admins = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(admins));
    }

    public Charter named(String newName, String newDescription) {
        return new Charter(newName, newDescription, topicKey, admins, closed);
    }

    public Charter withAdmin(AgentId agent) {
        SortedSet<AgentId> more = new TreeSet<>(admins);
        more.add(agent);
        return new Charter(name, description, topicKey, more, closed);
    }

    public Charter withoutAdmin(AgentId agent) {
        SortedSet<AgentId> fewer = new TreeSet<>(admins);
        fewer.remove(agent);
        return new Charter(name, description, topicKey, fewer, closed);
    }

    public Charter ended() {
        return new Charter(name, description, topicKey, admins, true);
    }

    /** The gossip topic, which tells outsiders nothing. */
    public String topic() {
        return "groups/"
                + Hash.sha256("parley.group.topic.v1".getBytes(StandardCharsets.US_ASCII), topicKey)
                        .hex();
    }

    public MlsExtension extension() {
        List<Value> ids = new ArrayList<>();
        admins.forEach(admin -> ids.add(Value.of(admin.bytes())));
        return new MlsExtension(
                EXTENSION_TYPE,
                Cbor.encode(
                        Value.map()
                                .put(0, Value.of(1))
                                .put(1, Value.of(name))
                                .put(2, Value.of(description))
                                .put(3, Value.of(topicKey))
                                .put(4, Value.list(ids))
                                .put(5, Value.of(closed))
                                .build()));
    }

    /** The charter among a group context's extensions, which has to be there once. */
    public static Charter of(List<MlsExtension> extensions) throws MalformedException {
        Optional<MlsExtension> found =
                extensions.stream().filter(it -> it.type() == EXTENSION_TYPE).findFirst();
        if (found.isEmpty()) {
            throw bad("no charter among the extensions of the group");
        }
        return decode(found.get().data());
    }

    static Charter decode(byte[] bytes) throws MalformedException {
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_BYTES), "charter");
        fields.integer(0, 1, 1);
        String name = fields.text(1, Groups.MAX_NAME_CHARS);
        String description = fields.text(2, Groups.MAX_DESCRIPTION_CHARS);
        byte[] topicKey = fields.bytes(3, TOPIC_KEY_BYTES, TOPIC_KEY_BYTES);
        TreeSet<AgentId> admins = new TreeSet<>();
        for (Value item : fields.list(4, Groups.MAX_MEMBERS)) {
            if (!(item instanceof Value.Bytes id) || id.length() != AgentId.BYTES) {
                throw bad("charter: an admin is no agent id");
            }
            AgentId agent = AgentId.of(id.value());
            if (!admins.isEmpty() && admins.last().compareTo(agent) >= 0) {
                throw bad("charter: admins are not in ascending order");
            }
            admins.add(agent);
        }
        if (!(fields.required(5) instanceof Value.Bool closed)) {
            throw bad("charter: field 5 is not true or false");
        }
        fields.end();
        if (name.isBlank()) {
            throw bad("charter: the name is empty");
        }
        return new Charter(name, description, topicKey, admins, closed.value());
    }

    private static MalformedException bad(String message) {
        return new MalformedException(MalformedException.Reason.BAD_VALUE, message);
    }

    /** Without the topic key. */
    @Override
    public String toString() {
        return "Charter[" + name + ", admins " + admins + (closed ? ", closed]" : "]");
    }
}
