package dev.parley.catalog.api;

import dev.parley.identity.api.AgentId;
import dev.parley.identity.api.KeyId;
import dev.parley.storage.api.Hash;
import dev.parley.wire.api.Cbor;
import dev.parley.wire.api.Fields;
import dev.parley.wire.api.MalformedException;
import dev.parley.wire.api.MalformedException.Reason;
import dev.parley.wire.api.Value;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * One version of one plugin, as its publisher describes it ({@code plugin-descriptor/v1}).
 *
 * @param bsn the bundle's symbolic name; (publisher, bsn) is the plugin, so nobody can take
 *     another's name
 * @param sequence counts up with each version of this plugin
 * @param previous the hash of the descriptor before; 32 zero bytes for the first
 * @param tools as the bundle's {@code PARLEY-INF/plugin.json} names them
 */
public record Descriptor(
        String bsn,
        String version,
        AgentId publisher,
        long size,
        Hash sha256,
        Hash merkleRoot,
        String entryClass,
        String name,
        String title,
        String description,
        List<Permission> permissions,
        List<Value.Map> tools,
        long sequence,
        Hash previous,
        Instant created,
        String api) {
    public static final String CONTEXT = "parley.plugin-descriptor.v1";
    public static final int MAX_BYTES = 57_344;
    public static final long MAX_JAR_BYTES = 32L << 20;
    public static final int MAX_TOOLS = 64;
    public static final int MAX_PERMISSIONS = 32;

    /** What the plugin asks for, and why. */
    public record Permission(String permission, String reason) {}

    public Descriptor {
        permissions = List.copyOf(permissions);
        tools = List.copyOf(tools);
    }

    public byte[] encode() {
        List<Value> asked = new ArrayList<>();
        permissions.forEach(it -> asked.add(Value.texts(List.of(it.permission(), it.reason()))));
        return Cbor.encode(
                Value.map()
                        .put(0, Value.of(1))
                        .put(1, Value.of(bsn))
                        .put(2, Value.of(version))
                        .put(3, Value.of(publisher.bytes()))
                        .put(4, Value.of(size))
                        .put(5, Value.of(sha256.bytes()))
                        .put(6, Value.of(merkleRoot.bytes()))
                        .put(7, Value.of(entryClass))
                        .put(8, Value.of(name))
                        .put(9, Value.of(title))
                        .put(10, Value.of(description))
                        .put(11, Value.list(asked))
                        .put(12, Value.list(tools))
                        .put(13, Value.of(sequence))
                        .put(14, Value.of(previous.bytes()))
                        .put(15, Value.of(created.toEpochMilli()))
                        .put(16, Value.of(api))
                        .build());
    }

    public static Descriptor decode(byte[] bytes) throws MalformedException {
        Fields fields = Fields.of(Cbor.decode(bytes, MAX_BYTES), "descriptor");
        fields.integer(0, 1, 1);
        List<Permission> permissions = new ArrayList<>();
        for (Value item : fields.list(11, MAX_PERMISSIONS)) {
            if (item instanceof Value.List pair
                    && pair.items().size() == 2
                    && pair.items().get(0) instanceof Value.Text permission
                    && pair.items().get(1) instanceof Value.Text reason
                    && permission.value().length() <= 200
                    && reason.value().length() <= 200) {
                permissions.add(new Permission(permission.value(), reason.value()));
            } else {
                throw new MalformedException(
                        Reason.WRONG_TYPE, "descriptor: a permission is a text and its reason");
            }
        }
        List<Value.Map> tools = new ArrayList<>();
        for (Value item : fields.list(12, MAX_TOOLS)) {
            if (!(item instanceof Value.Map tool)) {
                throw new MalformedException(Reason.WRONG_TYPE, "descriptor: a tool is a map");
            }
            tools.add(tool);
        }
        Descriptor descriptor =
                new Descriptor(
                        matching(
                                fields.text(1, 128),
                                "[a-zA-Z0-9_-]+(\\.[a-zA-Z0-9_-]+)*",
                                "symbolic name"),
                        matching(
                                fields.text(2, 64),
                                "[0-9]+\\.[0-9]+\\.[0-9]+(\\.[A-Za-z0-9_-]+)?",
                                "version"),
                        AgentId.of(fields.bytes(3, KeyId.BYTES, KeyId.BYTES)),
                        fields.integer(4, 1, Long.MAX_VALUE),
                        Hash.of(fields.bytes(5, Hash.BYTES, Hash.BYTES)),
                        Hash.of(fields.bytes(6, Hash.BYTES, Hash.BYTES)),
                        fields.text(7, 256),
                        matching(fields.text(8, 40), "[a-z][a-z0-9-]{0,39}", "name"),
                        fields.text(9, 100),
                        fields.text(10, 500),
                        permissions,
                        tools,
                        fields.integer(13, 1, Long.MAX_VALUE),
                        Hash.of(fields.bytes(14, Hash.BYTES, Hash.BYTES)),
                        Instant.ofEpochMilli(fields.integer(15, 0, 1L << 48)),
                        fields.text(16, 32));
        fields.end();
        return descriptor;
    }

    private static String matching(String text, String pattern, String what)
            throws MalformedException {
        if (!text.matches(pattern)) {
            throw new MalformedException(
                    Reason.BAD_VALUE, "descriptor: the " + what + " is '" + text + "'");
        }
        return text;
    }
}
