package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tags for {@code 0010.json}. What they come to is said here and judged by the room of stores. */
final class TagVectors {
    private static final Path TAGS = Path.ROOT.map(".tags");
    private static final Id LOW = Id.parse("11".repeat(32));
    private static final Id HIGH = Id.parse("ee".repeat(32));

    private TagVectors() {}

    static Map<String, @Nullable Object> names() {
        return Described.map(
                "good",
                List.of(
                        "v1",
                        "release/1.0",
                        "0.9",
                        "a",
                        "abcde",
                        "abcdefg",
                        "now2",
                        "1-2_3",
                        "x".repeat(64)),
                "bad",
                List.of(
                        "",
                        "now",
                        "abcdef",
                        "0123456789",
                        "ab".repeat(32),
                        "Big",
                        "-x",
                        ".x",
                        "_x",
                        "/x",
                        "a b",
                        "\u00e4",
                        "x".repeat(65)));
    }

    private static Scalar version(Id... ids) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Id id : ids) {
            out.writeBytes(id.bytes());
        }
        return new Scalar.Bytes(out.toByteArray());
    }

    private static Path at(String name) {
        return TAGS.at(name, ObjectType.MULTI_REGISTER);
    }

    private static Operation tag(String name, Scalar value) {
        return new Operation.Set(at(name), value);
    }

    private static Id[] many(int count) {
        Id[] many = new Id[count];
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[Id.BYTES];
            bytes[0] = (byte) i;
            many[i] = Id.of(bytes);
        }
        return many;
    }

    private static List<List<String>> versions(Id[]... versions) {
        return Stream.of(versions).map(it -> Stream.of(it).map(Id::hex).toList()).toList();
    }

    private static Id[] one(Id... version) {
        return version;
    }

    static Object history() {
        VectorHistory h = new VectorHistory("tags", StoreInfo.Mode.OPEN, false);
        SignedChange written =
                h.add(
                        0,
                        List.of(),
                        new Operation.Set(Path.ROOT.at("r", ObjectType.REGISTER), Scalar.of(1)));
        SignedChange named =
                h.add(
                        0,
                        List.of(),
                        tag("one", version(written.id())),
                        tag("of-heads", version(LOW, HIGH)),
                        tag("of-64", version(many(64))),
                        tag("moved", version(LOW)),
                        tag("deleted", version(LOW)),
                        tag("deleted-beside", version(LOW)));
        h.add(
                0,
                List.of(),
                tag("none/text", Scalar.of(LOW.hex())),
                tag("none/empty", version()),
                tag("none/33-bytes", new Scalar.Bytes(new byte[33])),
                tag("none/descending", version(HIGH, LOW)),
                tag("none/twice", version(LOW, LOW)),
                tag("none/65", version(many(65))),
                tag("Big", version(LOW)),
                tag("abcdef", version(LOW)),
                new Operation.Set(TAGS.at("one-writer", ObjectType.REGISTER), version(LOW)),
                new Operation.Set(
                        Path.ROOT.at("elsewhere", ObjectType.MULTI_REGISTER), version(LOW)));
        SignedChange decided =
                h.add(
                        1,
                        List.of(named),
                        tag("two", version(LOW)),
                        tag("one-is-none", version(LOW)),
                        tag("decided", version(LOW)),
                        tag("moved", version(HIGH)));
        h.add(
                2,
                List.of(named),
                tag("two", version(HIGH)),
                tag("one-is-none", Scalar.NULL),
                tag("decided", version(HIGH)),
                tag("deleted-beside", version(HIGH)));
        h.add(
                0,
                List.of(),
                new Operation.Clear(at("deleted")),
                new Operation.Clear(at("deleted-beside")));
        h.add(2, List.of(decided), tag("decided", version(LOW, HIGH)));
        h.add(3, null, List.of(named), h.millis(), "side", tag("of-a-branch", version(LOW)));
        List<Path> shown = new ArrayList<>(List.of(TAGS));
        for (String name : List.of("one", "moved", "two", "deleted-beside", "none/twice")) {
            shown.add(at(name));
        }
        Map<String, @Nullable Object> history = h.finish(shown.toArray(Path[]::new));
        history.put(
                "tags",
                Described.map(
                        "decided",
                        versions(one(LOW, HIGH)),
                        "deleted-beside",
                        versions(one(HIGH)),
                        "moved",
                        versions(one(HIGH)),
                        "of-64",
                        versions(many(64)),
                        "of-heads",
                        versions(one(LOW, HIGH)),
                        "one",
                        versions(one(written.id())),
                        "one-is-none",
                        versions(one(LOW)),
                        "two",
                        versions(one(HIGH), one(LOW))));
        return history;
    }
}
