package dev.parley.crdt.internal;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SealKey;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Random operations and changes of every kind, sensible or not, that can be encoded. */
final class Noise {
    static final List<Path> PATHS = paths();
    private static final Id STORE = Replicas.open(0).info.id();
    private static final List<SealKey> KEYS = List.of(key(0), key(1), key(2));
    private static final List<String> BRANCHES = List.of("", "", "", "draft", "a/b");

    private final Random random;
    private final List<SignedChange> known;
    private Id author = Replicas.author(0);

    /**
     * @param known what references, predecessors and dependencies are drawn from
     */
    Noise(Random random, List<SignedChange> known) {
        this.random = random;
        this.known = known;
    }

    private static SealKey key(int author) {
        byte[] secret = new byte[SealKey.BYTES];
        secret[0] = (byte) author;
        return SealKey.of(STORE, Replicas.author(author), secret);
    }

    private static List<Path> paths() {
        List<Path> paths = new ArrayList<>();
        for (ObjectType type : ObjectType.values()) {
            paths.add(Path.ROOT.at("o", type));
            paths.add(Path.ROOT.map("m").map("n").at("ü", type));
        }
        return paths;
    }

    Id id() {
        byte[] bytes = new byte[Id.BYTES];
        random.nextBytes(bytes);
        return Id.of(bytes);
    }

    Id agent() {
        return random.nextInt(9) == 0 ? id() : Replicas.author(random.nextInt(8));
    }

    private @Nullable SignedChange any() {
        return known.isEmpty() ? null : known.get(random.nextInt(known.size()));
    }

    /** The author itself is named by 0, or with a change. */
    private Ref named(AgentName name, @Nullable Id fork, int number) {
        return new Ref(
                name, fork == null && name.author().equals(author) ? change() : fork, number);
    }

    private Id change() {
        SignedChange any = any();
        return any == null || random.nextInt(9) == 0 ? id() : any.id();
    }

    Ref ref(int number) {
        SignedChange any = any();
        if (any == null || random.nextInt(3) == 0) {
            return number > 0 && random.nextInt(4) > 0
                    ? Ref.own(random.nextInt(number))
                    : named(
                            new AgentName(id(), BRANCHES.get(random.nextInt(BRANCHES.size()))),
                            random.nextBoolean() ? change() : null,
                            random.nextInt(4));
        }
        Change of = Forge.read(any);
        return named(
                of.agent(),
                random.nextInt(3) == 0 ? change() : null,
                Math.max(0, of.start() + random.nextInt(of.length() + 2) - 1));
    }

    private @Nullable Ref maybe(int number) {
        return random.nextBoolean() ? null : ref(number);
    }

    private Operation.Origins origins(int number) {
        return new Operation.Origins(maybe(number), maybe(number));
    }

    private Operation.Place place(int number) {
        String digits = "19AVaz";
        StringBuilder position = new StringBuilder();
        for (int i = random.nextInt(random.nextInt(20) == 0 ? 64 : 3); i >= 0; i--) {
            position.append(digits.charAt(random.nextInt(digits.length())));
        }
        return new Operation.Place(maybe(number), position.toString());
    }

    Scalar scalar() {
        byte[] bytes = new byte[random.nextInt(9)];
        random.nextBytes(bytes);
        return switch (random.nextInt(7)) {
            case 0 -> Scalar.NULL;
            case 1 -> Scalar.of(random.nextBoolean());
            case 2 -> Scalar.of(random.nextLong() >> random.nextInt(64));
            case 3 -> new Scalar.Real(random.nextBoolean() ? random.nextGaussian() : -0.0);
            case 4 ->
                    Scalar.of(
                            random.nextBoolean()
                                    ? "text"
                                    : "\ud83d\ude00ä".repeat(random.nextInt(3)));
            case 5 -> KEYS.get(random.nextInt(KEYS.size())).seal(Scalar.of(random.nextInt(3)));
            default -> new Scalar.Bytes(bytes);
        };
    }

    private long amount() {
        return random.nextInt(5) == 0 ? Long.MAX_VALUE - random.nextInt(3) : 1 + random.nextInt(9);
    }

    Operation operation(int number) {
        Path path = PATHS.get(random.nextInt(PATHS.size()));
        if (random.nextInt(12) == 0) {
            return switch (random.nextInt(6)) {
                case 5 -> shred();
                case 0 -> new Operation.SetRole(Path.ROOT, agent(), random.nextInt(4));
                case 1 -> new Operation.Note(Path.ROOT);
                case 2 -> new Operation.Undo(Path.ROOT, ref(number));
                case 3 -> new Operation.Redo(Path.ROOT, ref(number));
                default -> new Operation.Clear(random.nextBoolean() ? path : Path.ROOT);
            };
        }
        return switch (path.type()) {
            case MAP -> new Operation.Put(path);
            case REGISTER, MULTI_REGISTER -> new Operation.Set(path, scalar());
            case COUNTER -> new Operation.AddNumber(path, random.nextLong());
            case ESCROW ->
                    switch (random.nextInt(3)) {
                        case 0 -> new Operation.Mint(path, amount());
                        case 1 -> new Operation.Spend(path, amount());
                        default -> new Operation.Transfer(path, agent(), amount());
                    };
            case FLAG_ENABLE_WINS, FLAG_DISABLE_WINS ->
                    random.nextBoolean() ? new Operation.Enable(path) : new Operation.Disable(path);
            case SET_ADD_WINS, SET_REMOVE_WINS ->
                    random.nextBoolean()
                            ? new Operation.Add(path, scalar())
                            : new Operation.Remove(path, scalar());
            case TEXT -> text(path, number);
            case LIST ->
                    switch (random.nextInt(4)) {
                        case 0 -> new Operation.MoveCell(path, ref(number), origins(number));
                        case 1 -> new Operation.Replace(path, ref(number), scalar());
                        case 2 -> new Operation.Drop(path, ref(number));
                        default -> new Operation.PlaceCell(path, origins(number), scalar());
                    };
            case TREE ->
                    switch (random.nextInt(5)) {
                        case 0 -> new Operation.Graft(path, ref(number), place(number));
                        case 1 -> new Operation.Label(path, ref(number), scalar());
                        case 2 -> new Operation.Fell(path, ref(number));
                        default -> new Operation.Grow(path, place(number), scalar());
                    };
            case TASKS -> task(path, number);
        };
    }

    private Operation shred() {
        SealKey key = KEYS.get(random.nextInt(KEYS.size()));
        return random.nextBoolean()
                ? new Operation.Shred(Path.ROOT, key.id(), null)
                : new Operation.Shred(Path.ROOT, null, key.proof());
    }

    private Operation text(Path path, int number) {
        if (random.nextBoolean()) {
            String text = random.nextBoolean() ? "abc" : "\ud83d\ude00ä";
            return new Operation.Insert(
                    path, origins(number), text, text.codePointCount(0, text.length()));
        }
        Ref first = ref(number);
        int run = 1 + random.nextInt(3);
        if (first.agent() == null) {
            run = Math.min(run, number - first.number());
        }
        boolean down = random.nextBoolean() && first.number() >= run;
        return new Operation.Delete(path, first, down ? -run : run);
    }

    private Operation task(Path path, int number) {
        int lease = 1 + random.nextInt(2_592_000);
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> new Operation.Claim(path, ref(number), lease);
            case 3 -> new Operation.Renew(path, ref(number), lease);
            case 4 -> new Operation.Release(path, ref(number));
            case 5 -> new Operation.Expire(path, ref(number));
            case 6 -> new Operation.Finish(path, ref(number), scalar());
            case 7 -> new Operation.Cancel(path, ref(number));
            case 8 -> new Operation.Reopen(path, ref(number));
            case 9 -> new Operation.Grant(path, ref(number));
            case 10 -> new Operation.Rename(path, ref(number), "title");
            default -> new Operation.NewTask(path, "täsk", random.nextBoolean(), agent());
        };
    }

    List<Operation> operations(int start) {
        List<Operation> operations = new ArrayList<>();
        int number = start;
        for (int i = random.nextInt(random.nextInt(10) == 0 ? 30 : 3); i >= 0; i--) {
            Operation operation = operation(number);
            operations.add(operation);
            number += operation.length();
        }
        return operations;
    }

    private long millis() {
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(100);
            case 1 -> Replicas.NOW + random.nextInt(600_000_000);
            case 2 -> random.nextLong() >>> 16;
            default -> Replicas.NOW + random.nextInt(1_000_000);
        };
    }

    /** A change of this author in which nothing needs to fit. */
    Change change(Id store, Id by) {
        author = by;
        List<Id> dependencies = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            SignedChange any = any();
            dependencies.add(any == null || random.nextInt(90) == 0 ? id() : any.id());
        }
        SignedChange before = null;
        for (int i = 0; i < 20 && before == null; i++) {
            SignedChange any = any();
            boolean own = any != null && Forge.read(any).author().equals(author);
            before = own || random.nextInt(60) == 0 ? any : null;
        }
        String branch =
                before != null && random.nextInt(30) > 0
                        ? Forge.read(before).branch()
                        : BRANCHES.get(random.nextInt(BRANCHES.size()));
        Change prev = before == null ? null : Forge.read(before);
        int odd = random.nextInt(30);
        int start = prev == null ? 0 : prev.start() + prev.length();
        int seq = prev == null ? 1 : prev.seq() + 1;
        if (odd == 0) {
            start = Math.max(0, start + random.nextInt(5) - 2);
        } else if (odd == 1) {
            seq = prev == null ? 1 : Math.max(2, seq + random.nextInt(5) - 2);
        }
        final Id prevId = before == null ? null : before.id();
        dependencies.removeIf(it -> prevId != null && it.equals(prevId));
        return new Change(
                odd == 2 ? id() : store,
                author,
                seq,
                prevId,
                start,
                dependencies.stream().distinct().sorted().toList(),
                random.nextInt(4) > 0 && prev != null
                        ? prev.time() + 1 + random.nextInt(99)
                        : millis() << 16,
                branch,
                random.nextBoolean() ? "" : "why",
                operations(start));
    }
}
