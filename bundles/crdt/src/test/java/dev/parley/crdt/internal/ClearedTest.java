package dev.parley.crdt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.crdt.api.Id;
import dev.parley.crdt.api.MemoryHistory;
import dev.parley.crdt.api.ObjectType;
import dev.parley.crdt.api.Path;
import dev.parley.crdt.api.Replicas;
import dev.parley.crdt.api.Scalar;
import dev.parley.crdt.api.SignedChange;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Changes that clear again and again, held against clearing each time from the start. */
class ClearedTest {
    private static final Path MAP = Path.ROOT.map("m");
    private static final Path DEEP = MAP.map("d");
    private static final List<Path> ABOVE = List.of(Path.ROOT, MAP, DEEP);
    private static final List<ObjectType> TYPES =
            List.of(
                    ObjectType.SET_ADD_WINS,
                    ObjectType.SET_REMOVE_WINS,
                    ObjectType.LIST,
                    ObjectType.TEXT,
                    ObjectType.TREE,
                    ObjectType.COUNTER,
                    ObjectType.FLAG_DISABLE_WINS,
                    ObjectType.MULTI_REGISTER);

    /** Elements that the author has made so far, in all its changes, by its numbers. */
    private record Own(Path path, int number) {}

    private final Forge forge = new Forge(Replicas.open(1).info);

    private static Path path(Random random) {
        Path above = ABOVE.get(random.nextInt(3));
        return above.at("x", TYPES.get(random.nextInt(TYPES.size())));
    }

    private static @Nullable Ref some(Random random, List<Own> own, Path path) {
        List<Own> on = own.stream().filter(it -> it.path.equals(path)).toList();
        return on.isEmpty() ? null : Ref.own(on.get(random.nextInt(on.size())).number);
    }

    private static Operation operation(Random random, List<Own> own, int number) {
        Path path = path(random);
        int kind = random.nextInt(10);
        if (kind < 3) {
            Path above = ABOVE.get(random.nextInt(3));
            return new Operation.Clear(random.nextInt(3) == 0 ? above : path);
        }
        if (kind == 3) {
            return new Operation.Put(ABOVE.get(1 + random.nextInt(2)));
        }
        Scalar value = Scalar.of(random.nextInt(4));
        Ref element = some(random, own, path);
        Operation.Origins origins = new Operation.Origins(element, null);
        boolean makes = element == null || random.nextBoolean();
        if (makes) {
            own.add(new Own(path, number));
        }
        return switch (path.type()) {
            case SET_ADD_WINS, SET_REMOVE_WINS ->
                    random.nextInt(3) == 0
                            ? new Operation.Remove(path, value)
                            : new Operation.Add(path, value);
            case LIST ->
                    element == null || makes
                            ? new Operation.PlaceCell(path, origins, value)
                            : kind < 6
                                    ? new Operation.MoveCell(
                                            path, element, new Operation.Origins(null, null))
                                    : kind < 8
                                            ? new Operation.Replace(path, element, value)
                                            : new Operation.Drop(path, element);
            case TEXT ->
                    element == null || makes
                            ? new Operation.Insert(path, origins, "abc", 3)
                            : new Operation.Delete(path, element, 1);
            case TREE ->
                    element == null || makes
                            ? new Operation.Grow(path, new Operation.Place(element, "V"), value)
                            : kind < 7
                                    ? new Operation.Graft(
                                            path, element, new Operation.Place(null, "k"))
                                    : new Operation.Fell(path, element);
            case COUNTER -> new Operation.AddNumber(path, 1 + random.nextInt(9));
            case FLAG_DISABLE_WINS ->
                    random.nextBoolean() ? new Operation.Enable(path) : new Operation.Disable(path);
            default -> new Operation.Set(path, value);
        };
    }

    @Property(tries = 500)
    void whatIsClearedAgainIsAsIfItHadBeenClearedFromTheStart(@ForAll long seed) throws Exception {
        Random random = new Random(seed);
        Integration integration = new Integration(forge.info, new MemoryHistory(), event -> {});
        List<List<Own>> own = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        SignedChange[] last = new SignedChange[own.size()];
        int[] ends = new int[own.size()];
        for (int i = 0; i < 12; i++) {
            int author = random.nextInt(own.size());
            Id name = Replicas.author(author);
            List<Operation> operations = new ArrayList<>();
            for (int j = 1 + random.nextInt(30); j > 0; j--) {
                Operation next = operation(random, own.get(author), ends[author]);
                operations.add(next);
                ends[author] += next.length();
            }
            SignedChange other = last[random.nextInt(own.size())];
            boolean builds = random.nextBoolean() && isBeside(integration, other, last[author]);
            SignedChange change =
                    forge.write(
                            name,
                            last[author],
                            other != null && builds ? List.of(other) : List.of(),
                            Replicas.NOW + i,
                            operations.toArray(new Operation[0]));
            last[author] = change;
            integration.intake().receive(change, Replicas.NOW);
        }
        ChangeGraph graph = integration.graph();
        View plain = new View(forge.info, graph);
        for (int number = 0; number < graph.size(); number++) {
            At at = new At(graph, number);
            plain.take(number);
            assertThat(graph.isVoid(number)).isFalse();
            for (Operation operation : integration.rereading().change(number).operations()) {
                plain.apply(operation, at);
                at.advance(operation.length());
            }
        }
        assertThat(bytes(integration, integration.main())).isEqualTo(bytes(integration, plain));
        assertThat(integration.main().canonical()).isEqualTo(plain.canonical());
    }

    private static boolean isBeside(
            Integration in, @Nullable SignedChange other, @Nullable SignedChange prev) {
        return other != null
                && other != prev
                && (prev == null
                        || !in.graph()
                                .isBefore(in.graph().find(other.id()), in.graph().find(prev.id())));
    }

    private static byte[] bytes(Integration integration, View view) {
        return StoreSnapshotWriter.write(
                        integration.info(),
                        integration.graph(),
                        integration.roles(),
                        integration.seals(),
                        view,
                        true)
                .raw();
    }
}
