package dev.parley.crdt.internal;

import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import dev.parley.crdt.api.StoreInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Histories of texts and lists for {@code 0010.json}: their order, and origins that break it. */
final class SequenceVectors {
    private static final Path TEXT = Path.ROOT.at("t", ObjectType.TEXT);
    private static final Path LIST = Path.ROOT.at("l", ObjectType.LIST);

    private SequenceVectors() {}

    static List<Object> histories() {
        return List.of(originsOfText(), originsOfList(), text(), list());
    }

    private static Ref of(int author, int number) {
        return new Ref(new AgentName(VectorHistory.agent(author), ""), null, number);
    }

    private static Operation insert(@Nullable Ref left, @Nullable Ref right, String text) {
        return new Operation.Insert(TEXT, new Operation.Origins(left, right), text, text.length());
    }

    private static Operation place(@Nullable Ref left, @Nullable Ref right, String value) {
        return new Operation.PlaceCell(LIST, new Operation.Origins(left, right), Scalar.of(value));
    }

    private static Operation move(Ref element, @Nullable Ref left, @Nullable Ref right) {
        return new Operation.MoveCell(LIST, element, new Operation.Origins(left, right));
    }

    private static VectorHistory open(String name) {
        return new VectorHistory(name, StoreInfo.Mode.OPEN, false);
    }

    private static Object originsOfText() {
        VectorHistory h = open("rule 4, text");
        SignedChange abcd = h.add(0, List.of(), insert(null, null, "abcd"));
        h.add(1, List.of(abcd), insert(of(0, 3), of(0, 1), "behind before"));
        h.isVoid(4);
        h.add(1, List.of(), insert(of(0, 1), of(0, 1), "beside itself"));
        h.isVoid(4);
        h.add(1, List.of(), insert(of(0, 0), of(0, 3), "far"));
        h.add(2, List.of(abcd), insert(of(0, 0), of(0, 2), "near"));
        Path other = Path.ROOT.at("u", ObjectType.TEXT);
        h.add(
                2,
                List.of(),
                new Operation.Insert(other, new Operation.Origins(of(0, 0), null), "x", 1));
        h.isVoid(3);
        SignedChange gone = h.add(0, List.of(), new Operation.Delete(TEXT, Ref.own(1), 2));
        h.add(3, List.of(gone), insert(of(0, 1), of(0, 2), "of deleted ones"));
        h.add(3, List.of(), insert(of(0, 2), of(0, 1), "the same the other way round"));
        h.isVoid(4);
        h.add(4, List.of(abcd), insert(null, of(0, 1), "+"), insert(of(0, 3), Ref.own(0), "*"));
        h.add(4, List.of(), insert(Ref.own(0), of(0, 3), "+ is behind d"));
        h.isVoid(4);
        h.add(4, List.of(), insert(of(0, 0), of(0, 1), "!"), insert(of(0, 2), of(0, 1), "?"));
        h.isVoid(4);
        return h.finish(TEXT);
    }

    private static Object originsOfList() {
        VectorHistory h = open("rule 4, list");
        SignedChange three =
                h.add(
                        0,
                        List.of(),
                        place(null, null, "a"),
                        place(Ref.own(0), null, "b"),
                        place(Ref.own(1), null, "c"));
        h.add(1, List.of(three), place(of(0, 2), of(0, 0), "x"));
        h.isVoid(4);
        h.add(1, List.of(), move(of(0, 0), of(0, 2), of(0, 1)));
        h.isVoid(4);
        SignedChange moved = h.add(1, List.of(), move(of(0, 0), of(0, 1), of(0, 2)));
        h.add(2, List.of(moved), place(of(0, 0), of(0, 1), "where a was"));
        h.add(2, List.of(), place(of(1, 2), of(0, 2), "behind a"));
        h.add(2, List.of(), place(of(1, 2), of(0, 1), "x"));
        h.isVoid(4);
        h.add(2, List.of(), new Operation.Drop(LIST, of(1, 2)));
        h.isVoid(3);
        return h.finish(LIST);
    }

    private static Object text() {
        VectorHistory h = open("texts, merged");
        SignedChange one = h.add(0, List.of(), insert(null, null, "one\n"));
        h.add(1, List.of(one), insert(of(0, 3), null, "Milk"));
        SignedChange bread =
                h.add(
                        2,
                        List.of(one),
                        insert(of(0, 3), null, "d"),
                        insert(of(0, 3), Ref.own(0), "a"),
                        insert(of(0, 3), Ref.own(1), "e"),
                        insert(of(0, 3), Ref.own(2), "r"),
                        insert(of(0, 3), Ref.own(3), "B"));
        SignedChange both = h.add(1, List.of(bread), insert(Ref.own(3), null, "\ud83d\ude00"));
        h.add(3, List.of(one), new Operation.Delete(TEXT, of(0, 2), -3));
        SignedChange cut = h.add(3, List.of(), insert(of(0, 0), of(0, 1), "1"));
        h.add(4, List.of(both), insert(of(1, 1), of(1, 2), "x"));
        h.add(
                0,
                List.of(bread),
                insert(of(2, 4), of(2, 3), "y"),
                insert(Ref.own(4), of(2, 3), "z"));
        h.add(2, List.of(cut), new Operation.Clear(TEXT), insert(null, null, "anew"));
        return h.finish(TEXT, Path.ROOT);
    }

    private static Object list() {
        VectorHistory h = open("lists, merged");
        SignedChange made =
                h.add(
                        0,
                        List.of(),
                        place(null, null, "a"),
                        place(Ref.own(0), null, "b"),
                        place(Ref.own(1), null, "c"),
                        place(Ref.own(2), null, "d"));
        h.add(
                1,
                List.of(made),
                move(of(0, 0), of(0, 3), null),
                new Operation.Replace(LIST, of(0, 1), Scalar.of("B of 1")),
                new Operation.Drop(LIST, of(0, 2)));
        h.add(
                2,
                List.of(made),
                move(of(0, 0), of(0, 1), of(0, 2)),
                new Operation.Replace(LIST, of(0, 1), Scalar.of("B of 2")),
                move(of(0, 2), null, of(0, 0)),
                new Operation.Replace(LIST, of(0, 2), Scalar.of("dropped")));
        SignedChange cleared =
                h.add(3, List.of(made), new Operation.Clear(LIST), place(null, of(0, 0), "new"));
        h.add(4, List.of(made), place(of(0, 1), of(0, 2), "beside the end of all"));
        h.add(4, List.of(), new Operation.Replace(LIST, of(0, 3), Scalar.of("in vain")));
        h.add(3, List.of(), move(Ref.own(1), of(0, 3), null));
        SignedChange last = h.add(4, List.of(cleared), move(of(3, 1), of(0, 1), of(0, 2)));
        h.add(2, List.of(last), move(of(0, 3), null, of(0, 0)));
        return h.finish(LIST);
    }
}
