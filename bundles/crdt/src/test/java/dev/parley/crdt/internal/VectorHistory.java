package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Changes of one store for a file of vectors, and what must come of them. */
final class VectorHistory {
    private static final long LATER = Replicas.NOW + 86_400_000L;

    private final String name;
    private final Forge forge;
    private final List<Map<String, @Nullable Object>> changes = new ArrayList<>();
    private final List<SignedChange> signed = new ArrayList<>();
    private final Map<Id, SignedChange> last = new HashMap<>();
    private long millis = Replicas.NOW;

    VectorHistory(String name, StoreInfo.Mode mode, boolean appendOnly) {
        this.name = name;
        this.forge = new Forge(info(mode, appendOnly));
    }

    static StoreInfo info(StoreInfo.Mode mode, boolean appendOnly) {
        return new StoreInfo(
                "parley.test", Replicas.author(0), mode, appendOnly, "vectors", new byte[16]);
    }

    static Id agent(int number) {
        return Replicas.author(number);
    }

    /** The author's next change, a millisecond later than the one before in this history. */
    SignedChange add(int author, List<SignedChange> builtOn, Operation... operations) {
        return add(author, last.get(agent(author)), builtOn, ++millis, "", operations);
    }

    SignedChange add(
            int author,
            @Nullable SignedChange prev,
            List<SignedChange> builtOn,
            long at,
            String branch,
            Operation... operations) {
        SignedChange change = forge.write(agent(author), branch, prev, builtOn, at, operations);
        if (branch.isEmpty()) {
            last.put(agent(author), change);
        }
        signed.add(change);
        changes.add(
                Described.map(
                        "id", change.id().hex(), "bytes", HexFormat.of().formatHex(change.body())));
        return change;
    }

    long millis() {
        return ++millis;
    }

    /** The last change is void, because it breaks this rule of the page. */
    VectorHistory isVoid(int rule) {
        changes.get(changes.size() - 1).put("void", (long) rule);
        return this;
    }

    private static Replica replica(StoreInfo info, List<SignedChange> order) {
        Replica replica = Replica.create(info);
        order.forEach(it -> replica.receive(it, LATER));
        assertThat(replica.waiting()).isZero();
        return replica;
    }

    /** With the roles and the state that it leads to. */
    Map<String, @Nullable Object> finish(Path... shown) {
        Replica replica = replica(forge.info, signed);
        List<@Nullable Object> state = new ArrayList<>();
        for (Path path : shown) {
            state.add(
                    Described.map(
                            "path",
                            Described.value(path),
                            "value",
                            Described.at(path, replica.state())));
        }
        Map<String, @Nullable Object> described =
                Described.map(
                        "name",
                        name,
                        "store",
                        HexFormat.of().formatHex(forge.info.encode()),
                        "store id",
                        forge.info.id().hex(),
                        "changes",
                        changes);
        described.put("roles", roles(replica));
        described.put("state", state);
        return described;
    }

    private static Map<String, @Nullable Object> roles(Replica replica) {
        Map<String, @Nullable Object> roles = new LinkedHashMap<>();
        new TreeMap<Id, Role>(replica.members())
                .forEach((agent, role) -> roles.put(agent.hex(), role.name()));
        return roles;
    }

    /** Reads a history as another implementation would, in two orders. */
    static void check(Map<?, ?> history) throws MalformedException {
        StoreInfo info = StoreInfo.decode(HexFormat.of().parseHex((String) get(history, "store")));
        assertThat(info.id().hex()).isEqualTo(get(history, "store id"));
        List<SignedChange> order = new ArrayList<>();
        for (Object each : (List<?>) get(history, "changes")) {
            byte[] body = HexFormat.of().parseHex((String) get((Map<?, ?>) each, "bytes"));
            SignedChange change = new SignedChange(body, new byte[0]);
            assertThat(change.id().hex()).isEqualTo(get((Map<?, ?>) each, "id"));
            order.add(change);
        }
        List<SignedChange> reverse = new ArrayList<>(order);
        java.util.Collections.reverse(reverse);
        for (List<SignedChange> each : List.of(order, reverse)) {
            Replica replica = replica(info, each);
            for (Object change : (List<?>) get(history, "changes")) {
                Map<?, ?> described = (Map<?, ?>) change;
                assertThat(replica.isVoid(Id.parse((String) get(described, "id"))))
                        .as("%s: %s", get(history, "name"), described.get("id"))
                        .isEqualTo(described.containsKey("void"));
            }
            assertThat(roles(replica)).isEqualTo(get(history, "roles"));
            for (Object shown : (List<?>) get(history, "state")) {
                Path path = path((List<?>) get((Map<?, ?>) shown, "path"));
                assertThat(Described.at(path, replica.state()))
                        .isEqualTo(((Map<?, ?>) shown).get("value"));
            }
        }
    }

    private static Path path(List<?> segments) {
        Path path = Path.ROOT;
        for (Object segment : segments) {
            List<?> pair = (List<?>) segment;
            path =
                    path.at(
                            String.valueOf(pair.get(0)),
                            dev.parley.crdt.api.ObjectType.values()[
                                    ((Long) get(pair, 1)).intValue()]);
        }
        return path;
    }

    private static Object get(List<?> list, int index) {
        Object value = list.get(index);
        assertThat(value).isNotNull();
        return java.util.Objects.requireNonNull(value);
    }

    static Object get(Map<?, ?> map, String key) {
        return java.util.Objects.requireNonNull(map.get(key), key);
    }

    /** The file, which must be what this code makes; {@code -Dvectors.write=true} writes it. */
    static Map<?, ?> file(String name, Map<String, @Nullable Object> made) {
        java.nio.file.Path path = java.nio.file.Path.of("../../docs/protocols/vectors", name);
        try {
            if (Boolean.getBoolean("vectors.write")) {
                Files.writeString(path, Json.write(made));
            }
            String text = Files.readString(path);
            assertThat(text).isEqualTo(Json.write(made));
            Object read = Json.read(text);
            assertThat(read).isInstanceOf(Map.class);
            return (Map<?, ?>) java.util.Objects.requireNonNull(read);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
