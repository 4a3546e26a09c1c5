package dev.parley.crdt.internal;

import static dev.parley.crdt.internal.HistoryVectors.*;
import static dev.parley.crdt.internal.SealVectors.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MalformedException;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.StoreInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code docs/protocols/vectors/0010.json}: made here, and read as somebody else would. */
class ChangeVectorsTest {
    private static final Id STORE = VectorHistory.info(StoreInfo.Mode.OPEN, false).id();

    private static Map<String, @Nullable Object> good(String name, Change change) {
        byte[] body = ChangeCodec.encode(change);
        return Described.map(
                "name",
                name,
                "bytes",
                HexFormat.of().formatHex(body),
                "id",
                Sha256.of(body).hex(),
                "fields",
                Described.change(change));
    }

    private static Change change(int start, List<Operation> operations) {
        boolean first = start == 0;
        return new Change(
                STORE,
                VectorHistory.agent(1),
                first ? 1 : 2,
                first ? null : Sha256.of(new byte[] {1}),
                start,
                List.of(),
                Replicas.NOW << 16,
                "",
                "",
                operations);
    }

    private static List<Object> goods() {
        List<Object> good = new ArrayList<>();
        for (Operation operation : each()) {
            good.add(good(operation.getClass().getSimpleName(), change(100, List.of(operation))));
        }
        List<Scalar> scalars =
                List.of(
                        Scalar.NULL,
                        Scalar.of(false),
                        Scalar.of(true),
                        Scalar.of(0),
                        Scalar.of(-1),
                        Scalar.of(Long.MIN_VALUE),
                        Scalar.of(Long.MAX_VALUE),
                        new Scalar.Real(-0.0),
                        new Scalar.Real(Double.NaN),
                        Scalar.of(""),
                        Scalar.of("gr\u00f6\u00dfer \ud83d\ude00"),
                        new Scalar.Bytes(new byte[] {0, -1}),
                        KEY.seal(Scalar.of("x")));
        good.add(
                good(
                        "scalars of each kind",
                        change(
                                0,
                                scalars.stream()
                                        .<Operation>map(it -> new Operation.Add(ADDS, it))
                                        .toList())));
        good.add(
                good(
                        "tables in the order of first use, references to the change's own",
                        change(
                                7,
                                List.of(
                                        new Operation.AddNumber(COUNTER, -300),
                                        new Operation.Insert(
                                                TEXT, origins(null, null), "\u00e4\ud83d\ude00", 2),
                                        new Operation.Insert(
                                                TEXT, origins(Ref.own(9), of(2, 3)), "b", 1),
                                        new Operation.Delete(TEXT, Ref.own(8), 2),
                                        new Operation.Delete(TEXT, of(3, 9), -10),
                                        grow("root", "V"),
                                        new Operation.Grow(
                                                TREE, under(Ref.own(23), "zz"), Scalar.NULL),
                                        new Operation.Set(REGISTER, X)))));
        good.add(
                good(
                        "dependencies, branch, message, and an agent that forked",
                        new Change(
                                STORE,
                                VectorHistory.agent(1),
                                300,
                                Sha256.of(new byte[] {2}),
                                70_000,
                                List.of(Sha256.of(new byte[] {3}), Sha256.of(new byte[] {4}))
                                        .stream()
                                        .sorted()
                                        .toList(),
                                (Replicas.NOW << 16) + 65_535,
                                "drafts/a-1",
                                "try it",
                                List.of(
                                        new Operation.Fell(
                                                TREE,
                                                new Ref(
                                                        new AgentName(
                                                                VectorHistory.agent(1),
                                                                "drafts/a-1"),
                                                        Sha256.of(new byte[] {5}),
                                                        69_000)),
                                        new Operation.Fell(TREE, of(2, 0))))));
        return good;
    }

    private static List<Operation> each() {
        Ref ref = of(2, 300);
        return List.of(
                new Operation.Put(MAP),
                new Operation.Clear(Path.ROOT),
                new Operation.Set(MULTI, X),
                new Operation.AddNumber(COUNTER, Long.MIN_VALUE),
                new Operation.Mint(ESCROW, Long.MAX_VALUE),
                new Operation.Spend(ESCROW, 1),
                new Operation.Transfer(ESCROW, VectorHistory.agent(2), 128),
                new Operation.Enable(ENABLE),
                new Operation.Disable(DISABLE),
                new Operation.Add(ADDS, X),
                new Operation.Remove(REMOVES, X),
                new Operation.Insert(TEXT, origins(ref, null), "abc", 3),
                new Operation.Delete(TEXT, ref, -3),
                new Operation.PlaceCell(LIST, origins(null, ref), X),
                new Operation.MoveCell(LIST, ref, origins(ref, ref)),
                new Operation.Replace(LIST, ref, X),
                new Operation.Drop(LIST, ref),
                grow("x", "V"),
                new Operation.Graft(TREE, ref, under(Ref.own(99), "V1")),
                new Operation.Label(TREE, ref, X),
                new Operation.Fell(TREE, ref),
                new Operation.NewTask(TASKS, "sweep", true, VectorHistory.agent(3)),
                new Operation.Claim(TASKS, ref, 2_592_000),
                new Operation.Renew(TASKS, ref, 1),
                new Operation.Release(TASKS, ref),
                new Operation.Expire(TASKS, ref),
                new Operation.Finish(TASKS, ref, X),
                new Operation.Cancel(TASKS, ref),
                new Operation.Reopen(TASKS, ref),
                new Operation.Grant(TASKS, ref),
                new Operation.Rename(TASKS, ref, "mop"),
                new Operation.SetRole(Path.ROOT, VectorHistory.agent(2), 3),
                new Operation.Note(Path.ROOT),
                new Operation.Shred(Path.ROOT, KEY.id(), null),
                new Operation.Shred(Path.ROOT, null, KEY.proof()),
                new Operation.Undo(Path.ROOT, Ref.own(0)),
                new Operation.Redo(Path.ROOT, ref));
    }

    private static void bad(List<Object> out, String name, byte[] bytes) {
        try {
            ChangeCodec.decode(bytes);
        } catch (MalformedException e) {
            out.add(
                    Described.map(
                            "name",
                            name,
                            "bytes",
                            HexFormat.of().formatHex(bytes),
                            "text",
                            String.valueOf(e.getMessage())));
            return;
        }
        throw new AssertionError("it is taken: " + name);
    }

    /** The first change of an author with these bytes for its operations. */
    private static byte[] body(String operations) {
        byte[] note = ChangeCodec.encode(change(0, List.of(new Operation.Note(Path.ROOT))));
        byte[] end = HexFormat.of().parseHex(operations.replace(" ", ""));
        byte[] body = Arrays.copyOf(note, note.length - 5 + end.length);
        System.arraycopy(end, 0, body, note.length - 5, end.length);
        return body;
    }

    private static List<Object> bads() {
        String agent = HexFormat.of().formatHex(VectorHistory.agent(2).bytes()) + " 00 00";
        String own = HexFormat.of().formatHex(VectorHistory.agent(1).bytes()) + " 00 00";
        byte[] note = body("00 00 01 2100");
        byte[] version = note.clone();
        version[0] = 2;
        byte[] zero = note.clone();
        zero[65] = 0;
        List<Object> bad = new ArrayList<>();
        bad(bad, "nothing", new byte[0]);
        bad(bad, "another version", version);
        bad(bad, "sequence 0", zero);
        bad(bad, "it ends early", Arrays.copyOf(note, note.length - 1));
        bad(bad, "it goes on", body("00 00 01 2100 00"));
        bad(bad, "no operation", body("00 00 00"));
        bad(bad, "a number longer than needed", body("00 00 8100 2100"));
        bad(bad, "a huge count", body("00 00 ffffffff07 2100"));
        bad(bad, "an agent that nothing uses", body("01" + agent + "00 01 2100"));
        bad(
                bad,
                "the author in the table of agents",
                body("01" + own + "01 00 0b 0174 01 1501 0100"));
        bad(
                bad,
                "an agent twice",
                body("02" + agent + agent + "01 00 0b 0174 02 1501 0100 1501 0200"));
        bad(
                bad,
                "agents not in the order of use",
                body(
                        "02"
                                + agent
                                + HexFormat.of().formatHex(VectorHistory.agent(3).bytes())
                                + "0000"
                                + "01 00 0b 0174 02 1501 0200 1501 0100"));
        bad(bad, "an object that nothing uses", body("00 01 00 01 0172 01 2100"));
        bad(bad, "an object twice", body("00 02 00 01 0172 00 01 0172 02 0301 00 0302 00"));
        bad(bad, "a parent after its child", body("00 02 02 01 0172 00 00 016d 01 0301 00"));
        bad(bad, "an object under a register", body("00 02 00 01 0172 01 01 0172 01 0302 00"));
        bad(
                bad,
                "objects not in the order of use",
                body("00 02 00 01 0172 00 01 0173 02 0302 00 0301 00"));
        bad(bad, "an object type 13", body("00 01 00 0d 0172 01 0201"));
        bad(bad, "action 37", body("00 00 01 2500"));
        bad(bad, "an undo of what is not yet there", body("00 00 01 2300 0000"));
        bad(bad, "an undo on an object", body("00 01 00 00 0161 01 2301 0000"));
        bad(bad, "a shred by a third way", body("00 00 01 2200 02" + "00".repeat(32)));
        bad(bad, "a shred on a map", body("00 01 00 00 016d 01 2201 00" + "00".repeat(16)));
        bad(bad, "an action of another type", body("00 01 00 01 0172 01 0401 00"));
        bad(bad, "a scalar of kind 9", body("00 01 00 01 0172 01 0301 09"));
        bad(
                bad,
                "a sealed value of 28 bytes",
                body("00 01 00 01 0172 01 0301 07" + "00".repeat(16) + "1c" + "00".repeat(28)));
        bad(
                bad,
                "a sealed value of 262,177 bytes",
                body("00 01 00 01 0172 01 0301 07" + "00".repeat(16) + "a18010" + "00".repeat(28)));
        bad(
                bad,
                "a sealed value without its content",
                body("00 01 00 01 0172 01 0301 08" + "00".repeat(48)));
        bad(bad, "another NaN", body("00 01 00 01 0172 01 0301 04 7ff8000000000001"));
        bad(bad, "a text that is not UTF-8", body("00 01 00 01 0172 01 0301 05 01 ff"));
        bad(bad, "half a surrogate pair", body("00 01 00 01 0172 01 0301 05 03 eda080"));
        bad(bad, "an amount of 0", body("00 01 00 04 0172 01 0501 00"));
        bad(bad, "an amount of 2^63", body("00 01 00 04 0172 01 0501 80808080808080808001"));
        bad(bad, "a reference before the first operation", body("00 01 00 0b 0174 01 1501 0000"));
        bad(bad, "a position that ends in 0", body("00 01 00 0b 0174 01 1201 00 025630 00"));
        bad(bad, "a position with another character", body("00 01 00 0b 0174 01 1201 00 012d 00"));
        bad(bad, "a deletion of nothing", body("01" + agent + "01 00 09 0174 01 0d01 0100 00"));
        bad(bad, "a deletion before 0", body("01" + agent + "01 00 09 0174 01 0d01 0100 03"));
        bad(
                bad,
                "a deletion of what is not yet there",
                body("00 01 00 09 0174 02 0c01 0000 0161 0d01 0000 04"));
        bad(bad, "a lease of 0", body("01" + agent + "01 00 0c 0174 01 1701 0100 00"));
        bad(bad, "a role 4", body("00 00 01 2000" + HexFormat.of().formatHex(new byte[32]) + "04"));
        return bad;
    }

    @Test
    void theVectorsAreWhatThisCodeMakesAndReads() throws Exception {
        Map<?, ?> file =
                VectorHistory.file(
                        "0010.json",
                        Described.map(
                                "about",
                                "Changes (docs/protocols/0010-crdt-changes.md)",
                                "good",
                                goods(),
                                "bad",
                                bads(),
                                "tag names",
                                TagVectors.names(),
                                "histories",
                                HistoryVectors.all()));
        for (Object each : (List<?>) VectorHistory.get(file, "good")) {
            Map<?, ?> good = (Map<?, ?>) each;
            byte[] body = HexFormat.of().parseHex((String) VectorHistory.get(good, "bytes"));
            Change change = ChangeCodec.decode(body);
            assertThat(Described.change(change)).isEqualTo(good.get("fields"));
            assertThat(ChangeCodec.encode(change)).isEqualTo(body);
            assertThat(Sha256.of(body).hex()).isEqualTo(good.get("id"));
        }
        for (Object each : (List<?>) VectorHistory.get(file, "bad")) {
            Map<?, ?> bad = (Map<?, ?>) each;
            byte[] body = HexFormat.of().parseHex((String) VectorHistory.get(bad, "bytes"));
            try {
                ChangeCodec.decode(body);
                throw new AssertionError("it is taken: " + bad.get("name"));
            } catch (MalformedException e) {
                assertThat(e).hasMessage((String) bad.get("text"));
            }
        }
        for (Object each : (List<?>) VectorHistory.get(file, "histories")) {
            VectorHistory.check((Map<?, ?>) each);
        }
    }
}
