package dev.parley.stores.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.RefusedException;
import dev.parley.crdt.api.Replica;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import dev.parley.wire.api.Value;
import dev.parley.wire.vectors.Vectors;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagsTest {
    private static final Id ALICE = Id.parse("aa".repeat(32));
    private static final Id BOB = Id.parse("bb".repeat(32));
    private static final StoreInfo INFO =
            new StoreInfo("parley.test", ALICE, StoreInfo.Mode.OPEN, false, "notes", new byte[16]);
    private final Replica alice = Replica.create(INFO);
    private final Replica bob = Replica.create(INFO);
    private long now = 1_800_000_000_000L;

    private SignedChange write(Replica replica, Id author, Documents.Assignment assignment)
            throws RefusedException {
        return replica.transact(author, now++, id -> new byte[0], assignment::on);
    }

    private SignedChange tag(Replica replica, Id author, String name, Id... heads)
            throws Exception {
        return write(replica, author, Tags.put(name, List.of(heads), false));
    }

    @Test
    void aTagNamesItsVersionAndIsNoPartOfTheShownRoot() throws Exception {
        tag(alice, ALICE, "release/1.0", BOB, ALICE);
        assertThat(Tags.get(alice.state(), "release/1.0")).containsExactly(List.of(ALICE, BOB));
        assertThat(Tags.all(alice.state())).containsOnlyKeys("release/1.0");
        assertThat(Tags.get(alice.state(), "release")).isEmpty();
        assertThat(Documents.value(alice.state(), Path.ROOT)).isEqualTo(Value.map().build());
    }

    @Test
    void whatIsThereIsMovedOnlyByWhoSaysSo() throws Exception {
        tag(alice, ALICE, "v1", ALICE);
        assertThatThrownBy(() -> tag(alice, ALICE, "v1", BOB))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        e -> assertThat(e.code()).isEqualTo(RefusedException.Code.WRONG_STATE));
        write(alice, ALICE, Tags.put("v1", List.of(BOB), true));
        assertThat(Tags.get(alice.state(), "v1")).containsExactly(List.of(BOB));
        write(alice, ALICE, Tags.remove("v1"));
        assertThat(Tags.all(alice.state())).isEmpty();
        assertThatThrownBy(() -> write(alice, ALICE, Tags.remove("v1")))
                .isInstanceOf(RefusedException.class);
    }

    @Test
    void oneNameForTwoVersionsIsSeenByBothUntilSomebodyDecides() throws Exception {
        SignedChange hers = tag(alice, ALICE, "v1", ALICE);
        SignedChange his = tag(bob, BOB, "v1", BOB);
        alice.receive(his, now);
        bob.receive(hers, now);
        assertThat(Tags.get(alice.state(), "v1"))
                .containsExactlyInAnyOrder(List.of(ALICE), List.of(BOB))
                .isEqualTo(Tags.get(bob.state(), "v1"));
        bob.receive(write(alice, ALICE, Tags.put("v1", List.of(ALICE), true)), now);
        assertThat(Tags.get(bob.state(), "v1")).containsExactly(List.of(ALICE));
    }

    @Test
    void whatIsNoTagIsPassedOver() throws Exception {
        Path map = Path.ROOT.map(Tags.KEY);
        List<Scalar> values =
                List.of(
                        Scalar.of("v1"),
                        new Scalar.Bytes(new byte[0]),
                        new Scalar.Bytes(new byte[33]),
                        new Scalar.Bytes(new byte[65 * 32]),
                        new Scalar.Bytes(new byte[2 * 32]));
        alice.transact(
                ALICE,
                now++,
                id -> new byte[0],
                it -> {
                    for (int i = 0; i < values.size(); i++) {
                        it.set(map.at("odd" + i, ObjectType.MULTI_REGISTER), values.get(i));
                    }
                    Scalar good = new Scalar.Bytes(new byte[32]);
                    it.set(map.at("Big", ObjectType.MULTI_REGISTER), good);
                    it.set(map.at("abcdef", ObjectType.MULTI_REGISTER), good);
                    it.set(map.at("register", ObjectType.REGISTER), good);
                    it.set(map.at("good", ObjectType.MULTI_REGISTER), good);
                });
        assertThat(Tags.all(alice.state())).containsOnlyKeys("good");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "now", "abcdef", "0123456789", "Big", "-x", "a b", "ä"})
    void aNameThatCouldMeanSomethingElseIsNone(String name) {
        assertThatThrownBy(() -> Tags.path(name)).isInstanceOf(StoreException.class);
    }

    private static List<Value> items(Value list) {
        return ((Value.List) list).items();
    }

    private static String text(Value text) {
        return ((Value.Text) text).value();
    }

    private static List<Id> ids(Value list) {
        return items(list).stream().map(it -> Id.parse(text(it))).toList();
    }

    @Test
    void theVectorsTagsAndNamesAreWhatThisRoomFinds() throws Exception {
        Vectors vectors = Vectors.read("0010.json");
        Value names = vectors.value("tag names");
        for (Value name : items(Vectors.member((Value.Map) names, "good"))) {
            assertThat(Tags.path(text(name)).segments()).hasSize(2);
        }
        for (Value name : items(Vectors.member((Value.Map) names, "bad"))) {
            assertThatThrownBy(() -> Tags.path(text(name))).isInstanceOf(StoreException.class);
        }
        Value.Map history =
                items(vectors.value("histories")).stream()
                        .map(Value.Map.class::cast)
                        .filter(it -> it.get("tags").isPresent())
                        .findFirst()
                        .orElseThrow();
        Replica replica =
                Replica.create(StoreInfo.decode(vectors.bytes(Vectors.member(history, "store"))));
        for (Value change : items(Vectors.member(history, "changes"))) {
            byte[] body = vectors.bytes(Vectors.member((Value.Map) change, "bytes"));
            replica.receive(new SignedChange(body, new byte[0]), now + 1_000);
        }
        Map<String, List<List<Id>>> expected = new TreeMap<>();
        ((Value.Map) Vectors.member(history, "tags"))
                .entries()
                .forEach(
                        (name, versions) ->
                                expected.put(
                                        text(name),
                                        items(versions).stream().map(TagsTest::ids).toList()));
        assertThat(Tags.all(replica.state())).isEqualTo(expected);
    }

    @Test
    void aVersionHasOneToSixtyFourLastChanges() {
        List<Id> many = IntStream.range(0, 65).mapToObj(i -> ALICE).toList();
        assertThatThrownBy(() -> Tags.put("v1", many, false)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> Tags.put("v1", List.of(), false))
                .isInstanceOf(StoreException.class);
    }
}
