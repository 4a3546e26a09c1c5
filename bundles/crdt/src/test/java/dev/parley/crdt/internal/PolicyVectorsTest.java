package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Role;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/protocols/vectors/0012.json}: who may do what, over small histories. */
class PolicyVectorsTest {
    private static final Path VALUES = Path.ROOT.at("v", ObjectType.MULTI_REGISTER);
    private static final int OWNER = 0;
    private static final int ADMIN = 1;
    private static final int WRITER = 2;
    private static final int OTHER = 3;

    private static Operation set(String value) {
        return new Operation.Set(VALUES, Scalar.of(value));
    }

    private static Operation role(int agent, Role role) {
        return new Operation.SetRole(Path.ROOT, VectorHistory.agent(agent), role.ordinal());
    }

    private static Object owned() {
        VectorHistory h = new VectorHistory("owned", StoreInfo.Mode.OWNED, false);
        SignedChange role = h.add(OWNER, List.of(), role(ADMIN, Role.ADMIN));
        h.add(ADMIN, List.of(role), set("by an admin"));
        h.isVoid(2);
        h.add(OWNER, List.of(), set("by the owner"));
        return h.finish(VALUES);
    }

    private static Object open() {
        VectorHistory h = new VectorHistory("open", StoreInfo.Mode.OPEN, false);
        h.add(OTHER, List.of(), set("by anybody"));
        h.add(OTHER, List.of(), role(WRITER, Role.NONE));
        h.isVoid(2);
        SignedChange out = h.add(OWNER, List.of(), role(WRITER, Role.READER));
        h.add(WRITER, List.of(), set("before it was known"));
        h.add(WRITER, List.of(out), set("after"));
        h.isVoid(2);
        return h.finish(VALUES);
    }

    private static Object shared() {
        VectorHistory h = new VectorHistory("shared", StoreInfo.Mode.SHARED, false);
        SignedChange roles =
                h.add(
                        OWNER,
                        List.of(),
                        role(ADMIN, Role.ADMIN),
                        role(WRITER, Role.WRITER),
                        role(OTHER, Role.READER));
        h.add(WRITER, List.of(), set("the role is not in the past"));
        h.isVoid(2);
        h.add(WRITER, List.of(roles), set("by a writer"));
        h.add(OTHER, List.of(roles), set("by a reader"));
        h.isVoid(2);
        h.add(WRITER, List.of(), role(OTHER, Role.WRITER));
        h.isVoid(2);
        SignedChange more = h.add(ADMIN, List.of(roles), role(OTHER, Role.WRITER));
        h.add(OTHER, List.of(more), set("by a new writer"));
        h.add(ADMIN, List.of(), role(OWNER, Role.NONE));
        h.isVoid(2);
        h.add(ADMIN, List.of(), role(OTHER, Role.NONE), set("with it"));
        h.isVoid(2);
        h.add(ADMIN, List.of(), set("with it"), role(OTHER, Role.NONE));
        h.isVoid(2);
        h.add(ADMIN, List.of(), role(OTHER, Role.NONE), role(OTHER, Role.ADMIN));
        h.isVoid(2);
        h.add(ADMIN, null, List.of(more), h.millis(), "draft", role(OTHER, Role.NONE));
        h.isVoid(2);
        return h.finish(VALUES);
    }

    private static Object revoked() {
        VectorHistory h = new VectorHistory("revoked", StoreInfo.Mode.SHARED, false);
        SignedChange allowed = h.add(OWNER, List.of(), role(WRITER, Role.WRITER));
        SignedChange before = h.add(WRITER, List.of(allowed), set("before"));
        SignedChange revoked = h.add(OWNER, List.of(before), role(WRITER, Role.NONE));
        SignedChange beside = h.add(WRITER, List.of(), set("beside, and so valid"));
        h.add(WRITER, List.of(revoked), set("after"));
        h.isVoid(2);
        h.add(OWNER, List.of(beside), new Operation.Note(Path.ROOT));
        return h.finish(VALUES);
    }

    private static Object admins() {
        VectorHistory h =
                new VectorHistory(
                        "admins who do not agree: the lowest", StoreInfo.Mode.SHARED, false);
        SignedChange both =
                h.add(OWNER, List.of(), role(ADMIN, Role.ADMIN), role(WRITER, Role.ADMIN));
        SignedChange one =
                h.add(ADMIN, List.of(both), role(WRITER, Role.NONE), role(OTHER, Role.ADMIN));
        SignedChange two =
                h.add(WRITER, List.of(both), role(ADMIN, Role.READER), role(OTHER, Role.WRITER));
        h.add(OTHER, List.of(one, two), set("a writer, not an admin"));
        h.add(OTHER, List.of(), role(ADMIN, Role.ADMIN));
        h.isVoid(2);
        h.add(ADMIN, List.of(two), set("a reader"));
        h.isVoid(2);
        h.add(WRITER, List.of(), set("who has not heard of it"));
        SignedChange last = h.add(OWNER, List.of(one, two), role(ADMIN, Role.ADMIN));
        h.add(ADMIN, List.of(last), set("an admin again"));
        return h.finish(VALUES);
    }

    @Test
    void theVectorsAreWhatThisCodeMakesAndReads() throws Exception {
        Map<?, ?> file =
                VectorHistory.file(
                        "0012.json",
                        Described.map(
                                "about",
                                "Who may do what (docs/protocols/0012-store-policy.md)",
                                "given",
                                Described.map(
                                        "owner",
                                        Replicas.author(OWNER).hex(),
                                        "admin",
                                        Replicas.author(ADMIN).hex(),
                                        "writer",
                                        Replicas.author(WRITER).hex(),
                                        "other",
                                        Replicas.author(OTHER).hex()),
                                "histories",
                                List.of(owned(), open(), shared(), revoked(), admins())));
        List<?> histories = (List<?>) VectorHistory.get(file, "histories");
        assertThat(histories).hasSize(5);
        for (Object each : histories) {
            VectorHistory.check((Map<?, ?>) each);
        }
    }
}
